"""The organizer's four baselines, as prediction files for the test rows and out of fold for the training rows.

`without_fitness` is the reference: the full model less the fitness block, and nothing else changed, so that a paired
difference from it is what fitness (or better modelling of it) brings. The models are the starter's: nobody starts behind.
"""

from functools import partial
from pathlib import Path

import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter

from challenges.colorectal_fitness import starter
from challenges.shipped import baselines
from challenges.shipped.baselines import Model


def write(folder: Path) -> None:
    """Write every baseline's files and the sample beside the train.csv and test.csv of `folder`."""
    baselines.write(folder, MODELS, null=kaplan_meier, out_of_fold=baselines.out_of_fold)


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
