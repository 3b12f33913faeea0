"""Verbs on notices: telling people of an event once, what they have not read, what their mail has not said."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from arena.store.models import Challenge, Membership, Notice, User
from arena.store.rows import changed

NEAR = timedelta(hours=24)


def tell(
    session: Session, user_ids: Iterable[int], *, challenge_id: int, kind: str, subject: str, at: datetime
) -> None:
    """Tell each of these people of one event; whoever has been told of it already is not told again."""
    rows = [
        {"user_id": one, "challenge_id": challenge_id, "kind": kind, "subject": subject, "created_at": at}
        for one in sorted(set(user_ids))
    ]
    if not rows:
        return
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(Notice)
    session.execute(insert.on_conflict_do_nothing(), rows)


def tell_team(session: Session, team_id: int, *, challenge_id: int, kind: str, subject: str, at: datetime) -> None:
    """Tell every member of a team."""
    people = session.exec(select(Membership.user_id).where(Membership.team_id == team_id))
    tell(session, people, challenge_id=challenge_id, kind=kind, subject=subject, at=at)


def unread(session: Session, user_id: int) -> int:
    return session.exec(
        select(func.count()).select_from(Notice).where(Notice.user_id == user_id, col(Notice.read_at).is_(None)),
    ).one()


def of_user(session: Session, user_id: int, *, limit: int, offset: int = 0) -> list[Notice]:
    """Return what a person has been told, the newest first."""
    return list(
        session.exec(
            select(Notice).where(Notice.user_id == user_id).order_by(col(Notice.id).desc()).offset(offset).limit(limit),
        ),
    )


def read(
    session: Session,
    user_id: int,
    at: datetime,
    *,
    up_to: int | None = None,
    challenge_id: int | None = None,
    kind: str | None = None,
    subject: str | None = None,
) -> int:
    """Mark what a person was told as read: all of it, up to one notice, or what is of one event."""
    wanted = update(Notice).where(col(Notice.user_id) == user_id, col(Notice.read_at).is_(None))
    if up_to is not None:
        wanted = wanted.where(col(Notice.id) <= up_to)
    if challenge_id is not None:
        wanted = wanted.where(col(Notice.challenge_id) == challenge_id)
    if kind is not None:
        wanted = wanted.where(col(Notice.kind) == kind)
    if subject is not None:
        wanted = wanted.where(col(Notice.subject) == subject)
    return changed(session, wanted.values(read_at=at), synchronize=False)


def is_unread(session: Session, user_id: int, challenge_id: int, subject: str) -> bool:
    """Whether anything about one subject waits to be read by this person."""
    found = session.exec(
        select(Notice.id)
        .where(
            Notice.user_id == user_id,
            Notice.challenge_id == challenge_id,
            Notice.subject == subject,
            col(Notice.read_at).is_(None),
        )
        .limit(1),
    )
    return found.first() is not None


def take_back(session: Session, challenge_id: int, kind: str, subject: str) -> None:
    """Let an event that has been taken back be nobody's notice."""
    session.execute(
        delete(Notice).where(
            col(Notice.challenge_id) == challenge_id, col(Notice.kind) == kind, col(Notice.subject) == subject
        ),
    )


def unmailed(session: Session, since: datetime, limit: int) -> list[tuple[Notice, User]]:
    """Return recent notices that no letter has been made of yet, the oldest first, with their readers."""
    found = session.exec(
        select(Notice, User)
        .join(User, col(User.id) == col(Notice.user_id))
        .where(col(Notice.mailed_at).is_(None), col(Notice.created_at) > since)
        .order_by(col(Notice.id))
        .limit(limit),
    )
    return list(found.all())


def closing(session: Session, at: datetime) -> list[Challenge]:
    """Return the challenges that close within a day and whose participants have not been told of that close."""
    found = session.exec(
        select(Challenge).where(
            Challenge.state == "published",
            col(Challenge.opens_at) <= at,
            col(Challenge.closes_at) > at,
            col(Challenge.closes_at) <= at + NEAR,
        ),
    )
    return [one for one in found if not _told(session, one.id or 0, "closing", subject_of(one.closes_at))]


def _told(session: Session, challenge_id: int, kind: str, subject: str) -> bool:
    wanted = select(Notice.id).where(
        Notice.challenge_id == challenge_id, Notice.kind == kind, Notice.subject == subject
    )
    return session.exec(wanted.limit(1)).first() is not None


def subject_of(at: datetime | None) -> str:
    """Return the name of an event that is a moment of the calendar."""
    return at.isoformat(timespec="seconds") if at is not None else ""
