"""The organizer's three baselines, as prediction files for the test rows and out of fold for the training rows."""

from functools import partial
from pathlib import Path

import pandas as pd
from lifelines import KaplanMeierFitter

from challenges.colon_adjuvant import starter
from challenges.shipped import baselines
from challenges.shipped.baselines import Model


def write(folder: Path) -> None:
    """Write every baseline's files and the sample beside the train.csv and test.csv of `folder`."""
    baselines.write(folder, MODELS, null=kaplan_meier, out_of_fold=baselines.out_of_fold)


def kaplan_meier(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The null: nobody's risk differs, everybody gets the training patients' Kaplan-Meier curve."""
    curve = KaplanMeierFitter().fit(train["days"], train["died"])
    columns = {name: float(1 - curve.predict(horizon)) for name, horizon in starter.HORIZONS.items()}
    return pd.DataFrame({"risk": 0.0, **columns}, index=test.index)


# The trial has no stage column; more than four positive nodes and the depth of invasion are what comes nearest.
MODELS: dict[str, Model] = {
    "kaplan_meier": kaplan_meier,
    "age_sex_nodes": partial(starter.fit_predict, names=["age", "age_beyond_65", "male", "node4", "extent"]),
    "full": starter.fit_predict,
}
