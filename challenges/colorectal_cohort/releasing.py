"""What of the cohort is released, and the files of a challenge that is drawn from it.

The training rows come from a published seed, everything of the test rows from the instance's secret; neither side needs the
other's. The test rows are dealt to public and private within stage × fate × sex.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from challenges import validation
from challenges.colorectal_cohort.chance import Array, Patients, generator
from challenges.colorectal_cohort.patients import draw

_ID_LETTERS = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))

# Columns of the released files, with the decimals they are rounded to.
RELEASED = {
    "age": 0, "age_band": 0, "sex": 0, "region5": 0, "income": 0,
    "dx_year": 0, "site": 0, "ajcc": 0, "seer_stage": 0, "histology": 0, "poor_grade": 0, "cea": 1,
    "cci": 0, "dm": 0, "htn": 0,
    "screened": 0, "smoking": 0, "bmi": 1, "waist": 1, "sbp": 0, "dbp": 0, "glucose": 0, "hb": 1,
    "pa_cat": 0, "rhr": 0, "ecrf_met": 2, "ecrf_pct": 0, "vo2peak": 1, "at": 1, "ve_vco2": 1, "smwd": 0,
    "emergency": 0, "laparoscopy": 0, "neoadjuvant": 0, "tertiary": 0, "lag_days": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """One challenge's drawing: its published seed, its sizes and what its patients' outcome is."""

    train_seed: bytes
    train: int
    public: int
    private: int
    outcome: Callable[[Patients], dict[str, Array]]  # the outcome's columns, whole numbers
    fate: str  # the column of them, a small whole number, that is balanced between public and private


def make(out: Path, recipe: Recipe, *, secret: bytes) -> None:
    """Write train.csv and its validation part (published seed), test.csv and labels.csv (both from the secret) into `out`."""
    known, known_ids = training(recipe.train_seed, recipe.train)
    write(out / "train.csv", known_ids, {**release(known), **as_text(recipe.outcome(known))})
    validation.write(out, "patient_id")
    rows = recipe.public + recipe.private
    test = draw(rows, generator(secret, "patients"))
    test_ids = ids(rows, generator(secret, "ids"), taken=frozenset(known_ids))
    outcome = recipe.outcome(test)
    stratum = (test["ajcc"] * (1 + outcome[recipe.fate].max()) + outcome[recipe.fate]) * 2 + (test["sex"] - 1)
    split = deal(stratum, recipe.public, generator(secret, "split")).tolist()
    write(out / "test.csv", test_ids, release(test))
    write(out / "labels.csv", test_ids, {**as_text(outcome), "split": split})


def training(seed: bytes, n: int) -> tuple[Patients, list[str]]:
    """Draw the training patients of a published seed, with their ids."""
    return draw(n, generator(seed, "patients")), ids(n, generator(seed, "ids"), taken=frozenset())


def release(x: Patients) -> dict[str, list[str]]:
    """The columns participants may see, as text; missing values are empty."""
    hidden = x["missing"]
    may_be_hidden = hidden.dtype.names or ()
    columns: dict[str, list[str]] = {}
    for name, decimals in RELEASED.items():
        text = np.char.mod(f"%.{decimals}f", np.round(x[name].astype(float), decimals) + 0.0)
        columns[name] = np.where(hidden[name], "", text).tolist() if name in may_be_hidden else text.tolist()
    return columns


def as_text(columns: dict[str, Array]) -> dict[str, list[str]]:
    """Whole numbers as they are written."""
    return {name: values.astype(str).tolist() for name, values in columns.items()}


def deal(stratum: Array, public: int, rng: np.random.Generator) -> Array:
    """Public or private, at random, in the same proportion within every stratum; `public` rows of them are public."""
    shuffled = rng.permutation(len(stratum))
    by_stratum = shuffled[np.argsort(stratum[shuffled], kind="stable")]
    first, second = rng.permutation(np.array(["public", "private"]))
    wanted = public if first == "public" else len(stratum) - public
    # One after the other, as soon as the first kind's share is due again: no stratum is off by more than one.
    due = -(-np.arange(len(stratum) + 1) * wanted // len(stratum))
    split = np.empty(len(stratum), dtype="U7")
    split[by_stratum] = np.where(np.diff(due) > 0, first, second)
    return split


def ids(n: int, rng: np.random.Generator, *, taken: frozenset[str]) -> list[str]:
    """Random names that say nothing: a letter first, so that no spreadsheet takes one for a number."""
    names: dict[str, None] = {}
    while len(names) < n:
        for letters in _ID_LETTERS[rng.integers(0, len(_ID_LETTERS), (n, 9))]:
            name = "P" + "".join(letters)
            if name not in taken and len(names) < n:
                names[name] = None
    return list(names)


def write(path: Path, ids: list[str], columns: dict[str, list[str]]) -> None:
    """Rows stand in the order of their random ids, so that their place tells nothing either."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["patient_id", *columns])
        rows.writerows(sorted(zip(ids, *columns.values(), strict=True)))
