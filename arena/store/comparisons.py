"""Verbs on the stored comparisons of finals."""

from sqlmodel import Session, col, select

from arena.store.models import Comparison


def latest(session: Session, challenge_id: int, split: str) -> Comparison | None:
    """Return the newest comparison of a challenge's finals on one split."""
    found = select(Comparison).where(Comparison.challenge_id == challenge_id, Comparison.split == split)
    return session.exec(found.order_by(col(Comparison.id).desc()).limit(1)).first()
