"""Tables as CSV files that a spreadsheet opens in the right encoding and cannot be made to execute."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

Cell = str | int | float | datetime | None

# What spreadsheets read as the start of a formula, in full width too; a tab or a line's end before one is skipped by some.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Without it a Korean spreadsheet program takes the file for CP949.
BYTE_ORDER_MARK = "\ufeff"


def write(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table as CSV: times in ISO 8601 with their offset, numbers as they are, texts made harmless."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_written(name) for name in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue()


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, str) and cell.lstrip(" \u00a0\u3000").startswith(FORMULA):
        return "'" + cell
    return cell
