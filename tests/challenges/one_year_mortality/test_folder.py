"""The folder as a whole: definition, dictionary, texts, baselines and starter fit each other, and the gate can be passed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition, dictionary
from challenges.colorectal_cohort import deaths, releasing
from challenges.colorectal_cohort.chance import generator
from challenges.colorectal_cohort.patients import draw
from challenges.one_year_mortality import baseline, cohort, starter
from scorers.evaluation import Columns
from scorers.inputs import BinaryTruth
from tests.challenges.folders import ids_of, read, run_starter, text
from worker import facts
from worker.gate import gain

FOLDER = Path(cohort.__file__).parent
SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def defined():
    return definition.load(FOLDER)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("one_year")
    cohort.make(out, secret=SECRET)
    baseline.write(out)
    return out


@pytest.fixture(scope="module")
def known(made, defined):
    return facts.training(made, defined)


def test_the_definition_is_the_design(defined):
    assert (defined.kind, defined.primary.key, defined.tie_break.key) == ("binary", "brier_binary", "roc_auc")
    assert [(column.name, column.is_) for column in defined.columns] == [("p_1y", "probability")]
    assert (defined.leaderboard.gate, defined.admission) == ("significant", "open")
    assert defined.reference.name == "age_stage_table"
    assert defined.synthetic
    assert not defined.practice


def test_sizes_and_columns(made):
    train, test, labels = (pd.read_csv(made / f"{name}.csv") for name in ("train", "test", "labels"))
    assert labels["split"].value_counts().to_dict() == {"public": 10_000, "private": 5_000}
    assert (len(train), len(test)) == (5_000, 15_000)
    assert list(labels) == ["patient_id", "died_1y", "split"]
    described = [one.column for one in dictionary.read(FOLDER / "dictionary.csv")]
    assert described == list(train) == ["patient_id", *releasing.RELEASED, "died_1y"]


def test_the_outcome_is_vital_status_on_day_365_whether_or_not_the_patient_was_lost():
    patients = draw(40_000, generator(b"outcome", "patients"))
    outcome = cohort.outcome(patients)["died_1y"]
    assert (outcome == (np.ceil(patients["t_death"] * deaths.YEAR) <= 365)).all()
    lost = (patients["days"] < 365) & (patients["died"] == 0)
    assert lost.any()
    assert outcome[lost].any()
    assert not outcome[patients["days"] > 365].any()


def test_another_secret_gives_other_patients_and_the_same_training_file(made, tmp_path):
    cohort.make(tmp_path, secret=bytes(32))
    assert (tmp_path / "train.csv").read_bytes() == (made / "train.csv").read_bytes()
    assert not set(ids_of(tmp_path / "test.csv")) & set(ids_of(made / "test.csv"))


def test_every_baseline_file_is_a_valid_submission(made, defined):
    for entry in defined.baselines:
        read(made / entry.file, defined, ids_of(made / "test.csv"))
        read(made / entry.train_file, defined, ids_of(made / "train.csv"))
    assert (made / defined.files.sample).read_bytes() == (made / "baseline_prevalence.csv").read_bytes()


def test_each_baseline_knows_more_than_the_one_before_and_stands_where_the_text_says(known, defined):
    told = text(FOLDER, "evaluation")
    values = [facts._primary(defined, known, known.baselines[one.name]) for one in defined.baselines]
    for score in values:
        assert f": {score.value:.4f} ± {score.se:.4f}" in told
    assert values[0].value > values[1].value > values[2].value > values[3].value


def test_out_of_fold_predictions_do_not_see_the_own_outcome(made):
    train = pd.read_csv(made / "train.csv").iloc[:400]
    seen = []

    def model(known, asked):
        assert not set(known.index) & set(asked.index)
        seen.extend(asked.index)
        return starter.table(known, asked)

    found = baseline.out_of_fold(model, train)
    assert sorted(seen) == list(train.index) == list(found.index)


def test_the_reference_passes_the_gate_against_the_null(known, defined):
    found = facts.compute(defined, known, ids_sha256="", sizes={"test": 15_000, "public": 10_000, "private": 5_000})
    assert (found["row"], found["step"]) == (0.0001, 0.0008)
    passing = facts.passing(defined, known, found)
    assert passing.passes
    assert "0.0008 here" in text(FOLDER, "evaluation")


def test_the_starter_gains_what_the_gate_lets_through(made, defined, tmp_path):
    out = tmp_path / "starter.csv"
    told = run_starter(FOLDER, made, out)
    assert [line.split(":")[0] for line in told.splitlines()[:2]] == [
        "5-fold cross-validation, table of age and stage",
        "5-fold cross-validation, logistic regression",
    ]
    read(out, defined, ids_of(made / "test.csv"))
    labels = pd.read_csv(made / "labels.csv")
    truth = BinaryTruth(labels["died_1y"].to_numpy(np.int8))
    mine, reference = (
        Columns(probability=pd.read_csv(path)["p_1y"].to_numpy())
        for path in (out, made / "baseline_age_stage_table.csv")
    )
    found = gain(truth, mine, reference, defined.primary, (labels["split"] == "public").to_numpy())
    # The gate asks for 8 rows, 0.0008; its two noises have a standard deviation of 0.00014 each.
    assert found.value > 0.001
    assert found.value > 1.64 * found.se


def test_the_texts_name_the_training_file_s_own_figures(made):
    train = pd.read_csv(made / "train.csv")
    assert f"{train['died_1y'].sum()} died within the year ({100 * train['died_1y'].mean():.1f}%)" in text(
        FOLDER, "overview"
    )
    unscreened, screened = (100 * train.loc[train["screened"] == one, "died_1y"].mean() for one in (0, 1))
    assert f"({unscreened:.1f}% against {screened:.1f}% within one year" in text(FOLDER, "data")
    for name in ("overview", "data", "rules", "agreement"):
        assert "synthetic" in text(FOLDER, name)
    assert "generator version 1.0.0" in text(FOLDER, "overview")
