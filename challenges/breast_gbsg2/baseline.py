"""The organizer's three baselines, as prediction files for the test rows and out of fold for the training rows."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter

from challenges.breast_gbsg2 import starter

FOLDS, FOLD_SEED = 5, 20260101
Model = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def write(folder: Path) -> None:
    """Read train.csv and test.csv in `folder`; write every baseline file, its training twin, and the sample."""
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    for name, model in MODELS.items():
        _save(folder / f"baseline_{name}.csv", test, model(train, test))
        _save(folder / f"baseline_{name}_train.csv", train, out_of_fold(model, train))
    _save(folder / "sample_submission.csv", test, kaplan_meier(train, test))


def out_of_fold(model: Model, train: pd.DataFrame) -> pd.DataFrame:
    """Each training patient predicted by the model fitted on the other four fifths."""
    fold = np.random.default_rng(FOLD_SEED).permutation(len(train)) % FOLDS
    parts = [model(train[fold != k], train[fold == k]) for k in range(FOLDS)]
    return pd.concat(parts).loc[train.index]


def kaplan_meier(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The null: nobody's risk differs, everybody gets the training patients' Kaplan-Meier curve."""
    curve = KaplanMeierFitter().fit(train["days"], train["event"])
    columns = {name: float(1 - curve.predict(horizon)) for name, horizon in starter.HORIZONS.items()}
    return pd.DataFrame({"risk": 0.0, **columns}, index=test.index)


MODELS: dict[str, Model] = {
    "kaplan_meier": kaplan_meier,
    "age_size_grade": partial(
        starter.fit_predict, names=["age", "age_below_45", "log_size", "grade_2_or_3", "grade_3"]
    ),
    "full": starter.fit_predict,
}


def _save(path: Path, patients: pd.DataFrame, predictions: pd.DataFrame) -> None:
    table = predictions.assign(patient_id=patients["patient_id"])[["patient_id", *predictions.columns]]
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")
