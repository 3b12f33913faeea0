"""Marks that organizers set on teams and submissions. A mark is lifted, never erased."""

from datetime import datetime

from sqlmodel import Field

from arena.store.models.base import SQLModel


class Mark(SQLModel, table=True):
    """A team or one of its submissions flagged, hidden or disqualified, with the reason, by whom and when."""

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    submission_id: int | None = Field(default=None, foreign_key="submission.id", index=True)  # none: the whole team
    kind: str  # flagged (the organizers' own note) | hidden (off the board) | disqualified (out of finals and reveal)
    reason: str
    imposed_by: int = Field(foreign_key="user_account.id")
    imposed_at: datetime
    lifted_by: int | None = Field(default=None, foreign_key="user_account.id")
    lifted_at: datetime | None = None
    lift_reason: str = ""
