"""The true effects, from the generator itself.

    python -m challenges.fitness_effect.truth

writes test.csv and labels.csv of this folder anew, the same way every time, from 8,000,000 drawn patients (a minute).

An effect is the mean, over the patients of a group, of

    P(dead by day 1,095 | V = v75, Z) - P(dead by day 1,095 | V = v25, Z)

where V is measured peak oxygen uptake, v25 and v75 are the quartiles of the patient's age and sex, and Z is age in years, sex, AJCC
stage, Charlson index (5 and over as 5) and diabetes. Z takes few enough values to be a table. Within a cell of it, V is true
fitness with a normal error of known size, so the chance of dying among patients with V = v is the mean of each drawn patient's own
chance, exp(-cumulative hazard) and no coin toss, weighted by the density of v at that patient's true fitness:

    P(dead | V = v, Z = z) = sum of density * risk / sum of density.

The quartiles lie above the test's floor, where that density is the whole truth. Drawing in batches gives the Monte Carlo error: the
delete-one-batch jackknife, which also takes off the small bias that a ratio of sums has.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from challenges.colorectal_cohort.chance import Array, Patients, generator
from challenges.colorectal_cohort.deaths import YEAR, cumulative_hazards
from challenges.colorectal_cohort.patients import VO2_ERROR, VO2_PER_MET, draw
from challenges.fitness_effect import cohort, estimands

SEED = b"arena/fitness-effect/truth/1.0.0"
BATCHES, BATCH = 16, 500_000
DAY = 1095
_AGES, _YOUNGEST = 71, 20
# One cell for each value of Z: age, sex, stage, Charlson index, diabetes.
SHAPE = (_AGES, 2, 4, cohort.HIGHEST_CCI + 1, 2)


@dataclass(frozen=True, slots=True)
class Effect:
    """A true effect and how far the drawing may have moved it."""

    name: str
    value: float
    error: float


def effects(seed: bytes = SEED, batches: int = BATCHES, batch: int = BATCH) -> list[Effect]:
    """Compute every estimand from `batches` × `batch` drawn patients."""
    rng = generator(seed, "patients")
    sums = np.stack([_sums(draw(batch, rng)) for _ in range(batches)])
    whole = sums.sum(axis=0)
    found = _contrasts(whole)
    left = np.stack([_contrasts(whole - one) for one in sums])
    unbiased = batches * found - (batches - 1) * left.mean(axis=0)
    error = np.sqrt((batches - 1) / batches * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    names = [one.name for one in estimands.every()]
    return [Effect(*one) for one in zip(names, unbiased.tolist(), error.tolist(), strict=True)]


def _sums(x: Patients) -> Array:
    """Patients, and at either quartile the densities and the densities times the risks, summed by cell."""
    place = (x["age"] - _YOUNGEST, x["sex"] - 1, x["ajcc"] - 1, np.minimum(x["cci"], cohort.HIGHEST_CCI), x["dm"])
    cell = np.ravel_multi_index(place, SHAPE)
    risk = -np.expm1(-sum(cumulative_hazards(x, DAY / YEAR)))
    rows = [np.bincount(cell, minlength=math.prod(SHAPE)).astype(float)]
    for name in cohort.QUARTILES:
        apart = (cohort.quartile(name, x["age"], x["sex"]) - VO2_PER_MET * x["crf"]) / VO2_ERROR
        density = np.exp(-0.5 * apart**2)
        rows += [np.bincount(cell, weights, math.prod(SHAPE)) for weights in (density, density * risk)]
    return np.stack(rows)


def _contrasts(sums: Array) -> Array:
    patients, density25, risk25, density75, risk75 = sums
    known = (density25 > 0) & (density75 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.where(known, risk75 / density75 - risk25 / density25, 0.0)
    weight = np.where(known, patients, 0.0)
    return np.array([(difference * weight)[group].sum() / weight[group].sum() for group in _groups()])


def _groups() -> Iterator[Array]:
    """Yield which cells belong to each estimand."""
    age, sex, stage, cci, diabetes = (axis.ravel() for axis in np.indices(SHAPE))
    years = age + _YOUNGEST
    columns = {
        "sex": sex + 1,
        "age_band": 1 + (years >= 65).astype(int) + (years >= 75),
        "ajcc": stage + 1,
        "cci_band": np.minimum(cci, 2),
        "dm": diabetes,
    }
    for one in estimands.every():
        conditions = [columns[name] == value for name, value in one.group.items()]
        yield np.logical_and.reduce(conditions) if conditions else np.ones(math.prod(SHAPE), dtype=bool)


def write(folder: Path) -> None:
    """Write test.csv and labels.csv into `folder`."""
    estimands.write(folder / "test.csv")
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["estimand", "truth", "monte_carlo_error", "split"])
        rows.writerows([one.name, f"{one.value:.6f}", f"{one.error:.6f}", "public"] for one in effects())


if __name__ == "__main__":
    write(Path(__file__).parent)
