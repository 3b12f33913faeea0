"""The organizer's three baselines, as prediction files for the test rows and out of fold for the training rows.

`age_sex_stage`, the reference, is the starter's pair of cause-specific Cox models with nothing else in it.
"""

from functools import partial
from pathlib import Path

import pandas as pd

from challenges.cause_of_death import starter
from challenges.shipped import baselines
from challenges.shipped.baselines import Model

# Three folds: each asks for two Cox models of every baseline, and the first start of an instance waits for them.
FOLDS = 3


def write(folder: Path) -> None:
    """Write every baseline's files and the sample beside the train.csv and test.csv of `folder`."""
    baselines.write(folder, MODELS, null=aalen_johansen, out_of_fold=out_of_fold)


def out_of_fold(model: Model, train: pd.DataFrame) -> pd.DataFrame:
    """Each training patient predicted by the model fitted on the other two thirds."""
    return baselines.out_of_fold(model, train, FOLDS)


def aalen_johansen(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The null: everybody gets the training patients' cumulative incidence of death from colorectal cancer."""
    columns = {name: starter.observed(train, horizon) for name, horizon in starter.HORIZONS.items()}
    return pd.DataFrame(columns, index=test.index)


MODELS: dict[str, Model] = {
    "aalen_johansen": aalen_johansen,
    "age_sex_stage": partial(starter.fit_predict, names=["age", "age_beyond_65", "male", "ajcc"]),
    "full": starter.fit_predict,
}
