"""Announcements to participants, and how far each reader has read."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel


class Announcement(SQLModel, table=True):
    """What organizers tell the participants of a challenge: Markdown, in both languages. Withdrawn, never erased."""

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    title_ko: str
    title_en: str
    body_ko: str
    body_en: str
    author_id: int = Field(foreign_key="user_account.id")
    posted_at: datetime
    withdrawn_at: datetime | None = None


class Reading(SQLModel, table=True):
    """The newest announcement of a challenge that one person has seen."""

    __tablename__ = "announcement_reading"
    __table_args__ = (UniqueConstraint("user_id", "challenge_id"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    last_id: int
