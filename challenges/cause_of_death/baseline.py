"""The organizer's three baselines, as prediction files for the test rows and out of fold for the training rows.

`age_sex_stage`, the reference, is the starter's pair of cause-specific Cox models with nothing else in it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from challenges.cause_of_death import starter

# Three folds: each asks for two Cox models of every baseline, and the first start of an instance waits for them.
FOLDS, FOLD_SEED = 3, 20260101
Model = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def write(folder: Path) -> None:
    """Read train.csv and test.csv in `folder`; write every baseline file, its training twin, and the sample."""
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    for name, model in MODELS.items():
        _save(folder / f"baseline_{name}.csv", test, model(train, test))
        _save(folder / f"baseline_{name}_train.csv", train, out_of_fold(model, train))
    _save(folder / "sample_submission.csv", test, aalen_johansen(train, test))


def out_of_fold(model: Model, train: pd.DataFrame) -> pd.DataFrame:
    """Each training patient predicted by the model fitted on the other two thirds."""
    fold = np.random.default_rng(FOLD_SEED).permutation(len(train)) % FOLDS
    parts = [model(train[fold != k], train[fold == k]) for k in range(FOLDS)]
    return pd.concat(parts).loc[train.index]


def aalen_johansen(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The null: everybody gets the training patients' cumulative incidence of death from colorectal cancer."""
    columns = {name: starter.observed(train, horizon) for name, horizon in starter.HORIZONS.items()}
    return pd.DataFrame(columns, index=test.index)


MODELS: dict[str, Model] = {
    "aalen_johansen": aalen_johansen,
    "age_sex_stage": partial(starter.fit_predict, names=["age", "age_beyond_65", "male", "ajcc"]),
    "full": starter.fit_predict,
}


def _save(path: Path, patients: pd.DataFrame, predictions: pd.DataFrame) -> None:
    table = predictions.assign(patient_id=patients["patient_id"])[["patient_id", *predictions.columns]]
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")
