"""What make writes, and what its files do not tell."""

import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges.colorectal_fitness import cohort
from worker.folders import demo_secret

FOLDER = Path(cohort.__file__).parent
SECRET = demo_secret("colorectal-fitness")


@pytest.fixture(scope="module")
def frames(made):
    kept = {"keep_default_na": False, "dtype": str}
    return {name: pd.read_csv(made / f"{name}.csv", **kept) for name in ("train", "test", "labels")}


def dictionary():
    with (FOLDER / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sizes_and_columns(frames):
    train, test, labels = frames["train"], frames["test"], frames["labels"]
    assert (len(train), len(test)) == (14_000, 28_000)
    assert labels["split"].value_counts().to_dict() == {"public": 14_000, "private": 14_000}
    assert list(labels) == ["patient_id", "days", "died", "split"]
    assert list(train) == [*test, "days", "died"]
    assert list(test["patient_id"]) == list(labels["patient_id"])
    assert [row["column"] for row in dictionary()] == list(train)


def test_the_published_training_file_never_changes(made):
    digest = hashlib.sha256((made / "train.csv").read_bytes()).hexdigest()
    assert digest == "3d71ba4e8fe507e79370efdc5bf96c6e27cd635e5b3a12bfde102347b64072d9"


def test_every_value_is_in_the_dictionary(frames):
    whole = {row["column"]: row["type"] for row in dictionary()}
    for row in dictionary():
        seen = set(frames["train"][row["column"]]) - {""}
        if row["type"] == "category":
            assert seen == {code.split("=")[0] for code in row["codes"].split(";")}, row["column"]
        elif whole[row["column"]] == "integer":
            assert all(re.fullmatch(r"\d+", value) for value in seen), row["column"]
        assert row["description.ko"]
        assert row["description.en"]


def test_the_same_secret_gives_the_same_bytes_and_another_gives_another_cohort(made, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    cohort.make(tmp_path / "a", secret=SECRET)
    cohort.make(tmp_path / "b", secret=bytes(32))
    for name in ("train.csv", "test.csv", "labels.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (made / name).read_bytes()
    assert (tmp_path / "b" / "train.csv").read_bytes() == (made / "train.csv").read_bytes()
    for name in ("test.csv", "labels.csv"):
        assert (tmp_path / "b" / name).read_bytes() != (made / name).read_bytes()
    other = pd.read_csv(tmp_path / "b" / "test.csv")["patient_id"]
    assert not set(other) & set(pd.read_csv(made / "test.csv")["patient_id"])


def test_no_test_row_is_a_training_row(frames):
    train, test = frames["train"], frames["test"]
    assert not set(train["patient_id"]) & set(test["patient_id"])
    covariates = list(test.columns[1:])
    assert len(test[covariates].merge(train[covariates])) == 0


def test_halves_are_balanced_within_stage_death_and_sex(frames):
    both = frames["labels"].merge(frames["test"][["patient_id", "ajcc", "sex"]])
    both["private"] = np.where(both["split"] == "private", 1, -1)
    assert both.groupby(["ajcc", "died", "sex"])["private"].sum().abs().max() <= 1


def test_neither_ids_nor_places_tell_split_or_outcome(frames):
    labels = frames["labels"]
    assert list(labels["patient_id"]) == sorted(labels["patient_id"])
    assert labels["patient_id"].str.fullmatch(r"P[0-9A-HJKMNP-TV-Z]{9}").all()
    hidden = pd.DataFrame({"private": labels["split"] == "private", "died": labels["died"] == "1"}).astype(float)
    letters = pd.DataFrame({k: labels["patient_id"].str[k].map(ord) for k in range(1, 10)}).astype(float)
    letters["place"] = np.arange(len(labels), dtype=float)
    letters["neighbour"] = hidden["private"].shift(1, fill_value=0.5)
    correlations = [abs(np.corrcoef(letters[a], hidden[b])[0, 1]) for a in letters for b in hidden]
    assert max(correlations) < 4.5 / np.sqrt(len(labels))


def test_what_stays_hidden_is_in_no_file(frames):
    released = set(frames["train"])
    assert not released & {"frailty", "crf", "t_death", "t_cancer", "cause", "dx_day", "seer_true", "lp_cancer"}
    assert "died" not in frames["test"]
    assert "days" not in frames["test"]


def test_unscreened_patients_show_nothing_of_the_screening(frames):
    blocks = {row["column"]: row["block"] for row in dictionary()}
    unscreened = frames["test"][frames["test"]["screened"] == "0"]
    for column in [c for c, block in blocks.items() if block == "screening" and c != "screened"]:
        assert (unscreened[column] == "").all(), column
    for column in ("pa_cat", "rhr", "ecrf_met", "ecrf_pct"):
        assert (unscreened[column] == "").all(), column
    assert (unscreened["vo2peak"] != "").all()


def test_estimated_fitness_is_the_printed_formula_of_released_columns(frames):
    known = frames["train"][frames["train"]["ecrf_met"] != ""].astype({"age": float, "bmi": float, "rhr": float})
    activity = known["pa_cat"].map({"0": 0, "1": 0.32, "2": 1.06, "3": 1.76, "4": 3.03})
    met = 18.07 + 2.77 * (known["sex"] == "1") - 0.10 * known["age"] - 0.17 * known["bmi"] - 0.03 * known["rhr"]
    assert np.abs(met + activity - known["ecrf_met"].astype(float)).max() < 0.0051


def test_the_percentile_is_a_percentile(frames):
    known = frames["train"][frames["train"]["ecrf_pct"] != ""]
    for _, group in known.groupby(["sex", "age_band"]):
        share_below_half = (group["ecrf_pct"].astype(int) <= 50).mean()
        assert abs(share_below_half - 0.5) < 0.05
