"""One-time links by which people come to take part in a challenge, to judge it or to help organize it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from arena import accounts, admission, audit, hosting, names, roles
from arena.errors import Conflict, NotFound
from arena.hosting import Hosted
from arena.store import accounts as account_store
from arena.store import participants as store
from arena.store.models import ChallengeInvitation, User
from challenges.text import Text

ROLES = ("participant", "judge", "organizer")
DAYS = 14


def make(session: Session, by: User, hosted: Hosted, *, role: str, note: str, at: datetime) -> str:
    """Return the code of a link that one person can use once within two weeks.

    The same code makes an account where accounts are made by invitation only: a judge from outside has none yet.
    """
    if role not in ROLES:
        raise NotFound
    about = names.clean(note, field="note", longest=120, empty_allowed=True)
    code = accounts.make_link(session, purpose="signup", user_id=None, at=at, hours=24 * DAYS)
    row = store.add(
        session,
        ChallengeInvitation(
            challenge_id=hosted.id,
            role=role,
            note=about,
            code_hash=_hash(code),
            created_by=by.id or 0,
            created_at=at,
            expires_at=at + timedelta(days=DAYS),
        ),
    )
    audit.record(session, "invitation_made", hosted.id, {"invitation": row.id, "role": role, "by": by.id}, at)
    return code


def find(session: Session, code: str, at: datetime) -> tuple[ChallengeInvitation, Hosted]:
    """Return an invitation that is still open, and its challenge."""
    row = store.invitation_by_hash(session, _hash(code))
    if row is None or row.used_at is not None or row.revoked_at is not None or row.expires_at <= at:
        raise NotFound(Text("초대가 없거나 이미 쓰였습니다.", "This invitation does not exist or has been used."))
    return row, hosting.by_id(session, row.challenge_id)


def accept(
    session: Session, user: User, code: str, *, answers: Mapping[int, str], at: datetime
) -> tuple[ChallengeInvitation, Hosted]:
    """Use an invitation up: be admitted, or become judge or organizer."""
    row, hosted = find(session, code, at)
    if row.role == "participant":
        admission.enter(session, user, hosted, answers=answers, by=row.created_by, at=at)
    else:
        roles.give(session, user, hosted.row, role=row.role, by=row.created_by, at=at)
    row.used_at, row.used_by = at, user.id
    session.add(row)
    _end_sign_up(session, row, at)
    return row, hosted


def revoke(session: Session, by: User, hosted: Hosted, invitation_id: int, at: datetime) -> None:
    """End an invitation that nobody has used."""
    row = store.invitation(session, invitation_id)
    if row is None or row.challenge_id != hosted.id:
        raise NotFound
    if row.used_at is not None or row.revoked_at is not None:
        raise Conflict("used", Text("이미 쓰였거나 거둔 초대입니다.", "This invitation has been used or revoked."))
    row.revoked_at = at
    session.add(row)
    _end_sign_up(session, row, at)
    audit.record(session, "invitation_revoked", hosted.id, {"invitation": row.id, "by": by.id}, at)


def _end_sign_up(session: Session, row: ChallengeInvitation, at: datetime) -> None:
    link = account_store.link_by_hash(session, row.code_hash)
    if link is not None and link.used_at is None:
        link.used_at = at
        session.add(link)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
