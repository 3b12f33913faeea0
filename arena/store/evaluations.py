"""Verbs on evaluations: claiming with a fencing token, finishing in one transaction, giving back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from arena.store import notices
from arena.store.models import Challenge, Decision, Evaluation, Labels, Report, Score, Submission, Team
from arena.store.rows import changed

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """One evaluation in the hands of one worker; `token` proves it until the lease ends."""

    evaluation_id: int
    token: str
    split: str
    labels_version: int
    submission: Submission
    team: Team
    challenge: Challenge
    labels: Labels
    attempts: int


def claim(session: Session, evaluation_id: int, *, token: str, at: datetime, lease_seconds: float) -> Claim | None:
    """Take one evaluation, or return none: taken, finished, or an earlier one of the team is not decided yet."""
    evaluation = session.get(Evaluation, evaluation_id)
    if evaluation is None:
        return None
    submission = session.get_one(Submission, evaluation.submission_id)
    undecided = evaluation.split == "public" and decision_of(session, submission.id or 0) is None
    if undecided and _earlier_open(session, evaluation, submission):
        return None
    free = or_(
        col(Evaluation.state) == "received",
        and_(col(Evaluation.state) == "scoring", col(Evaluation.lease_until) < at),
    )
    taken = changed(
        session,
        update(Evaluation)
        .where(col(Evaluation.id) == evaluation_id, free)
        .values(
            state="scoring",
            token=token,
            lease_until=at + timedelta(seconds=lease_seconds),
            attempts=col(Evaluation.attempts) + 1,
            started_at=at,
        ),
    )
    if not taken:
        return None
    session.refresh(evaluation)
    labels = session.exec(
        select(Labels).where(
            Labels.challenge_id == submission.challenge_id,
            Labels.version == evaluation.labels_version,
        ),
    ).one()
    return Claim(
        evaluation_id=evaluation_id,
        token=token,
        split=evaluation.split,
        labels_version=evaluation.labels_version,
        submission=submission,
        team=session.get_one(Team, submission.team_id),
        challenge=session.get_one(Challenge, submission.challenge_id),
        labels=labels,
        attempts=evaluation.attempts,
    )


def _earlier_open(session: Session, evaluation: Evaluation, submission: Submission) -> bool:
    # The gate's decisions are a fold in order of receipt: a later file waits for the team's earlier ones. One that has been told
    # its decision, and is only evaluated again, need not.
    found = session.exec(
        select(Evaluation.id)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(
            Submission.team_id == submission.team_id,
            col(Submission.id) < submission.id,
            Evaluation.split == evaluation.split,
            Evaluation.labels_version == evaluation.labels_version,
            Evaluation.scorer_version == evaluation.scorer_version,
            col(Evaluation.state).in_(("received", "scoring")),
        )
        .limit(1),
    )
    return found.first() is not None


def _held(claim: Claim) -> Any:
    return and_(
        col(Evaluation.id) == claim.evaluation_id,
        col(Evaluation.state) == "scoring",
        col(Evaluation.token) == claim.token,
    )


def renew(session: Session, claim: Claim, *, at: datetime, lease_seconds: float) -> bool:
    """Prolong the lease; false if the claim is lost."""
    until = at + timedelta(seconds=lease_seconds)
    return bool(changed(session, update(Evaluation).where(_held(claim)).values(lease_until=until)))


def finish(
    session: Session,
    claim: Claim,
    *,
    scores: Sequence[Score],
    decision: Decision | None,
    report: dict[str, Any] | None,
    at: datetime,
) -> bool:
    """Write scores, decision, report and the state together; false, and nothing written, if the claim is lost."""
    done = update(Evaluation).where(_held(claim)).values(state="scored", finished_at=at, lease_until=None, failure=None)
    if not changed(session, done):
        return False
    for score in scores:
        score.evaluation_id = claim.evaluation_id
        session.add(score)
    if report is not None:
        session.add(Report(evaluation_id=claim.evaluation_id, content=report))
    if decision is not None and decision_of(session, claim.submission.id or 0) is None:
        session.add(decision)
        _tell(session, claim.submission, "decided", at)
    session.flush()
    return True


def give_back(session: Session, claim: Claim, *, code: str, at: datetime) -> str | None:
    """Return a claim after a fault of ours: `received` to try again, `failed` with a refund, none if it was lost."""
    final = claim.attempts >= ATTEMPTS
    values: dict[str, Any] = {"state": "failed", "finished_at": at} if final else {"state": "received"}
    if not changed(session, update(Evaluation).where(_held(claim)).values(failure=code, lease_until=None, **values)):
        return None
    if final and claim.split == "public":
        _refund(session, claim.submission.id or 0, at)
    return str(values["state"])


def _refund(session: Session, submission_id: int, at: datetime) -> None:
    """Give a submission back, unless it has been, or still may be, evaluated: a rescoring that fails takes nothing from anybody."""
    other = select(Evaluation.id).where(
        col(Evaluation.submission_id) == submission_id, Evaluation.split == "public", Evaluation.state != "failed"
    )
    wanted = update(Submission).where(
        col(Submission.id) == submission_id, col(Submission.refunded_at).is_(None), ~other.exists()
    )
    if changed(session, wanted.values(refunded_at=at)):
        _tell(session, session.get_one(Submission, submission_id), "failed", at)


def _tell(session: Session, submission: Submission, kind: str, at: datetime) -> None:
    # In the transaction of the event itself: a worker that is killed leaves both or neither.
    notices.tell_team(
        session,
        submission.team_id,
        challenge_id=submission.challenge_id,
        kind=kind,
        subject=submission.public_id,
        at=at,
    )


def decision_of(session: Session, submission_id: int) -> Decision | None:
    return session.exec(select(Decision).where(Decision.submission_id == submission_id)).first()


def accepted_before(session: Session, submission: Submission) -> list[Submission]:
    """Return the team's accepted submissions received before this one, the oldest first."""
    return list(
        session.exec(
            select(Submission)
            .join(Decision, col(Decision.submission_id) == col(Submission.id))
            .where(
                Submission.team_id == submission.team_id,
                col(Submission.id) < submission.id,
                Decision.outcome == "accepted",
            )
            .order_by(col(Submission.id)),
        ),
    )


def before(session: Session, submission: Submission) -> Submission | None:
    """Return the team's submission before this one, of those that were not given back."""
    return session.exec(
        select(Submission)
        .where(
            Submission.team_id == submission.team_id,
            col(Submission.id) < submission.id,
            col(Submission.refunded_at).is_(None),
        )
        .order_by(col(Submission.id).desc())
        .limit(1),
    ).first()


def reference_submission(session: Session, challenge_id: int) -> Submission | None:
    """Return the reference baseline's file, which every paired difference is taken from."""
    return session.exec(
        select(Submission)
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(Team.challenge_id == challenge_id, col(Team.is_reference).is_(True))
        .order_by(col(Submission.id).desc()),
    ).first()


def is_decided() -> Any:
    """Say in SQL that the team has been told about the submission at hand."""
    return select(Decision.id).where(col(Decision.submission_id) == col(Submission.id)).exists()


def next_of_team(session: Session, team_id: int) -> int | None:
    """Return the team's oldest evaluation that still waits for those before it to be decided."""
    return session.exec(
        select(Evaluation.id)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(Submission.team_id == team_id, Evaluation.state == "received", ~is_decided())
        .order_by(col(Submission.id), col(Evaluation.id))
        .limit(1),
    ).first()


def add(
    session: Session,
    *,
    submission_id: int,
    split: str,
    scorer: str,
    labels_version: int,
    at: datetime,
    in_force: bool = True,
) -> int:
    """Add an evaluation unless the same one exists; return its id."""
    existing = session.exec(
        select(Evaluation.id).where(
            Evaluation.submission_id == submission_id,
            Evaluation.split == split,
            Evaluation.scorer_version == scorer,
            Evaluation.labels_version == labels_version,
        ),
    ).first()
    if existing is not None:
        return existing
    row = Evaluation(
        submission_id=submission_id,
        split=split,
        scorer_version=scorer,
        labels_version=labels_version,
        in_force=in_force,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def unfinished(session: Session, challenge_id: int, split: str) -> int:
    """Count the evaluations of one split of a challenge that are not finished; nothing waits for late files."""
    found = session.exec(
        select(Evaluation.id)
        .join(Submission, col(Submission.id) == col(Evaluation.submission_id))
        .where(
            Submission.challenge_id == challenge_id,
            col(Submission.late).is_(False),
            Evaluation.split == split,
            col(Evaluation.state).in_(("received", "scoring")),
        ),
    )
    return len(found.all())


def fail_exhausted(session: Session, at: datetime) -> list[int]:
    """Fail and refund what killed its worker again and again; return those evaluations."""
    lapsed = session.exec(
        select(Evaluation)
        .where(
            Evaluation.state == "scoring",
            col(Evaluation.lease_until) < at,
            col(Evaluation.attempts) >= 2 * ATTEMPTS,
        )
        .with_for_update(),
    ).all()
    for evaluation in lapsed:
        evaluation.state = "failed"
        evaluation.failure = "worker_died"
        evaluation.finished_at = at
        session.add(evaluation)
        if evaluation.split == "public":
            _refund(session, evaluation.submission_id, at)
    return [evaluation.id or 0 for evaluation in lapsed]
