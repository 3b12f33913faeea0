"""Verbs on submissions, decisions and scores as people see them."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from arena.store.marks import is_disqualified
from arena.store.models import Decision, Evaluation, Report, Score, Submission, Team


def count(session: Session, team_id: int, *, since: datetime | None = None, refunded: bool = True) -> int:
    wanted = select(func.count()).where(Submission.team_id == team_id)
    if since is not None:
        wanted = wanted.where(col(Submission.received_at) >= since)
    if not refunded:
        wanted = wanted.where(col(Submission.refunded_at).is_(None))
    return session.exec(wanted).one()


def last_number(session: Session, team_id: int) -> int:
    return session.exec(select(func.max(Submission.number)).where(Submission.team_id == team_id)).one() or 0


def by_idempotency_key(session: Session, team_id: int, key: str) -> Submission | None:
    return session.exec(
        select(Submission).where(Submission.team_id == team_id, Submission.idempotency_key == key),
    ).first()


def by_content(session: Session, team_id: int, canonical_sha256: str) -> Submission | None:
    """Return the team's first submission of the same predictions that was not refunded."""
    return session.exec(
        select(Submission)
        .where(
            Submission.team_id == team_id,
            Submission.canonical_sha256 == canonical_sha256,
            col(Submission.refunded_at).is_(None),
        )
        .order_by(col(Submission.id)),
    ).first()


def by_public_id(session: Session, public_id: str) -> Submission | None:
    return session.exec(select(Submission).where(Submission.public_id == public_id)).first()


def of_team(session: Session, team_id: int, *, limit: int = 1000, offset: int = 0) -> list[Submission]:
    """Return the team's submissions, the newest first."""
    return list(
        session.exec(
            select(Submission)
            .where(Submission.team_id == team_id)
            .order_by(col(Submission.id).desc())
            .offset(offset)
            .limit(limit),
        ),
    )


def latest_id(session: Session, team_id: int) -> int | None:
    """Return the latest submission that was neither refunded nor disqualified: the default final."""
    return session.exec(
        select(func.max(Submission.id)).where(
            Submission.team_id == team_id, col(Submission.refunded_at).is_(None), ~is_disqualified()
        ),
    ).one()


def final_of(session: Session, team: Team) -> tuple[int | None, bool]:
    """Return the team's final and whether it chose it; a file refunded or disqualified since is final no more."""
    chosen = session.exec(
        select(Submission.id).where(
            Submission.id == team.final_submission_id, col(Submission.refunded_at).is_(None), ~is_disqualified()
        ),
    ).first()
    if chosen is not None:
        return chosen, True
    return latest_id(session, team.id or 0), False


def evaluations(session: Session, submission_ids: list[int]) -> dict[int, dict[str, Evaluation]]:
    """Return the evaluation of each submission that counts, by split; the newest where none does yet."""
    found = session.exec(
        select(Evaluation)
        .where(col(Evaluation.submission_id).in_(submission_ids))
        .order_by(col(Evaluation.in_force), col(Evaluation.id)),
    )
    rows: dict[int, dict[str, Evaluation]] = {}
    for row in found:
        rows.setdefault(row.submission_id, {})[row.split] = row
    return rows


def decisions(session: Session, submission_ids: list[int]) -> dict[int, Decision]:
    found = session.exec(select(Decision).where(col(Decision.submission_id).in_(submission_ids)))
    return {row.submission_id: row for row in found}


def scores(session: Session, evaluation_ids: list[int]) -> list[Score]:
    return list(
        session.exec(
            select(Score).where(col(Score.evaluation_id).in_(evaluation_ids)).order_by(col(Score.id)),
        ),
    )


def report(session: Session, evaluation_id: int) -> Report | None:
    return session.exec(select(Report).where(Report.evaluation_id == evaluation_id)).first()


def finals(session: Session, challenge_id: int) -> dict[int, int]:
    """Return each team's final submission: its own choice, else its latest, of those neither refunded nor disqualified."""
    latest = session.exec(
        select(Submission.team_id, func.max(Submission.id))
        .where(Submission.challenge_id == challenge_id, col(Submission.refunded_at).is_(None), ~is_disqualified())
        .group_by(col(Submission.team_id)),
    )
    chosen = session.exec(
        select(Team.id, Team.final_submission_id)
        .join(Submission, col(Submission.id) == col(Team.final_submission_id))
        .where(Team.challenge_id == challenge_id, col(Submission.refunded_at).is_(None), ~is_disqualified()),
    )
    finals = {team_id: submission_id for team_id, submission_id in latest if submission_id is not None}
    finals |= {team_id: submission_id for team_id, submission_id in chosen if team_id and submission_id}
    return finals


def counting(split: str, labels_version: int | None = None) -> ColumnElement[bool]:
    """Return the condition, for a query over evaluations of a split, that one counts: now, or under earlier labels.

    Under an earlier version of the labels that is the last evaluation of each submission.
    """
    if labels_version is None:
        return col(Evaluation.in_force).is_(True)
    last = (
        select(func.max(Evaluation.id))
        .where(
            Evaluation.labels_version == labels_version,
            Evaluation.split == split,
            Evaluation.state == "scored",
        )
        .group_by(col(Evaluation.submission_id))
    )
    return col(Evaluation.id).in_(last)


def values(session: Session, submissions: list[int], split: str) -> dict[int, dict[str, float | None]]:
    """Return every metric's value on one split by submission and key, from their newest finished evaluation."""
    found = session.exec(
        select(Evaluation.submission_id, Score.key, Score.value)
        .join(Score, col(Score.evaluation_id) == col(Evaluation.id))
        .where(col(Evaluation.submission_id).in_(submissions), Score.split == split, Evaluation.state == "scored")
        .order_by(col(Evaluation.labels_version), col(Evaluation.id)),
    )
    listed: dict[int, dict[str, float | None]] = {}
    for submission_id, key, value in found:
        listed.setdefault(submission_id, {})[key] = value
    return listed
