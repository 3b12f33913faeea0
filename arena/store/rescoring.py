"""Verbs on evaluating submissions again: adding what is missing, counting it, and letting all of it count at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, func, select

from arena.store.models import Challenge, Evaluation, Submission, Team
from arena.store.rows import changed


class Under(NamedTuple):
    """What submissions are evaluated under: a version of the labels and one of the scorers."""

    labels_version: int
    scorer_version: str


def submissions(session: Session, challenge_id: int) -> list[int]:
    """Return what a rescoring evaluates: every file that was not refunded; of a baseline's files the newest."""
    found = session.exec(_standing(challenge_id).order_by(col(Submission.id)))
    return [one for one in found if one is not None]


def _standing(challenge_id: int) -> Any:
    newest = (
        select(func.max(Submission.id))
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(Team.challenge_id == challenge_id, col(Team.baseline).is_not(None))
        .group_by(col(Submission.team_id))
    )
    return (
        select(Submission.id)
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(
            Submission.challenge_id == challenge_id,
            col(Submission.refunded_at).is_(None),
            or_(col(Team.baseline).is_(None), col(Submission.id).in_(newest)),
        )
    )


def known(session: Session, challenge_id: int, under: Under) -> set[tuple[int, str]]:
    """Return (submission, split) of every evaluation under these versions."""
    found = session.exec(
        select(Evaluation.submission_id, Evaluation.split)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.challenge_id == challenge_id, *_is(under)),
    )
    return set(found.all())


def private_in_force(session: Session, challenge_id: int) -> set[int]:
    """Return the submissions whose private evaluation counts: the finals and baselines, as they were revealed."""
    found = session.exec(
        select(Evaluation.submission_id)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(
            Submission.challenge_id == challenge_id,
            Evaluation.split == "private",
            col(Evaluation.in_force).is_(True),
        ),
    )
    return set(found.all())


def add(session: Session, wanted: Iterable[tuple[int, str]], under: Under, at: datetime) -> int:
    """Add evaluations that do not count yet, (submission, split) each; return how many."""
    rows = [
        Evaluation(
            submission_id=submission_id,
            split=split,
            scorer_version=under.scorer_version,
            labels_version=under.labels_version,
            in_force=False,
            created_at=at,
        )
        for submission_id, split in wanted
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def retry_failed(session: Session, challenge_id: int, under: Under) -> int:
    """Let what failed under these versions be tried again; return how many."""
    values: dict[str, Any] = {
        "state": "received",
        "attempts": 0,
        "failure": None,
        "started_at": None,
        "finished_at": None,
        "token": None,
    }
    return changed(
        session,
        update(Evaluation)
        .where(
            *_is(under),
            col(Evaluation.state) == "failed",
            col(Evaluation.submission_id).in_(_standing(challenge_id)),
        )
        .values(**values),
        synchronize=False,
    )


def states(session: Session, challenge_id: int, under: Under) -> dict[str, int]:
    """Count the evaluations under these versions by their state, of the files that a rescoring evaluates."""
    found = session.exec(
        select(Evaluation.state, func.count())
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(col(Submission.id).in_(_standing(challenge_id)), *_is(under))
        .group_by(col(Evaluation.state)),
    )
    return dict(found.all())


def waiting(session: Session, challenge_id: int, under: Under, limit: int) -> list[int]:
    """Return evaluations under these versions that nobody has begun, in the order of receipt."""
    found = session.exec(
        select(Evaluation.id)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.challenge_id == challenge_id, Evaluation.state == "received", *_is(under))
        .order_by(col(Submission.id), col(Evaluation.id))
        .limit(limit),
    )
    return [one for one in found if one is not None]


def is_stale(session: Session, challenge_id: int, under: Under) -> bool:
    """Whether any evaluation that counts is of other versions, or one of these does not count yet."""
    wanted = (
        select(Evaluation.id)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(
            Submission.challenge_id == challenge_id,
            col(Submission.refunded_at).is_(None),
            col(Evaluation.in_force) != _counts(challenge_id, under),
        )
    )
    return session.exec(wanted.limit(1)).first() is not None


def switch(session: Session, challenge_id: int, under: Under) -> None:
    """Let the evaluations under these versions count and no other: one statement, so that no reader sees a mixture."""
    changed(
        session,
        update(Evaluation)
        .where(col(Evaluation.submission_id).in_(_of(challenge_id)))
        .values(in_force=_counts(challenge_id, under)),
        synchronize=False,
    )


def retire(session: Session, challenge_id: int) -> None:
    """Let the files that a baseline has replaced count no more."""
    changed(
        session,
        update(Evaluation)
        .where(
            col(Evaluation.submission_id).in_(_of(challenge_id)),
            col(Evaluation.submission_id).not_in(_standing(challenge_id)),
        )
        .values(in_force=False),
        synchronize=False,
    )


def _counts(challenge_id: int, under: Under) -> Any:
    return and_(*_is(under), col(Evaluation.submission_id).in_(_standing(challenge_id)))


def labels_in_force(session: Session, challenge_id: int) -> int | None:
    """Return the version of the labels whose scores count now; none before anything has been evaluated."""
    return session.exec(
        select(func.max(Evaluation.labels_version))
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.challenge_id == challenge_id, col(Evaluation.in_force).is_(True)),
    ).one()


def labels_evaluated(session: Session, challenge_id: int, split: str) -> list[int]:
    """Return the versions of the labels under which anything has been scored on a split, the newest first."""
    found = session.exec(
        select(Evaluation.labels_version)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.challenge_id == challenge_id, Evaluation.split == split, Evaluation.state == "scored")
        .distinct(),
    )
    return sorted(found.all(), reverse=True)


def under_way(session: Session) -> list[int]:
    """Return the challenges that are being rescored."""
    found = session.exec(select(Challenge.id).where(col(Challenge.rescoring_started_at).is_not(None)))
    return [one for one in found if one is not None]


def scored_by_others(session: Session, scorer_version: str) -> list[int]:
    """Return the challenges in which evaluations count that another version of the scorers made."""
    found = session.exec(
        select(Submission.challenge_id)
        .join(Evaluation, col(Evaluation.submission_id) == col(Submission.id))
        .where(
            col(Evaluation.in_force).is_(True),
            Evaluation.scorer_version != scorer_version,
            Evaluation.state == "scored",
        )
        .distinct(),
    )
    return sorted(found.all())


def _is(under: Under) -> tuple[Any, Any]:
    return (
        col(Evaluation.labels_version) == under.labels_version,
        col(Evaluation.scorer_version) == under.scorer_version,
    )


def _of(challenge_id: int) -> Any:
    return select(Submission.id).where(Submission.challenge_id == challenge_id)
