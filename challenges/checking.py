"""Checking the rows of a prediction file: whole chunks while they are clean, row by row where they are not."""

import csv
import math
import operator
import re
import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise, repeat

from challenges import sentences
from challenges.definition import Definition
from challenges.problems import SHOWN, Findings
from challenges.tables import NOT_CLOSED

BLOCK = 50_000
_LARGEST = sys.float_info.max
PROBABILITIES = ("event_probability", "probability")
MOST = 0.8  # the share of rows from which a fault is called the file's, not the row's
# float() takes more than a prediction file may hold: "1_000", full-width digits, "infinity". Bytes left over after
# deleting these mean that a column has to be looked at value by value.
_PLAIN = b"0123456789eE.+- "
NUMBER = re.compile(r" *[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *")
_NOT_FINITE = re.compile(r"\s*[+-]?(?:nan|inf|infinity)\s*", re.IGNORECASE)


class ExpectedIds:
    """The ids that a file must hold, each once; made once per test file and shared."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("the test file names an id twice")

    @cached_property
    def index(self) -> dict[str, int]:
        """Where each id stands. A file in the test file's order never asks, and of a million ids this takes 80 MB."""
        return {one: place for place, one in enumerate(self.ids)}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands in the file, and what its values must be."""

    width: int
    id_column: str
    id_place: int | None
    places: dict[str, int]
    probabilities: frozenset[str]
    rising: tuple[tuple[str, str], ...]  # neighbours by horizon: the later is never smaller
    interval: tuple[tuple[str, str], ...]  # lower and upper end
    named: dict[str, int]  # every column that the file names


def layout(names: Sequence[str], definition: Definition) -> Layout:
    """Return the layout of a file with this header; columns that it lacks are left out."""
    places = {column.name: names.index(column.name) for column in definition.columns if column.name in names}
    held = [column for column in definition.columns if column.name in places]
    timed = sorted((column.horizon, column.name) for column in held if column.horizon is not None)
    ends = {column.is_: column.name for column in held}
    return Layout(
        width=len(names),
        id_column=definition.labels.id,
        id_place=names.index(definition.labels.id) if definition.labels.id in names else None,
        places=places,
        probabilities=frozenset(column.name for column in held if column.is_ in PROBABILITIES),
        rising=tuple(pairwise(name for _, name in timed)),
        interval=((ends["lower"], ends["upper"]),) if {"lower", "upper"} <= set(ends) else (),
        named={name: names.index(name) for name in names},
    )


@dataclass(slots=True)
class Checking:
    """What has been read so far, and what was wrong with it."""

    expected: ExpectedIds
    layout: Layout
    findings: Findings
    columns: dict[str, "array[float]"] = field(init=False)  # in the order of the file
    lines: "array[int]" = field(init=False)  # on which line each expected id stands; 0 where it has not been seen
    rows: int = 0
    seen: int = 0
    last_line: int = 1
    falls: dict[tuple[str, str], int] = field(default_factory=dict)
    high_starts: int = 0
    shuffled: bool = False  # whether rows may stand in another order than the expected ids
    blanks: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = {name: array("d") for name in self.layout.places}
        self.lines = array("l", [0]) * len(self.expected.ids)

    def take(self, first: int, held: list[str]) -> None:
        """Take a list of lines, the first of which has this number."""
        end = len(held)
        while end and not held[end - 1].strip():
            end -= 1
        body = held[:end]
        if body and not self._take_clean(first, body):
            for number, line in enumerate(body, start=first):
                self._take_line(number, line)
        # Blank lines matter only if something follows them; more than are shown need not be remembered.
        self.blanks += range(first + end, first + min(len(held), end + SHOWN))

    def _take_clean(self, first: int, held: list[str]) -> bool:
        """Take the lines as a whole if nothing about them is unusual; otherwise change nothing and return false."""
        width, place = self.layout.width, self.layout.id_place
        if place is None or self.blanks:
            return False
        try:
            cells = _cells(held, width)
            values = {name: _converted(cells[at::width]) for name, at in self.layout.places.items()}
            where = self._where(cells[place::width])
        except (csv.Error, ValueError, KeyError):
            return False
        if where is None or not self._in_order(values):
            return False
        self._store(where, first, values)
        self.rows += len(held)
        self.seen += len(held)
        self.last_line = first + len(held) - 1
        return True

    def _where(self, ids: list[str]) -> range | list[int] | None:
        """Return the rows' places among the expected ids; nothing if an id stands twice. KeyError: there is no such id."""
        if self.expected.ids[self.seen : self.seen + len(ids)] == tuple(ids):
            places: range | list[int] = range(self.seen, self.seen + len(ids))
            taken = any(self.lines[self.seen : self.seen + len(ids)])
        else:
            places = list(map(self.expected.index.__getitem__, ids))
            taken = len(set(places)) < len(places) or any(map(operator.getitem, repeat(self.lines), places))
        return None if taken else places

    def _in_order(self, values: dict[str, list[float]]) -> bool:
        for name, column in values.items():
            low, high = (0.0, 1.0) if name in self.layout.probabilities else (-_LARGEST, _LARGEST)
            if min(column) < low or max(column) > high:
                return False
        pairs = (*self.layout.rising, *self.layout.interval)
        return not any(any(map(operator.gt, values[one], values[other])) for one, other in pairs)

    def _store(self, where: range | list[int], first: int, values: dict[str, list[float]]) -> None:
        numbers = range(first, first + len(where))
        if isinstance(where, range):
            self.lines[where.start : where.stop] = array("l", struct.pack(f"{len(where)}l", *numbers))
        else:
            self.shuffled = True
            for place, number in zip(where, numbers, strict=True):
                self.lines[place] = number
        for name, column in values.items():
            self.columns[name].frombytes(_packed(column))

    def _take_line(self, number: int, line: str) -> None:
        if not line.strip():
            self.blanks.append(number)
            return
        for blank in self.blanks:
            self._refuse_row(blank, [])
        self.blanks.clear()
        self.rows += 1
        self.last_line = number
        self.shuffled = True  # not known, and not worth knowing
        try:
            row = next(csv.reader([line], strict=True))
        except csv.Error:
            self.findings.reading(number, [line], {})
            self.findings.add(number, None, "not_csv", NOT_CLOSED, line)
            return
        self.findings.reading(number, row, self.layout.named)
        if len(row) != self.layout.width:
            self._refuse_row(number, row)
            return
        if self.layout.id_place is not None:
            self._place(number, row[self.layout.id_place])
        values = {name: self._value(number, name, row[at]) for name, at in self.layout.places.items()}
        self._compare(number, row, values)
        for name, value in values.items():
            self.columns[name].append(math.nan if value is None else value)

    def _refuse_row(self, number: int, row: list[str]) -> None:
        width = self.layout.width
        self.findings.add(
            number, None, "wrong_field_count", lambda: sentences.wrong_field_count(row, width), ",".join(row) or None
        )

    def _place(self, number: int, value: str) -> None:
        index = self.expected.index
        place = index.get(value)
        column = self.layout.id_column
        if place is None:
            self.findings.add(number, column, "unknown_id", lambda: sentences.unknown_id(value, index), value)
            return
        before = self.lines[place]
        if before:
            self.findings.add(number, column, "duplicate_id", lambda: sentences.duplicate_id(before), value)
            return
        self.lines[place] = number
        self.seen += 1

    def _value(self, number: int, name: str, text: str) -> float | None:
        if not NUMBER.fullmatch(text):
            if _NOT_FINITE.fullmatch(text):
                self.findings.add(number, name, "not_finite", sentences.NOT_FINITE, text)
            else:
                self.findings.add(number, name, "not_a_number", lambda: sentences.not_a_number(text), text)
            return None
        value = float(text)
        if not math.isfinite(value):
            self.findings.add(number, name, "not_finite", sentences.OVERFLOW, text)
            return None
        if name in self.layout.probabilities and not 0.0 <= value <= 1.0:
            self.findings.add(number, name, "out_of_range", lambda: sentences.out_of_range(value), text)
            return None
        return value

    def _compare(self, number: int, row: list[str], values: dict[str, float | None]) -> None:
        """Compare neighbours by horizon, and the two ends of an interval."""
        for pairs, sentence in (
            (self.layout.rising, sentences.not_monotone),
            (self.layout.interval, sentences.crossed),
        ):
            for one, other in pairs:
                before, after = values[one], values[other]
                if before is None or after is None or before <= after:
                    continue
                first, second = (row[self.layout.places[name]].strip() for name in (one, other))
                words = partial(sentence, one, first, other, second)
                self.findings.add(number, other, "not_monotone", words, second)
                if pairs is self.layout.rising:
                    self.falls[one, other] = self.falls.get((one, other), 0) + 1
                    self.high_starts += one == pairs[0][0] and before > 0.5

    def finish(self) -> None:
        """Look at the file as a whole: what is missing, and faults that nearly all rows share."""
        if not self.rows:
            self.findings.add(1, None, "empty_file", sentences.HEADER_ONLY)
            return
        if self.layout.id_place is not None and self.seen < len(self.expected.ids):
            missing = [one for one, line in zip(self.expected.ids, self.lines, strict=True) if not line]
            words = sentences.missing_id(missing[:5], len(missing))
            self.findings.add(self.last_line, self.layout.id_column, "missing_id", words, missing[0])
        common = [pair for pair, count in self.falls.items() if count >= MOST * self.rows]
        if common and len(common) == len(self.layout.rising):
            survival = self.high_starts > 0.5 * self.falls[self.layout.rising[0]]
            self.findings.explain("not_monotone", sentences.SURVIVAL if survival else sentences.REVERSED)
        elif common:
            earlier, later = common[0]
            self.findings.explain("not_monotone", sentences.SWAPPED.format(earlier=earlier, later=later))

    def aligned(self) -> dict[str, "array[float]"]:
        """Return the columns of a file without problems in the order of the expected ids, -0 made 0.

        Every line from the header to the end is then a row, so a line's number tells the row's.
        """
        if not self.shuffled:
            return {name: _without_negative_zeros(column) for name, column in sorted(self.columns.items())}
        before = array("d", bytes(8 * min(self.lines)))  # so that a line's number is a place
        return {
            name: _without_negative_zeros(self._sorted(before + self.columns[name])) for name in sorted(self.columns)
        }

    def _sorted(self, column: "array[float]") -> "array[float]":
        found = array("d")
        for start in range(0, len(self.lines), BLOCK):
            found.frombytes(_packed(list(map(operator.getitem, repeat(column), self.lines[start : start + BLOCK]))))
        return found


def _without_negative_zeros(column: "array[float]") -> "array[float]":
    # Equal numbers must give equal bytes, or a file could be sent twice by writing -0 for 0.
    negative_zero = array("d", [-0.0]).tobytes()
    return array("d", (value + 0.0 for value in column)) if negative_zero in column.tobytes() else column


def _cells(held: list[str], width: int) -> list[str]:
    """Return the fields of all lines, one after the other; ValueError or csv.Error if any line has too many or too few.

    No list is made for each row: a million of them would keep the garbage collector busier than the reader.
    """
    together = ",".join(held)
    if '"' in together:
        cells: list[str] = []
        rows = 0
        for rows, row in enumerate(csv.reader(held, strict=True), start=1):  # noqa: B007 - counts them
            if len(row) != width:
                raise ValueError
            cells += row
        if rows != len(held):  # a quoted field went on over the end of its line
            raise ValueError
        return cells
    if set(map(str.count, held, repeat(","))) != {width - 1}:
        raise ValueError
    return together.split(",")


def _converted(fields: Sequence[str]) -> list[float]:
    if "".join(fields).encode().translate(None, _PLAIN):
        raise ValueError
    return list(map(float, fields))


def _packed(column: list[float]) -> bytes:
    # array("d", column) checks each number anew and takes five times as long.
    return struct.pack(f"{len(column)}d", *column)
