"""People: accounts, sign-in, tokens, one-time links and grants."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from arena import audit, names, passwords, scopes, sessions
from arena import roles as role_rules
from arena.errors import Conflict, Forbidden, NotFound, NotSignedIn
from arena.store import accounts as store
from arena.store import challenges as challenge_store
from arena.store.models import ApiToken, Challenge, Link, User
from challenges.text import Text

TOKEN_PREFIX = "arena_"  # noqa: S105 (a mark that lets scanners recognise a leaked token)
ROLES = ("organizer", "judge")
USE_NOTED = timedelta(minutes=10)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _new_user(session: Session, *, email: str, name: str, password: str | None, language: str, at: datetime) -> User:
    address = names.email(email)
    shown = names.clean(name, field="name", longest=60)
    hashed = passwords.hashed(password) if password is not None else None
    if store.by_email(session, address):
        message = Text(
            "이 주소로 만든 계정이 있습니다. 로그인하십시오.",
            "There is an account with this address. Sign in instead.",
        )
        raise Conflict("email_taken", message, fields={"email": message})
    chosen = language if language in ("ko", "en") else "ko"
    return store.add(session, User(email=address, name=shown, language=chosen, password_hash=hashed, created_at=at))


def sign_up(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    language: str,
    policy: str,
    code: str | None,
    at: datetime,
) -> User:
    """Make an account. Under the policy `invite` a one-time link of the purpose `signup` is needed and used up."""
    if policy == "invite":
        link = open_link(session, code or "", "signup", at)
        link.used_at = at
        session.add(link)
    user = _new_user(session, email=email, name=name, password=password, language=language, at=at)
    audit.record(session, "account_made", None, {"user": user.id}, at)
    return user


def sign_in(session: Session, *, email: str, password: str, at: datetime) -> User:
    """Return the user whose address and password these are; the error never says which of the two was wrong."""
    user = store.by_email(session, email.strip().lower())
    right = passwords.matches(user.password_hash if user else None, password)
    if user is None or not right or user.disabled_at is not None:
        raise NotSignedIn(
            "wrong_credentials",
            Text("주소나 비밀번호가 맞지 않습니다.", "The address or the password is not right."),
        )
    del at
    return user


def user(session: Session, user_id: int) -> User | None:
    """Return an account that may act, or none."""
    found = store.by_id(session, user_id)
    return found if found and found.disabled_at is None else None


def by_email(session: Session, email: str) -> User:
    found = store.by_email(session, email.strip().lower())
    if found is None:
        raise NotFound(Text(f"{email} 계정이 없습니다.", f"There is no account {email}."))
    return found


def update_profile(session: Session, user: User, *, name: str, affiliation: str, language: str) -> None:
    user.name = names.clean(name, field="name", longest=60)
    user.affiliation = names.clean(affiliation, field="affiliation", longest=120, empty_allowed=True)
    user.language = language if language in ("ko", "en") else user.language
    session.add(user)


def change_password(session: Session, user: User, *, old: str, new: str, at: datetime) -> None:
    """Set a new password and end every session of the account; whoever changed it opens another."""
    passwords.require(user.password_hash, old, field="old")
    user.password_hash = passwords.hashed(new)
    session.add(user)
    sessions.end_all(session, user.id or 0, at)


def issue_token(
    session: Session,
    user: User,
    *,
    name: str,
    at: datetime,
    expires_at: datetime | None = None,
    may: Iterable[str] = scopes.ALL,
) -> tuple[ApiToken, str]:
    """Return the token's row and its secret, which is shown once and stored only as a hash; `may` are its scopes."""
    label = names.clean(name, field="name", longest=60)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=user.id or 0,
        name=label,
        token_hash=_hash(secret),
        hint=secret[:10],
        scopes=scopes.chosen(may),
        created_at=at,
        expires_at=expires_at,
    )
    return store.add(session, token), secret


def tokens(session: Session, user: User) -> list[ApiToken]:
    return store.tokens_of(session, user.id or 0)


def revoke_token(session: Session, user: User, token_id: int, at: datetime) -> None:
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != user.id:
        raise NotFound
    token.revoked_at = token.revoked_at or at
    session.add(token)


def authenticate_token(session: Session, secret: str, at: datetime) -> User:
    """Return the token's owner, or raise NotSignedIn."""
    return presented_token(session, secret, at)[1]


def presented_token(session: Session, secret: str, at: datetime) -> tuple[ApiToken, User]:
    """Return a token that is in force with its owner, or raise NotSignedIn."""
    found = store.live_token(session, _hash(secret), at) if secret.startswith(TOKEN_PREFIX) else None
    if found is None:
        raise NotSignedIn(
            "bad_token",
            Text(
                "토큰이 없거나 끝났습니다. 계정 쪽에서 새로 만드십시오.",
                "No such token, or it has ended. Make one on your account page.",
            ),
        )
    return found


def note_use(session: Session, token_id: int, at: datetime) -> None:
    """Write down that a token was used; once in ten minutes is enough for its owner, and spares the disk."""
    store.note_use(session, token_id, at)


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    admin: bool,
    password: str | None,
    at: datetime,
) -> User:
    """Make an account from the operator's shell; without a password it is entered by a one-time link.

    An account that came with an imported challenge is there already and closed: it becomes its owner's by such a link.
    """
    imported = store.by_email(session, names.email(email))
    if (
        password is None
        and imported is not None
        and imported.password_hash is None
        and imported.disabled_at is not None
    ):
        return imported
    made = _new_user(session, email=email, name=name, password=password, language="ko", at=at)
    made.is_admin = admin
    session.add(made)
    audit.record(session, "account_made", None, {"user": made.id, "admin": admin}, at)
    return made


def grant(session: Session, *, email: str, role: str, slug: str | None, at: datetime) -> None:
    """Give a role: `creator` on the instance, `organizer` or `judge` on one challenge."""
    person = by_email(session, email)
    if role == "creator":
        person.is_creator = True
        session.add(person)
        audit.record(session, "role_granted", None, {"user": person.id, "role": role}, at)
        return
    challenge = challenge_store.by_slug(session, slug or "")
    if role not in ROLES or challenge is None or challenge.id is None:
        raise NotFound(Text("그런 역할이나 챌린지가 없습니다.", "There is no such role or challenge."))
    if role not in store.grants_of(session, person.id or 0, challenge.id):
        role_rules.give(session, person, challenge, role=role, by=None, at=at)


def roles(session: Session, user: User | None, challenge: Challenge) -> set[str]:
    """Return what the user is in this challenge: organizer, judge, administrator."""
    if user is None:
        return set()
    held = store.grants_of(session, user.id or 0, challenge.id or 0)
    return held | {"administrator"} if user.is_admin else held


def make_link(session: Session, *, purpose: str, user_id: int | None, at: datetime, hours: int) -> str:
    """Return the code of a new one-time link: `setup`, `signup`, `reset` or `verify`; of an account's, only the newest works."""
    return new_link(session, purpose=purpose, user_id=user_id, at=at, hours=hours)[1]


def new_link(
    session: Session, *, purpose: str, user_id: int | None, at: datetime, hours: int, email: str = ""
) -> tuple[Link, str]:
    """Return a new one-time link with its code, which is stored as a hash only; earlier ones of the account end."""
    code = secrets.token_urlsafe(24)
    if user_id is not None:
        store.end_links(session, user_id, purpose, at)
    row = Link(
        purpose=purpose,
        code_hash=_hash(code),
        user_id=user_id,
        email=email,
        created_at=at,
        expires_at=at + timedelta(hours=hours),
    )
    return store.add(session, row), code


def open_link(session: Session, code: str, purpose: str, at: datetime) -> Link:
    """Return a one-time link that is still open, held until the end of the transaction; raise Forbidden otherwise."""
    link = store.link_by_hash(session, _hash(code))
    if link is None or link.purpose != purpose or link.used_at is not None or link.expires_at <= at:
        raise Forbidden(
            "link_ended",
            Text("이 주소는 이미 쓰였거나 기한이 지났습니다.", "This link has been used or has expired."),
        )
    return link


def link_is_open(session: Session, *, code: str, purpose: str, at: datetime) -> bool:
    """Whether a one-time link may still be used."""
    try:
        open_link(session, code, purpose, at)
    except Forbidden:
        return False
    return True


def use_setup_link(
    session: Session,
    *,
    code: str,
    email: str,
    name: str,
    password: str,
    language: str,
    at: datetime,
) -> User:
    """Make the first administrator; the link works once."""
    link = open_link(session, code, "setup", at)
    made = _new_user(session, email=email, name=name, password=password, language=language, at=at)
    made.is_admin = True
    made.is_creator = True
    link.used_at = at
    session.add(link)
    session.add(made)
    audit.record(session, "account_made", None, {"user": made.id, "admin": True}, at)
    return made


def use_reset_link(session: Session, *, code: str, password: str, at: datetime) -> User:
    """Set a new password by a one-time link and end every session of the account.

    A link that was mailed proves whose the address is. Where nobody had proved that before, somebody else may have made the
    account in the owner's name: its tokens end as well.
    """
    link = open_link(session, code, "reset", at)
    person = store.by_id(session, link.user_id or 0)
    if person is None or person.deleted_at is not None:
        raise NotFound
    hashed = passwords.hashed(password)
    if person.password_hash is None:
        # Made by an import and never entered: an operator has now sent its owner a link.
        person.disabled_at = None
    person.password_hash = hashed
    if link.email and link.email == person.email and person.email_verified_at is None:
        person.email_verified_at = at
        store.revoke_tokens(session, person.id or 0, at)
    link.used_at = at
    session.add(link)
    session.add(person)
    sessions.end_all(session, person.id or 0, at)
    audit.record(session, "password_reset", None, {"user": person.id}, at)
    return person


def has_administrator(session: Session) -> bool:
    return store.any_admin(session)
