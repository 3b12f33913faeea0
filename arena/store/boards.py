"""What leaderboards are made of: one statement for the file that stands for each team, one for the version of the whole."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, case, select
from sqlmodel import Session, col, func

from arena.store import submissions as submission_store
from arena.store.models import BoardTeam, Decision, Evaluation, Score, Submission, Team


class Version(NamedTuple):
    """How often the leaderboard of one challenge has changed, and whether everybody may see the challenge."""

    challenge_id: int
    state: str
    changes: int
    urgent: int  # those of the changes that no reader may be shown late


class Entrant(NamedTuple):
    """A team as a leaderboard names it."""

    id: int
    name: str
    affiliation: str
    baseline: str | None
    is_reference: bool
    submitted: bool


class Standing(NamedTuple):
    """The file that stands for a team on one split, with its score in the primary metric."""

    team_id: int
    evaluation_id: int
    value: float | None
    se: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_se: float | None
    labels_version: int


# Asked before every answer: past SQLAlchemy's own layers, which would take longer than all the rest of it.
_VERSION = (
    "SELECT challenge.id, challenge.state, coalesce(board_version.version, 0), coalesce(board_version.urgent, 0)"
    " FROM challenge LEFT JOIN board_version ON board_version.challenge_id = challenge.id WHERE challenge.slug = {}"
)


def version(engine: Engine, slug: str) -> Version | None:
    """Return the version of a challenge's leaderboard now, in a transaction of its own."""
    if "\0" in slug:
        return None
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(_VERSION.format("?" if engine.dialect.paramstyle == "qmark" else "%s"), (slug,))
        found = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return Version(*found) if found is not None else None


def changed_since(session: Session, challenge_id: int, version: int) -> list[int]:
    """Return the teams of which something has changed after a version of their leaderboard."""
    wanted = select(col(BoardTeam.team_id)).where(
        col(BoardTeam.challenge_id) == challenge_id, col(BoardTeam.version) > version
    )
    return list(session.execute(wanted).scalars())


def decided(session: Session, team_id: int) -> int:
    """Return how many of a team's submissions have been decided."""
    wanted = (
        select(func.count()).select_from(Decision).join(Submission, col(Submission.id) == col(Decision.submission_id))
    )
    found: int = session.execute(wanted.where(col(Submission.team_id) == team_id)).scalar_one()
    return found


def entrants(session: Session, challenge_id: int, only: Sequence[int] | None = None) -> list[Entrant]:
    """Return every team of a challenge, or some of them, in the order in which they were made."""
    submitted = select(col(Submission.id)).where(col(Submission.team_id) == col(Team.id), _in_time()).exists()
    found = session.execute(
        select(
            col(Team.id),
            col(Team.name),
            col(Team.affiliation),
            col(Team.baseline),
            col(Team.is_reference),
            submitted,
        )
        .where(col(Team.challenge_id) == challenge_id if only is None else col(Team.id).in_(only))
        .order_by(col(Team.id)),
    )
    return list(map(Entrant._make, found))


def shown_gains(
    session: Session, challenge_id: int, off: Collection[int], only: Sequence[int] | None = None
) -> dict[int, float | None]:
    """Return the gain of each team's last accepted file, those that are off the board left out."""
    place = func.row_number().over(partition_by=col(Submission.team_id), order_by=col(Submission.id).desc())
    wanted = (
        select(col(Submission.team_id), col(Decision.shown_gain), place.label("place"))
        .join(Decision, col(Decision.submission_id) == col(Submission.id))
        .where(_among(challenge_id, only), col(Decision.outcome) == "accepted", _on_board(off))
        .subquery()
    )
    found = session.execute(select(wanted.c.team_id, wanted.c.shown_gain).where(wanted.c.place == 1))
    return {row[0]: row[1] for row in found}


def best(
    session: Session,
    challenge_id: int,
    key: str,
    *,
    higher: bool,
    off: Collection[int],
    labels_version: int | None = None,
    only: Sequence[int] | None = None,
) -> list[Standing]:
    """Return each team's best file of the public split, the earlier of equals; one with a value before one without."""
    counts = submission_store.counting("public", labels_version)
    value = col(Score.value)
    order = (
        case((value.is_(None), 1), else_=0),
        value.desc() if higher else value,
        case((value.is_(None), -col(Submission.id)), else_=col(Submission.id)),
        col(Evaluation.id),
    )
    place = func.row_number().over(partition_by=col(Submission.team_id), order_by=order)
    wanted = _scored(challenge_id, "public", key, counts, only).add_columns(place.label("place")).where(_on_board(off))
    found = wanted.subquery()
    first = session.execute(select(found).where(found.c.place == 1))
    return [Standing._make(row[: len(Standing._fields)]) for row in first]


def of_finals(
    session: Session, challenge_id: int, key: str, *, off: Collection[int], labels_version: int | None = None
) -> list[Standing]:
    """Return the private score of each team's final; of several evaluations of one file the last."""
    finals = submission_store.finals(session, challenge_id)
    counts = submission_store.counting("private", labels_version)
    wanted = _scored(challenge_id, "private", key, counts).add_columns(Submission.id).where(_on_board(off))
    found: dict[int, Standing] = {}
    for *columns, submission_id in session.execute(wanted.order_by(col(Submission.id), col(Evaluation.id))):
        standing = Standing._make(columns)
        if finals.get(standing.team_id) == submission_id:
            found[standing.team_id] = standing
    return list(found.values())


def _scored(
    challenge_id: int, split: str, key: str, counts: ColumnElement[bool], only: Sequence[int] | None = None
) -> Any:
    return (
        select(
            col(Submission.team_id),
            col(Evaluation.id).label("evaluation_id"),
            col(Score.value),
            col(Score.se),
            col(Score.low),
            col(Score.high),
            col(Score.difference),
            col(Score.difference_se),
            col(Evaluation.labels_version),
        )
        .join(Evaluation, col(Evaluation.submission_id) == col(Submission.id))
        .join(Score, col(Score.evaluation_id) == col(Evaluation.id))
        .where(
            _among(challenge_id, only),
            col(Evaluation.split) == split,
            # Nearly all are scored, so the index of states is the longest way there is; SQLite would take it.
            func.coalesce(col(Evaluation.state), "") == "scored",
            col(Score.split) == split,
            col(Score.key) == key,
            counts,
        )
    )


def _among(challenge_id: int, only: Sequence[int] | None) -> ColumnElement[bool]:
    """Return which submissions are meant: all of a challenge, or those of some of its teams.

    One condition or the other, since SQLite would look some teams' files up among all of the challenge.
    """
    if only is None:
        return col(Submission.challenge_id) == challenge_id
    return col(Submission.team_id).in_(only)


def _in_time() -> ColumnElement[bool]:
    return col(Submission.late).is_(False)


def _on_board(off: Collection[int]) -> ColumnElement[bool]:
    return and_(_in_time(), col(Submission.id).not_in(off)) if off else _in_time()
