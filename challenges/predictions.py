"""The reader of prediction files: bytes in, aligned columns or every problem by line out.

Whole chunks of rows are converted at once while they are clean; a chunk with anything unusual is read again row by
row, so that a good file is read at the speed of the standard library's parser and a bad one is explained exactly.
"""

import hashlib
import math
import operator
import re
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from challenges import problems, tables
from challenges.definition import Definition
from challenges.problems import Findings, Problem, PredictionProblems
from challenges.text import Text

__all__ = ["ExpectedIds", "PredictionProblems", "Predictions", "Problem", "read"]

ROWS = 20_000
# float() also takes "1_000", full-width digits and "infinity"; a prediction file may hold plain numbers only.
_PLAIN = re.compile(r"[0-9eE.+\- \n]*")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_NOT_FINITE = re.compile(r"\s*[+-]?(?:nan|inf|infinity)\s*", re.IGNORECASE)
PROBABILITIES = ("event_probability", "probability")


class ExpectedIds:
    """The ids that a file must hold, each once; made once per test file and shared."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        self.index = {one: place for place, one in enumerate(self.ids)}
        if len(self.index) != len(self.ids):
            raise ValueError("the test file names an id twice")


@dataclass(frozen=True, slots=True)
class Predictions:
    """A parsed file: columns of float64 aligned to the expected ids."""

    ids: tuple[str, ...]
    columns: dict[str, "array[float]"]
    canonical_sha256: str
    advice: tuple[Text, ...] = ()


@dataclass(slots=True)
class _Layout:
    """Where each column stands in the file, and what its values must be."""

    width: int
    id_place: int
    places: dict[str, int]
    probabilities: frozenset[str]
    ascending: list[tuple[str, str]]  # pairs of columns by horizon


@dataclass(slots=True)
class _State:
    """What has been read so far."""

    expected: ExpectedIds
    columns: dict[str, "array[float]"]
    findings: Findings
    first_line: "array[int]" = field(default_factory=lambda: array("q"))
    seen: int = 0
    rows: int = 0
    falling: int = 0


def read(stream: BinaryIO, *, definition: Definition, expected: ExpectedIds, filename: str = "") -> Predictions:
    """Read and check a prediction file.

    Parameters
    ----------
    stream : binary file
        UTF-8 CSV, a byte-order mark tolerated, plain or gzipped; seekable.
    definition : Definition
        Which columns the challenge asks for, and how large a file may be.
    expected : ExpectedIds
        The ids of the test file, in the order in which the columns are returned.
    filename : str
        As the sender named it; the content alone decides how it is read.

    Raises
    ------
    PredictionProblems
        Every problem with line, column, code and a sentence in both languages.
    """
    del filename
    findings = Findings()
    try:
        content = tables.unpack(stream, largest=definition.limits.max_bytes * tables.UNPACKED)
        table = tables.rows(tables.decode(content))
        del content
        layout = _layout(table, definition, findings)
        state = _State(expected, {name: array("d", bytes(8 * len(expected.ids))) for name in layout.places}, findings)
        state.first_line = array("q", bytes(8 * len(expected.ids)))
        while chunk := list(islice(table, ROWS)):
            if not _take_clean(chunk, layout, state):
                _take_slowly(chunk, layout, state)
    except tables.TableError as error:
        findings.add(error.line, None, error.code, error.message)
        findings.stop()
        raise
    _close(layout, state)
    findings.stop()
    return Predictions(expected.ids, state.columns, _digest(state.columns), _advice(state.columns))


def _layout(table: Iterator[tuple[int, list[str]]], definition: Definition, findings: Findings) -> _Layout:
    line, names = next(table, (1, []))
    if not any(name.strip() for name in names):
        raise tables.TableError("empty_file", Text("파일이 비어 있습니다.", "The file is empty."), 1)
    tables.header(names)
    wanted = [definition.labels.id, *(column.name for column in definition.columns)]
    for place, name in enumerate(names):
        if name not in wanted:
            findings.add(line, name[:60], "unknown_column", problems.unknown_column(name, wanted), name)
        elif name in names[:place]:
            twice = Text(f"{name} 열이 두 번 있습니다.", f"The column {name} stands twice.")
            findings.add(line, name, "duplicate_column", twice, name)
    for name in wanted:
        if name not in names:
            absent = Text(
                f"{name} 열이 없습니다. 머리글에 더하십시오.", f"The column {name} is missing. Add it to the header."
            )
            findings.add(line, name, "missing_column", absent)
    findings.stop()
    timed = sorted((column.horizon, column.name) for column in definition.columns if column.horizon is not None)
    ordered = [name for _, name in timed]
    return _Layout(
        width=len(names),
        id_place=names.index(definition.labels.id),
        places={column.name: names.index(column.name) for column in definition.columns},
        probabilities=frozenset(column.name for column in definition.columns if column.is_ in PROBABILITIES),
        ascending=list(zip(ordered, ordered[1:], strict=False)),
    )


def _take_clean(chunk: list[tuple[int, list[str]]], layout: _Layout, state: _State) -> bool:
    """Take a chunk as a whole if nothing in it is unusual; otherwise change nothing and return false."""
    try:
        fields = list(zip(*(row for _, row in chunk), strict=True))
        if len(fields) != layout.width:
            return False
        places = array("q", map(state.expected.index.__getitem__, fields[layout.id_place]))
        values = {name: _convert(fields[place]) for name, place in layout.places.items()}
    except (ValueError, KeyError):
        return False
    if len(set(places)) < len(places) or any(map(state.first_line.__getitem__, places)):
        return False
    if not all(_in_range(column, probability=name in layout.probabilities) for name, column in values.items()):
        return False
    if any(any(map(operator.gt, values[earlier], values[later])) for earlier, later in layout.ascending):
        return False
    _store(places, [line for line, _ in chunk], values, state)
    return True


def _convert(fields: Sequence[str]) -> "array[float]":
    if not _PLAIN.fullmatch("\n".join(fields)):
        raise ValueError
    return array("d", map(float, fields))


def _in_range(column: "array[float]", *, probability: bool) -> bool:
    low, high = min(column), max(column)
    if probability:
        return 0.0 <= low and high <= 1.0
    return math.isfinite(low) and math.isfinite(high)


def _store(places: "array[int]", lines: list[int], values: dict[str, "array[float]"], state: _State) -> None:
    start = places[0]
    run = len(places)
    if places[-1] == start + run - 1 and places == array("q", range(start, start + run)):
        state.first_line[start : start + run] = array("q", lines)
        for name, column in values.items():
            state.columns[name][start : start + run] = column
    else:
        for place, line in zip(places, lines, strict=True):
            state.first_line[place] = line
        for name, column in values.items():
            target = state.columns[name]
            for place, value in zip(places, column, strict=True):
                target[place] = value
    state.seen += run
    state.rows += run


def _take_slowly(chunk: list[tuple[int, list[str]]], layout: _Layout, state: _State) -> None:
    for line, row in chunk:
        if not any(cell.strip() for cell in row):
            continue  # a blank line, as editors leave at the end
        state.rows += 1
        if len(row) != layout.width:
            message = problems.wrong_field_count(len(row), layout.width, len(layout.places))
            state.findings.add(line, None, "wrong_field_count", message, ",".join(row))
            continue
        place = _place(line, row[layout.id_place], state)
        values = {name: _value(line, name, row[at], layout, state) for name, at in layout.places.items()}
        falling = False
        for earlier, later in layout.ascending:
            before, after = values[earlier], values[later]
            if before is not None and after is not None and before > after:
                falling = True
                state.findings.add(
                    line, later, "not_monotone", problems.not_monotone(earlier, later), row[layout.places[later]]
                )
        state.falling += falling
        if place is not None:
            for name, value in values.items():
                state.columns[name][place] = math.nan if value is None else value


def _place(line: int, value: str, state: _State) -> int | None:
    place = state.expected.index.get(value)
    if place is None:
        state.findings.add(line, None, "unknown_id", problems.unknown_id(value, state.expected.index), value)
        return None
    before = state.first_line[place]
    if before:
        again = Text(f"{before:,}번째 줄에 이미 있는 번호입니다.", f"This id stands on line {before:,} already.")
        state.findings.add(line, None, "duplicate_id", again, value)
        return None
    state.first_line[place] = line
    state.seen += 1
    return place


def _value(line: int, name: str, text: str, layout: _Layout, state: _State) -> float | None:
    if not _NUMBER.fullmatch(text) or not text.isascii():
        if _NOT_FINITE.fullmatch(text):
            state.findings.add(line, name, "not_finite", problems.NOT_FINITE, text)
        else:
            state.findings.add(line, name, "not_a_number", problems.not_a_number(text), text)
        return None
    value = float(text)
    if not math.isfinite(value):
        state.findings.add(line, name, "not_finite", problems.NOT_FINITE, text)
        return None
    if name in layout.probabilities and not 0.0 <= value <= 1.0:
        state.findings.add(line, name, "out_of_range", problems.out_of_range(value), text)
        return None
    return value


def _close(layout: _Layout, state: _State) -> None:
    if not state.rows:
        only = Text("머리글만 있고 예측이 없습니다.", "The file has a header and no predictions.")
        state.findings.add(1, None, "empty_file", only)
        return
    if state.seen < len(state.expected.ids):
        missing = [one for one, line in zip(state.expected.ids, state.first_line, strict=True) if not line]
        message = problems.missing_ids(missing[:3], len(missing))
        state.findings.add(None, None, "missing_id", message, missing[0])
    if layout.ascending and state.falling * 2 > state.rows:
        state.findings.first("not_monotone", problems.SURVIVAL)


def _digest(columns: dict[str, "array[float]"]) -> str:
    digest = hashlib.sha256()
    for name in sorted(columns):
        column = columns[name]
        if sys.byteorder == "big":
            column = array("d", column)
            column.byteswap()
        digest.update(name.encode() + b"\0")
        # Adding zero makes -0.0 the same number as 0.0.
        digest.update(column if not _has_negative_zero(column) else array("d", (value + 0.0 for value in column)))
    return digest.hexdigest()


def _has_negative_zero(column: "array[float]") -> bool:
    return b"\x00\x00\x00\x00\x00\x00\x00\x80" in column.tobytes()


def _advice(columns: dict[str, "array[float]"]) -> tuple[Text, ...]:
    return tuple(
        problems.CONSTANT.format(column=name)
        for name, column in columns.items()
        if len(column) > 1 and len(set(islice(column, 1000))) == 1 and len(set(column)) <= 2
    )
