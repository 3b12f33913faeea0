"""The challenges as one person sees them listed: which are open, and where the person's own team stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from arena import hosting, leaderboards
from arena.hosting import Hosted
from arena.leaderboards import Board, BoardRow
from arena.store import teams as store
from arena.store.models import Team, User


@dataclass(frozen=True, slots=True)
class Listed:
    """One challenge, how many teams have submitted to it, and the person's own team with its line."""

    hosted: Hosted
    status: str
    teams: int
    team: Team | None
    own: BoardRow | None


def challenges(session: Session, user: User | None, at: datetime) -> list[Listed]:
    """Return all challenges in the order of publication."""
    counts = store.counts_by_challenge(session)
    own = store.of_user_everywhere(session, user.id or 0) if user else {}
    return [
        Listed(
            hosted=hosted,
            status=hosted.status(at),
            teams=counts.get(hosted.id, 0),
            team=own.get(hosted.id),
            own=_own_row(session, hosted, own.get(hosted.id), at),
        )
        for hosted in hosting.every(session)
    ]


def board_now(session: Session, hosted: Hosted, team: Team | None, at: datetime) -> Board:
    """Return the leaderboard that counts at this time: the private one once it is revealed."""
    split = "private" if hosted.gated and hosted.status(at) == "revealed" else "public"
    return leaderboards.board(session, hosted, split=split, viewer_team_id=team.id if team else None, at=at)


def _own_row(session: Session, hosted: Hosted, team: Team | None, at: datetime) -> BoardRow | None:
    if team is None:
        return None
    return next((row for row in board_now(session, hosted, team, at).rows if row.you), None)
