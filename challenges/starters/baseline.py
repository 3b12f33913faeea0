"""The organizer's baselines, as prediction files for the test rows and out of fold for the training rows.

    python baseline.py

It writes the files that challenge.toml names under [[baselines]]. To change a model, change `starter.py`, which lies beside
this file, or put a function of your own into BASELINES: it takes the training and the test patients and returns a column for
each that a prediction file asks for. Delete a baseline's files to have `arena challenge check` write them anew.
"""

import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

starter = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("starter.py"))))
Model = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
# names
BASELINES: dict[str, Model] = {"kaplan_meier": starter.crude, "cox": starter.fit_predict}
# end of names
FOLDS, FOLD_SEED = 5, 20260101


def write(folder: Path) -> None:
    """Read train.csv and test.csv in `folder`; write every baseline's file and its training twin."""
    train, test = starter.read(folder / "train.csv"), starter.read(folder / "test.csv")
    for name, model in BASELINES.items():
        _save(folder / f"baseline_{name}.csv", test, model(train, test))
        # One curve for everybody: made fold by fold, its differences between folds would pass for an order of patients.
        known = model(train, train) if model is starter.crude else out_of_fold(model, train)
        _save(folder / f"baseline_{name}_train.csv", train, known)


def out_of_fold(model: Model, train: pd.DataFrame) -> pd.DataFrame:
    """Each training patient predicted by the model fitted on the other four fifths."""
    fold = np.random.default_rng(FOLD_SEED).permutation(len(train)) % FOLDS
    parts = [model(train[fold != k], train[fold == k]) for k in range(FOLDS)]
    return pd.concat(parts).loc[train.index]


def _save(path: Path, patients: pd.DataFrame, predictions: pd.DataFrame) -> None:
    table = predictions.assign(**{starter.ID: patients[starter.ID]})[[starter.ID, *predictions.columns]]
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")


if __name__ == "__main__":
    write(Path(__file__).parent)
