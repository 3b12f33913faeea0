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
    # verifying | refused | ready | published | withdrawn | cancelled, and forgotten: a refused one whose name is free again
    state: str = Field(default="published", index=True)
    published_by: int | None = Field(default=None, foreign_key="user_account.id")  # none: shipped with Arena
    paused_at: datetime | None = None  # no submission is taken meanwhile; participants read why
    pause_reason: str | None = None
    stopped_at: datetime | None = None  # withdrawn before the opening, or cancelled after it
    stop_reason: str | None = None
    rescoring_started_at: datetime | None = None  # none while every evaluation that should be there is in force


class ChallengeFile(SQLModel, table=True):
    __tablename__ = "challenge_file"
    __table_args__ = (UniqueConstraint("challenge_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str
    role: str  # train | test | dictionary | sample | text | baseline | baseline_train | starter | datasheet
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
