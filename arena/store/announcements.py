"""Verbs on announcements, on what each reader has seen, and on the letters that went out with them."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from arena.store.models import Announcement, Mail, Reading


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


def deliveries(session: Session, challenge_id: int) -> dict[int, dict[str, int]]:
    """Count the letters of each announcement by what became of them."""
    found = session.exec(
        select(Announcement.id, Mail.state, func.count())
        .join(Mail, col(Announcement.id) == col(Mail.announcement_id))
        .where(Announcement.challenge_id == challenge_id)
        .group_by(col(Announcement.id), col(Mail.state)),
    )
    counts: dict[int, dict[str, int]] = {}
    for announcement_id, state, number in found:
        counts.setdefault(announcement_id or 0, {})[state] = number
    return counts
