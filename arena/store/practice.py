"""Verbs on practice files; claiming and finishing them is as with other work (see `publications`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from arena.store.models import Practice


def by_public_id(session: Session, public_id: str) -> Practice | None:
    return session.exec(select(Practice).where(Practice.public_id == public_id)).first()


def is_waiting(session: Session, user_id: int) -> bool:
    """Whether a file of this person waits for a worker, in whatever challenge."""
    found = session.exec(select(Practice.id).where(Practice.user_id == user_id, Practice.state == "waiting").limit(1))
    return found.first() is not None


def of_owner(session: Session, challenge_id: int, user_id: int, team_id: int | None, limit: int) -> list[Practice]:
    """Return what a person and the person's team have sent for a challenge, the newest first."""
    return list(
        session.exec(
            select(Practice)
            .where(Practice.challenge_id == challenge_id, _owned(user_id, team_id))
            .order_by(col(Practice.id).desc())
            .limit(limit),
        ),
    )


def ahead(session: Session, row_id: int) -> int:
    """Count what waits before one."""
    return session.exec(
        select(func.count()).where(col(Practice.state) == "waiting", col(Practice.id) < row_id),
    ).one()


def left_over(session: Session, before: datetime, limit: int = 200) -> list[Practice]:
    """Return what was sent before a moment, the oldest first."""
    return list(
        session.exec(
            select(Practice).where(col(Practice.created_at) < before).order_by(col(Practice.id)).limit(limit),
        ),
    )


def _owned(user_id: int, team_id: int | None) -> Any:
    own = col(Practice.user_id) == user_id
    return own if team_id is None else or_(own, col(Practice.team_id) == team_id)
