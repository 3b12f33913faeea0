"""Teams, their members and invitations, and what people have agreed to."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel


class Agreement(SQLModel, table=True):
    """One person's acceptance of one version of a challenge's agreement."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("user_id", "challenge_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    version: str
    accepted_at: datetime


class Team(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("challenge_id", "name_key"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str
    name_key: str  # case-folded and normalised, so that two names cannot look alike by case or width
    baseline: str | None = None  # the baseline's name in the definition; such a team has no member
    is_reference: bool = False
    affiliation: str = ""  # as the captain declares it to everybody; none is shown where it is empty
    captain_id: int | None = Field(default=None, foreign_key="user_account.id")
    final_submission_id: int | None = None  # the team's own choice; none means the latest
    created_at: datetime
    dissolved_at: datetime | None = None  # left by its last member before any submission; its name is free again


class Membership(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("user_id", "challenge_id"),)  # one team per account per challenge
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    joined_at: datetime
    name_public: bool = False  # whether this person lets the team's public page name them


class Invitation(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    code_hash: str = Field(unique=True)
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, foreign_key="user_account.id")
    revoked_at: datetime | None = None
