"""The data dictionary: what every released column means, its unit and its codes."""

from dataclasses import dataclass

from challenges import tables
from challenges.text import Text

COLUMNS = ("column", "type", "unit", "codes", "block", "description.ko", "description.en")
TYPES = ("integer", "number", "category", "id")


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of the released tables."""

    column: str
    type: str
    unit: str
    codes: dict[str, str]
    block: str
    description: Text


def read(content: bytes) -> tuple[Variable, ...]:
    """Read dictionary.csv; raise TableError with the line of the first mistake."""
    table = tables.rows(tables.decode(content))
    names = next(table, (1, []))[1]
    if tuple(names) != COLUMNS:
        wanted = ",".join(COLUMNS)
        raise tables.TableError(
            "missing_column", Text(f"머리글은 {wanted}이어야 합니다.", f"The header must be {wanted}."), 1
        )
    variables = []
    for line, row in table:
        if not any(row):
            continue
        if len(row) != len(COLUMNS):
            message = Text(f"칸이 {len(COLUMNS)}개여야 합니다.", f"The row needs {len(COLUMNS)} fields.")
            raise tables.TableError("wrong_field_count", message, line)
        column, kind, unit, codes, block, korean, english = (cell.strip() for cell in row)
        if kind not in TYPES:
            options = ", ".join(TYPES)
            raise tables.TableError(
                "unknown_type", Text(f"type은 {options}입니다.", f"The type is one of {options}."), line
            )
        variables.append(Variable(column, kind, unit, _codes(codes, line), block, Text(korean, english)))
    return tuple(variables)


def _codes(text: str, line: int) -> dict[str, str]:
    codes: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        code, equals, meaning = entry.partition("=")
        if not equals or code.strip() in codes:
            message = Text("codes는 1=male;2=female처럼 적습니다.", "Write codes like 1=male;2=female.")
            raise tables.TableError("bad_codes", message, line)
        codes[code.strip()] = meaning.strip()
    return codes
