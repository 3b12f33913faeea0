"""Uploads of challenges on their way to publication, and dry runs of prediction files before an opening."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


class Publication(SQLModel, table=True):
    """One upload of a challenge by an organizer, kept apart from the challenge itself until a worker has verified it."""

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    user_id: int = Field(foreign_key="user_account.id")
    version: str
    definition: dict[str, Any] = json_column()
    definition_sha256: str
    files: list[dict[str, Any]] = json_column()  # name, role, sha256, size of each
    baselines: list[dict[str, Any]] = json_column()  # what their submissions will say, receipts signed at the upload
    sealed_sha256: str | None = None  # a blob; a challenge of reports has no labels
    note_ko: str = ""  # what a new version of a published challenge changes, for everybody to read
    note_en: str = ""
    state: str = Field(default="verifying", index=True)  # verifying | refused | verified | installed | dropped
    findings: list[dict[str, Any]] = json_column()  # codes and places, never a figure made from labels
    facts: dict[str, Any] = json_column()
    token: str | None = None  # fencing token of the worker that holds the claim
    lease_until: datetime | None = None
    attempts: int = 0
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class DryRun(SQLModel, table=True):
    """A prediction file that an organizer sent through a worker before the opening; its blob goes when it is done."""

    __tablename__ = "dry_run"
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    user_id: int = Field(foreign_key="user_account.id")
    filename: str
    file_sha256: str
    rows: int
    state: str = Field(default="waiting", index=True)  # waiting | done | failed
    outcome: dict[str, Any] = json_column()  # ok, codes, seconds; scores where the labels are public
    token: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
