"""Practice: predictions of the validation part of a training file, whose outcomes everybody holds."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


class Practice(SQLModel, table=True):
    """One file that was sent for practice: no submission, no quota, seen by its owner and the owner's team, kept for a month."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    version: str  # the challenge's, when the file came
    filename: str
    file_sha256: str
    canonical_sha256: str
    rows: int
    size: int
    note: str = ""
    # The other file that this one is compared with: sent beside it, or an earlier one of the same owner.
    against_filename: str | None = None
    against_sha256: str | None = None
    against_public_id: str | None = None
    state: str = Field(default="waiting", index=True)  # waiting | done | failed
    outcome: dict[str, Any] = json_column()  # scores, report and paired differences; or the code of what went wrong
    token: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
