"""Fitness effect's drawing of the synthetic cohort: the patients from whom participants estimate.

The true effects can be computed from the generator, whose source is public, and so they are: `truth` did it once, and labels.csv
holds what it found. No secret of an instance is in these files.
"""

import shutil
from pathlib import Path

import numpy as np

from challenges.colorectal_cohort import VERSION, releasing
from challenges.colorectal_cohort.chance import Array, Patients

__all__ = [
    "HIGHEST_CCI",
    "LEAST_QUARTILE",
    "QUARTILES",
    "TRAIN",
    "TRAIN_SEED",
    "VERSION",
    "cci_band",
    "make",
    "quartile",
]

TRAIN_SEED = b"arena/fitness-effect/train/1.0.0"
TRAIN = 20_000
HIGHEST_CCI = 5
# The 25th and 75th percentile of peak oxygen uptake (mL/kg/min) by sex (1 men, 2 women): at 65, per year, more per year beyond
# 65; in the oldest women the formula would end below what the test can measure. Regression on 3,000,000 drawn patients.
QUARTILES = {
    "vo2peak_p25": {1: (21.064, -0.287, -0.031), 2: (13.269, -0.293, -0.017)},
    "vo2peak_p75": {1: (28.293, -0.285, -0.049), 2: (20.458, -0.289, -0.049)},
}
LEAST_QUARTILE = 6.5


def quartile(name: str, age: Array, sex: Array) -> Array:
    """Peak oxygen uptake at a quartile of the same age and sex, as it is released: to one decimal."""
    beyond = age - 65
    of_sex = [at65 + slope * beyond + bend * np.maximum(beyond, 0) for at65, slope, bend in QUARTILES[name].values()]
    return np.asarray(np.maximum(np.round(np.where(sex == 1, *of_sex), 1), LEAST_QUARTILE))


def cci_band(x: Patients) -> Array:
    """Charlson index as groups: none, one, two or more."""
    return np.asarray(np.minimum(x["cci"], 2))


def make(out: Path, *, secret: bytes) -> None:
    """Write train.csv (published seed) and labels.csv (published truths) into `out`; the secret is not used."""
    del secret
    patients, ids = releasing.training(TRAIN_SEED, TRAIN)
    added = {name: np.char.mod("%.1f", quartile(name, patients["age"], patients["sex"])).tolist() for name in QUARTILES}
    whole = {"cci_band": cci_band(patients), "days": patients["days"], "died": patients["died"]}
    columns = {**releasing.release(patients), **added, **releasing.as_text(whole)}
    releasing.write(out / "train.csv", ids, columns)
    shutil.copyfile(Path(__file__).parent / "labels.csv", out / "labels.csv")
