"""How the cohort's patients become a challenge's files, whatever its sizes and its outcome."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges.cause_of_death import cohort as by_cause
from challenges.colorectal_cohort import releasing
from challenges.colorectal_cohort.chance import generator
from challenges.colorectal_fitness import cohort as flagship
from challenges.fitness_effect import cohort as effect
from challenges.one_year_mortality import cohort as one_year

FOLDERS = Path(flagship.__file__).parents[1]
RECIPES = {"flagship": flagship.RECIPE, "one year": one_year.RECIPE, "by cause": by_cause.RECIPE}
SECRET = bytes(range(32))


@pytest.mark.parametrize(("rows", "public"), [(28, 14), (29, 14), (1000, 640), (1000, 1), (1000, 1000), (7, 0)])
def test_a_deal_has_the_wanted_size_and_is_fair_to_every_stratum(rows, public):
    stratum = np.repeat(np.arange(5), [1, 2, 4, 0, 0]) if rows == 7 else np.arange(rows) * 7919 % 6
    split = releasing.deal(stratum, public, generator(b"deal", "split"))
    assert (split == "public").sum() == public
    assert set(split) <= {"public", "private"}
    for one in set(stratum):
        inside = stratum == one
        assert abs((split[inside] == "public").sum() - inside.sum() * public / rows) <= 1


def test_a_deal_is_at_random():
    first, second = (releasing.deal(np.zeros(100, int), 50, generator(secret, "split")) for secret in (b"a", b"b"))
    assert 20 < (first == second).sum() < 80


@pytest.mark.parametrize("name", RECIPES)
def test_a_small_drawing_of_each_challenge(name, tmp_path):
    recipe = replace(RECIPES[name], train=300, public=250, private=150)
    releasing.make(tmp_path, recipe, secret=SECRET)
    train, test, labels = (pd.read_csv(tmp_path / f"{one}.csv") for one in ("train", "test", "labels"))
    assert [len(one) for one in (train, test, labels)] == [300, 400, 400]
    assert list(train) == ["patient_id", *releasing.RELEASED, *list(labels)[1:-1]]
    assert list(test) == ["patient_id", *releasing.RELEASED]
    assert list(labels)[-1] == "split"
    assert labels["split"].value_counts().to_dict() == {"public": 250, "private": 150}
    assert list(test["patient_id"]) == list(labels["patient_id"]) == sorted(labels["patient_id"])
    assert not set(train["patient_id"]) & set(test["patient_id"])
    both = labels.merge(test[["patient_id", "ajcc", "sex"]])
    for _, group in both.groupby(["ajcc", recipe.fate, "sex"]):
        assert abs((group["split"] == "public").sum() - len(group) * 250 / 400) <= 1


def test_no_patient_is_in_two_challenges():
    seeds = [recipe.train_seed for recipe in RECIPES.values()] + [effect.TRAIN_SEED]
    assert len(set(seeds)) == len(seeds)
    drawn = [releasing.training(seed, 500) for seed in seeds]
    ids = [one for _, names in drawn for one in names]
    assert len(set(ids)) == len(ids)
    people = [tuple(row) for patients, _ in drawn for row in zip(patients["vo2peak"], patients["glucose"], strict=True)]
    assert len(set(people)) == len(people)


def test_every_dictionary_describes_the_shared_columns_alike():
    def rows(name):
        table = (FOLDERS / name / "dictionary.csv").read_text(encoding="utf-8").splitlines()
        return {row["column"]: row for row in csv.DictReader(table)}

    shared = rows("colorectal_fitness")
    for name in ("one_year_mortality", "cause_of_death", "fitness_effect"):
        found = rows(name)
        assert {one: found[one] for one in releasing.RELEASED} == {one: shared[one] for one in releasing.RELEASED}
