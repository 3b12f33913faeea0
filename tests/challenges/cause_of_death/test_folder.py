"""The folder as a whole: definition, dictionary, texts, baselines and starter fit each other, and the gate can be passed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines import AalenJohansenFitter

from challenges import definition, dictionary
from challenges.cause_of_death import baseline, cohort, starter
from challenges.colorectal_cohort import releasing
from scorers.evaluation import Columns
from scorers.inputs import SurvivalTruth
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
    out = tmp_path_factory.mktemp("cause_of_death")
    cohort.make(out, secret=SECRET)
    baseline.write(out)
    return out


@pytest.fixture(scope="module")
def known(made, defined):
    return facts.training(made, defined)


def columns(path):
    table = pd.read_csv(path)
    return Columns(event_probability={float(day): table[name].to_numpy() for name, day in starter.HORIZONS.items()})


def test_the_definition_is_the_design(defined):
    assert (defined.kind, defined.primary.key, defined.tie_break.key) == (
        "competing", "brier_cr@1095", "wolbers_c@1095",
    )  # fmt: skip
    assert [(column.name, column.horizon) for column in defined.columns] == list(starter.HORIZONS.items())
    assert (defined.leaderboard.gate, defined.admission) == ("significant", "open")
    assert defined.reference.name == "age_sex_stage"
    assert defined.synthetic
    assert not defined.practice


def test_sizes_and_columns(made):
    train, test, labels = (pd.read_csv(made / f"{name}.csv") for name in ("train", "test", "labels"))
    assert labels["split"].value_counts().to_dict() == {"public": 9_000, "private": 5_000}
    assert (len(train), len(test)) == (6_000, 14_000)
    assert list(labels) == ["patient_id", "days", "event", "split"]
    described = [one.column for one in dictionary.read(FOLDER / "dictionary.csv")]
    assert described == list(train) == ["patient_id", *releasing.RELEASED, "days", "event"]
    assert set(labels["event"]) == {0, 1, 2}


def test_two_of_three_deaths_are_of_the_cancer(made):
    deaths = pd.read_csv(made / "labels.csv")["event"].value_counts()
    share = deaths[1] / (deaths[1] + deaths[2])
    assert abs(share - 0.68) < 3 * np.sqrt(0.68 * 0.32 / (deaths[1] + deaths[2])) + 0.005


def test_every_baseline_file_is_a_valid_submission(made, defined):
    for entry in defined.baselines:
        read(made / entry.file, defined, ids_of(made / "test.csv"))
        read(made / entry.train_file, defined, ids_of(made / "train.csv"))
    assert (made / defined.files.sample).read_bytes() == (made / "baseline_aalen_johansen.csv").read_bytes()


def test_each_baseline_knows_more_than_the_one_before_and_stands_where_the_text_says(known, defined):
    told = text(FOLDER, "evaluation")
    values = [facts._primary(defined, known, known.baselines[one.name]) for one in defined.baselines]
    for score in values:
        assert f": {score.value:.4f} ± {score.se:.4f}" in told
    assert values[0].value > values[1].value > values[2].value


def test_out_of_fold_predictions_do_not_see_the_own_outcome(made):
    train = pd.read_csv(made / "train.csv").iloc[:400]
    seen = []

    def model(known, asked):
        assert not set(known.index) & set(asked.index)
        seen.extend(asked.index)
        return baseline.aalen_johansen(known, asked)

    found = baseline.out_of_fold(model, train)
    assert sorted(seen) == list(train.index) == list(found.index)


def test_the_null_is_the_aalen_johansen_estimate(made):
    train = pd.read_csv(made / "train.csv")
    # The peer moves tied times apart by chance; where none are tied the two are the same.
    apart = train.drop_duplicates("days")
    peer = AalenJohansenFitter(calculate_variance=False).fit(apart["days"], apart["event"], 1).cumulative_density_
    for day in starter.HORIZONS.values():
        assert starter.observed(apart, day) == pytest.approx(float(peer.loc[:day].iloc[-1, 0]), abs=1e-9)


def test_cumulative_incidences_of_both_causes_and_survival_make_one(made):
    """The incidence is a probability: with the roles of the causes swapped, the two and being alive make one."""
    train = pd.read_csv(made / "train.csv").iloc[:1500]
    x = starter.features(train, train.median(numeric_only=True))[["age", "male", "ajcc"]]
    cancer, other = (starter.fit(x, train, cause) for cause in (starter.CANCER, starter.OTHER))
    own, swapped = starter.cumulative_incidence(cancer, other, x), starter.cumulative_incidence(other, cancer, x)
    for name, day in starter.HORIZONS.items():
        hazards = [
            x["ajcc"].map(model.baseline_cumulative_hazard_.loc[:day].iloc[-1]) * model.predict_partial_hazard(x)
            for model in (cancer, other)
        ]
        assert np.abs(own[name] + swapped[name] + np.exp(-sum(hazards)) - 1).max() < 1e-9
    assert (own["p_1y"] <= own["p_3y"]).all()
    assert (own["p_3y"] <= own["p_5y"]).all()


def test_the_gate_lets_the_starter_s_model_through(made, known, defined):
    found = facts.compute(defined, known, ids_sha256="", sizes={"test": 14_000, "public": 9_000, "private": 5_000})
    assert facts.passing(defined, known, found).passes
    labels = pd.read_csv(made / "labels.csv")
    truth = SurvivalTruth(labels["days"].to_numpy(float), labels["event"].to_numpy(np.int8))
    mine, reference = (columns(made / f"baseline_{name}.csv") for name in ("full", "age_sex_stage"))
    gained = gain(truth, mine, reference, defined.primary, (labels["split"] == "public").to_numpy())
    # The gate asks for 8 rows, 0.00096; its two noises have a standard deviation of 0.00017 each.
    assert gained.value > found["step"] + 2 * found["row"]
    assert gained.value > 1.64 * gained.se


def test_the_starter_shows_what_forgetting_the_other_deaths_does(made, defined, tmp_path):
    for name, step in (("train", 3), ("test", 10)):
        pd.read_csv(made / f"{name}.csv").iloc[::step].to_csv(tmp_path / f"{name}.csv", index=False)
    out = tmp_path / "starter.csv"
    told = run_starter(FOLDER, tmp_path, out).splitlines()[1]
    read(out, defined, ids_of(tmp_path / "test.csv"))
    both, alone = (float(told.split(words)[1][:5]) for words in ("both models ", "the cancer model alone "))
    assert both < alone


def test_the_texts_name_the_training_file_s_own_figures(made):
    train, overview, data = pd.read_csv(made / "train.csv"), text(FOLDER, "overview"), text(FOLDER, "data")
    deaths = [
        [int(((train["days"] <= day) & (train["event"] == cause)).sum()) for day in starter.HORIZONS.values()]
        for cause in (1, 2)
    ]
    assert (
        f"killed {deaths[0][0]} within one year, {deaths[0][1]} within three and {deaths[0][2]:,} within five"
        in overview
    )
    assert f"other causes killed {deaths[1][0]}, {deaths[1][1]} and {deaths[1][2]}" in overview
    shares = [100 * starter.observed(train, day) for day in starter.HORIZONS.values()]
    assert f"{shares[0]:.1f}%, {shares[1]:.1f}% and {shares[2]:.1f}%" in overview
    censored = [100 * ((train["days"] <= day) & (train["event"] == 0)).mean() for day in (1095, 1825)]
    assert f"{censored[0]:.1f}% are censored before three years and {censored[1]:.1f}% before five" in data
    alone = 100 * starter.observed(train.assign(event=(train["event"] == 1).astype(int)), 1825)
    assert (
        f"gives {alone:.1f}% at five years in the training file; the cumulative incidence is {shares[2]:.1f}%" in data
    )
    for name in ("overview", "data", "rules", "agreement"):
        assert "synthetic" in text(FOLDER, name)
    assert "generator version 1.0.0" in overview
