"""The practice trial: the committed files follow from the source, and the folder fits together."""

import csv
import hashlib
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition, dictionary, labels, predictions
from challenges.colon_adjuvant import baseline, split, starter

FOLDER = Path(split.__file__).parent
MADE = ("train.csv", "test.csv", "labels.csv")


@pytest.fixture(scope="module")
def defined():
    return definition.load(FOLDER)


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_committed_split_is_what_the_script_makes(tmp_path):
    shutil.copy(FOLDER / split.SOURCE, tmp_path)
    split.write(tmp_path)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_a_changed_source_is_refused(tmp_path):
    (tmp_path / split.SOURCE).write_bytes((FOLDER / split.SOURCE).read_bytes().replace(b"1521", b"1522", 1))
    with pytest.raises(ValueError, match="not the file"):
        split.write(tmp_path)


def test_provenance_names_the_digest():
    digest = hashlib.sha256((FOLDER / split.SOURCE).read_bytes()).hexdigest()
    note = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert digest in note
    assert "LGPL" in note


def test_every_patient_is_once_in_train_or_test():
    train, test, outcomes = (rows(name) for name in MADE)
    ids = [row["patient_id"] for row in (*train, *test)]
    assert len(ids) == len(set(ids)) == 929
    assert (len(train), len(test)) == (558, 371)
    assert [row["patient_id"] for row in outcomes] == [row["patient_id"] for row in test]
    assert {row["split"] for row in outcomes} == {"public"}
    assert sum(int(row["died"]) for row in (*train, *outcomes)) == 452


def test_the_definition_is_practice_in_the_open(defined):
    assert defined.practice
    assert not defined.synthetic
    assert defined.leaderboard.gate == "none"
    assert defined.calendar.closes is None
    assert defined.primary.key == "harrell_c"
    assert defined.tie_break.key == "uno_c@1095"


def test_labels_and_dictionary_read(defined):
    read = labels.read_labels((FOLDER / "labels.csv").read_bytes(), defined)
    assert len(read.ids) == 371
    variables = dictionary.read(FOLDER / "dictionary.csv")
    assert {v.column for v in variables} == set(rows("train.csv")[0])


def test_every_committed_prediction_file_is_valid(defined):
    for ids, names in (
        ("test.csv", [b.file for b in defined.baselines] + [defined.files.sample]),
        ("train.csv", [b.train_file for b in defined.baselines]),
    ):
        expected = predictions.ExpectedIds([row["patient_id"] for row in rows(ids)])
        for name in names:
            read = predictions.read(
                io.BytesIO((FOLDER / name).read_bytes()), definition=defined, expected=expected, filename=name
            )
            assert set(read.columns) == {"risk", *starter.HORIZONS}


def test_the_committed_baselines_are_what_the_models_predict(tmp_path):
    for name in ("train.csv", "test.csv"):
        shutil.copy(FOLDER / name, tmp_path)
    baseline.write(tmp_path)
    for name in [*sorted(path.name for path in tmp_path.glob("*baseline*")), "sample_submission.csv"]:
        again, committed = (pd.read_csv(folder / name).set_index("patient_id") for folder in (tmp_path, FOLDER))
        assert list(again.index) == list(committed.index)
        assert np.abs(again - committed).to_numpy().max() < 5e-6, name


def test_higher_risk_is_worse_and_the_full_model_orders_better():
    outcomes = pd.read_csv(FOLDER / "labels.csv")
    values = {}
    for name in baseline.MODELS:
        risk = pd.read_csv(FOLDER / f"baseline_{name}.csv")["risk"]
        earlier = (outcomes["died"] == 1).to_numpy()[:, None] & np.less.outer(
            outcomes["days"].to_numpy(), outcomes["days"].to_numpy()
        )
        difference = np.subtract.outer(risk.to_numpy(), risk.to_numpy())[earlier]
        values[name] = np.mean((difference > 0) + 0.5 * (difference == 0))
    assert values["kaplan_meier"] == 0.5
    assert 0.6 < values["age_sex_nodes"] < values["full"] < 0.7


def test_the_starter_writes_a_valid_file(tmp_path, defined):
    out = tmp_path / "predictions.csv"
    command = [sys.executable, "-W", "error", "starter.py", "train.csv", "test.csv", str(out)]
    told = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True, timeout=120).stdout
    assert told.startswith("Harrell's C, 5-fold cross-validation: 0.6")
    expected = predictions.ExpectedIds([row["patient_id"] for row in rows("test.csv")])
    with out.open("rb") as stream:
        predictions.read(stream, definition=defined, expected=expected)


@pytest.mark.parametrize("name", ["overview", "evaluation", "data", "rules"])
def test_both_languages_say_the_same_things(name):
    korean, english = ((FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8") for language in ("ko", "en"))
    outline = [re.findall(r"^(#+|-|\d+\.|```)", text, flags=re.MULTILINE) for text in (korean, english)]
    assert outline[0] == outline[1]
    decimals = [sorted(re.findall(r"\d+\.\d+|\d+,\d+", text)) for text in (korean, english)]
    assert decimals[0] == decimals[1]
