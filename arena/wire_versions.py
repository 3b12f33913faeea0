"""What travels over the JSON API of the versions of a challenge."""

from datetime import datetime
from typing import Any

from arena.wire import Answered, Words


class Changed(Answered):
    """One difference from the version before."""

    path: str
    before: str
    after: str


class VersionFile(Answered):
    name: str
    role: str
    size: int
    sha256: str


class Version(Answered):
    """One version of a challenge: since when it holds, what it changed and why."""

    number: int
    version: str
    since: datetime
    note: Words
    changes: list[Changed]
    definition_sha256: str
    labels_version: int | None
    url: str


class VersionDetail(Version):
    """A version with all that it says: `definition_sha256` is over its JSON with sorted keys, no spaces and no escapes."""

    definition: dict[str, Any]
    files: list[VersionFile]


class VersionList(Answered):
    """The versions of a challenge, the first one first; `next` leads to later ones."""

    versions: list[Version]
    next: str | None = None
