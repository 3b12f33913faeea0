"""The workers' shell: JSON out, exit codes 0 done, 1 to be mended, 2 usage."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worker import small


def worker(*arguments: object, home: Path | None = None) -> tuple[int, Any, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ARENA_", "WORKER_"))}
    if home is not None:
        environ["ARENA_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-m", "worker", *map(str, arguments)], env=environ, capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder")
    return tmp_path / "folder"


def test_score_prints_every_split(folder: Path):
    code, found, _ = worker("score", folder, folder / "baseline_reference.csv")
    assert code == 0
    assert found["rows"] == 300
    assert set(found["splits"]) == {"public", "private", "all"}
    for scores in found["splits"].values():
        assert set(scores) == {"ipa@1095", "harrell_c"}
        one = scores["harrell_c"]
        assert set(one) == {"value", "se", "ci", "reason"}
        assert one["ci"][0] < one["value"] < one["ci"][1]


def test_a_bad_file_is_its_problems_and_exit_1(folder: Path, tmp_path: Path):
    (tmp_path / "bad.csv").write_text("patient_id,p_3y\nP000000,1.5\n")
    code, found, _ = worker("score", folder, tmp_path / "bad.csv")
    assert code == 1
    assert {"out_of_range", "missing_id"} <= {one["code"] for one in found["problems"]}
    assert set(found["problems"][0]["message"]) == {"ko", "en"}


def test_a_bad_definition_is_its_mistakes_and_exit_1(folder: Path):
    path = folder / "challenge.toml"
    path.write_text(path.read_text().replace('kind = "survival"', 'kind = "revival"'))
    code, found, _ = worker("check", folder)
    assert code == 1
    assert found["mistakes"][0]["file"] == "challenge.toml"
    assert found["mistakes"][0]["line"] > 0


def test_a_fair_folder_passes_its_check(folder: Path):
    code, found, _ = worker("check", folder)
    assert (code, found["mistakes"]) == (0, [])
    # So few public rows cannot let the reference's own gain through: said, not refused.
    assert "gate_too_narrow" in {one["code"] for one in found["warnings"]}


@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        ("labels.csv", lambda text: text.replace("P000000", "P999999"), "other_rows"),
        ("labels.csv", lambda text: text.replace(",private", ",public"), "missing_split"),
        ("labels.csv", lambda text: text.replace(",public", ",hidden", 1), "bad_split"),
        ("test.csv", lambda text: text.replace("patient_id,x,sex", "patient_id,days,sex"), "label_in_test"),
        ("test.csv", lambda text: text.replace("patient_id,x,sex", "patient_id,x,gender"), "unknown_subgroup"),
        ("test.csv", lambda text: text.replace("P000001", "P000000"), "duplicate_id"),
        ("train.csv", lambda text: text.replace("T000001", "P000001"), "same_patient"),
        ("baseline_reference.csv", lambda text: text.replace("P000001", "P000000"), "duplicate_id"),
        ("dictionary.csv", lambda text: text.replace("unit", "units"), "bad_dictionary"),
    ],
)
def test_an_unfair_folder_is_refused(folder: Path, file: str, change: Any, code: str):
    path = folder / file
    path.write_text(change(path.read_text()))
    status, found, _ = worker("check", folder)
    assert status == 1
    assert code in {one["code"] for one in found["mistakes"]}


def test_make_seals_and_leaves_no_label_behind(folder: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    assert worker("keygen", home=home)[0] == 0
    code, found, _ = worker("make", folder, tmp_path / "out", "--seal", home=home)
    assert code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert "labels.sealed" in names
    assert "labels.csv" not in names
    assert found["facts"]["rows_public"] == 150
    assert json.loads((tmp_path / "out" / "facts.json").read_text()) == found["facts"]
    labels = (folder / "labels.csv").read_text().splitlines()[1:]
    content = "".join(path.read_text(errors="replace") for path in (tmp_path / "out").iterdir())
    assert not any(line in content for line in labels)


def test_make_into_a_folder_with_files_is_refused(folder: Path):
    code, found, _ = worker("make", folder, folder)
    assert code == 1
    assert found["errors"][0]["code"] == "not_empty"


def test_facts_come_from_the_training_file_alone(folder: Path, tmp_path: Path):
    assert worker("make", folder, tmp_path / "one")[0] == 0
    lines = (folder / "labels.csv").read_text().splitlines()
    shuffled = np.random.default_rng(1).permutation(len(lines) - 1)
    rows = [line.split(",") for line in lines[1:]]
    # Other people's outcomes on every row, splits as they were: no fact may notice.
    turned = [",".join((row[0], *rows[other][1:3], row[3])) for row, other in zip(rows, shuffled, strict=True)]
    (folder / "labels.csv").write_text("\n".join([lines[0], *turned]) + "\n")
    assert worker("make", folder, tmp_path / "two")[0] == 0
    assert (tmp_path / "one" / "facts.json").read_bytes() == (tmp_path / "two" / "facts.json").read_bytes()


def test_the_key_is_exported_apart(tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    _, made, _ = worker("keygen", home=home)
    code, found, _ = worker("key", "export", home=home)
    assert code == 0
    assert found["fingerprint"] == made["fingerprint"]
    assert len(found["labels_key"]) == 64


def test_an_unknown_verb_is_usage():
    assert worker("dance")[0] == 2
