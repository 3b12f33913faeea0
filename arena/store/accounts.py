"""Verbs on accounts, tokens, one-time links and role grants."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from arena.store.models import ApiToken, Grant, Link, User
from arena.store.rows import changed

Row = TypeVar("Row", User, ApiToken, Link, Grant)


def by_email(session: Session, email: str) -> User | None:
    return session.exec(select(User).where(User.email == email)).first()


def by_id(session: Session, user_id: int) -> User | None:
    return session.get(User, user_id)


def lock(session: Session, user_id: int) -> User:
    """Take the account's row lock: joining a team and being given a role are decided under it, since they exclude each other."""
    return session.exec(select(User).where(User.id == user_id).with_for_update()).one()


def any_admin(session: Session) -> bool:
    return session.exec(select(User.id).where(col(User.is_admin).is_(True)).limit(1)).first() is not None


def add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def live_token(session: Session, token_hash: str, at: datetime) -> tuple[ApiToken, User] | None:
    row = session.exec(
        select(ApiToken, User)
        .where(ApiToken.token_hash == token_hash, col(ApiToken.revoked_at).is_(None), ApiToken.user_id == User.id)
        .where(col(User.disabled_at).is_(None)),
    ).first()
    if row is None or (row[0].expires_at is not None and row[0].expires_at <= at):
        return None
    return row[0], row[1]


def note_use(session: Session, token_id: int, at: datetime) -> None:
    changed(session, update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=at))


def tokens_of(session: Session, user_id: int) -> list[ApiToken]:
    found = session.exec(
        select(ApiToken)
        .where(ApiToken.user_id == user_id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.id)),
    )
    return list(found)


def revoke_tokens(session: Session, user_id: int, at: datetime) -> None:
    """End every token of an account."""
    wanted = update(ApiToken).where(col(ApiToken.user_id) == user_id, col(ApiToken.revoked_at).is_(None))
    changed(session, wanted.values(revoked_at=at))


def end_links(session: Session, user_id: int, purpose: str, at: datetime) -> None:
    """End the one-time links of an account that nobody has used."""
    wanted = update(Link).where(col(Link.user_id) == user_id, col(Link.purpose) == purpose)
    changed(session, wanted.where(col(Link.used_at).is_(None)).values(used_at=at))


def take_asked(session: Session) -> list[Link]:
    """Take out the requests for a link to set a new password; two senders never take the same."""
    wanted = select(Link).where(Link.purpose == "asked").order_by(col(Link.id)).with_for_update(skip_locked=True)
    found = list(session.exec(wanted.limit(200)))
    for link in found:
        session.delete(link)
    session.flush()
    return found


def link_by_hash(session: Session, code_hash: str) -> Link | None:
    return session.exec(select(Link).where(Link.code_hash == code_hash).with_for_update()).first()


def organizes_any(session: Session, user_id: int) -> bool:
    return session.exec(select(Grant.id).where(Grant.user_id == user_id, Grant.role == "organizer")).first() is not None


def grants_of(session: Session, user_id: int, challenge_id: int) -> set[str]:
    found = session.exec(select(Grant.role).where(Grant.user_id == user_id, Grant.challenge_id == challenge_id))
    return set(found)


def organizers(session: Session, challenge_id: int) -> int:
    """Count a challenge's organizers."""
    return session.exec(
        select(func.count()).where(Grant.challenge_id == challenge_id, Grant.role == "organizer"),
    ).one()
