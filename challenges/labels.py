"""Reading the hidden labels. Mistakes name line and column, never a value: their text may travel."""

import math
from array import array
from dataclasses import dataclass

from challenges import tables
from challenges.checking import NUMBER
from challenges.definition import Definition
from challenges.text import Text

SPLITS = ("public", "private")
# The label columns of each kind, by their meaning.
LABELS = {
    "survival": ("time", "event"),
    "competing": ("time", "event"),
    "binary": ("outcome",),
    "effect": ("truth",),
    "report": (),
}
EVENTS = {"survival": (0.0, 1.0), "competing": (0.0, 1.0, 2.0)}


class LabelsError(ValueError):
    """Labels that cannot be used: a code, a line and a column, never a value."""

    def __init__(self, code: str, message: Text, line: int | None = None, column: str | None = None) -> None:
        super().__init__(f"{code} at line {line}, column {column}")
        self.code = code
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Labels:
    """The hidden table: ids, one float64 column for each label, the split of each row."""

    ids: tuple[str, ...]
    columns: dict[str, "array[float]"]
    split: tuple[str, ...]


def read_labels(content: bytes, definition: Definition) -> Labels:
    """Read labels.csv; the columns are keyed by their meaning (time, event, outcome, truth)."""
    try:
        table = list(tables.rows(tables.decode(content)))
    except tables.TableError as error:
        raise LabelsError(error.code, error.message, error.line) from None
    names = table[0][1] if table else []
    places = _places(names, definition)
    ids: list[str] = []
    splits: list[str] = []
    columns: dict[str, array[float]] = {name: array("d") for name in LABELS[definition.kind]}
    seen: set[str] = set()
    for line, row in table[1:]:
        if not any(row):
            continue
        if len(row) != len(names):
            raise LabelsError(
                "wrong_field_count",
                Text("칸의 수가 머리글과 다릅니다.", "The row does not have as many fields as the header."),
                line,
            )
        one = row[places["id"]]
        if not one or one in seen:
            raise LabelsError(
                "duplicate_id",
                Text("번호가 비었거나 두 번 있습니다.", "An id is empty or stands twice."),
                line,
                definition.labels.id,
            )
        seen.add(one)
        ids.append(one)
        splits.append(_split(row[places["split"]], line, definition))
        for name, column in columns.items():
            column.append(_number(row[places[name]], name, line, definition))
    if not ids:
        raise LabelsError("empty_file", Text("결과 파일에 행이 없습니다.", "The labels have no rows."))
    return Labels(tuple(ids), columns, tuple(splits))


def _places(names: list[str], definition: Definition) -> dict[str, int]:
    places: dict[str, int] = {}
    for meaning in ("id", *LABELS[definition.kind], "split"):
        name = getattr(definition.labels, meaning)
        if name is None or names.count(name) != 1:
            raise LabelsError(
                "missing_column",
                Text(
                    f"결과 파일의 머리글에 {name} 열이 꼭 하나 있어야 합니다.",
                    f"The labels' header needs the column {name} exactly once.",
                ),
                1,
                name,
            )
        places[meaning] = names.index(name)
    return places


def _split(value: str, line: int, definition: Definition) -> str:
    if value not in SPLITS:
        raise LabelsError(
            "bad_split",
            Text("split은 public이나 private입니다.", "The split is public or private."),
            line,
            definition.labels.split,
        )
    return value


def _number(text: str, meaning: str, line: int, definition: Definition) -> float:
    name = getattr(definition.labels, meaning)
    # float() alone would take "1_0", "nan" and full-width digits.
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    allowed = EVENTS.get(definition.kind, ()) if meaning == "event" else (0.0, 1.0) if meaning == "outcome" else ()
    if not math.isfinite(value) or (allowed and value not in allowed) or (meaning == "time" and value < 0):
        raise LabelsError(
            "bad_value",
            Text(f"{name} 열에 허용하지 않는 값이 있습니다.", f"The column {name} holds a value that is not allowed."),
            line,
            name,
        )
    return value
