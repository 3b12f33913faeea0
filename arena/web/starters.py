"""The starter programs of a challenge, as its page shows them to be copied."""

from dataclasses import dataclass
from functools import lru_cache

from arena.hosting import Hosted
from arena.store.blobs import Blobs
from arena.web.site import site

LANGUAGES = {".py": "Python", ".R": "R"}
LONGEST = 100_000  # a longer program is downloaded, not read on a page


@dataclass(frozen=True, slots=True)
class Program:
    """One starter program."""

    name: str
    language: str
    text: str

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


def programs(hosted: Hosted) -> list[Program]:
    """Return the starters that can be read as text, Python first."""
    found = [
        Program(file.name, LANGUAGES[ending], _text(site().blobs, file.sha256))
        for file in hosted.downloads
        if file.role == "starter" and file.size <= LONGEST and (ending := _ending(file.name)) in LANGUAGES
    ]
    return sorted((one for one in found if one.text), key=lambda one: list(LANGUAGES.values()).index(one.language))


def _ending(name: str) -> str:
    return name[name.rfind(".") :]


@lru_cache(maxsize=64)
def _text(blobs: Blobs, sha256: str) -> str:
    with blobs.open(sha256) as stream:
        return stream.read().decode("utf-8", "replace").rstrip()
