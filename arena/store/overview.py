"""Verbs for those who run a challenge: its submissions with filters, and the counts of its dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlmodel import Session, col, func, select

from arena.store.models import Decision, Evaluation, Mark, Membership, Submission, Team, User


@dataclass(frozen=True, slots=True)
class Filter:
    """Which submissions are asked for; an empty field asks for all."""

    team_id: int | None = None
    state: str = ""  # received | scoring | scored | failed
    decision: str = ""  # accepted | not_improved | kept | shown | none
    since: datetime | None = None
    before: datetime | None = None
    refunded: bool | None = None
    mark: str = ""  # flagged | hidden | disqualified, in force


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission with its team, its newest public evaluation and its decision."""

    submission: Submission
    team: Team
    evaluation: Evaluation | None
    decision: Decision | None


def entries(
    session: Session, challenge_id: int, wanted: Filter, *, limit: int | None = None, offset: int = 0
) -> tuple[int, list[Entry]]:
    """Return how many submissions of teams fit, and a stretch of them, the newest first."""
    conditions = _conditions(challenge_id, wanted)
    total = session.exec(_joined(select(func.count()).select_from(Submission)).where(*conditions)).one()
    rows = (
        _joined(select(Submission, Team, Evaluation, Decision).select_from(Submission))
        .where(*conditions)
        .order_by(col(Submission.id).desc())
        .offset(offset)
    )
    found = session.exec(rows if limit is None else rows.limit(limit))
    return total, [Entry(*row) for row in found]


def _joined(query: Any) -> Any:
    newest = (
        select(func.max(Evaluation.id))
        .where(col(Evaluation.submission_id) == col(Submission.id), Evaluation.split == "public")
        .correlate(Submission)
        .scalar_subquery()
    )
    return (
        query.join(Team, col(Team.id) == col(Submission.team_id))
        .outerjoin(Evaluation, col(Evaluation.id) == newest)
        .outerjoin(Decision, col(Decision.submission_id) == col(Submission.id))
    )


def _conditions(challenge_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[Any] = [Submission.challenge_id == challenge_id, col(Team.baseline).is_(None)]
    if wanted.team_id is not None:
        found.append(Submission.team_id == wanted.team_id)
    if wanted.state:
        found.append(Evaluation.state == wanted.state)
    if wanted.decision:
        missing = wanted.decision == "none"
        found.append(col(Decision.id).is_(None) if missing else Decision.outcome == wanted.decision)
    if wanted.since is not None:
        found.append(col(Submission.received_at) >= wanted.since)
    if wanted.before is not None:
        found.append(col(Submission.received_at) < wanted.before)
    if wanted.refunded is not None:
        refunded = col(Submission.refunded_at)
        found.append(refunded.is_not(None) if wanted.refunded else refunded.is_(None))
    if wanted.mark:
        marked: Select[Any] = select(Mark.submission_id).where(
            Mark.challenge_id == challenge_id,
            Mark.kind == wanted.mark,
            col(Mark.lifted_at).is_(None),
            col(Mark.submission_id).is_not(None),
        )
        found.append(col(Submission.id).in_(marked))
    return found


def received(session: Session, challenge_id: int) -> list[datetime]:
    """Return when each submission of a team came, in order."""
    found = session.exec(
        select(Submission.received_at)
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(Submission.challenge_id == challenge_id, col(Team.baseline).is_(None))
        .order_by(col(Submission.id)),
    )
    return list(found)


def outcomes(session: Session, challenge_id: int) -> dict[str, int]:
    """Count the decisions on teams' submissions by outcome."""
    found = session.exec(
        select(Decision.outcome, func.count())
        .join(Submission, col(Submission.id) == col(Decision.submission_id))
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(Submission.challenge_id == challenge_id, col(Team.baseline).is_(None))
        .group_by(col(Decision.outcome)),
    )
    return dict(found.all())


def waiting(session: Session, challenge_id: int) -> tuple[int, datetime | None]:
    """Count the evaluations that are not finished, and say since when the oldest of them waits."""
    return session.exec(
        select(func.count(), func.min(Evaluation.created_at))
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(
            Submission.challenge_id == challenge_id,
            col(Evaluation.state).in_(("received", "scoring")),
        ),
    ).one()


def decided(session: Session, challenge_id: int, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return when each recent submission of a team came and when it was decided."""
    found = session.exec(
        select(Submission.received_at, Decision.decided_at)
        .join(Decision, col(Decision.submission_id) == col(Submission.id))
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(
            Submission.challenge_id == challenge_id,
            col(Team.baseline).is_(None),
            col(Submission.received_at) >= since,
        ),
    )
    return list(found.all())


def faults(session: Session, challenge_id: int) -> dict[str, int]:
    """Count the evaluations that failed through a fault of ours by its code, and those that went well at a later attempt."""
    concerned = (
        select(Evaluation.failure, func.count())
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.challenge_id == challenge_id)
    )
    found = session.exec(concerned.where(Evaluation.state == "failed").group_by(col(Evaluation.failure)))
    counts = {code or "scoring": number for code, number in found}
    retried = session.exec(
        select(func.count())
        .select_from(Evaluation)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.challenge_id == challenge_id, Evaluation.state == "scored", col(Evaluation.attempts) > 1),
    ).one()
    return counts | ({"retried": retried} if retried else {})


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team with how many people it has and what it has sent."""

    team: Team
    people: int
    submissions: int
    last_at: datetime | None


def teams(session: Session, challenge_id: int) -> list[TeamLine]:
    """Return the challenge's teams in order of their making, baselines left out."""
    people = _per_team(Membership)
    sent = _per_team(Submission)
    last = (
        select(func.max(Submission.received_at))
        .where(col(Submission.team_id) == col(Team.id))
        .correlate(Team)
        .scalar_subquery()
    )
    found = session.exec(
        select(Team, people, sent, last)
        .where(Team.challenge_id == challenge_id, col(Team.baseline).is_(None), col(Team.dissolved_at).is_(None))
        .order_by(col(Team.id)),
    )
    return [TeamLine(*row) for row in found]


def _per_team(table: type[Membership] | type[Submission]) -> Any:
    return select(func.count()).where(col(table.team_id) == col(Team.id)).correlate(Team).scalar_subquery()


def members(session: Session, challenge_id: int) -> list[tuple[int, User]]:
    """Return every member of a team of the challenge with the team's id."""
    found = session.exec(
        select(Membership.team_id, User)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.challenge_id == challenge_id)
        .order_by(col(Membership.id)),
    )
    return list(found.all())


def names_of(
    session: Session, user_ids: Sequence[int], team_ids: Sequence[int]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of accounts and teams by id."""
    users = session.exec(select(User.id, User.name).where(col(User.id).in_(user_ids))) if user_ids else ()
    teams_found = session.exec(select(Team.id, Team.name).where(col(Team.id).in_(team_ids))) if team_ids else ()
    return {key or 0: name for key, name in users}, {key or 0: name for key, name in teams_found}
