"""Codes that let somebody in: short enough to be read out and typed, long enough that nobody guesses one."""

import hashlib
import secrets

# Signs that cannot be taken for one another; twelve of them are 60 bits, and whoever tries them is slowed down.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def make() -> str:
    """Return a new code in three groups of four signs."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))


def digest(code: str) -> str:
    """Return what is kept of a code, the same however it is typed: small letters, without hyphens, O for 0."""
    return _sha256(code.upper().translate(_ALIKE))


def digests(code: str) -> tuple[str, str]:
    """Return what may be kept of a code: those of before were longer, and every sign of them counted."""
    return digest(code), _sha256(code)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
