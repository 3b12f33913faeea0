"""A folder's tables as columns of codes: each distinct value once, so that every check works on what differs."""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from challenges import tables
from challenges.checking import NUMBER
from challenges.lines import TableError
from challenges.text import Text
from worker.examination.finding import FAIL, Findings, places

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.intp]

CHUNK = 20_000
MISSING = frozenset(("", "NA"))
PLAIN = b"0123456789eE.+-"
# 19000101 to 20991231, as packed dates are written.
MIDDLE_DATE, WIDEST_DATES = 20_000_000, 1_000_000
_WRITTEN = re.compile(r"\s*(\d{4})[-./년]\s*(\d{1,2})[-./월]\s*(\d{1,2})(?:\D.*)?", re.DOTALL)
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
MOSTLY = 0.9  # of the values of a column of dates are dates
FEW_LEVELS = 20  # up to so many values a number is read as a code


@dataclass(frozen=True)
class Column:
    """One column: its distinct values, and which of them stands in each row."""

    name: str
    levels: tuple[str, ...]
    codes: Integers

    @cached_property
    def level_numbers(self) -> Floats:
        """Each distinct value as a number; nan where it is none."""
        # Without any but these signs float() reads what NUMBER describes, and much faster.
        if not "".join(self.levels).encode().translate(None, PLAIN):
            try:
                return np.fromiter(map(float, self.levels), dtype=np.float64, count=len(self.levels))
            except ValueError:
                pass
        return np.array([float(one) if NUMBER.fullmatch(one) else np.nan for one in self.levels], dtype=np.float64)

    @cached_property
    def numbers(self) -> Floats:
        """The column as numbers, nan where it is missing or no number."""
        return self.level_numbers[self.codes]

    @cached_property
    def level_missing(self) -> Flags:
        return np.array([one.strip() in MISSING for one in self.levels], dtype=bool)

    @cached_property
    def missing(self) -> Flags:
        return self.level_missing[self.codes]

    @cached_property
    def numeric(self) -> bool:
        """Whether every value that is there is a number, and there is one."""
        present = ~self.level_missing
        return bool(present.any() and np.isfinite(self.level_numbers[present]).all())

    @cached_property
    def counts(self) -> Integers:
        """How often each distinct value stands in the column."""
        return np.bincount(self.codes, minlength=len(self.levels))

    @cached_property
    def distinct(self) -> int:
        """How many different values there are, missing ones aside."""
        return int(((self.counts > 0) & ~self.level_missing).sum())

    @cached_property
    def days(self) -> Floats | None:
        """A column of dates as days, nan where there is none; nothing if it is no column of dates."""
        there = ~self.level_missing & (self.counts > 0)
        if self.numeric and not bool((np.abs(self.level_numbers[there] - MIDDLE_DATE) < WIDEST_DATES).any()):
            return None
        found = np.fromiter(map(_day, self.levels), dtype=np.float64, count=len(self.levels))
        if not there.any() or np.isfinite(found[there]).mean() < MOSTLY:
            return None
        return found[self.codes]

    @property
    def continuous(self) -> bool:
        return self.numeric and self.distinct > FEW_LEVELS

    def first(self, flags: Flags) -> int:
        """Return the first row at which a flag of its level is set."""
        return int(np.argmax(flags[self.codes]))


def _day(text: str) -> float:
    match = _WRITTEN.fullmatch(text) or _PACKED.fullmatch(text.strip())
    if match is None:
        return np.nan
    try:
        return float(date(int(match[1]), int(match[2]), int(match[3])).toordinal())
    except ValueError:
        return np.nan


@dataclass(frozen=True)
class Table:
    """A file: its columns in order, the line of each row, and the ids where it has any."""

    name: str
    columns: dict[str, Column]
    lines: NDArray[np.int64]
    id_column: str | None

    def __len__(self) -> int:
        return int(self.lines.size)

    @cached_property
    def ids(self) -> list[str]:
        if self.id_column is None:
            return []
        column = self.columns[self.id_column]
        return [column.levels[code] for code in column.codes]

    @cached_property
    def at(self) -> dict[str, int]:
        """The row of each id; the first one where an id stands twice."""
        found: dict[str, int] = {}
        for row, one in enumerate(self.ids):
            found.setdefault(one, row)
        return found

    def line(self, row: int) -> int:
        return int(self.lines[row])


@dataclass(slots=True)
class _Coder:
    levels: dict[str, int] = field(default_factory=dict)
    codes: "array[int]" = field(default_factory=lambda: array("i"))

    def take(self, values: Sequence[str]) -> None:
        # len() is read before the new value is put in, so that codes count up from zero.
        levels = self.levels
        known = levels.setdefault
        self.codes.extend([known(value, len(levels)) for value in values])


def read(name: str, content: bytes, id_column: str | None, findings: Findings) -> Table | None:
    """Return a table, every mistake of its form told by line; none where nothing can be read."""
    try:
        text = tables.decode(content)
    except TableError as error:
        findings.add(FAIL, error.code, error.message, file=name, line=error.line)
        return None
    held = text.split("\n")
    start = next((number for number, line in enumerate(held) if line), None)
    if start is None:
        findings.add(FAIL, "empty_file", Text(f"{name}에 줄이 없습니다.", f"{name} has no lines."), file=name)
        return None
    header = next(csv.reader([held[start]]))
    if not _header(name, header, id_column, start + 1, findings):
        return None
    coders = [_Coder() for _ in header]
    lines = array("q")
    odd: list[int] = []
    for numbers, rows in _chunks(held, start + 1, len(header), odd):
        lines.extend(numbers)
        for coder, values in zip(coders, zip(*rows, strict=True), strict=False):
            coder.take(values)
    if odd:
        message = Text("칸의 수가 머리글과 다릅니다.", "The row does not have as many fields as the header.")
        extra = places(len(odd))
        findings.add(
            FAIL,
            "wrong_field_count",
            Text(message.ko + extra.ko, message.en + extra.en),
            figure=f"{len(odd):,}",
            remedy=Text("그 줄의 쉼표와 따옴표를 고치십시오.", "Mend the commas and quotation marks of that line."),
            file=name,
            line=odd[0],
        )
    if not lines:
        findings.add(FAIL, "empty_file", Text(f"{name}에 행이 없습니다.", f"{name} has no rows."), file=name)
        return None
    columns = {
        title: Column(title, tuple(coder.levels), np.frombuffer(coder.codes, dtype=np.int32).astype(np.intp))
        for title, coder in zip(header, coders, strict=True)
    }
    table = Table(name, columns, np.frombuffer(lines, dtype=np.int64), id_column)
    _ids(table, findings)
    return table


def _header(name: str, header: list[str], id_column: str | None, line: int, findings: Findings) -> bool:
    for title in sorted({one for one in header if header.count(one) > 1 and one != id_column}):
        findings.add(
            FAIL,
            "duplicate_column",
            Text(f"{title}라는 열이 둘 이상입니다.", f"More than one column is called {title}."),
            remedy=Text("열마다 다른 이름을 붙이십시오.", "Give each column a name of its own."),
            file=name,
            line=line,
            column=title,
        )
    if id_column is not None and header.count(id_column) != 1:
        findings.add(
            FAIL,
            "missing_column",
            Text(
                f"머리글에 {id_column} 열이 꼭 하나 있어야 합니다.",
                f"The header needs the column {id_column} exactly once.",
            ),
            remedy=Text("[labels] id와 같은 이름의 열을 넣으십시오.", "Add a column named as [labels] id says."),
            file=name,
            line=line,
            column=id_column,
        )
        return False
    return len(set(header)) == len(header)


def _chunks(held: list[str], start: int, width: int, odd: list[int]) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Yield the rows with their line numbers; lines of another width are noted in `odd` and left out."""
    for at in range(start, len(held), CHUNK):
        part = [(number, line) for number, line in enumerate(held[at : at + CHUNK], start=at + 1) if line]
        rows = _split([line for _, line in part])
        kept = [(number, row) for (number, _), row in zip(part, rows, strict=True) if len(row) == width]
        if len(kept) < len(part):
            odd += [number for (number, _), row in zip(part, rows, strict=True) if len(row) != width]
        if kept:
            yield [number for number, _ in kept], [row for _, row in kept]


def _split(lines: list[str]) -> list[list[str]]:
    if not any('"' in line for line in lines):
        return [line.split(",") for line in lines]
    try:
        rows = list(csv.reader(lines, strict=True))
    except csv.Error:
        rows = []
    # A quotation mark that is not closed swallows the next line; then each line is read by itself.
    return rows if len(rows) == len(lines) else [_alone(line) for line in lines]


def _alone(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return []


def _ids(table: Table, findings: Findings) -> None:
    if table.id_column is None:
        return
    column = table.columns[table.id_column]
    repeated = column.counts > 1
    if repeated.any():
        _, firsts = np.unique(column.codes, return_index=True)
        later = np.ones(column.codes.size, dtype=bool)
        later[firsts] = False
        again = int(np.argmax(later))
        findings.add(
            FAIL,
            "duplicate_id",
            Text(
                f"번호 {int(repeated.sum()):,}개가 두 번 이상 있습니다.",
                f"{int(repeated.sum()):,} ids stand more than once.",
            ),
            figure=f"{int(repeated.sum()):,}",
            remedy=Text("한 사람은 한 줄이어야 합니다.", "Every patient has one row."),
            file=table.name,
            line=table.line(again),
            column=table.id_column,
        )
    if "" in column.levels:
        row = column.first(np.array([one == "" for one in column.levels]))
        findings.add(
            FAIL,
            "missing_id",
            Text("번호가 빈 줄이 있습니다.", "A row has no id."),
            remedy=Text("모든 줄에 번호를 적으십시오.", "Give every row an id."),
            file=table.name,
            line=table.line(row),
            column=table.id_column,
        )
