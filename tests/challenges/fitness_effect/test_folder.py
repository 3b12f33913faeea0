"""The folder as a whole: estimands, published truths, baselines, starter and texts fit each other."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition, dictionary
from challenges.fitness_effect import baseline, cohort, estimands, starter
from tests.challenges.folders import ids_of, read, run_starter, text
from worker import folder_scores

FOLDER = Path(cohort.__file__).parent


@pytest.fixture(scope="module")
def defined():
    return definition.load(FOLDER)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("effect")
    cohort.make(out, secret=b"")
    (out / "test.csv").write_bytes((FOLDER / "test.csv").read_bytes())
    return out


@pytest.fixture(scope="module")
def written(made):
    baseline.write(made)
    return made


def test_the_definition_is_practice_in_the_open(defined):
    assert (defined.kind, defined.primary.key, defined.tie_break.key) == ("effect", "interval_score", "rmse")
    assert defined.practice
    assert defined.synthetic
    assert (defined.leaderboard.gate, defined.admission) == ("none", "open")
    assert defined.reference.name == "standardised"


def test_the_estimands_are_everybody_and_the_declared_groups():
    every = list(estimands.every())
    assert len(every) == len({one.name for one in every}) == 33
    assert every[0].group == {}
    for one in every:
        assert all(value in estimands.GROUPING[name] for name, value in one.group.items())


def test_the_committed_test_file_lists_them(tmp_path):
    estimands.write(tmp_path / "test.csv")
    assert (tmp_path / "test.csv").read_bytes() == (FOLDER / "test.csv").read_bytes()
    assert ids_of(FOLDER / "labels.csv", "estimand") == ids_of(FOLDER / "test.csv", "estimand")


def test_the_training_file_holds_what_the_dictionary_describes_and_what_makes_the_groups(made):
    train = pd.read_csv(made / "train.csv")
    assert len(train) == 20_000
    described = [one.column for one in dictionary.read(FOLDER / "dictionary.csv")]
    assert set(described) == set(train) | {"estimand", "family"}
    for name, values in estimands.GROUPING.items():
        assert tuple(sorted(train[name].unique())) == values
    for name in ("age", "sex", "ajcc", "cci", "dm", "vo2peak", "vo2peak_p25", "vo2peak_p75"):
        assert train[name].notna().all()


def test_the_quartiles_are_quartiles_at_every_age(made):
    train = pd.read_csv(made / "train.csv")
    for name, share in (("vo2peak_p25", 0.25), ("vo2peak_p75", 0.75)):
        below = (train["vo2peak"] < train[name]).groupby([train["sex"], train["age_band"]])
        error = np.sqrt(share * (1 - share) / below.size())
        assert (abs(below.mean() - share) < 3.5 * error + 0.005).all()
        assert train.groupby(["sex", "age"])[name].nunique().max() == 1


def test_no_secret_is_in_the_files(made, tmp_path):
    cohort.make(tmp_path, secret=b"another")
    assert (tmp_path / "train.csv").read_bytes() == (made / "train.csv").read_bytes()
    assert (tmp_path / "labels.csv").read_bytes() == (FOLDER / "labels.csv").read_bytes()


def test_the_committed_baselines_are_what_the_models_estimate(written, defined):
    ids = ids_of(FOLDER / "test.csv", "estimand")
    for name in [*(one.file for one in defined.baselines), defined.files.sample]:
        again, committed = (pd.read_csv(place / name).set_index("estimand") for place in (written, FOLDER))
        assert np.abs(again - committed).to_numpy().max() < 5e-6, name
        read(FOLDER / name, defined, ids)


def test_the_text_says_how_the_baselines_score(defined):
    told, scores = text(FOLDER, "evaluation"), {}
    for entry in defined.baselines:
        found, code = folder_scores.score(FOLDER, FOLDER / entry.file)
        assert code == 0
        scores[entry.name] = {key: one["value"] for key, one in found["splits"]["public"].items()}
        assert all(one["se"] is None for one in found["splits"]["public"].values())
    crude, one_effect, standardised = (scores[name] for name in ("crude", "one_effect", "standardised"))
    assert f"interval score {crude['interval_score']:.3f}, root mean squared error {crude['rmse']:.3f}" in told
    for one in (one_effect, standardised):
        assert f": {one['interval_score']:.4f} and {one['rmse']:.4f}" in told
    assert f"only {100 * one_effect['coverage']:.0f}% of the groups" in told
    assert f"in {100 * standardised['coverage']:.0f}%" in told
    assert standardised["interval_score"] < one_effect["interval_score"] < crude["interval_score"]


def test_the_text_says_that_nothing_is_private():
    assert "all effects are public" in text(FOLDER, "evaluation")


def test_the_starter_writes_a_valid_file(made, defined, tmp_path):
    out = tmp_path / "starter.csv"
    told = run_starter(FOLDER, made, out)
    assert told.startswith("overall")
    read(out, defined, ids_of(FOLDER / "test.csv", "estimand"))
    committed = pd.read_csv(FOLDER / "baseline_standardised.csv")
    assert np.abs(pd.read_csv(out)["estimate"] - committed["estimate"]).max() < 5e-6


def test_the_starter_s_weights_are_those_of_the_censoring_s_kaplan_meier_curve():
    patients = pd.DataFrame({"days": [10, 20, 20, 30, 2000, 2000], "died": [1, 0, 1, 0, 0, 1]})
    dead, weight = starter.known_by(patients)
    assert dead.tolist() == [True, False, True, False, False, False]
    # One of five leaves at 20 and one of three at 30, so .8 and .8 * 2/3 are followed after them.
    assert weight == pytest.approx([1, 0, 1, 0, 1 / (0.8 * 2 / 3), 1 / (0.8 * 2 / 3)])


def test_the_texts_name_the_files_own_figures(made):
    train, overview = pd.read_csv(made / "train.csv"), text(FOLDER, "overview")
    deaths = int(((train["days"] <= 1095) & (train["died"] == 1)).sum())
    assert f"{deaths:,} of them died within three years" in overview
    censored = 100 * ((train["days"] < 1095) & (train["died"] == 0)).mean()
    assert f"{censored:.2f}% are lost" in text(FOLDER, "data")
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        errors = [float(row["monte_carlo_error"]) for row in csv.DictReader(file)]
    assert max(errors) < 0.0007
    for name in ("overview", "evaluation"):
        assert "at most 0.0007" in text(FOLDER, name)
    for name in ("overview", "data", "rules"):
        assert "synthetic" in text(FOLDER, name)
    assert "associations" in overview
    assert "generator version 1.0.0" in overview
