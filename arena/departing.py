"""Leaving the site: everything that is held about a person, to take along, and the erasure of their account."""

import secrets
from datetime import datetime
from typing import Any

from sqlmodel import Session

from arena import audit, passwords
from arena.errors import Conflict, Invalid
from arena.store import accounts as account_store
from arena.store import challenges as challenge_store
from arena.store import directory, personal
from arena.store import submissions as submission_store
from arena.store import teams as team_store
from arena.store.models import Challenge, User
from challenges.text import Text

DEPARTED = Text("탈퇴한 참가자", "Deleted participant")
SCHEMA = 1


def called(person: User) -> Text:
    """Return the name by which others see somebody; who has left has none."""
    return DEPARTED if person.deleted_at is not None else Text(person.name, person.name)


def held(session: Session, user: User, at: datetime) -> dict[str, Any]:
    """Return everything that is held about the person, as JSON values: no secret, and nothing about anybody else."""
    rows = personal.rows(session, user.id or 0)
    known = personal.names(session)
    named = {
        column: {number: known[column][number] for number in sorted(_numbers(rows, column), key=int)}
        for column in ("challenge_id", "team_id")
    }
    return {
        "schema": SCHEMA,
        "exported_at": at.isoformat(),
        "account": personal.profile(session, user.id or 0),
        "names": named,
        "rows": rows,
        "registration_answers": personal.answers(session, user.id or 0),
        "ledger": personal.acts(session, user.id or 0),
    }


def _numbers(rows: dict[str, personal.Rows], column: str) -> set[str]:
    return {str(row[column]) for found in rows.values() for row in found if row.get(column) is not None}


def barred(session: Session, user: User) -> Text | None:
    """Return why the account cannot be deleted now, or none."""
    if user.is_admin and {one.id for one in directory.lock_administrators(session)} <= {user.id}:
        return Text(
            "마지막 관리자의 계정은 지울 수 없습니다. 다른 관리자를 먼저 두십시오.",
            "The last administrator’s account cannot be deleted. Make somebody else one first.",
        )
    alone = [challenge.slug for challenge in _organized(session, user) if _is_only_organizer(session, challenge)]
    if alone:
        listed = ", ".join(alone)
        return Text(
            f"혼자 주최하는 챌린지가 있어 지울 수 없습니다: {listed}. 다른 주최자를 먼저 초대하십시오.",
            f"You are the only organizer of {listed}. Invite another one first; then the account can be deleted.",
        )
    return None


def _organized(session: Session, user: User) -> list[Challenge]:
    roles = directory.roles(session, user.id or 0)
    return [challenge for grant, challenge in roles if grant.role == "organizer"]


def _is_only_organizer(session: Session, challenge: Challenge) -> bool:
    return account_store.organizers(session, challenge.id or 0) == 1


def delete(session: Session, user: User, *, confirmation: str, password: str, at: datetime) -> None:
    """Erase a person's name, address and affiliation, and end everything by which the account could be entered.

    What was submitted stays, under a name that is nobody's. A team that has submitted keeps its author; another is left. The
    address can be used for a new account.
    """
    wrong: dict[str, Text] = {}
    if confirmation.strip().lower() != user.email:
        wrong["confirmation"] = Text("계정의 주소를 그대로 쓰십시오.", "Write the account’s address as it stands.")
    try:
        passwords.require(user.password_hash, password, field="farewell")
    except Invalid as error:
        wrong |= error.fields
    if wrong:
        message = Text("지우기 전에 두 칸을 모두 맞게 쓰십시오.", "Fill in both fields before the account is deleted.")
        raise Invalid("invalid_field", message, fields=wrong)
    # In this order everywhere: challenges first, as whoever withdraws a role, then people.
    for challenge in sorted(_organized(session, user), key=lambda one: one.id or 0):
        challenge_store.lock(session, challenge.id or 0)
    account_store.lock(session, user.id or 0)
    if reason := barred(session, user):
        raise Conflict("needed", reason)
    for team, _, membership in directory.teams(session, user.id or 0):
        team_store.lock(session, team.id or 0)
        if not submission_store.count(session, team.id or 0):
            session.delete(membership)
            session.flush()
        if team.captain_id == user.id:
            rest = [
                one for one in team_store.members(session, team.id or 0) if one.id != user.id and not one.deleted_at
            ]
            team.captain_id = rest[0].id if rest else None
            session.add(team)
    personal.erase(session, user.id or 0)
    row = account_store.lock(session, user.id or 0)
    row.name = DEPARTED.en
    # Drawn, so that nobody can guess it, and in a domain that can have no mailbox (RFC 2606).
    row.email = f"deleted-{secrets.token_hex(12)}@deleted.invalid"
    row.affiliation, row.password_hash, row.email_verified_at = "", None, None
    row.is_admin = row.is_creator = False
    row.deleted_at = row.disabled_at = at
    session.add(row)
    audit.record(session, "account_deleted", None, {"user": row.id}, at)
