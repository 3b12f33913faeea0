"""Where each key of a TOML document stands: tomllib gives values without their lines.

The text has been parsed by tomllib before, so the scanner below may trust its grammar; it never fails, and a key that it
cannot place is given the line of the table around it.
"""

import re
from collections.abc import Iterator, Mapping

Place = tuple[int | str, ...]

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>\"\"\"(?:\\.|[^\\])*?\"{3,5}|'''.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    | (?P<mark>[\[\]{}=,.\n])
    | (?P<blank>[ \t\r]+)
    | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)
Token = tuple[str, str, int]  # kind, text, line
DEEPEST = 6  # no definition nests further; what does is given its table's line


def lines(text: str) -> dict[Place, int]:
    """Return the line of every table, key and list entry."""
    return _Scanner(text).scan()


def line_of(found: Mapping[Place, int], place: Place) -> int:
    """Return the line of a place, or of the nearest thing around it that is written down."""
    for length in range(len(place), 0, -1):
        if place[:length] in found:
            return found[place[:length]]
    return 1


def _tokens(text: str) -> Iterator[Token]:
    line, at = 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            at += 1
            continue
        kind, word = str(match.lastgroup), match.group()
        if kind not in ("comment", "blank"):
            yield kind, word, line
        line += word.count("\n")
        at = match.end()


def _key(kind: str, text: str) -> str:
    if kind != "string":
        return text
    inner = text[1:-1]
    return re.sub(r'\\(["\\])', r"\1", inner) if text[0] == '"' else inner


class _Scanner:
    """Walks the tokens once, statement by statement."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.found: dict[Place, int] = {}
        self.entries: dict[Place, int] = {}  # how many [[tables]] a list has so far

    def scan(self) -> dict[Place, int]:
        table: Place = ()
        while self.at < len(self.tokens):
            kind, word, line = self.tokens[self.at]
            if word == "\n" and kind == "mark":
                self.at += 1
            elif word == "[" and kind == "mark":
                table = self._header(line)
            else:
                self._pair(table)
        return self.found

    def _peek(self) -> str:
        """Return the mark at hand, or nothing where a string or a bare word stands."""
        if self.at >= len(self.tokens):
            return "\n"
        kind, word, _ = self.tokens[self.at]
        return word if kind == "mark" else ""

    def _header(self, line: int) -> Place:
        self.at += 1
        listed = self._peek() == "["
        self.at += listed
        steps, _ = self._dotted()
        while self._peek() == "]":
            self.at += 1
        place = self._under((), steps[:-1] if listed else steps)
        if listed:
            place = (*place, *steps[-1:])
            self.found.setdefault(place, line)
            number = self.entries.get(place, 0)
            self.entries[place] = number + 1
            place = (*place, number)
        self.found.setdefault(place, line)
        return place

    def _under(self, table: Place, steps: list[str]) -> Place:
        """Follow steps from a table; a list of tables on the way stands for its last entry."""
        place = table
        for step in steps:
            place = (*place, step)
            if place in self.entries:
                place = (*place, self.entries[place] - 1)
        return place

    def _dotted(self) -> tuple[list[str], int]:
        steps: list[str] = []
        line = self.tokens[self.at][2] if self.at < len(self.tokens) else 1
        while self._peek() in ("", "."):
            kind, word, _ = self.tokens[self.at]
            if kind != "mark":
                steps.append(_key(kind, word))
            self.at += 1
        return steps, line

    def _pair(self, table: Place) -> None:
        steps, line = self._dotted()
        if self._peek() != "=":  # nothing that tomllib would have let pass
            self.at += 1
            return
        self.at += 1
        place = table
        for step in steps:
            place = (*place, step)
            self.found.setdefault(place, line)
        self._value(place)

    def _value(self, place: Place) -> None:
        mark = self._peek()
        if mark not in ("[", "{"):
            self.at += 1
            while self._peek() in ("", ".") and self.at < len(self.tokens):
                self.at += 1
        elif len(place) > DEEPEST:
            self._skip()
        elif mark == "[":
            self._list(place)
        else:
            self._inline(place)

    def _list(self, place: Place) -> None:
        self.at += 1
        number = 0
        while self.at < len(self.tokens) and self._peek() != "]":
            if self._peek() in ("\n", ","):
                number += self._peek() == ","
                self.at += 1
                continue
            self.found.setdefault((*place, number), self.tokens[self.at][2])
            self._value((*place, number))
        self.at += 1

    def _inline(self, place: Place) -> None:
        self.at += 1
        while self.at < len(self.tokens) and self._peek() != "}":
            if self._peek() in ("\n", ","):
                self.at += 1
            else:
                self._pair(place)
        self.at += 1

    def _skip(self) -> None:
        depth = 0
        while self.at < len(self.tokens):
            mark = self._peek()
            depth += (mark in ("[", "{")) - (mark in ("]", "}"))
            self.at += 1
            if depth == 0:
                return
