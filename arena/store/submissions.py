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


def counts(session: Session, team_id: int) -> tuple[int, int]:
    """Return how many files a team has sent in time and how many late; refunded ones are left out."""
    found = session.exec(
        select(Submission.late, func.count())
        .where(Submission.team_id == team_id, col(Submission.refunded_at).is_(None))
        .group_by(col(Submission.late)),
    )
    by_late = {bool(late): number for late, number in found}
    return by_late.get(False, 0), by_late.get(True, 0)


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


def by_public_ids(session: Session, public_ids: list[str]) -> list[Submission]:
    return list(session.exec(select(Submission).where(col(Submission.public_id).in_(public_ids))))


def public_ids(session: Session, submission_ids: list[int]) -> dict[int, str]:
    """Return the public id of each of these submissions."""
    found = session.exec(select(Submission.id, Submission.public_id).where(col(Submission.id).in_(submission_ids)))
    return {submission_id or 0: public_id for submission_id, public_id in found}


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
    """Return the latest submission that may be a final: the default one."""
    return session.exec(
        select(func.max(Submission.id)).where(Submission.team_id == team_id, *_may_be_final()),
    ).one()


def _may_be_final() -> tuple[ColumnElement[bool], ...]:
    return col(Submission.refunded_at).is_(None), col(Submission.late).is_(False), ~is_disqualified()


def final_of(session: Session, team: Team) -> tuple[int | None, bool]:
    """Return the team's final and whether it chose it; a file refunded or disqualified since is final no more."""
    chosen = session.exec(
        select(Submission.id).where(Submission.id == team.final_submission_id, *_may_be_final()),
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
    """Return each team's final submission: its own choice, else its latest, of those neither refunded, late nor disqualified."""
    latest = session.exec(
        select(Submission.team_id, func.max(Submission.id))
        .where(Submission.challenge_id == challenge_id, *_may_be_final())
        .group_by(col(Submission.team_id)),
    )
    chosen = session.exec(
        select(Team.id, Team.final_submission_id)
        .join(Submission, col(Submission.id) == col(Team.final_submission_id))
        .where(Team.challenge_id == challenge_id, *_may_be_final()),
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


def best_private(
    session: Session, challenge_id: int, key: str, *, better: str, limit: int
) -> list[tuple[Team, int, float]]:
    """Return (team, submission, value) of the best private scores that count, the best first, baselines left out."""
    value = col(Score.value)
    found = session.exec(
        select(Team, Submission.id, Score.value)
        .join(Submission, col(Submission.team_id) == col(Team.id))
        .join(Evaluation, col(Evaluation.submission_id) == col(Submission.id))
        .join(Score, col(Score.evaluation_id) == col(Evaluation.id))
        .where(
            Submission.challenge_id == challenge_id,
            col(Submission.late).is_(False),
            col(Team.baseline).is_(None),
            Evaluation.split == "private",
            Evaluation.state == "scored",
            col(Evaluation.in_force).is_(True),
            Score.split == "private",
            Score.key == key,
            value.is_not(None),
        )
        .order_by(value.desc() if better == "higher" else value.asc(), col(Team.id))
        .limit(limit),
    )
    return list(found)  # type: ignore[arg-type]


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
