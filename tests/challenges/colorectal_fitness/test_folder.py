"""The folder as a whole: definition, dictionary, texts, baselines and starter fit each other."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition, dictionary, labels
from challenges.colorectal_cohort.releasing import RELEASED
from challenges.colorectal_fitness import baseline, cohort, starter
from challenges.shipped import baselines
from tests.challenges.folders import ids_of, read, run_starter, text
from worker import checking, columns, comparing

FOLDER = Path(cohort.__file__).parent


@pytest.fixture(scope="module")
def defined():
    return definition.load(FOLDER)


@pytest.fixture(scope="module")
def small(made, tmp_path_factory):
    """A fifth of the training and a tenth of the test rows, with every baseline: quick, and the same code."""
    out = tmp_path_factory.mktemp("small")
    pd.read_csv(made / "train.csv").iloc[::5].to_csv(out / "train.csv", index=False)
    pd.read_csv(made / "test.csv").iloc[::10].to_csv(out / "test.csv", index=False)
    held = pd.read_csv(made / "validation.csv")
    held[held["patient_id"].isin(pd.read_csv(out / "train.csv")["patient_id"])].to_csv(
        out / "validation.csv", index=False
    )
    baseline.write(out)
    return out


def three_year_ipa(days, died, predicted):
    return starter.ipa(pd.DataFrame({"days": days, "died": died}), np.asarray(predicted), 1095)


def test_the_definition_is_the_design(defined):
    assert defined.primary.key == "ipa@1095"
    assert defined.tie_break.key == "uno_c@1095"
    assert [m.key for m in defined.metrics[2:]] == [
        "harrell_c", "auc_t@1095", "brier@1095", "ibs@365-1825", "oe_ratio@1095", "ici@1095",
    ]  # fmt: skip
    assert [(c.name, c.horizon) for c in defined.columns] == list(starter.HORIZONS.items())
    assert (defined.leaderboard.gate, defined.admission) == ("significant", "open")
    assert defined.reference.name == "without_fitness"
    assert defined.companion.question.en == "What did fitness add?"
    assert defined.synthetic
    assert not defined.practice


def test_the_dictionary_reads_and_names_every_block():
    variables = dictionary.read(FOLDER / "dictionary.csv")
    assert [v.column for v in variables] == ["patient_id", *RELEASED, "days", "died"]
    fitness = {v.column for v in variables if v.block == "fitness"}
    assert fitness == {"pa_cat", "rhr", "ecrf_met", "ecrf_pct", "vo2peak", "at", "ve_vco2", "smwd"}
    for name in ("rhr", "vo2peak", "at", "ve_vco2", "smwd"):
        described = next(v for v in variables if v.column == name).description
        assert "not in the K-CURE" in described.en
        assert "없습니다" in described.ko


def test_the_reference_sees_everything_but_fitness(made):
    train = pd.read_csv(made / "train.csv", nrows=500)
    typical = train.median(numeric_only=True)
    before = starter.features(train, typical, fitness=False)
    shuffled = train.copy()
    for column in ("pa_cat", "rhr", "ecrf_met", "ecrf_pct", "vo2peak", "at", "ve_vco2", "smwd"):
        shuffled[column] = shuffled[column].sample(frac=1, random_state=1).to_numpy()
    pd.testing.assert_frame_equal(starter.features(shuffled, typical, fitness=False), before)
    assert set(before) < set(starter.features(train, typical))


def test_every_baseline_file_is_a_valid_submission(small, defined):
    test_ids, train_ids = ids_of(small / "test.csv"), ids_of(small / "train.csv")
    for entry in defined.baselines:
        for file, ids in ((entry.file, test_ids), (entry.train_file, train_ids)):
            assert set(read(small / file, defined, ids).columns) == set(starter.HORIZONS)
    assert (small / defined.files.sample).read_bytes() == (small / "baseline_kaplan_meier.csv").read_bytes()


def test_each_baseline_knows_more_than_the_one_before(small):
    train = pd.read_csv(small / "train.csv")
    names = ("kaplan_meier", "age_sex_stage", "without_fitness")
    values = [
        three_year_ipa(train["days"], train["died"], pd.read_csv(small / f"baseline_{name}_train.csv")["p_3y"])
        for name in names
    ]
    assert abs(values[0]) < 0.005
    assert values[0] + 0.15 < values[1] < values[2]


def test_out_of_fold_predictions_do_not_see_the_own_outcome(small):
    train = pd.read_csv(small / "train.csv")
    changed = train.copy()
    changed.loc[0, ["days", "died"]] = [1, 1 - train.loc[0, "died"]]
    before, after = (baselines.out_of_fold(baseline.age_sex_stage, t) for t in (train, changed))
    assert (before.loc[0] == after.loc[0]).all()
    assert (before.to_numpy() != after.to_numpy()).any()


@pytest.fixture(scope="module")
def starter_files(made, tmp_path_factory):
    """The starter's two files for the demo drawing, and what it said."""
    out = tmp_path_factory.mktemp("starter") / "mine.csv"
    told = run_starter(FOLDER, made, out)
    return out, out.with_name("mine_without_fitness.csv"), told


def test_the_starter_tells_the_gain_and_writes_both_files(made, defined, starter_files):
    *files, told = starter_files
    assert [line.split(":")[0] for line in told.splitlines()[:2]] == [
        "IPA at 3 years, 2-fold cross-validation, without fitness",
        "IPA at 3 years, 2-fold cross-validation, with fitness",
    ]
    for path in files:
        assert f"28000 predictions written to {path}" in told
        read(path, defined, ids_of(made / "test.csv"))


def test_the_starter_gains_what_the_gate_lets_through(made, starter_files):
    train, test, hidden = (pd.read_csv(made / f"{name}.csv") for name in ("train", "test", "labels"))
    reference = starter.fit_predict(train, test, fitness=False)["p_3y"]
    # The second file is the reference's own model: whoever sends it sees what fitness added, and nothing else.
    assert np.abs(pd.read_csv(starter_files[1])["p_3y"] - reference).max() < 5.1e-7
    public = hidden["split"] == "public"
    limited = pd.read_csv(starter_files[0])["p_3y"].clip(reference - 0.05, reference + 0.05)
    scores = [three_year_ipa(hidden["days"][public], hidden["died"][public], p[public]) for p in (reference, limited)]
    # The gate asks for 8 rows, 0.0038; its two noises have a standard deviation of 0.0007 each.
    assert scores[1] - scores[0] > 0.006


def test_the_gain_of_fitness_on_the_private_patients_is_the_one_the_text_names(made, defined, starter_files):
    hidden = labels.read_labels((made / "labels.csv").read_bytes(), defined)
    outcomes = columns.outcomes(hidden, defined, hidden.ids)
    mine, without = (columns.predicted(read(path, defined, hidden.ids), defined) for path in starter_files[:2])
    gain = comparing.beside(defined, outcomes, mine, without, "private")["ipa@1095"]
    low, high = gain["ci"]
    assert low > 0
    for language, words in (("en", "{:.4f} (95% CI {:.4f}–{:.4f})"), ("ko", "{:.4f}(95% 신뢰구간 {:.4f}–{:.4f})")):
        told = (FOLDER / f"evaluation.{language}.md").read_text(encoding="utf-8")
        assert words.format(gain["value"], low, high) in told


def test_the_examination_finds_nothing(made, small, tmp_path):
    """On a fifth of the training and a tenth of the test rows; the whole of it is examined at every `arena up`."""
    for path in (*small.glob("*.csv"), *FOLDER.glob("*.md"), *FOLDER.glob("*.toml"), FOLDER / "dictionary.csv"):
        shutil.copy(path, tmp_path)
    pd.read_csv(made / "labels.csv").iloc[::10].to_csv(tmp_path / "labels.csv", index=False)
    result, code = checking.check(tmp_path)
    assert (code, result["mistakes"], result["warnings"]) == (0, [], [])
    assert {"k_anonymity", "gate", "beats_null", "precision"} <= {line["code"] for line in result["lines"]}


def test_the_texts_name_the_training_file_s_own_figures(made):
    train = pd.read_csv(made / "train.csv")
    overview = text(FOLDER, "overview")
    for horizon, words in ((365, "within one year"), (1095, "within three"), (1825, "within five")):
        deaths = int(((train["days"] <= horizon) & (train["died"] == 1)).sum())
        assert f"{deaths:,} {'deaths ' if horizon == 365 else ''}{words}" in overview
    mortality = [f"{100 * p:.1f}%" for p in baseline.kaplan_meier(train, train).iloc[0]]
    assert f"{mortality[0]}, {mortality[1]} and {mortality[2]}" in overview
    censored = ((train["days"] <= 1095) & (train["died"] == 0)).mean()
    assert f"{100 * censored:.1f}% are censored before three years" in text(FOLDER, "data")
    for name in ("overview", "data", "rules"):
        assert "synthetic" in text(FOLDER, name)
