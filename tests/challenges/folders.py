"""What the tests of a shipped folder ask of all of them."""

import csv
import subprocess
import sys
from pathlib import Path

from challenges import predictions
from challenges.definition import Definition


def ids_of(path: Path, column: str = "patient_id") -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def read(path: Path, definition: Definition, ids: list[str]) -> predictions.Predictions:
    """Read a prediction file as the site would: what is wrong with it is raised."""
    with path.open("rb") as stream:
        return predictions.read(stream, definition=definition, expected=predictions.ExpectedIds(ids))


def run_starter(folder: Path, data: Path, out: Path) -> str:
    """Run a starter as a participant does, on files that stand in `data`; warnings are errors. Return what it says."""
    command = [sys.executable, "-W", "error", str(folder / "starter.py"), "train.csv", "test.csv", str(out)]
    return subprocess.run(command, cwd=data, check=True, capture_output=True, text=True, timeout=170).stdout


def text(folder: Path, name: str) -> str:
    return (folder / f"{name}.en.md").read_text(encoding="utf-8")
