"""Sessions: each sign-in is a row, so that it can be ended from the server's side, one by one or all at once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from arena.errors import NotFound
from arena.store import sessions as store
from arena.store.models import SignIn, User

# However often it is used, a session ends after this long: a stolen cookie is not for ever.
LONGEST = timedelta(days=90)


def begin(session: Session, user: User, *, device: str, at: datetime, replacing: str = "") -> str:
    """Open a session and return its secret, which only the cookie holds; one that the browser had before ends."""
    if replacing:
        end(session, replacing, at)
    key = secrets.token_urlsafe(32)
    store.add(session, SignIn(user_id=user.id or 0, key_hash=_hash(key), device=device[:60], started_at=at))
    return key


def reader(session: Session, key: str, at: datetime) -> User | None:
    """Return the account whose open session this is, or none."""
    return store.owner(session, _hash(key), since=at - LONGEST) if key else None


def end(session: Session, key: str, at: datetime) -> None:
    """End the session with this secret; whoever has copied the cookie is out too."""
    store.end(session, _hash(key), at)


def end_one(session: Session, user: User, sign_in_id: int, at: datetime) -> None:
    """End one session of this account; another's is not to be seen."""
    row = store.by_id(session, sign_in_id)
    if row is None or row.user_id != user.id or row.ended_at is not None:
        raise NotFound
    store.end(session, row.key_hash, at)


def end_all(session: Session, user_id: int, at: datetime, *, but: str = "") -> None:
    """End every session of an account, but for the one with the secret `but`."""
    store.end_all(session, user_id, at, but=_hash(but) if but else "")


def open_ones(session: Session, user: User, at: datetime) -> list[SignIn]:
    """Return the sessions of an account that are open, the newest first."""
    return store.open_ones(session, user.id or 0, since=at - LONGEST)


def is_of(row: SignIn, key: str) -> bool:
    """Whether this is the session with the secret `key`."""
    return row.key_hash == _hash(key)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
