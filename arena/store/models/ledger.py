"""The ledger of acts worth proving, and small facts of the instance."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


class LedgerEntry(SQLModel, table=True):
    """An act worth proving. Rows are only ever added; the sweeper chains their digests."""

    __tablename__ = "ledger_entry"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    kind: str
    challenge_id: int | None = Field(default=None, index=True)
    data: dict[str, Any] = json_column()
    digest: str


class LedgerLink(SQLModel, table=True):
    """One batch of the ledger: the digest over the previous link and the entries it covers, in order."""

    __tablename__ = "ledger_link"
    id: int | None = Field(default=None, primary_key=True)
    entry_ids: list[int] = json_column()
    last_id: int = Field(index=True)
    previous: str
    digest: str = Field(unique=True)
    chained_at: datetime


class InstanceFact(SQLModel, table=True):
    """Small facts of this instance: schema of the home, fingerprint of the labels' key, heartbeats."""

    __tablename__ = "instance_fact"
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime
