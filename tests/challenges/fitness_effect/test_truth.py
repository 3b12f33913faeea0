"""The published truths follow from the generator, and an estimate that knows nothing of their method agrees."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges.colorectal_cohort import deaths
from challenges.colorectal_cohort.chance import generator
from challenges.colorectal_cohort.patients import draw
from challenges.fitness_effect import cohort, truth

FOLDER = Path(cohort.__file__).parent
COARSE = 6, 100_000


@pytest.fixture(scope="module")
def published():
    return pd.read_csv(FOLDER / "labels.csv").set_index("estimand")


@pytest.fixture(scope="module")
def coarse():
    return truth.effects(b"coarse", *COARSE)


def test_a_coarse_drawing_agrees_within_its_monte_carlo_error(published, coarse):
    assert [one.name for one in coarse] == list(published.index)
    finer = truth.BATCHES * truth.BATCH / (COARSE[0] * COARSE[1])
    for one in coarse:
        stored = published.loc[one.name]
        error = stored["monte_carlo_error"] * np.sqrt(1 + finer)
        assert abs(one.value - stored["truth"]) < 4 * error, one.name


def test_the_monte_carlo_error_is_as_large_as_two_drawings_differ(coarse):
    again = truth.effects(b"coarse, once more", *COARSE)
    apart = [
        (one.value - other.value) / np.hypot(one.error, other.error) for one, other in zip(coarse, again, strict=True)
    ]
    # The groups overlap, so this is far from 33 independent draws.
    assert 0.4 < np.sqrt(np.mean(np.square(apart))) < 2.0


def test_the_same_seed_gives_the_same_truths():
    first, second = (truth.effects(b"same", 2, 2_000) for _ in range(2))
    assert first == second


def test_a_truth_moved_by_three_in_a_thousand_would_be_found_out(published, coarse):
    stored = published.loc["overall"]
    finer = truth.BATCHES * truth.BATCH / (COARSE[0] * COARSE[1])
    assert abs(coarse[0].value - (stored["truth"] + 0.003)) > 4 * stored["monte_carlo_error"] * np.sqrt(1 + finer)


def test_deaths_counted_near_the_two_quartiles_say_the_same(published):
    """No hazards, no densities: who was drawn with a fitness near either quartile, and who of them died."""
    patients = draw(600_000, generator(b"counted", "patients"))
    table = pd.DataFrame({name: patients[name] for name in ("age", "sex", "ajcc", "dm", "age_band")})
    table["age"] //= 4
    table["cci"] = np.minimum(patients["cci"], 4)
    table["dead"] = deaths.dead_by(patients, truth.DAY)
    place = np.full(len(table), "", dtype="U11")
    for name in cohort.QUARTILES:
        place[np.abs(patients["vo2peak"] - cohort.quartile(name, patients["age"], patients["sex"])) < 0.75] = name
    strata = ["age", "sex", "ajcc", "cci", "dm"]
    near = table[place != ""].assign(place=place[place != ""])
    low, high = (near[near["place"] == name].groupby(strata)["dead"].mean() for name in cohort.QUARTILES)
    apart = (high - low).dropna().rename("apart")
    for name, group in (("overall", table), ("sex_1", table[table["sex"] == 1]), ("ajcc_4", table[table["ajcc"] == 4])):
        found = group.join(apart, on=strata, how="inner")["apart"].mean()
        # Some 60,000 patients stand near each quartile: 0.002 of chance overall, 0.006 in stage IV.
        assert abs(found - published.loc[name, "truth"]) < (0.02 if name == "ajcc_4" else 0.007), name
