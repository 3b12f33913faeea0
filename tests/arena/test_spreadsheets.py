"""Tables as CSV: no cell is a formula, whatever somebody calls a team, and nothing else changes."""

import csv
import io
from datetime import UTC, datetime

import pytest

from arena import spreadsheets

HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "＠SUM(1)",
]


def read(text):
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("cell", HOSTILE)
def test_what_a_spreadsheet_would_execute_is_text(cell):
    rows = read(spreadsheets.write([cell], [[cell]]))
    assert rows == [["'" + cell], ["'" + cell]]


def test_numbers_times_and_harmless_text_stay_as_they_are():
    at = datetime(2026, 11, 23, 3, 4, 5, 678, tzinfo=UTC)
    rows = read(spreadsheets.write(["n", "x", "t", "s", "none"], [[3, -0.25, at, '팀 "A", B=1', None]]))
    assert rows[1] == ["3", "-0.25", "2026-11-23T03:04:05+00:00", '팀 "A", B=1', ""]
