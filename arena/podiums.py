"""The first places of a challenge whose results are revealed, as its private leaderboard has them."""

from dataclasses import dataclass

from sqlmodel import Session

from arena import standings
from arena.hosting import Hosted
from arena.store import marks
from arena.store import submissions as store
from arena.store.models import Team

PLACES = 3
# So many values are looked at: more of them than places, since equal values share one.
LOOKED_AT = 24


@dataclass(frozen=True, slots=True)
class Place:
    """One team's place: equal values share a rank."""

    rank: int
    team: Team
    value: float


def podium(session: Session, hosted: Hosted) -> tuple[Place, ...]:
    """Return the teams of the first three ranks on the private split; a few rows are read, however many teams there are."""
    if hosted.row.revealed_at is None or not hosted.definition.metrics:
        return ()
    off_teams, off_files = marks.off_board(session, hosted.id)
    first = store.best_private(
        session, hosted.id, hosted.definition.primary.key, better=hosted.better, limit=LOOKED_AT + len(off_files)
    )
    found: list[tuple[Team, float]] = []
    for team, submission_id, value in first:
        if team.id in off_teams or submission_id in off_files:
            continue
        # A file that has since been disqualified is no final any more, though it was evaluated as one.
        if store.final_of(session, team)[0] == submission_id:
            found.append((team, value))
    ranks = standings.rank([value for _, value in found], better=hosted.better)
    places = (Place(rank or 0, team, value) for (team, value), rank in zip(found, ranks, strict=True))
    return tuple(place for place in places if place.rank <= PLACES)
