"""A chart with its finding, its caption, the table of its numbers and the same numbers at full precision."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from arena import spreadsheets
from arena.spreadsheets import Cell
from arena.web.rendering import t

NAME = re.compile(r"[a-z]+(-[0-9a-z.]+)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with its caption, and the table of the same numbers.

    `finding` is the sentence over it. A figure with a `name` can be downloaded: `header` and `numbers` are its CSV file, whose
    columns are names for programs and so the same in both languages.
    """

    chart: Markup
    head: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    finding: str = ""
    header: tuple[str, ...] = ()
    numbers: tuple[tuple[Cell, ...], ...] = ()
    every_columns: tuple[str, ...] = ()  # of a curve: all of its points, in a table of their own
    every_rows: tuple[tuple[str, ...], ...] = ()

    def csv(self) -> str:
        """Return the numbers as a file that a spreadsheet opens and cannot be made to execute."""
        return spreadsheets.write(self.header, self.numbers)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one heading: those in the open, and those of other horizons behind a fold."""

    ident: str
    title: str
    figures: tuple[Figure, ...]
    others: tuple[Figure, ...] = ()
    square: bool = False
    note: str = ""

    @property
    def every(self) -> tuple[Figure, ...]:
        return (*self.figures, *self.others)


def numbered(figures: Iterable[Figure], first: int = 1) -> list[Figure]:
    """Return the figures with their numbers before what they show."""
    return [
        replace(figure, head=t(f"그림 {number}. {figure.head}.", f"Figure {number}. {figure.head}."))
        for number, figure in enumerate(figures, first)
    ]


def grouped(groups: Sequence[Group], first: int = 1) -> list[Group]:
    """Return the groups, their figures numbered through."""
    found = []
    for group in groups:
        shown = numbered(group.every, first)
        first += len(shown)
        open_ones = len(group.figures)
        found.append(replace(group, figures=tuple(shown[:open_ones]), others=tuple(shown[open_ones:])))
    return found
