"""How long the examination of a challenge of 100,000 patients takes, step by step."""

import csv
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from tests.worker import small
from worker import checking

ROWS = 100_000
VARIABLES = 40
# What the design promises of a machine that does nothing else.
LONGEST = 20.0


def write(folder: Path) -> None:
    """Write a small challenge of many rows, and give it as many variables as a real one has."""
    small.write(folder, rows=ROWS // 2)
    rng = np.random.default_rng(5)
    names = [f"v{number:02d}" for number in range(VARIABLES)]
    for file in ("train.csv", "test.csv"):
        with (folder / file).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        columns = [_column(rng, len(rows), number) for number in range(VARIABLES)]
        with (folder / file).open("w", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow([header[0], *names, *header[1:]])
            out.writerows([row[0], *values, *row[1:]] for row, *values in zip(rows, *columns, strict=True))
    with (folder / "dictionary.csv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{name},number,,,main,변수,A variable\n" for name in names)
        stream.write("days,integer,days,,outcome,시간,Time\ndied,category,,0=no;1=yes,outcome,사망,Died\n")


def _column(rng: np.random.Generator, rows: int, number: int) -> list[str]:
    if number % 3 == 0:
        return rng.integers(0, 5, rows).astype(str).tolist()
    return np.round(rng.normal(50, 10, rows), 1 if number % 3 == 1 else 4).astype(str).tolist()


def test_a_hundred_thousand_patients(tmp_path: Path):
    write(tmp_path)
    steps: list[tuple[str, float, float]] = []

    def note(words: object) -> None:
        steps.append((words.en, time.perf_counter(), time.process_time()))

    began = time.process_time()
    result, code = checking.check(tmp_path, progress=note)
    note(type("End", (), {"en": ""}))
    print(f"\nexamination of {ROWS:,} rows of {VARIABLES + 5} columns")
    for (name, wall, cpu), (_, wall_after, cpu_after) in pairwise(steps):
        print(f"  {name:<26} {wall_after - wall:6.2f} s, {cpu_after - cpu:6.2f} s of the processor")
    took = time.process_time() - began
    print(f"  {'all':<26} {steps[-1][1] - steps[0][1]:6.2f} s, {took:6.2f} s of the processor")
    assert code == 0, [line for line in result["lines"] if line["state"] == "fail"]
    # Processor time: other processes may be running.
    assert took < LONGEST
