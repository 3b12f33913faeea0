# ruff: noqa: T201 - people run this in a terminal and read what it prints.
"""Start here: a logistic model on every variable that writes a file you can submit.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and scikit-learn. The model is a beginning: look at the variables, then change `features`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

# names
ID, OUTCOME = "patient_id", "outcome"
CATEGORIES = ["sex"]
# end of names
FOLDS, FOLD_SEED = 5, 20260101


def read(file: str | Path) -> pd.DataFrame:
    """Read a data file: ids and categories as text, empty cells as missing values and nothing else."""
    text = dict.fromkeys([ID, *CATEGORIES], str)
    return pd.read_csv(file, dtype=text, keep_default_na=False, na_values={name: [""] for name in _header(file)})


def _header(file: str | Path) -> list[str]:
    return list(pd.read_csv(file, nrows=0).columns)


def features(patients: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Numbers for the model: a column for each category but the first, numbers on one scale, missing values at the median."""
    x: dict[str, pd.Series] = {}
    for name in known.columns.difference([ID, OUTCOME], sort=False):
        if name in CATEGORIES:
            for level in sorted(known[name].dropna().unique())[1:]:
                x[f"{name}={level}"] = patients[name] == level
        else:
            middle, spread = known[name].median(), known[name].std() or 1.0
            x[name] = ((patients[name] - middle) / spread).fillna(0).clip(-5, 5)
        if known[name].isna().any():
            x[f"{name} missing"] = patients[name].isna()
    return pd.DataFrame(x, index=patients.index).astype(float)


def crude(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The null: everybody gets the training patients' share."""
    return pd.DataFrame({"probability": train[OUTCOME].mean()}, index=test.index)


def fit_predict(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Predictions of a lightly penalised logistic model on all features."""
    model = LogisticRegression(C=0.5, max_iter=2000).fit(features(train, train), train[OUTCOME])
    probability = model.predict_proba(features(test, train))[:, 1]
    return pd.DataFrame({"probability": probability}, index=test.index)


def practise(train: pd.DataFrame, validation_file: str, out_file: str) -> None:
    """Predict the validation patients by a model that never saw them, so that their scores tell what new patients would."""
    ids = pd.read_csv(validation_file, dtype=str, keep_default_na=False)[ID]
    held = train[ID].astype(str).isin(ids)
    predictions = fit_predict(train[~held], train[held])
    predictions.insert(0, ID, train.loc[held, ID])
    predictions.to_csv(out_file, index=False, float_format="%.6f")
    print(f"{len(predictions)} predictions of validation patients written to {Path(out_file).resolve()}")


def main(train_file: str, test_file: str, out_file: str, validation_file: str = "", validation_out: str = "") -> None:
    """Read, cross-validate, fit on all training patients, write."""
    train, test = read(train_file), read(test_file)
    fold = np.random.default_rng(FOLD_SEED).permutation(len(train)) % FOLDS
    parts = [fit_predict(train[fold != k], train[fold == k]) for k in range(FOLDS)]
    found = pd.concat(parts).loc[train.index, "probability"]
    print(f"ROC AUC, {FOLDS}-fold cross-validation: {roc_auc_score(train[OUTCOME], found):.3f}")
    predictions = fit_predict(train, test)
    predictions.insert(0, ID, test[ID])
    predictions.to_csv(out_file, index=False, float_format="%.6f")
    print(f"{len(predictions)} predictions written to {Path(out_file).resolve()}")
    if validation_file:
        practise(train, validation_file, validation_out)


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "--validation"]
    if len(given) not in (3, 5):
        sys.exit("usage: python starter.py TRAIN.csv TEST.csv OUT.csv [--validation VALIDATION.csv VALIDATION_OUT.csv]")
    main(*given)
