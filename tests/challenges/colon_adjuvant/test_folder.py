"""The practice trial: the committed files follow from the source, and the folder fits together."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from challenges import definition
from challenges.colon_adjuvant import baseline, split

FOLDER = Path(split.__file__).parent
MADE = ("train.csv", "test.csv", "labels.csv")


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_provenance_names_the_licence():
    assert "LGPL" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_patient_is_once_in_train_or_test():
    train, test, outcomes = (rows(name) for name in MADE)
    ids = [row["patient_id"] for row in (*train, *test)]
    assert len(ids) == len(set(ids)) == 929
    assert (len(train), len(test)) == (558, 371)
    assert [row["patient_id"] for row in outcomes] == [row["patient_id"] for row in test]
    assert {row["split"] for row in outcomes} == {"public"}
    assert sum(int(row["died"]) for row in (*train, *outcomes)) == 452


def test_the_definition_is_the_design():
    defined = definition.load(FOLDER)
    assert (defined.primary.key, defined.tie_break.key) == ("harrell_c", "uno_c@1095")


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
