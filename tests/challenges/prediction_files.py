"""A good prediction file, and the same with one row or cell changed."""

from tests.challenges.conftest import IDS

HEADER = "patient_id,p_1y,p_3y,p_5y"


ROWS = [f"{one},0.1,0.2,0.{number + 3}" for number, one in enumerate(IDS)]


GOOD = "\n".join([HEADER, *ROWS]) + "\n"


def with_row(number: int, row: str) -> str:
    """The good file with one row changed; the first row is on line 2."""
    return "\n".join([HEADER, *ROWS[:number], row, *ROWS[number + 1 :]]) + "\n"


def with_cell(value: str) -> str:
    return with_row(2, f"NA,0,0.2,{value}")
