"""The fairness examination as the shell shows it: what has to be mended first, with its place and its remedy."""

import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from arena.cli.words import language, said, show
from challenges.text import Text

NARROWEST, WIDEST = 60, 110
MARKS = {"fail": Text("실패", "FAIL"), "warn": Text("주의", "WARN"), "pass": Text("통과", "pass")}


def show_examination(lines: list[dict[str, Any]]) -> None:
    """Print one row a line, fails first, and the counts at the end."""
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((100, 24)).columns))
    for line in lines:
        for row in _rows(line, width):
            show(row)
    show(_summary(lines))


def _rows(line: Mapping[str, Any], width: int) -> Iterator[str]:
    accepted = line.get("accepted")
    mark = MARKS[line["state"]].pick(language())
    where = ":".join(str(line[name]) for name in ("file", "line", "column") if line.get(name) not in (None, ""))
    figure = line.get("figure") or ""
    asked = _said(line["question"]) if line["state"] == "pass" else where
    yield f"{mark:<{6 - _extra(mark)}}{line['code']:<18}  {asked}{f'  [{figure}]' if figure else ''}".rstrip()
    indent = " " * 6
    if line["state"] == "pass":
        return
    yield from _wrapped(_said(line["message"]), indent, width)
    if accepted is not None:
        yield from _wrapped(said("까닭: ", "Reason: ") + _said(accepted), indent, width)
    elif line.get("remedy"):
        yield from _wrapped("→ " + _said(line["remedy"]), indent, width)


def _said(message: Mapping[str, str]) -> str:
    text = Text(message["ko"], message["en"]).pick(language())
    # Names of columns come from files; a control character in one must not reach the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _extra(text: str) -> int:
    """Return how many columns a text takes beyond its letters: Korean ones are two wide."""
    return sum(1 for sign in text if unicodedata.east_asian_width(sign) in "WF")


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    narrow = width - _extra(text) * width // max(1, len(text) + _extra(text))
    return textwrap.wrap(text, max(NARROWEST // 2, narrow), initial_indent=indent, subsequent_indent=indent)


def _summary(lines: list[dict[str, Any]]) -> str:
    counts = {state: sum(1 for line in lines if line["state"] == state) for state in MARKS}
    explained = sum(1 for line in lines if line["state"] == "warn" and line.get("accepted"))
    return said(
        f"실패 {counts['fail']}건, 주의 {counts['warn']}건(까닭을 적은 것 {explained}건), 통과 {counts['pass']}건.",
        f"{counts['fail']} failed, {counts['warn']} warned ({explained} explained), {counts['pass']} passed.",
    )
