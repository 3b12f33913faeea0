"""Verbs on the second files of submissions."""

from sqlmodel import Session, col, func, select

from arena.store.models import Companion


def newest(session: Session, submission_ids: list[int]) -> dict[int, Companion]:
    """Return the second file that counts, by submission."""
    found = session.exec(
        select(Companion).where(col(Companion.submission_id).in_(submission_ids)).order_by(col(Companion.id)),
    )
    return {row.submission_id: row for row in found}


def count(session: Session, submission_id: int) -> int:
    return session.exec(select(func.count()).where(Companion.submission_id == submission_id)).one()
