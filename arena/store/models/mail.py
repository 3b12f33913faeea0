"""The outbox: letters to people that a mail server has not taken yet, and what became of the others."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel


class Mail(SQLModel, table=True):
    """One letter to one person: an announcement's, or one with words of its own. The row is the outbox; there is never a second one."""

    __table_args__ = (UniqueConstraint("announcement_id", "user_id"),)
    id: int | None = Field(default=None, primary_key=True)
    announcement_id: int | None = Field(default=None, foreign_key="announcement.id", index=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    ident: str | None = Field(
        default=None, unique=True
    )  # of a letter of its own: what it is about, for instance `reset.17`
    address: str = ""  # where it goes, if not to the account's own address
    subject: str = ""
    body: str = ""  # emptied as soon as the letter is settled: it may hold a link that opens an account
    until: datetime | None = None  # after this moment the letter would say nothing true any more
    state: str = Field(default="waiting", index=True)  # waiting | sending | sent | failed | unknown | dropped
    attempts: int = 0
    next_at: datetime
    claimed_at: datetime | None = None
    finished_at: datetime | None = None
    failure: str = ""  # a fixed code, never a server's sentence
