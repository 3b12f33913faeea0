"""What an organizer adds to a folder's examination, in datasheet.toml: where the data come from, and why a warning may stand.

A file of its own and not a part of challenge.toml: whatever stands there is in the definition's digest, which is shown before
the opening, and a reason that is added to explain a warning changes nothing about the contest.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from challenges import locating, mistakes
from challenges.definition import ColumnName, Model, Sentence
from challenges.locating import Place
from challenges.text import Text

FILE = "datasheet.toml"
Statement = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


class Statements(Model):
    """A statement in both languages."""

    ko: Statement
    en: Statement

    @property
    def text(self) -> Text:
        return Text(self.ko, self.en)


class Provenance(Model):
    """Where the data come from, and on what ground they may be given out."""

    source: Statements
    permission: Statements


class Accepted(Model):
    """A warning that may stand: its code, where it is meant, and the reason that everybody reads."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    file: Sentence | None = None
    column: ColumnName | None = None
    reason: Statements


class Annotations(Model):
    """All of datasheet.toml; every part may be left out."""

    provenance: Provenance | None = None
    # None: nobody has thought about it. An empty list: somebody has, and there are none.
    quasi_identifiers: Annotated[tuple[ColumnName, ...], Field(strict=False)] | None = None
    accepted: Annotated[tuple[Accepted, ...], Field(strict=False)] = ()


def load(folder: Path) -> tuple[Annotations, Mapping[Place, int]]:
    """Read a folder's datasheet.toml with the line of each part; without the file, nothing is annotated."""
    if not (folder / FILE).is_file():
        return Annotations(), {}
    text = mistakes.read_source(folder / FILE)
    return mistakes.validated(Annotations, text, FILE), locating.lines(text)
