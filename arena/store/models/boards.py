"""How often each challenge's leaderboard has changed, and which teams on it: what was drawn before is compared with these."""

from sqlalchemy import Index
from sqlmodel import Field

from arena.store.models.base import SQLModel


class BoardVersion(SQLModel, table=True):
    """Counters that the database itself raises with every change of a leaderboard: see arena.store.board_triggers.

    There is no foreign key: whoever raises a counter on PostgreSQL must wait for nobody who holds the challenge's row.
    """

    __tablename__ = "board_version"
    challenge_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = 0  # every change
    urgent: int = 0  # those of them that must be seen at once: what is taken off, renamed, revealed, moved in time


class BoardTeam(SQLModel, table=True):
    """At which version of its leaderboard a team has last changed: so that who has not changed need not be looked at again."""

    __tablename__ = "board_team"
    team_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    challenge_id: int
    version: int
    __table_args__ = (Index("ix_board_team_challenge_id_version", "challenge_id", "version"),)
