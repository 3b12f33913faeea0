"""The files of a shipped challenge's baselines: predictions of the test rows, and of the training rows out of fold."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

FOLDS, FOLD_SEED = 5, 20260101
Model = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def write(
    folder: Path,
    models: Mapping[str, Model],
    *,
    null: Model,
    out_of_fold: Callable[[Model, pd.DataFrame], pd.DataFrame],
) -> None:
    """Read train.csv and test.csv in `folder`; write every baseline file, its training twin, and the sample."""
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    for name, model in models.items():
        _save(folder / f"baseline_{name}.csv", test, model(train, test))
        _save(folder / f"baseline_{name}_train.csv", train, out_of_fold(model, train))
    _save(folder / "sample_submission.csv", test, null(train, test))


def out_of_fold(model: Model, train: pd.DataFrame, folds: int = FOLDS) -> pd.DataFrame:
    """Each training patient predicted by the model fitted on the other folds."""
    fold = np.random.default_rng(FOLD_SEED).permutation(len(train)) % folds
    parts = [model(train[fold != k], train[fold == k]) for k in range(folds)]
    return pd.concat(parts).loc[train.index]


def _save(path: Path, patients: pd.DataFrame, predictions: pd.DataFrame) -> None:
    table = predictions.assign(patient_id=patients["patient_id"])[["patient_id", *predictions.columns]]
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")
