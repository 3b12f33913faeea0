"""What the shell says: in the caller's language, numbers and tables on stdout, everything else on stderr."""

import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

from challenges.text import Text

Row = Sequence[object]


def language() -> str:
    """Return ko or en by the shell's locale, as gettext does."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ko" if value.startswith("ko") else "en"
    return "en"


def said(ko: str, en: str) -> str:
    """Return one sentence in the caller's language; the help is put together with it once."""
    return Text(ko, en).pick(language())


def tell(text: Text) -> None:
    """Say a sentence beside the output, so that the output can be piped."""
    print(text.pick(language()), file=sys.stderr, flush=True)  # noqa: T201 (the shell's output)


def show(text: str = "") -> None:
    """Print a line of output."""
    print(text, flush=True)  # noqa: T201 (the shell's output)


def show_json(value: Any) -> None:
    """Print what a script reads."""
    show(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def show_table(head: Sequence[Text], rows: Sequence[Row]) -> None:
    """Print columns under their names; Korean letters are two columns wide."""
    chosen = language()
    lines = [[name.pick(chosen) for name in head], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
    numeric = [
        column
        for column in range(len(head))
        if rows and all(isinstance(row[column], int | float | None) for row in rows)
    ]
    for line in lines:
        cells = [
            " " * (widths[column] - _width(cell)) + cell
            if column in numeric
            else cell + " " * (widths[column] - _width(cell))
            for column, cell in enumerate(line)
        ]
        show("  ".join(cells).rstrip())


def yes(value: object) -> str:
    """Return a mark for what is so."""
    return said("예", "yes") if value else ""


def number(value: float | None, decimals: int = 4, *, signed: bool = False) -> str:
    """Return a number as tables show it, with a true minus sign."""
    if value is None:
        return "–"
    return f"{value:{'+' if signed else ''}.{decimals}f}".replace("-", "−")


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    # A control character in a team's name must not reach the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in str(cell))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
