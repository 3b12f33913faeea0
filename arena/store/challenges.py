"""Verbs on challenges, their files and their sealed labels."""

from sqlalchemy import delete
from sqlmodel import Session, col, select

from arena.store.models import (
    Challenge,
    ChallengeFile,
    Decision,
    Evaluation,
    Labels,
    Report,
    Score,
    Submission,
    Team,
)


def by_slug(session: Session, slug: str) -> Challenge | None:
    return session.exec(select(Challenge).where(Challenge.slug == slug)).first()


def by_id(session: Session, challenge_id: int) -> Challenge:
    return session.exec(select(Challenge).where(Challenge.id == challenge_id)).one()


def every(session: Session) -> list[Challenge]:
    return list(session.exec(select(Challenge).order_by(col(Challenge.id))))


def lock(session: Session, challenge_id: int) -> Challenge:
    """Return the row as it is now, this transaction's alone until it ends."""
    locked = select(Challenge).where(Challenge.id == challenge_id).with_for_update()
    return session.exec(locked.execution_options(populate_existing=True)).one()


def hold(session: Session, challenge_id: int) -> Challenge:
    """Return the row as it is now, kept from changing until this transaction ends; others may hold it too."""
    held = select(Challenge).where(Challenge.id == challenge_id).with_for_update(read=True)
    return session.exec(held.execution_options(populate_existing=True)).one()


def files(session: Session, challenge_id: int) -> dict[str, ChallengeFile]:
    found = session.exec(
        select(ChallengeFile).where(ChallengeFile.challenge_id == challenge_id).order_by(col(ChallengeFile.id)),
    )
    return {file.name: file for file in found}


def labels(session: Session, challenge_id: int, version: int | None = None) -> Labels | None:
    """Return one version of the sealed labels, by default the newest."""
    wanted = select(Labels).where(Labels.challenge_id == challenge_id)
    if version is not None:
        wanted = wanted.where(Labels.version == version)
    return session.exec(wanted.order_by(col(Labels.version).desc())).first()


def drop_files(session: Session, challenge_id: int) -> None:
    """Take a challenge's files out, before those of another upload take their place."""
    session.execute(delete(ChallengeFile).where(col(ChallengeFile.challenge_id) == challenge_id))


def drop_labels(session: Session, challenge_id: int) -> None:
    """Take out the labels of a challenge that never opened."""
    session.execute(delete(Labels).where(col(Labels.challenge_id) == challenge_id))


def drop_baselines(session: Session, challenge_id: int) -> None:
    """Take out the baselines of a challenge that was withdrawn before it opened, with whatever was scored of them."""
    teams = select(Team.id).where(Team.challenge_id == challenge_id, col(Team.baseline).is_not(None))
    submissions = select(Submission.id).where(col(Submission.team_id).in_(teams))
    evaluations = select(Evaluation.id).where(col(Evaluation.submission_id).in_(submissions))
    for table, column, wanted in (
        (Score, Score.evaluation_id, evaluations),
        (Report, Report.evaluation_id, evaluations),
        (Decision, Decision.submission_id, submissions),
        (Evaluation, Evaluation.submission_id, submissions),
        (Submission, Submission.team_id, teams),
    ):
        session.execute(delete(table).where(col(column).in_(wanted)).execution_options(synchronize_session=False))
    session.execute(
        delete(Team)
        .where(col(Team.challenge_id) == challenge_id, col(Team.baseline).is_not(None))
        .execution_options(synchronize_session=False),
    )
