"""Verbs on sessions."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from arena.store.models import SignIn, User
from arena.store.rows import changed


def add(session: Session, row: SignIn) -> None:
    session.add(row)
    session.flush()


def by_id(session: Session, sign_in_id: int) -> SignIn | None:
    return session.get(SignIn, sign_in_id)


def owner(session: Session, key_hash: str, *, since: datetime) -> User | None:
    """Return the account of an open session that began after `since`, if the account may act."""
    return session.exec(
        select(User)
        .join(SignIn, col(SignIn.user_id) == col(User.id))
        .where(SignIn.key_hash == key_hash, col(SignIn.ended_at).is_(None), col(SignIn.started_at) > since)
        .where(col(User.disabled_at).is_(None)),
    ).first()


def end(session: Session, key_hash: str, at: datetime) -> None:
    wanted = update(SignIn).where(col(SignIn.key_hash) == key_hash, col(SignIn.ended_at).is_(None))
    changed(session, wanted.values(ended_at=at))


def end_all(session: Session, user_id: int, at: datetime, *, but: str = "") -> None:
    wanted = update(SignIn).where(col(SignIn.user_id) == user_id, col(SignIn.ended_at).is_(None))
    changed(session, wanted.where(col(SignIn.key_hash) != but).values(ended_at=at))


def open_ones(session: Session, user_id: int, *, since: datetime) -> list[SignIn]:
    found = session.exec(
        select(SignIn)
        .where(SignIn.user_id == user_id, col(SignIn.ended_at).is_(None), col(SignIn.started_at) > since)
        .order_by(col(SignIn.id).desc()),
    )
    return list(found)
