"""Whose an e-mail address is: proved by a link that was mailed to it, where mail is configured."""

from datetime import datetime

from sqlmodel import Session

from arena import accounts, audit, names, outbox, passwords
from arena.errors import Conflict, Invalid, NotFound
from arena.store import accounts as store
from arena.store.models import User
from challenges.text import Text

VERIFY_HOURS = 72
RESET_HOURS = 2


def stands(session: Session, user: User) -> bool:
    """Whether the account's address may be relied on: it is verified, or there is no mail to verify it by."""
    return user.email_verified_at is not None or not outbox.has_sender(session)


def send_verification(session: Session, user: User, *, base_url: str, at: datetime, address: str = "") -> bool:
    """Queue a letter with a link that verifies the account's address, or a new one; false where there is no mail."""
    if not outbox.has_sender(session):
        return False
    outbox.withdraw_all(session, user, "verify", at)
    link, code = accounts.new_link(
        session, purpose="verify", user_id=user.id, at=at, hours=VERIFY_HOURS, email=address or user.email
    )
    outbox.queue(
        session,
        user,
        Text("전자우편 주소를 확인해 주십시오", "Confirm your e-mail address"),
        Text(
            f"Arena 계정이 이 주소를 씁니다. 본인의 계정이면 아래 주소를 열고, 로그인한 뒤 확인 단추를 누르십시오.\n\n"
            f"{base_url}/verify/{code}\n\n"
            f"{VERIFY_HOURS}시간 안에 한 번 쓸 수 있습니다. 계정을 만들지 않으셨으면 그대로 두십시오. 아무 일도 일어나지 않습니다.",
            f"An Arena account uses this address. If it is yours, open the link below, sign in and press the button.\n\n"
            f"{base_url}/verify/{code}\n\n"
            f"It works once, within {VERIFY_HOURS} hours. If you have made no account, leave it: nothing will happen.",
        ),
        f"verify.{link.id}",
        at,
        address=address,
        until=link.expires_at,
    )
    return True


def to_confirm(session: Session, user: User, code: str, at: datetime) -> str | None:
    """Return the address that a link mailed to this person verifies, or none if it is not open or somebody else's."""
    if not accounts.link_is_open(session, code=code, purpose="verify", at=at):
        return None
    link = accounts.open_link(session, code, "verify", at)
    return link.email if link.user_id == user.id else None


def confirm(session: Session, user: User, code: str, at: datetime) -> User:
    """Use a link up that was mailed to this person: the address is verified and, if it is a new one, becomes the account's."""
    row = store.lock(session, user.id or 0)
    link = accounts.open_link(session, code, "verify", at)
    if link.user_id != row.id:
        raise NotFound
    if link.email != row.email:
        _require_free(session, link.email)
        _move(session, row, link.email, at)
    row.email_verified_at = at
    link.used_at = at
    session.add(row)
    session.add(link)
    audit.record(session, "address_verified", None, {"user": row.id}, at)
    return row


def change(session: Session, user: User, *, address: str, password: str, base_url: str, at: datetime) -> bool:
    """Change the account's address; where mail is configured only once the link mailed to it is opened. Return whether it waits."""
    new = names.email(address)
    passwords.require(user.password_hash, password, field="present")
    if new == user.email:
        message = Text("지금 쓰고 있는 주소입니다.", "This is the account’s address already.")
        raise Invalid("invalid_field", message, fields={"email": message})
    _require_free(session, new)
    if send_verification(session, user, base_url=base_url, at=at, address=new):
        return True
    row = store.lock(session, user.id or 0)
    row.email_verified_at = None
    _move(session, row, new, at)
    return False


def ask_reset(session: Session, *, email: str, at: datetime) -> None:
    """Write down that somebody asks for a link to set a new password; who looks the address up is `answer_resets`.

    So the one who asks waits as long, and reads the same, whether or not there is such an account.
    """
    accounts.new_link(
        session, purpose="asked", user_id=None, at=at, hours=RESET_HOURS, email=email.replace("\0", "").strip()[:254]
    )


def answer_resets(session: Session, *, base_url: str, at: datetime) -> None:
    """Queue the letters of those who have asked for a link and have an account that may be entered."""
    asked = store.take_asked(session)
    for email in dict.fromkeys(link.email for link in asked if link.expires_at > at):
        try:
            person = store.by_email(session, names.email(email))
        except Invalid:
            continue
        if person is not None and person.disabled_at is None:
            _send_reset(session, person, base_url=base_url, at=at)


def _send_reset(session: Session, person: User, *, base_url: str, at: datetime) -> None:
    link, code = accounts.new_link(
        session, purpose="reset", user_id=person.id, at=at, hours=RESET_HOURS, email=person.email
    )
    outbox.withdraw_all(session, person, "reset", at)
    outbox.queue(
        session,
        person,
        Text("비밀번호를 새로 정하는 주소입니다", "A link to set a new password"),
        Text(
            f"누군가 이 주소의 Arena 계정에 새 비밀번호를 정하려 합니다. 본인이면 아래 주소를 여십시오.\n\n"
            f"{base_url}/reset/{code}\n\n"
            f"{RESET_HOURS}시간 안에 한 번 쓸 수 있고, 가장 나중에 받은 주소만 통합니다. 정하고 나면 열려 있던 로그인은 모두 끝납니다. "
            f"본인이 아니면 그대로 두십시오. 비밀번호는 바뀌지 않습니다.",
            f"Somebody wants to set a new password for the Arena account with this address. If it is you, open this link.\n\n"
            f"{base_url}/reset/{code}\n\n"
            f"It works once, within {RESET_HOURS} hours, and only the newest one works. Setting a password ends every open session. "
            f"If it is not you, leave it: the password stays as it is.",
        ),
        f"reset.{link.id}",
        at,
        until=link.expires_at,
    )


def _move(session: Session, user: User, address: str, at: datetime) -> None:
    before = user.email
    if outbox.has_sender(session):
        outbox.queue(
            session,
            user,
            Text("계정의 주소가 바뀌었습니다", "The address of your account has changed"),
            Text(
                "Arena 계정의 전자우편 주소가 다른 것으로 바뀌었고, 이 주소로는 더 로그인할 수 없습니다. 본인이 바꾸지 않았으면 운영자에게 알리십시오.",
                "Your Arena account now has another e-mail address and can no longer be entered with this one. If you did not change it, tell the operator.",
            ),
            f"moved.{user.id}.{at:%Y%m%d%H%M%S%f}",
            at,
            address=before,
        )
    # A reset that was mailed to the old address must not open the account any more.
    store.end_links(session, user.id or 0, "reset", at)
    user.email = address
    session.add(user)
    session.flush()
    audit.record(session, "address_changed", None, {"user": user.id}, at)


def _require_free(session: Session, address: str) -> None:
    if store.by_email(session, address) is not None:
        message = Text("이 주소를 쓰는 계정이 따로 있습니다.", "Another account has this address.")
        raise Conflict("email_taken", message, fields={"email": message})
