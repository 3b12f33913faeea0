"""How often each challenge's leaderboard has changed: what a page that was drawn before is compared with."""

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
