"""Figures of the reader: a million rows, in and out of order, beside what Python's csv alone takes for them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = 1_000_000
# What the design promises of a machine that does nothing else; out of the test file's order each id has to be looked up.
LONGEST = {"ordered": 2.0, "quoted": 2.0, "reversed": 3.0}
MEGABYTES = 400

# Runs alone in a fresh process, so that its memory is the reader's. Processor time, since other processes may be running.
MEASURE = r"""
import csv, json, re, sys, time
from challenges.definition import parse
from challenges.predictions import ExpectedIds, read
from challenges.tables import read_ids

folder, name = sys.argv[1:]
definition = parse(open(f"{folder}/challenge.toml", encoding="utf-8").read())
with open(f"{folder}/test.csv", "rb") as stream:
    expected = ExpectedIds(read_ids(stream, "patient_id"))
with open(f"{folder}/{name}", encoding="utf-8", newline="") as stream:
    began = time.process_time()
    for _ in csv.reader(stream):
        pass
    alone = time.process_time() - began
with open(f"{folder}/{name}", "rb") as stream:
    began = time.process_time()
    found = read(stream, definition=definition, expected=expected)
    took = time.process_time() - began
# Not getrusage: its peak is inherited from the process that started this one.
status = open("/proc/self/status").read()
peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
print(json.dumps({"rows": len(found.ids), "took": took, "alone": alone, "peak": peak}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A challenge with a million test rows, and files for it."""
    from tests.challenges.conftest import SURVIVAL

    made = tmp_path_factory.mktemp("reader")
    (made / "challenge.toml").write_text(
        SURVIVAL.replace("max_bytes = 100000", "max_bytes = 50000000"), encoding="utf-8"
    )
    ids = [f"P{number:07d}" for number in range(ROWS)]
    rows = [f"{one},0.{k % 3:02d}1234,0.{k % 3 + 3:02d}2345,0.{k % 7 + 9:02d}3456" for k, one in enumerate(ids)]
    header = "patient_id,p_1y,p_3y,p_5y"
    (made / "test.csv").write_text("patient_id\n" + "\n".join(ids) + "\n", encoding="utf-8")
    (made / "ordered.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (made / "reversed.csv").write_text("\n".join([header, *rows[::-1]]) + "\n", encoding="utf-8")
    quoted = [f'"{row.replace(",", chr(34) + ",", 1)}' for row in rows]
    (made / "quoted.csv").write_text("\n".join([header, *quoted]) + "\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("name", LONGEST)
def test_a_million_rows(folder: Path, name: str):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, folder, f"{name}.csv"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    took, alone, peak = found["took"], found["alone"], found["peak"]
    print(
        f"\nreader, {name:<9} {found['rows']:,} rows {took:6.2f} s = {ROWS / took:11,.0f} rows/s, "
        f"{took / alone:4.2f} times csv alone; {peak:4.0f} MB"
    )
    assert found["rows"] == ROWS
    assert took < LONGEST[name]
    assert peak < MEGABYTES
