"""Letters of their own: one person is written to about one thing, once, from the same transaction as the act it tells of."""

import re
from datetime import datetime

from sqlmodel import Session

from arena.store import outbox as store
from arena.store.models import User
from challenges.text import Text

_IDENT = re.compile(r"[a-z0-9_]+(?:\.[a-zA-Z0-9_-]+)+")


def queue(
    session: Session,
    person: User,
    subject: Text,
    body: Text,
    ident: str,
    at: datetime,
    *,
    address: str = "",
    until: datetime | None = None,
) -> bool:
    """Put a letter in its reader's language into the outbox; false if there was one of the same `ident` before.

    Whoever calls has asked `has_sender`: without one the letter would wait for ever. `ident` says what the letter is
    about and whom it is for, like `scored.2kf9.17`. After `until` it is not sent any more. `address` is where it goes, if not
    to the account's own. Its words are erased as soon as it is settled.
    """
    if not _IDENT.fullmatch(ident):
        raise ValueError(ident)
    return store.add_once(
        session,
        user_id=person.id,
        ident=ident,
        subject=subject.pick(person.language),
        body=body.pick(person.language),
        address=address,
        until=until,
        next_at=at,
    )


def note_sender(session: Session, *, present: bool, at: datetime) -> None:
    """Write down whether this instance has a mail server: every process goes by the same answer, a worker too."""
    if store.has_sender(session) != present:
        store.note_sender(session, present=present, at=at)


def has_sender(session: Session) -> bool:
    """Whether letters are sent here at all; where they are not, nothing is queued and no address can be verified."""
    return store.has_sender(session)


def withdraw_all(session: Session, person: User, kind: str, at: datetime) -> None:
    """Take this person's letters of a kind (the first word of their `ident`) out of the outbox that have not gone yet."""
    store.drop_all(session, person.id or 0, kind, at)


def withdraw(session: Session, ident: str, at: datetime) -> bool:
    """Take a letter out of the outbox that has not gone yet."""
    return store.drop(session, ident, at)
