"""Who may take part: requests with the answers given, registration questions, allow-lists, one-time invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


class Participation(SQLModel, table=True):
    """One person's request to take part in one challenge, and what became of it."""

    __table_args__ = (UniqueConstraint("user_id", "challenge_id"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    state: str  # waiting | admitted | refused
    via: str = ""  # what admitted: organizer | allow_list | invitation | open
    reason: str = ""  # why it was refused, as the person reads it
    asked_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, foreign_key="user_account.id")


class Question(SQLModel, table=True):
    """Something that an organizer asks of everybody who wants to take part. Once answered it is retired, not erased."""

    __tablename__ = "registration_question"
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    kind: str  # text | choice
    ko: str
    en: str
    options: list[dict[str, Any]] = json_column()  # of a choice, in order: {"ko": …, "en": …}
    required: bool = True
    created_at: datetime
    retired_at: datetime | None = None


class Answer(SQLModel, table=True):
    """What one person answered; of a choice, the place of the option counted from 0."""

    __tablename__ = "registration_answer"
    __table_args__ = (UniqueConstraint("participation_id", "question_id"),)
    id: int | None = Field(default=None, primary_key=True)
    participation_id: int = Field(foreign_key="participation.id", index=True)
    question_id: int = Field(foreign_key="registration_question.id", index=True)
    value: str


class AllowedAddress(SQLModel, table=True):
    """An e-mail address, or a whole domain as `*@hospital.or.kr`, whose owners are let in without being asked about."""

    __tablename__ = "allowed_address"
    __table_args__ = (UniqueConstraint("challenge_id", "pattern"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    pattern: str  # lower case
    added_by: int = Field(foreign_key="user_account.id")
    created_at: datetime


class ChallengeInvitation(SQLModel, table=True):
    """A one-time link by which one person comes to take part in a challenge, to judge it or to help organize it."""

    __tablename__ = "challenge_invitation"
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    role: str  # participant | judge | organizer
    note: str = ""  # for whom it is, for the organizers' own memory
    code_hash: str = Field(unique=True)
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, foreign_key="user_account.id")
    revoked_at: datetime | None = None
