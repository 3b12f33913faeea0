"""The data dictionary: what each column of a challenge's data means, with units, codes and blocks."""

import csv
import io
from pathlib import Path
from typing import NamedTuple

from challenges.text import Text

COLUMNS = ("column", "type", "unit", "codes", "block", "description.ko", "description.en")
TYPES = ("integer", "number", "category", "id")


class Variable(NamedTuple):
    """One column of the data."""

    column: str
    type: str
    unit: str
    codes: dict[str, str]
    block: str
    description: Text


class DictionaryError(Exception):
    """A dictionary that cannot be read: the line and what is wrong there."""

    def __init__(self, line: int, message: Text) -> None:
        self.line = line
        self.message = message
        super().__init__(f"line {line}: {message.en}")


def read(source: Path | str) -> tuple[Variable, ...]:
    """Read a dictionary from its file or from its text."""
    text = source.read_text(encoding="utf-8-sig") if isinstance(source, Path) else source.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    variables: list[Variable] = []
    try:
        header = next(reader, [])
        missing = [name for name in COLUMNS if name not in header]
        if missing or len(set(header)) != len(header):
            wanted = ", ".join(COLUMNS)
            raise DictionaryError(
                1, Text(f"머리글은 다음과 같아야 합니다: {wanted}.", f"The header must hold each of {wanted} once.")
            )
        for row in reader:
            if row:
                variables.append(_variable(row, header, reader.line_num, {one.column for one in variables}))
    except csv.Error:
        raise DictionaryError(reader.line_num, Text("CSV로 읽을 수 없는 줄입니다.", "This line is not CSV.")) from None
    return tuple(variables)


def _variable(row: list[str], header: list[str], line: int, taken: set[str]) -> Variable:
    if len(row) != len(header):
        raise DictionaryError(
            line,
            Text(
                f"칸이 {len(row)}개입니다. {len(header)}개여야 합니다.",
                f"There are {len(row)} fields where {len(header)} are expected.",
            ),
        )
    held = dict(zip(header, row, strict=True))
    name, kind = held["column"], held["type"]
    if not name or name in taken:
        raise DictionaryError(
            line, Text("열 이름이 비었거나 앞에 이미 있습니다.", "The column's name is empty or given before.")
        )
    if kind not in TYPES:
        allowed = ", ".join(TYPES)
        raise DictionaryError(
            line,
            Text(
                f"{name}의 type은 다음 가운데 하나여야 합니다: {allowed}.",
                f"The type of {name} must be one of {allowed}.",
            ),
        )
    return Variable(
        name,
        kind,
        held["unit"],
        _codes(held["codes"], line, name),
        held["block"],
        Text(held["description.ko"], held["description.en"]),
    )


def _codes(text: str, line: int, name: str) -> dict[str, str]:
    codes: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(";"))):
        code, equals, meaning = (part.strip() for part in pair.partition("="))
        if not equals or not code or code in codes:
            raise DictionaryError(
                line,
                Text(
                    f"{name}의 codes는 1=male;2=female처럼 적으며 한 부호는 한 번만 씁니다.",
                    f"The codes of {name} are written as 1=male;2=female, each code once.",
                ),
            )
        codes[code] = meaning
    return codes
