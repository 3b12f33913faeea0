"""The organizer's three baselines, as prediction files for the test rows and out of fold for the training rows."""

from functools import partial
from pathlib import Path

import pandas as pd
from lifelines import KaplanMeierFitter

from challenges.breast_gbsg2 import starter
from challenges.shipped import baselines
from challenges.shipped.baselines import Model


def write(folder: Path) -> None:
    """Write every baseline's files and the sample beside the train.csv and test.csv of `folder`."""
    baselines.write(folder, MODELS, null=kaplan_meier, out_of_fold=baselines.out_of_fold)


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
