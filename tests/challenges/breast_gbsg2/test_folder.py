"""The breast cancer study: the committed files follow from the source, and the folder fits together."""

import csv
import hashlib
import io
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition, dictionary, labels, predictions
from challenges.breast_gbsg2 import baseline, split, starter
from tests.support import texts
from worker import checking

FOLDER = Path(split.__file__).parent
MADE = ("train.csv", "test.csv", "labels.csv")


@pytest.fixture(scope="module")
def defined():
    return definition.load(FOLDER)


@pytest.fixture(scope="module")
def patients():
    """Everybody, with outcomes."""
    train, test, outcomes = (pd.read_csv(FOLDER / name) for name in MADE)
    return pd.concat([train, test.merge(outcomes.drop(columns="split"))])


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_committed_split_is_what_the_script_makes(tmp_path):
    shutil.copy(FOLDER / split.SOURCE, tmp_path)
    split.write(tmp_path)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_a_changed_source_is_refused(tmp_path):
    (tmp_path / split.SOURCE).write_bytes((FOLDER / split.SOURCE).read_bytes().replace(b"1814", b"1815", 1))
    with pytest.raises(ValueError, match="not the file"):
        split.write(tmp_path)


def test_provenance_names_digest_and_licence():
    digest = hashlib.sha256((FOLDER / split.SOURCE).read_bytes()).hexdigest()
    note = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert digest == split.SOURCE_SHA256
    assert digest in note
    assert "Permission is hereby granted, free of charge" in note
    assert "Copyright (c) 2017 Cameron Davidson-Pilon" in note


def test_the_source_is_the_packages_own_file():
    import lifelines.datasets

    packaged = Path(lifelines.datasets.__file__).parent / "gbsg2.csv"
    assert packaged.read_bytes() == (FOLDER / split.SOURCE).read_bytes()


def test_every_patient_is_once_in_train_or_test(patients):
    train, test, outcomes = (rows(name) for name in MADE)
    assert (len(train), len(test)) == (411, 275)
    assert patients["patient_id"].is_unique
    assert [row["patient_id"] for row in outcomes] == [row["patient_id"] for row in test]
    assert {row["split"] for row in outcomes} == {"public"}
    source = rows(split.SOURCE)
    assert sorted(patients["days"]) == sorted(int(row["time"]) for row in source)
    assert patients["event"].sum() == sum(int(row["cens"]) for row in source) == 299


def test_each_row_keeps_what_the_source_says_of_it(patients):
    by_id = patients.set_index("patient_id")
    for number, row in enumerate(rows(split.SOURCE), 1):
        here = by_id.loc[split.identifier(number)]
        assert (here["age"], here["pnodes"], here["days"]) == tuple(int(row[n]) for n in ("age", "pnodes", "time"))
        assert here["horTh"] == (row["horTh"] == "yes")
        assert here["menostat"] == {"Pre": 1, "Post": 2}[row["menostat"]]
        assert here["tgrade"] == len(row["tgrade"])


def test_neither_ids_nor_places_tell_the_outcome():
    outcomes = pd.read_csv(FOLDER / "labels.csv")
    assert list(outcomes["patient_id"]) == sorted(outcomes["patient_id"])
    place = np.arange(len(outcomes))
    for column in ("days", "event"):
        assert abs(np.corrcoef(place, outcomes[column])[0, 1]) < 2 / np.sqrt(len(outcomes))


def test_the_definition_is_practice_in_the_open(defined):
    assert defined.practice
    assert not defined.synthetic
    assert defined.leaderboard.gate == "none"
    assert defined.calendar.closes is None
    assert (defined.primary.key, defined.tie_break.key) == ("uno_c@1095", "ipa@1095")
    assert (defined.reference.name, len(defined.baselines)) == ("age_size_grade", 3)


def test_its_check_finds_nothing():
    found, code = checking.check(FOLDER)
    assert (code, found["mistakes"], found["warnings"]) == (0, [], [])


def test_labels_and_dictionary_read(defined):
    read = labels.read_labels((FOLDER / "labels.csv").read_bytes(), defined)
    assert len(read.ids) == 275
    variables = dictionary.read(FOLDER / "dictionary.csv")
    assert [v.column for v in variables] == list(rows("train.csv")[0])


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


def test_the_starter_writes_a_valid_file(tmp_path, defined):
    out = tmp_path / "predictions.csv"
    command = [sys.executable, "-W", "error", "starter.py", "train.csv", "test.csv", str(out)]
    told = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True, timeout=120).stdout
    assert told.startswith("Uno's C up to 3 years, 5-fold cross-validation: 0.7")
    expected = predictions.ExpectedIds([row["patient_id"] for row in rows("test.csv")])
    with out.open("rb") as stream:
        predictions.read(stream, definition=defined, expected=expected)


def test_the_texts_name_the_datas_own_figures(patients):
    train, outcomes = pd.read_csv(FOLDER / "train.csv"), pd.read_csv(FOLDER / "labels.csv")
    early = ((outcomes["days"] <= 1095) & (outcomes["event"] == 1)).sum()
    censored = patients[patients["event"] == 0]["days"]
    lost = [(censored <= days).sum() for days in (1095, 1825)]
    after = [100 * (patients[patients["horTh"] == given]["menostat"] == 2).mean() for given in (1, 0)]
    found = {
        name: (FOLDER / f"{name}.en.md").read_text(encoding="utf-8") for name in ("overview", "evaluation", "data")
    }
    assert f"The 411 training patients ({train['event'].sum()} events)" in found["overview"]
    assert f"{outcomes['event'].sum()} had an event, {early} of them within three years" in found["overview"]
    assert f"{lost[0]} were censored before three years and {lost[1]} before five" in found["evaluation"]
    assert f"from {patients['days'].min()} days to {patients['days'].max():,}" in found["data"]
    assert f"{len(censored)} are censored, {lost[0]} of them before three years" in found["data"]
    assert f"had it {after[0]:.0f}% were postmenopausal, of the others {after[1]:.0f}%" in found["data"]
    zeros = [(patients[name] == 0).sum() for name in ("progrec", "estrec")]
    assert f"`progrec` is 0 in {zeros[0]} women and `estrec` in {zeros[1]}" in found["data"]
    assert patients["pnodes"].min() == 1
    assert not patients.isna().any().any()


@pytest.mark.parametrize("name", ["overview", "evaluation", "data", "rules"])
def test_both_languages_say_the_same_things(name):
    korean, english = texts.outlines(FOLDER, name)
    assert korean == english
