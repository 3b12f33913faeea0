"""Roles in one challenge: given, withdrawn, and what they bar from."""

from datetime import datetime

from sqlmodel import Session

from arena import audit
from arena.errors import Conflict, NotFound
from arena.store import accounts as store
from arena.store import challenges as challenge_store
from arena.store import ledger
from arena.store import teams as team_store
from arena.store.models import Challenge, Grant, User
from challenges.text import Text


def give(session: Session, person: User, challenge: Challenge, *, role: str, by: int | None, at: datetime) -> None:
    """Make somebody organizer or judge of a challenge; a member of one of its teams can be neither."""
    # Joining a team takes the same lock, so that nobody becomes both at once.
    store.lock(session, person.id or 0)
    if team_store.membership(session, person.id or 0, challenge.id or 0):
        raise Conflict(
            "in_a_team",
            Text(
                f"{person.name} 님은 이 챌린지의 팀에 들어 있어 주최자나 심사위원이 될 수 없습니다.",
                f"{person.name} is in a team of this challenge and can be neither its organizer nor its judge.",
            ),
        )
    if role in store.grants_of(session, person.id or 0, challenge.id or 0):
        raise Conflict("has_role", Text("이미 그 역할을 맡고 있습니다.", "That role is held already."))
    store.add(session, Grant(user_id=person.id or 0, challenge_id=challenge.id or 0, role=role, created_at=at))
    data = {"user": person.id, "role": role} | ({"by": by} if by else {})
    audit.record(session, "role_granted", challenge.id, data, at)


def withdraw(session: Session, by: User, challenge: Challenge, grant_id: int, at: datetime) -> None:
    """Take a role back; the last organizer's only an administrator can. Who held one can never join a team there."""
    challenge_store.lock(session, challenge.id or 0)
    held = session.get(Grant, grant_id)
    if held is None or held.challenge_id != challenge.id:
        raise NotFound
    if held.role == "organizer" and not by.is_admin and store.organizers(session, challenge.id or 0) == 1:
        raise Conflict(
            "last_organizer",
            Text(
                "주최자가 한 사람은 남아야 합니다. 다른 주최자를 먼저 초대하십시오.",
                "One organizer has to remain. Invite another one first.",
            ),
        )
    session.delete(held)
    session.flush()
    audit.record(session, "role_withdrawn", challenge.id, {"user": held.user_id, "role": held.role, "by": by.id}, at)


def held_ever(session: Session, user: User, challenge: Challenge) -> bool:
    """Whether the user organizes or judges this challenge, or did once: either way not one to compete in it."""
    if store.grants_of(session, user.id or 0, challenge.id or 0):
        return True
    withdrawn = ledger.of_kinds(session, challenge.id or 0, ("role_withdrawn",))
    return any(entry.data.get("user") == user.id for entry in withdrawn)
