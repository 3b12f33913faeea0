"""A team as everybody may see it: what it declares of itself, and what the leaderboard shows of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from arena import listing, teams
from arena.errors import NotFound
from arena.hosting import Hosted
from arena.leaderboards import Board, BoardRow
from arena.store import marks
from arena.store import submissions as submission_store
from arena.store import teams as store
from arena.store.models import Team, User


@dataclass(frozen=True, slots=True)
class Profile:
    """One team's public page. `names` are those of members who chose to be named; `row` is its line of the leaderboard."""

    team: Team
    people: int
    names: tuple[str, ...]
    submissions: int
    late: int
    board: Board
    row: BoardRow | None
    own: bool


def public(session: Session, viewer: User | None, hosted: Hosted, team_id: int, at: datetime, *, runs: bool) -> Profile:
    """Return a team's public page.

    A team that the leaderboard does not list, since it has sent nothing or is off the board, has none for others than its
    members and the challenge's organizers (`runs`); a baseline has none at all.
    """
    team = session.get(Team, team_id)
    if team is None or team.challenge_id != hosted.id or team.baseline is not None or team.dissolved_at is not None:
        raise NotFound
    viewers = teams.team_of(session, viewer, hosted)
    own = viewers is not None and viewers.id == team.id
    in_time, late = submission_store.counts(session, team_id)
    off, _ = marks.off_board(session, hosted.id)
    if not (own or runs) and (team_id in off or not in_time):
        raise NotFound
    board = listing.board_now(session, hosted, viewers, at)
    return Profile(
        team=team,
        people=store.member_count(session, team_id),
        names=tuple(one.name for one in store.public_members(session, team_id)),
        submissions=in_time,
        late=late,
        board=board,
        row=next((row for row in board.rows if row.team_id == team_id), None),
        own=own,
    )
