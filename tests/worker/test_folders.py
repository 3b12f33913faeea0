"""A folder whose data a program draws: made from a secret, checked and scored from the demo seed, its version told."""

import json
from pathlib import Path

import pytest

from challenges.definition import load
from tests.worker import small
from worker import checking, folder_scores, folders

COHORT = """
import hashlib, shutil
from pathlib import Path
{version}
SOURCE = Path(__file__).parent / "drawn"

def make(out, *, secret):
    for name in ("train.csv", "test.csv", "labels.csv"):
        shutil.copyfile(SOURCE / name, out / name)
    (out / "labels.csv").with_name("secret.txt").write_text(hashlib.sha256(secret).hexdigest())
"""
BASELINE = """
import shutil
from pathlib import Path

def write(out):
    for path in (Path(__file__).parent / "drawn").glob("*baseline*"):
        shutil.copyfile(path, out / path.name)
    shutil.copyfile(Path(__file__).parent / "drawn" / "sample_submission.csv", out / "sample_submission.csv")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the flagship's: programs and texts, and no data but what the programs write."""
    made = tmp_path / "folder"
    small.write(made)
    drawn = made / "drawn"
    drawn.mkdir()
    for name in ("train", "test", "labels", "sample_submission", "baseline_reference", "baseline_reference_train"):
        (made / f"{name}.csv").rename(drawn / f"{name}.csv")
    (made / "cohort.py").write_text(COHORT.format(version='VERSION = "7.1.0"'), encoding="utf-8")
    (made / "baseline.py").write_text(BASELINE, encoding="utf-8")
    return made


def test_a_check_draws_the_cohort_and_writes_the_baselines_elsewhere(folder: Path):
    before = sorted(path.name for path in folder.iterdir())
    found, code = checking.check(folder)
    assert (code, found["mistakes"]) == (0, [])
    # The reference has been tried at the gate, for which its predictions of the training rows are needed.
    assert found["facts"]["baseline_value"] is not None
    assert "gate_untried" not in {one["code"] for one in found["warnings"]}
    assert sorted(path.name for path in folder.iterdir() if path.name != "__pycache__") == before


def test_a_score_needs_the_cohort_and_no_baselines(folder: Path, tmp_path: Path):
    (folder / "baseline.py").write_text("raise RuntimeError\n", encoding="utf-8")
    mine = tmp_path / "mine.csv"
    mine.write_bytes((folder / "drawn" / "baseline_reference.csv").read_bytes())
    found, code = folder_scores.score(folder, mine)
    assert (code, found["rows"]) == (0, 300)


def test_what_is_made_tells_the_generators_version(folder: Path, tmp_path: Path):
    made = folders.make(folder, tmp_path / "out", settings=None)
    assert made["facts"]["generator_version"] == "7.1.0"
    assert json.loads((tmp_path / "out" / "facts.json").read_text())["generator_version"] == "7.1.0"
    assert (tmp_path / "out" / "baseline_reference.csv").is_file()
    (folder / "cohort.py").write_text(COHORT.format(version=""), encoding="utf-8")
    again = folders.make(folder, tmp_path / "again", settings=None)
    assert again["facts"]["generator_version"] == load(folder).version


def test_data_that_nobody_drew_have_no_generator(tmp_path: Path):
    small.write(tmp_path / "plain")
    assert "generator_version" not in folders.make(tmp_path / "plain", tmp_path / "out", settings=None)["facts"]
