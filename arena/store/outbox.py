"""Verbs on the outbox: letters wait, are claimed by one sender, and are settled once."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from arena.store.models import Announcement, InstanceFact, Mail, User
from arena.store.rows import changed

# A sender that died within these minutes of its claim may have sent the letter: nobody sends it again.
SILENCE = timedelta(minutes=10)
SENDER = "mail"
# What is done with leaves no words behind.
EMPTIED = {"body": "", "subject": "", "address": ""}


def add_once(session: Session, **values: object) -> bool:
    """Put a letter of its own into the outbox; false if one about the same thing was put there before."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(Mail)
    written = {"state": "waiting", "attempts": 0, "failure": "", **values}
    wanted = insert.values(written).on_conflict_do_nothing(index_elements=["ident"]).returning(col(Mail.id))
    return session.execute(wanted).first() is not None


def drop(session: Session, ident: str, at: datetime) -> bool:
    """Take a letter of its own out again if it still waits."""
    wanted = update(Mail).where(col(Mail.ident) == ident, col(Mail.state) == "waiting")
    return bool(changed(session, wanted.values(state="dropped", finished_at=at, **EMPTIED)))


def drop_all(session: Session, user_id: int, kind: str, at: datetime) -> None:
    """Take out the letters of one kind to one person that still wait."""
    wanted = update(Mail).where(col(Mail.user_id) == user_id, col(Mail.state) == "waiting")
    wanted = wanted.where(col(Mail.ident).startswith(f"{kind}.", autoescape=True))
    changed(session, wanted.values(state="dropped", finished_at=at, **EMPTIED))


def has_sender(session: Session) -> bool:
    found = session.get(InstanceFact, SENDER)
    return found is not None and found.value == b"yes"


def note_sender(session: Session, *, present: bool, at: datetime) -> None:
    session.merge(InstanceFact(name=SENDER, value=b"yes" if present else b"no", at=at))
    session.flush()


def due(session: Session, at: datetime) -> list[int]:
    """Return the letters that may go now, the oldest first."""
    found = session.exec(
        select(Mail.id).where(Mail.state == "waiting", col(Mail.next_at) <= at).order_by(col(Mail.id)).limit(200),
    )
    return [mail_id for mail_id in found if mail_id is not None]


def claim(session: Session, mail_id: int, at: datetime) -> bool:
    """Take one letter; false if another sender has it."""
    return _changed(session, mail_id, "waiting", state="sending", claimed_at=at, attempts=col(Mail.attempts) + 1)


def settle(session: Session, mail_id: int, *, state: str, failure: str, at: datetime) -> bool:
    """Write down what became of a letter that was being sent."""
    return _changed(session, mail_id, "sending", state=state, failure=failure, finished_at=at, **EMPTIED)


def put_back(session: Session, mail_id: int, *, failure: str, next_at: datetime, counted: bool) -> bool:
    """Let a letter that certainly did not go wait for another attempt; an attempt that was no fault of its own is not counted."""
    attempts = col(Mail.attempts) if counted else col(Mail.attempts) - 1
    return _changed(session, mail_id, "sending", state="waiting", failure=failure, next_at=next_at, attempts=attempts)


def give_up_silent(session: Session, at: datetime) -> int:
    """Settle the letters whose sender died between claiming and reporting: they may have gone, so they never go again."""
    return changed(
        session,
        update(Mail)
        .where(col(Mail.state) == "sending", col(Mail.claimed_at) < at - SILENCE)
        .values(state="unknown", failure="sender_died", finished_at=at, **EMPTIED),
    )


def letter(session: Session, mail_id: int) -> tuple[Mail, Announcement | None, User]:
    """Return a letter with the announcement that it brings, if it brings one, and its reader."""
    found = session.exec(
        select(Mail, Announcement, User)
        .outerjoin(Announcement, col(Announcement.id) == col(Mail.announcement_id))
        .join(User, col(User.id) == col(Mail.user_id))
        .where(Mail.id == mail_id),
    ).one()
    return found[0], found[1], found[2]


def _changed(session: Session, mail_id: int, before: str, **values: object) -> bool:
    wanted = update(Mail).where(col(Mail.id) == mail_id, col(Mail.state) == before)
    return bool(changed(session, wanted.values(**values)))
