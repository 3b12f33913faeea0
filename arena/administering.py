"""What administrators do with accounts: find them, let their owners back in, disable and restore them, allow them to create."""

from datetime import datetime

from sqlmodel import Session

from arena import accounts, audit, outbox, sessions
from arena.errors import Conflict, Invalid, NotFound
from arena.store import accounts as account_store
from arena.store import directory
from arena.store.directory import Line
from arena.store.models import Challenge, Grant, Link, Membership, Team, User
from challenges.text import Text

RESET_HOURS = 24
SIGN_UP_DAYS = 14
MOST_LINKS = 50
STATES = tuple(directory.STATES)


def listed(
    session: Session, *, words: str = "", state: str = "", limit: int | None = None, offset: int = 0
) -> tuple[int, list[Line]]:
    """Return how many accounts fit these words and this state, and a stretch of them."""
    return directory.accounts(session, words=" ".join(words.split())[:200], state=state, limit=limit, offset=offset)


def one(session: Session, user_id: int) -> Line:
    """Return one account; what its owner has deleted is nobody's."""
    found = directory.account(session, user_id)
    if found is None or found.user.deleted_at is not None:
        raise NotFound
    return found


def roles(session: Session, user: User) -> list[tuple[Grant, Challenge]]:
    """Return what somebody organizes and judges."""
    return directory.roles(session, user.id or 0)


def teams(session: Session, user: User) -> list[tuple[Team, Challenge, Membership]]:
    """Return the teams that somebody is in."""
    return directory.teams(session, user.id or 0)


def make_reset_link(session: Session, by: User, user_id: int, at: datetime) -> str:
    """Return the code of a one-time link at which the account's owner sets a new password; earlier ones end."""
    person = one(session, user_id).user
    if person.disabled_at is not None and person.password_hash is not None:
        raise Conflict(
            "disabled",
            Text("쓸 수 없게 한 계정입니다. 먼저 되돌리십시오.", "The account is disabled. Restore it first."),
        )
    code = accounts.make_link(session, purpose="reset", user_id=person.id, at=at, hours=RESET_HOURS)
    audit.record(session, "reset_link_made", None, {"user": person.id, "by": by.id}, at)
    return code


def disable(session: Session, by: User, user_id: int, at: datetime) -> None:
    """Let nobody into an account: its sessions, tokens and links end. Nobody disables themselves or the last administrator."""
    left = {one.id for one in directory.lock_administrators(session)}
    if by.id not in left:
        raise NotFound  # disabled meanwhile by another administrator
    person = one(session, user_id).user
    if person.id == by.id:
        raise Conflict(
            "yourself",
            Text("자기 계정은 쓸 수 없게 할 수 없습니다.", "Nobody can disable their own account."),
        )
    if person.disabled_at is not None:
        raise Conflict("disabled", Text("이미 쓸 수 없는 계정입니다.", "This account is disabled already."))
    person.disabled_at = at
    session.add(person)
    close(session, person, at)
    audit.record(session, "account_disabled", None, {"user": person.id, "by": by.id}, at)


def restore(session: Session, by: User, user_id: int, at: datetime) -> None:
    """Let the owner of a disabled account in again; tokens stay ended."""
    person = one(session, user_id).user
    if person.disabled_at is None:
        raise Conflict("not_disabled", Text("쓸 수 있는 계정입니다.", "This account is not disabled."))
    if person.password_hash is None:
        raise Conflict(
            "never_entered",
            Text(
                "가져온 챌린지와 함께 온 계정입니다. 한 번 쓰는 주소를 만들어 주인에게 보내면 열립니다.",
                "This account came with an imported challenge. It opens once its owner uses a one-time link that you make.",
            ),
        )
    person.disabled_at = None
    session.add(person)
    audit.record(session, "account_restored", None, {"user": person.id, "by": by.id}, at)


def close(session: Session, person: User, at: datetime) -> None:
    """End everything by which an account can be entered, and the letters that would help to."""
    sessions.end_all(session, person.id or 0, at)
    account_store.revoke_tokens(session, person.id or 0, at)
    for purpose in ("reset", "verify"):
        account_store.end_links(session, person.id or 0, purpose, at)
        outbox.withdraw_all(session, person, purpose, at)


def set_creator(session: Session, by: User, user_id: int, *, creator: bool, at: datetime) -> None:
    """Allow an account to create challenges, or no longer; what it has created stays."""
    person = one(session, user_id).user
    if person.is_creator == creator:
        return
    person.is_creator = creator
    session.add(person)
    kind = "role_granted" if creator else "role_withdrawn"
    audit.record(session, kind, None, {"user": person.id, "role": "creator", "by": by.id}, at)


def make_sign_up_links(session: Session, by: User, number: int, at: datetime) -> list[str]:
    """Return the codes of new links by which one person each can make an account."""
    if not 1 <= number <= MOST_LINKS:
        message = Text(f"1에서 {MOST_LINKS}까지 쓰십시오.", f"Write a number from 1 to {MOST_LINKS}.")
        raise Invalid("invalid_field", message, fields={"number": message})
    hours = 24 * SIGN_UP_DAYS
    codes = [accounts.make_link(session, purpose="signup", user_id=None, at=at, hours=hours) for _ in range(number)]
    audit.record(session, "sign_up_links_made", None, {"number": number, "by": by.id}, at)
    return codes


def sign_up_links(session: Session, at: datetime) -> list[Link]:
    """Return the links to sign up by that still work."""
    return [link for link in directory.sign_up_links(session) if link.expires_at > at]


def end_sign_up_link(session: Session, by: User, link_id: int, at: datetime) -> None:
    """End a link to sign up by that nobody has used."""
    found = {link.id: link for link in sign_up_links(session, at)}.get(link_id)
    if found is None:
        raise NotFound
    found.used_at = at
    session.add(found)
    audit.record(session, "sign_up_link_ended", None, {"link": link_id, "by": by.id}, at)
