"""Verbs on disclosed secrets, and on the labels that committed to them."""

from sqlmodel import Session, col, select

from arena.store.models import Disclosure, Labels


def of_challenge(session: Session, challenge_id: int) -> Disclosure | None:
    return session.exec(select(Disclosure).where(Disclosure.challenge_id == challenge_id)).first()


def committed(session: Session, challenge_id: int) -> Labels | None:
    """Return the newest labels that were drawn from a secret."""
    return session.exec(
        select(Labels)
        .where(Labels.challenge_id == challenge_id, col(Labels.secret_sha256).is_not(None))
        .order_by(col(Labels.version).desc()),
    ).first()
