"""An organizer's own table as it comes: in an old encoding, with other separators, commas in numbers and words for nothing.

What can be read without guessing at a meaning is read, and said; what cannot is refused with its line.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from challenges import tables
from challenges.checking import NUMBER
from challenges.lines import GZIP, TableError
from challenges.text import Text

LARGEST = 500_000_000
SEPARATORS = {",": Text("쉼표", "commas"), ";": Text("쌍반점(;)", "semicolons"), "\t": Text("탭", "tabs")}
NOTHING = frozenset({"na", "n/a", "#n/a", "nan", "null", "nil", ".", "-", "결측", "미상"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
LONGEST_NAME = 64


@dataclass(slots=True)
class Source:
    """The table with tidy names and cells; an empty cell is a missing value."""

    names: list[str]
    rows: list[list[str]]
    sha256: str
    notes: list[Text] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        place = self.names.index(name)
        return [row[place] for row in self.rows]


def read(content: bytes) -> Source:
    """Read the file; TableError where it is no table."""
    notes: list[Text] = []
    text = _decoded(content, notes)
    separator = _separator(text, notes)
    header, rows = _rows(text, separator)
    source = Source(_names(header, rows, notes), rows, hashlib.sha256(content).hexdigest(), notes)
    _missing(source)
    _without_commas(source, decimal=separator == ";")
    return source


def _decoded(content: bytes, notes: list[Text]) -> str:
    if content.startswith(GZIP):
        content = tables.unpack(io.BytesIO(content), largest=LARGEST)
    try:
        return tables.decode(content)
    except TableError as error:
        if error.code != "not_utf8":
            raise
        try:
            text = content.decode("cp949")
        except UnicodeDecodeError:
            raise error from None
        if not re.search("[가-힣]", text):
            raise
    notes.append(
        Text(
            "CP949(한글 윈도우의 옛 부호)로 저장한 파일입니다. 읽어서 UTF-8로 적었습니다. 글자가 깨진 곳이 있는지 자료 사전에서 보십시오.",
            "The file is saved as CP949 (the old Korean Windows encoding). It was read and written as UTF-8; look in the dictionary for garbled letters.",
        )
    )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _separator(text: str, notes: list[Text]) -> str:
    first = text.partition("\n")[0]
    found = max(SEPARATORS, key=first.count)
    if found != "," and first.count(found):
        name = SEPARATORS[found]
        notes.append(Text(f"칸을 {name.ko}(으)로 나눈 파일로 읽었습니다.", f"The fields are separated by {name.en}."))
        return found
    return ","


def _rows(text: str, separator: str) -> tuple[list[str], list[list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = row
            elif len(row) != len(header):
                raise TableError(
                    "wrong_field_count",
                    Text(
                        f"칸이 {len(row)}개입니다. 머리글에는 {len(header)}개가 있습니다. 값 안에 쉼표가 있으면 그 값을 따옴표로 두르십시오.",
                        f"The row has {len(row)} fields where the header has {len(header)}. If a value holds a comma, put the value in quotes.",
                    ),
                    reader.line_num,
                )
            else:
                rows.append([" ".join(cell.split()) for cell in row])
    except csv.Error:
        raise TableError("not_csv", tables.NOT_CLOSED, reader.line_num) from None
    if not rows:
        raise TableError("empty_file", Text("행이 하나도 없습니다.", "The file has no rows."), 1)
    return header, rows


def _names(header: Sequence[str], rows: list[list[str]], notes: list[Text]) -> list[str]:
    """Return names without blanks and signs, each once; columns without a name are taken out of the rows."""
    kept = [place for place, name in enumerate(header) if name.strip(" \ufeff")]
    if len(kept) < len(header):
        for row in rows:
            row[:] = [row[place] for place in kept]
        notes.append(
            Text(
                f"이름이 없는 열 {len(header) - len(kept)}개를 지웠습니다. 줄 번호를 함께 저장한 열로 보입니다.",
                f"{len(header) - len(kept)} column(s) without a name were left out: row numbers that were saved along, by their look.",
            )
        )
    given = [header[place].strip(" \ufeff") for place in kept]
    names: list[str] = []
    for name in given:
        names.append(
            next(one for one in _numbered(tidy(name)) if one.lower() not in {taken.lower() for taken in names})
        )
    changed = [f"{old} → {new}" for old, new in zip(given, names, strict=True) if old != new]
    if changed:
        listed = ", ".join(changed[:5]) + (" …" if len(changed) > 5 else "")
        notes.append(
            Text(
                f"열 {len(changed)}개의 이름을 고쳤습니다: {listed}", f"{len(changed)} column(s) were renamed: {listed}"
            )
        )
    return names


def tidy(name: str) -> str:
    """Return a column's name as every program takes it: letters of any script, digits, _ . and -."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_.-")[:LONGEST_NAME] or "column"


def _numbered(name: str) -> "map[str]":
    return map(lambda number: name if number == 1 else f"{name}_{number}", count(1))  # noqa: C417 - endless


def _missing(source: Source) -> None:
    """Make the words that people write for a missing value an empty cell."""
    found: Counter[str] = Counter()
    for row in source.rows:
        for place, cell in enumerate(row):
            if cell.lower() in NOTHING:
                found[cell] += 1
                row[place] = ""
    if found:
        listed = ", ".join(sorted(found))
        total = sum(found.values())
        source.notes.append(
            Text(
                f"빠진 값을 적은 말 {total:,}개({listed})를 빈칸으로 바꾸었습니다.",
                f"{total:,} word(s) for a missing value ({listed}) became empty cells.",
            )
        )


def _without_commas(source: Source, *, decimal: bool) -> None:
    """Take the commas out of columns of numbers that have some."""
    for place, name in enumerate(source.names):
        if not any("," in row[place] for row in source.rows):
            continue
        values = [row[place] for row in source.rows if row[place]]
        style = _style(values, decimal=decimal)
        if style is None:
            continue
        new = "." if style == "decimal" else ""
        for row in source.rows:
            row[place] = row[place].replace(",", new)
        source.notes.append(
            Text(f"{name}: 소수점으로 쓴 쉼표를 마침표로 바꾸었습니다.", f"{name}: decimal commas became points.")
            if style == "decimal"
            else Text(
                f"{name}: 자릿수를 나누는 쉼표를 지웠습니다(1,521 → 1521).",
                f"{name}: commas between digits were removed (1,521 → 1521).",
            )
        )


def _style(values: Sequence[str], *, decimal: bool) -> str | None:
    styles = {"decimal": _DECIMAL_COMMA, "thousands": _THOUSANDS}
    # 1,521 fits both; where fields are separated by semicolons a comma is a decimal mark.
    for name in ("decimal", "thousands") if decimal else ("thousands", "decimal"):
        if all(NUMBER.fullmatch(value) or styles[name].fullmatch(value) for value in values):
            return name
    return None
