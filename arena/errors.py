"""The one tree of errors that a person may be shown.

ArenaError                     anything we raise on purpose; carries a code, a status and a sentence in both languages
├── UserError                  the caller can mend it; costs nothing
│   ├── NotFound               404: absent, or not the caller's to see
│   ├── NotSignedIn            401
│   ├── Forbidden              403
│   ├── Invalid                422: a field or a file is wrong; `fields` says which
│   ├── Conflict               409: the state does not allow it now (closed, name taken, not revealed …)
│   ├── QuotaUsed              429: no submission left; says when it renews
│   └── TooLarge               413
├── SetupError                 the operator can mend it: settings, home, port, schema, disk
└── OurFault                   503: ours; the caller loses nothing and may try again
"""

from collections.abc import Mapping, Sequence
from typing import Any

from challenges.text import Text


class ArenaError(Exception):
    """An error with a stable code and a sentence in Korean and English."""

    status = 500

    def __init__(self, code: str, message: Text, *, fields: Mapping[str, Text] | None = None, mend: str = "") -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message
        self.fields: Mapping[str, Text] = fields or {}
        self.mend = mend  # the page, from the site's root, on which the caller can mend it


class UserError(ArenaError):
    """Something the caller can mend."""

    status = 400


class NotFound(UserError):
    """Absent, or not the caller's to see: the two must look the same."""

    status = 404

    def __init__(self, message: Text | None = None) -> None:
        super().__init__("not_found", message or Text("찾는 것이 없습니다.", "There is nothing here by that name."))


class NotSignedIn(UserError):
    """The caller must sign in or send a valid token."""

    status = 401


class Forbidden(UserError):
    """The caller is known but may not do this."""

    status = 403


class Invalid(UserError):
    """A field or a file is wrong."""

    status = 422

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        fields: Mapping[str, Text] | None = None,
        problems: Sequence[Any] = (),
        total: int = 0,
    ) -> None:
        super().__init__(code, message, fields=fields)
        self.problems = tuple(problems)
        self.total = total


class Conflict(UserError):
    """The present state does not allow it."""

    status = 409


class QuotaUsed(UserError):
    """No submission is left for now."""

    status = 429


class TooLarge(UserError):
    """The upload is larger than the challenge allows."""

    status = 413


class SetupError(ArenaError):
    """The operator can mend it."""


class OurFault(ArenaError):
    """Ours: the caller loses nothing and may try again."""

    status = 503
