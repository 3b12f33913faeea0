"""Verbs on all accounts together: what an administrator lists, searches and decides on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from arena.store.models import Challenge, ChallengeInvitation, Grant, Link, Membership, SignIn, Team, User

STATES: dict[str, Sequence[ColumnElement[bool]]] = {
    "": (),
    "unverified": (col(User.email_verified_at).is_(None),),
    "creators": (col(User.is_creator).is_(True),),
    "administrators": (col(User.is_admin).is_(True),),
    "disabled": (col(User.disabled_at).is_not(None),),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One account, and when somebody last signed in to it."""

    user: User
    last_sign_in: datetime | None


def accounts(
    session: Session, *, words: str = "", state: str = "", limit: int | None = None, offset: int = 0
) -> tuple[int, list[Line]]:
    """Return how many accounts fit, and a stretch of them by name; those that their owners deleted are left out."""
    conditions = [col(User.deleted_at).is_(None), *STATES.get(state, ())]
    if words:
        fields = (col(User.name), col(User.email), col(User.affiliation))
        conditions.append(or_(*(func.lower(field).contains(words.lower(), autoescape=True) for field in fields)))
    total = session.exec(select(func.count()).select_from(User).where(*conditions)).one()
    wanted = _lines().where(*conditions).order_by(func.lower(User.name), col(User.id)).offset(offset)
    found = session.execute(wanted if limit is None else wanted.limit(limit)).all()
    return total, [Line(user, last) for user, last in found]


def account(session: Session, user_id: int) -> Line | None:
    found = session.execute(_lines().where(col(User.id) == user_id)).first()
    return Line(found[0], found[1]) if found is not None else None


def _lines() -> Any:
    last = select(func.max(SignIn.started_at)).where(col(SignIn.user_id) == col(User.id)).scalar_subquery()
    return select(User, last)


def lock_administrators(session: Session) -> list[User]:
    """Take the row locks of all administrators who may act: that one of them has to remain is decided under these."""
    wanted = select(User).where(col(User.is_admin).is_(True)).order_by(col(User.id)).with_for_update()
    found = session.exec(wanted.execution_options(populate_existing=True))
    return [user for user in found if user.disabled_at is None]


def roles(session: Session, user_id: int) -> list[tuple[Grant, Challenge]]:
    """Return what somebody organizes and judges."""
    found = session.exec(
        select(Grant, Challenge)
        .join(Challenge, col(Challenge.id) == col(Grant.challenge_id))
        .where(Grant.user_id == user_id)
        .order_by(col(Grant.id)),
    )
    return list(found.all())


def teams(session: Session, user_id: int) -> list[tuple[Team, Challenge, Membership]]:
    """Return the teams that somebody is in."""
    found = session.exec(
        select(Team, Challenge, Membership)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .join(Challenge, col(Challenge.id) == col(Team.challenge_id))
        .where(Membership.user_id == user_id)
        .order_by(col(Membership.id)),
    )
    return list(found.all())


def sign_up_links(session: Session) -> list[Link]:
    """Return the links to sign up by that nobody has used, but for those that belong to a challenge's invitation."""
    of_challenges = select(ChallengeInvitation.code_hash)
    found = session.exec(
        select(Link)
        .where(Link.purpose == "signup", col(Link.used_at).is_(None), col(Link.code_hash).not_in(of_challenges))
        .order_by(col(Link.id).desc()),
    )
    return list(found)
