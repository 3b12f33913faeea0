"""The ledger of acts worth proving, and small facts of the instance."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, UniqueConstraint
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
    # An imported entry was digested, and chained, where it was written: with the numbers that it had there.
    origin_challenge_id: int | None = None
    origin_chain: int | None = None
    origin_id: int | None = None


class LedgerLink(SQLModel, table=True):
    """One batch of the ledger: the digest over the previous link and the entries it covers, in order."""

    __tablename__ = "ledger_link"
    id: int | None = Field(default=None, primary_key=True)
    entry_ids: list[int] = json_column()
    last_id: int = Field(index=True)
    previous: str
    digest: str = Field(unique=True)
    chained_at: datetime


class ImportedLink(SQLModel, table=True):
    """A link of another ledger, imported with a challenge: of the entries that are not the challenge's, the digests alone."""

    __tablename__ = "imported_link"
    __table_args__ = (UniqueConstraint("challenge_id", "chain", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    chain: int  # a challenge that was imported more than once brings several, in the order of their beginning
    number: int  # of the link where it was made
    covers: list[list[Any]] = json_column()  # [entry, digest] in order
    previous: str
    digest: str
    chained_at: datetime


class InstanceFact(SQLModel, table=True):
    """Small facts of this instance: schema of the home, fingerprint of the labels' key, heartbeats."""

    __tablename__ = "instance_fact"
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime
