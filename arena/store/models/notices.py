"""What the site tells one person: each event once, however often it is reported."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel


class Notice(SQLModel, table=True):
    """One event as one person is told of it. It names the event; what may be said of it is read when it is shown."""

    __table_args__ = (
        UniqueConstraint("user_id", "challenge_id", "kind", "subject"),
        Index("ix_notice_user_id_read_at", "user_id", "read_at"),
        Index("ix_notice_challenge_id_kind", "challenge_id", "kind"),
    )
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id")
    challenge_id: int = Field(foreign_key="challenge.id")
    kind: str  # decided | failed | joined | announced | closing | revealed
    subject: str  # which one: a submission's public id, an announcement's number, who joined, which close
    created_at: datetime
    read_at: datetime | None = None
    mailed_at: datetime | None = Field(
        default=None, index=True
    )  # when it was given to the outbox, or found not to be for it
