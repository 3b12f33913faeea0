"""Small tables of the organizer's, read whole: test ids, labels, training files."""

import csv
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import BinaryIO

from challenges import lines
from challenges.lines import TableError
from challenges.text import Text

__all__ = ["TableError", "decode", "read_ids", "rows", "unpack"]

LARGEST = 2_000_000_000
Row = tuple[int, list[str]]


def unpack(stream: BinaryIO, *, largest: int) -> bytes:
    """Return the whole file, unpacked if it is gzipped."""
    return b"".join(lines.pieces(stream, largest=largest))


def decode(content: bytes) -> str:
    """Return the text, its line ends made alike; say on which line it is not UTF-8."""
    return "\n".join(line for _, held in lines.chunks(iter((content,))) for line in held)


def rows(text: str) -> Iterator[Row]:
    """Yield each row with its line. A row is one line; blank lines are passed over."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line:
            yield number, split(line, number)


def split(line: str, number: int) -> list[str]:
    """Return the fields of one line."""
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        raise TableError("not_csv", NOT_CLOSED, number) from None


NOT_CLOSED = Text(
    "이 줄의 따옴표가 닫히지 않았거나 닫은 따옴표 뒤에 글자가 있습니다. 따옴표를 지우거나 짝을 맞추십시오.",
    "A quotation mark on this line is not closed, or text follows a closing one. Remove the marks or pair them.",
)


def read_ids(source: Path | BinaryIO, id_column: str) -> list[str]:
    """Return the id column of a table in the order of its rows; an id that is empty or stands twice is an error."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return read_ids(stream, id_column)
    names: list[str] = []
    place = 0
    found: dict[str, None] = {}
    for first, held in lines.chunks(lines.pieces(source, largest=LARGEST)):
        start = 0
        if not names:
            header = next((at for at, line in enumerate(held) if line), None)
            if header is None:
                continue
            names = split(held[header], first + header)
            place = _place(names, id_column)
            start = header + 1
        body = held[start:] if start else held
        if not _take_clean(body, len(names), place, found):
            for number, line in enumerate(body, start=first + start):
                if line:
                    _take_line(line, number, names, place, id_column, found)
    if not found:
        raise TableError("empty_file", Text("행이 하나도 없습니다.", "The file has no rows."), 1)
    return list(found)


def _take_clean(held: list[str], width: int, place: int, found: dict[str, None]) -> bool:
    """Take the ids of many lines at once if nothing about them is unusual; otherwise change nothing and return false.

    A test file of a million rows is read before the first check of a prediction file; line by line that takes seconds.
    """
    together = ",".join(held)
    if '"' in together or set(map(str.count, held, repeat(","))) != {width - 1}:
        return False
    ids = together.split(",")[place::width]
    fresh = dict.fromkeys(ids)
    if len(fresh) < len(held) or "" in fresh or not found.keys().isdisjoint(fresh):
        return False
    found.update(fresh)
    return True


def _take_line(line: str, number: int, names: list[str], place: int, id_column: str, found: dict[str, None]) -> None:
    fields = split(line, number)
    if len(fields) != len(names):
        raise TableError(
            "wrong_field_count",
            Text(
                f"칸이 {len(fields)}개입니다. {len(names)}개여야 합니다.",
                f"The row has {len(fields)} fields; it needs {len(names)}.",
            ),
            number,
        )
    if not fields[place] or fields[place] in found:
        raise TableError(
            "duplicate_id",
            Text(
                f"{id_column} 열의 번호가 비었거나 앞에 이미 있습니다.",
                f"The id in {id_column} is empty or stands on an earlier line.",
            ),
            number,
        )
    found[fields[place]] = None


def _place(names: list[str], id_column: str) -> int:
    if names.count(id_column) != 1:
        raise TableError(
            "missing_column",
            Text(
                f"머리글에 {id_column} 열이 꼭 하나 있어야 합니다.",
                f"The header needs the column {id_column} exactly once.",
            ),
            1,
        )
    return names.index(id_column)
