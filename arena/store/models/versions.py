"""The versions of a challenge, and secrets that were disclosed at its end."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


class ChallengeVersion(SQLModel, table=True):
    """What a challenge was from one moment to the next: whole, so that it stays readable when the challenge has changed."""

    __tablename__ = "challenge_version"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    number: int  # 1, 2, 3 …: what is free to change gets a row too, under the version that it had
    version: str
    definition: dict[str, Any] = json_column()
    definition_sha256: str
    files: list[dict[str, Any]] = json_column()  # name, role, sha256, size of each, in the order of publication
    facts: dict[str, Any] = json_column()
    labels_version: int | None = None
    note_ko: str = ""  # what changed and why, for everybody to read; the first version has none
    note_en: str = ""
    at: datetime


class Disclosure(SQLModel, table=True):
    """The instance secret of a revealed challenge, published so that anybody can draw its hidden rows again."""

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", unique=True)
    labels_version: int
    secret: str  # 64 hexadecimal digits
    secret_sha256: str
    labels_sha256: str  # of the labels' table as the worker found it under the seal
    at: datetime
