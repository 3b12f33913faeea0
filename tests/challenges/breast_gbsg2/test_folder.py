"""The breast cancer study: the committed files follow from the source, and the folder fits together."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition
from challenges.breast_gbsg2 import split

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


def test_provenance_names_the_licence():
    note = (FOLDER / "README.md").read_text(encoding="utf-8")
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


def test_the_definition_is_the_design(defined):
    assert (defined.primary.key, defined.tie_break.key) == ("uno_c@1095", "ipa@1095")
    assert (defined.reference.name, len(defined.baselines)) == ("age_size_grade", 3)


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
