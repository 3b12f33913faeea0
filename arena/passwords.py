"""Passwords: hashed slowly, compared in the same time whether or not there is one, refused where they are too weak."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from arena.errors import Invalid
from challenges.text import Text

# OWASP's second parameter set: 27 ms on two cores, so that a sign-in storm does not starve the site.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A sign-in with an unknown address costs as much as one with a wrong password, and so tells nothing.
_NOBODY = _HASHER.hash(secrets.token_hex(16))
SHORTEST, LONGEST = 10, 200


def hashed(password: str) -> str:
    """Return what is kept of a password; raise Invalid where it is too weak."""
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 4:
        message = Text(
            f"비밀번호는 {SHORTEST}자 이상이고 서로 다른 글자가 네 가지 이상이어야 합니다.",
            f"A password needs at least {SHORTEST} characters, four of them different.",
        )
        raise Invalid("invalid_field", message, fields={"password": message})
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; with nothing kept it is not, after as much work."""
    try:
        _HASHER.verify(kept or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def require(kept: str | None, password: str, *, field: str) -> None:
    """Refuse an act that its owner has to confirm with the present password."""
    if not matches(kept, password):
        message = Text("지금 비밀번호가 맞지 않습니다.", "The present password is not right.")
        raise Invalid("invalid_field", message, fields={field: message})
