"""Challenges with their files and sealed labels."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


class Challenge(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    version: str
    kind: str
    definition: dict[str, Any] = json_column()  # the frozen definition, as challenges.definition dumps it
    definition_sha256: str
    facts: dict[str, Any] = json_column()  # what is printed beside decisions; from the training file only
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    created_at: datetime
    reveal_started_at: datetime | None = None
    revealed_at: datetime | None = None


class ChallengeFile(SQLModel, table=True):
    __tablename__ = "challenge_file"
    __table_args__ = (UniqueConstraint("challenge_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str
    role: str  # train | test | dictionary | sample | text | baseline | starter | datasheet
    sha256: str
    size: int


class Labels(SQLModel, table=True):
    """One version of a challenge's sealed labels; the site holds the ciphertext only."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("challenge_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    version: int
    ciphertext_sha256: str  # a blob
    ids_sha256: str
    secret_sha256: str | None = None  # commitment to the instance secret, where a generator made the rows
    created_at: datetime
