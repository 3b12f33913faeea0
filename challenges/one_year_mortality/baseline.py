"""The organizer's four baselines, as prediction files for the test rows and out of fold for the training rows.

`age_stage_table` is the reference: a table of age band and stage is what a ward can have without any model.
"""

from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from challenges.one_year_mortality import starter
from challenges.shipped import baselines
from challenges.shipped.baselines import FOLD_SEED, FOLDS, Model


def write(folder: Path) -> None:
    """Write every baseline's files and the sample beside the train.csv and test.csv of `folder`."""
    baselines.write(folder, MODELS, null=prevalence, out_of_fold=out_of_fold)


def out_of_fold(model: Model, train: pd.DataFrame) -> pd.DataFrame:
    """Each training patient predicted by the model fitted on the other four fifths."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=FOLD_SEED).split(train, train[starter.OUTCOME])
    return pd.concat([model(train.iloc[known], train.iloc[asked]) for known, asked in folds]).loc[train.index]


def prevalence(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The null: everybody gets the training patients' share of deaths."""
    return pd.DataFrame({starter.COLUMN: train[starter.OUTCOME].mean()}, index=test.index)


def age_sex_stage(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """A plain logistic regression on age (bent at 65), sex and stage; with so few terms it needs no penalty."""
    names = ["age", "age_beyond_65", "male", "stage_2", "stage_3", "stage_4"]
    known, asked = (starter.features(patients, train.median(numeric_only=True))[names] for patients in (train, test))
    fitted = LogisticRegression(C=1e6, max_iter=1000).fit(known, train[starter.OUTCOME])
    return pd.DataFrame({starter.COLUMN: fitted.predict_proba(asked)[:, 1]}, index=test.index)


MODELS: dict[str, Model] = {
    "prevalence": prevalence,
    "age_stage_table": starter.table,
    "age_sex_stage": age_sex_stage,
    "full": starter.fit_predict,
}
