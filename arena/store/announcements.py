"""Verbs on announcements, on what each reader has seen, and on the outbox of letters."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from arena.store.models import Announcement, Mail, Reading, User
from arena.store.rows import changed

# A sender that died within these minutes of its claim may have sent the letter: nobody sends it again.
SILENCE = timedelta(minutes=10)


def add(session: Session, row: Announcement | Mail) -> None:
    session.add(row)
    session.flush()


def by_id(session: Session, announcement_id: int) -> Announcement | None:
    return session.get(Announcement, announcement_id)


def latest(session: Session, challenge_id: int) -> Announcement | None:
    """Return the newest announcement that stands."""
    return session.exec(
        select(Announcement)
        .where(Announcement.challenge_id == challenge_id, col(Announcement.withdrawn_at).is_(None))
        .order_by(col(Announcement.id).desc()),
    ).first()


def of_challenge(session: Session, challenge_id: int, *, withdrawn: bool) -> list[Announcement]:
    wanted = select(Announcement).where(Announcement.challenge_id == challenge_id)
    if not withdrawn:
        wanted = wanted.where(col(Announcement.withdrawn_at).is_(None))
    return list(session.exec(wanted.order_by(col(Announcement.id).desc())))


def last_seen(session: Session, user_id: int, challenge_id: int) -> int:
    found = session.exec(
        select(Reading.last_id).where(Reading.user_id == user_id, Reading.challenge_id == challenge_id),
    ).first()
    return found or 0


def see(session: Session, user_id: int, challenge_id: int, last_id: int) -> None:
    """Keep the newest announcement that somebody has seen; two pages opened at once do no harm."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(Reading)
    values = {"user_id": user_id, "challenge_id": challenge_id, "last_id": last_id}
    session.execute(
        insert.values(values).on_conflict_do_update(
            index_elements=["user_id", "challenge_id"],
            set_={"last_id": last_id},
            where=col(Reading.last_id) < last_id,
        ),
    )


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
    return _changed(session, mail_id, "sending", state=state, failure=failure, finished_at=at)


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
        .values(state="unknown", failure="sender_died", finished_at=at),
    )


def letter(session: Session, mail_id: int) -> tuple[Mail, Announcement, User]:
    return session.exec(
        select(Mail, Announcement, User)
        .join(Announcement, col(Announcement.id) == col(Mail.announcement_id))
        .join(User, col(User.id) == col(Mail.user_id))
        .where(Mail.id == mail_id),
    ).one()


def deliveries(session: Session, challenge_id: int) -> dict[int, dict[str, int]]:
    """Count the letters of each announcement by what became of them."""
    found = session.exec(
        select(Mail.announcement_id, Mail.state, func.count())
        .join(Announcement, col(Announcement.id) == col(Mail.announcement_id))
        .where(Announcement.challenge_id == challenge_id)
        .group_by(col(Mail.announcement_id), col(Mail.state)),
    )
    counts: dict[int, dict[str, int]] = {}
    for announcement_id, state, number in found:
        counts.setdefault(announcement_id, {})[state] = number
    return counts


def _changed(session: Session, mail_id: int, before: str, **values: object) -> bool:
    wanted = update(Mail).where(col(Mail.id) == mail_id, col(Mail.state) == before)
    return bool(changed(session, wanted.values(**values)))
