"""Verbs on the versions of a challenge."""

from sqlmodel import Session, col, func, select

from arena.store.models import ChallengeVersion


def of_challenge(session: Session, challenge_id: int) -> list[ChallengeVersion]:
    """Return every version, the first one first."""
    return list(
        session.exec(
            select(ChallengeVersion)
            .where(ChallengeVersion.challenge_id == challenge_id)
            .order_by(col(ChallengeVersion.number)),
        ),
    )


def by_number(session: Session, challenge_id: int, number: int) -> ChallengeVersion | None:
    return session.exec(
        select(ChallengeVersion).where(
            ChallengeVersion.challenge_id == challenge_id, ChallengeVersion.number == number
        ),
    ).first()


def next_number(session: Session, challenge_id: int) -> int:
    wanted = select(func.max(ChallengeVersion.number)).where(ChallengeVersion.challenge_id == challenge_id)
    return (session.exec(wanted).one() or 0) + 1


def sealed_for(session: Session, challenge_id: int, labels_version: int) -> str | None:
    """Return the version of the challenge that these labels were sealed for: the one that they came with."""
    return session.exec(
        select(ChallengeVersion.version)
        .where(ChallengeVersion.challenge_id == challenge_id, ChallengeVersion.labels_version == labels_version)
        .order_by(col(ChallengeVersion.number)),
    ).first()
