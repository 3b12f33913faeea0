"""The organizer's four baselines, as prediction files for the test rows and out of fold for the training rows.

`without_fitness` is the reference: the full model less the fitness block, and nothing else changed, so that a paired
difference from it is what fitness (or better modelling of it) brings. The models are the starter's: nobody starts behind.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter

from challenges.colorectal_fitness import starter

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
    """The null: everybody gets the training patients' Kaplan-Meier curve."""
    curve = KaplanMeierFitter().fit(train["days"], train["died"])
    columns = {name: float(1 - curve.predict(horizon)) for name, horizon in starter.HORIZONS.items()}
    return pd.DataFrame(columns, index=test.index)


def age_sex_stage(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Age (bent at 65) and sex, with an own baseline hazard for each stage."""
    known, asked = (
        starter.features(patients, train.median(numeric_only=True), fitness=False)[
            ["age", "age_beyond_65", "male", "ajcc"]
        ]
        for patients in (train, test)
    )
    known = known.assign(days=train["days"], died=train["died"])
    return starter.probabilities(CoxPHFitter().fit(known, "days", "died", strata=["ajcc"]), asked)


MODELS: dict[str, Model] = {
    "kaplan_meier": kaplan_meier,
    "age_sex_stage": age_sex_stage,
    "without_fitness": partial(starter.fit_predict, fitness=False),
    "full": partial(starter.fit_predict, fitness=True),
}


def _save(path: Path, patients: pd.DataFrame, predictions: pd.DataFrame) -> None:
    table = predictions.assign(patient_id=patients["patient_id"])[["patient_id", *predictions.columns]]
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")
