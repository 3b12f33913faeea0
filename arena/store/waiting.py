"""Evaluations that wait: which of them to ring for, and how many are in line before one."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from arena.store.evaluations import is_decided
from arena.store.models import Evaluation, Submission

GRACE = timedelta(seconds=2)
# After so many attempts an evaluation rests so long before the next: a store that is away for half a minute must fail no file.
RESTS = {1: timedelta(seconds=2), 2: timedelta(seconds=5), 3: timedelta(seconds=10), 4: timedelta(seconds=20)}


def due(session: Session, at: datetime, *, limit: int = 500, again: int = 0) -> list[int]:
    """Return evaluations whose ring may be lost: received a while ago and next of their team, or with an ended lease.

    At most `again` of them are of a rescoring: those are many, nobody waits for one of them, and a new file must not stand
    behind them all.
    """
    earlier_evaluation = aliased(Evaluation)
    earlier_submission = aliased(Submission)
    blocked = (
        select(col(earlier_evaluation.id))
        .join(earlier_submission, col(earlier_submission.id) == col(earlier_evaluation.submission_id))
        .where(
            col(earlier_submission.team_id) == col(Submission.team_id),
            col(earlier_submission.id) < col(Submission.id),
            col(earlier_evaluation.split) == "public",
            col(Evaluation.split) == "public",
            col(earlier_evaluation.labels_version) == col(Evaluation.labels_version),
            col(earlier_evaluation.scorer_version) == col(Evaluation.scorer_version),
            col(earlier_evaluation.state).in_(("received", "scoring")),
        )
        .exists()
    )
    resting = or_(
        *(
            and_(col(Evaluation.attempts) == attempts, col(Evaluation.started_at) > at - rest)
            for attempts, rest in RESTS.items()
        ),
    )
    waiting = and_(
        col(Evaluation.state) == "received",
        col(Evaluation.created_at) < at - GRACE,
        # Not `~resting`: where nothing has started yet, that would be neither true nor false.
        or_(col(Evaluation.started_at).is_(None), not_(resting)),
        or_(~blocked, is_decided()),
    )
    lapsed = and_(col(Evaluation.state) == "scoring", col(Evaluation.lease_until) < at)

    def found(*which: Any, most: int) -> list[int]:
        rows = session.exec(
            select(Evaluation.id)
            .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
            .where(or_(waiting, lapsed), *which)
            .order_by(col(Evaluation.id))
            .limit(most),
        )
        return [evaluation_id for evaluation_id in rows if evaluation_id is not None]

    return found(~is_again(), most=limit) + (found(is_again(), most=again) if again else [])


def is_again() -> Any:
    """Say in SQL that the evaluation at hand is one of a rescoring: not in force yet, and not the first of its file."""
    before = aliased(Evaluation)
    first = select(before.id).where(
        col(before.submission_id) == col(Evaluation.submission_id),
        col(before.split) == col(Evaluation.split),
        col(before.id) < col(Evaluation.id),
    )
    return and_(col(Evaluation.in_force).is_(False), first.exists())


def before(session: Session, evaluation_id: int) -> int:
    """Count the evaluations received earlier that are not finished; those of a rescoring let others pass."""
    return session.exec(
        select(func.count()).where(
            col(Evaluation.state).in_(("received", "scoring")),
            col(Evaluation.id) < evaluation_id,
            ~is_again(),
        ),
    ).one()
