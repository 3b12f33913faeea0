"""Start here: a Cox model of the trial that writes a file you can submit.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and lifelines and takes a few seconds. `risk` is the model's log relative hazard: higher means worse. The three
probabilities are the chances of dying within one, three and five years.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from lifelines.utils import k_fold_cross_validation

HORIZONS = {"p_1y": 365, "p_3y": 1095, "p_5y": 1825}


def features(patients: pd.DataFrame, typical: pd.Series) -> pd.DataFrame:
    """Numbers for the model; the few missing values become the training median."""
    p = patients.fillna(typical)
    x = pd.DataFrame(index=p.index)
    x["levamisole"], x["levamisole_5fu"] = p["rx"] == 2, p["rx"] == 3
    x["male"] = p["sex"]
    x["age"], x["age_beyond_65"] = (p["age"] - 60) / 10, (p["age"] - 65).clip(lower=0) / 10
    for column in ("obstruct", "perfor", "adhere", "surg", "node4"):
        x[column] = p[column]
    x["log_nodes"] = np.log1p(p["nodes"])
    x["poor_differentiation"] = p["differ"] == 3
    x["extent"] = p["extent"] - 3
    return x.astype(float)


def probabilities(model: CoxPHFitter, asked: pd.DataFrame) -> pd.DataFrame:
    """The model's log relative hazard as risk, and its death probabilities at the horizons."""
    survival = model.predict_survival_function(asked, times=list(HORIZONS.values()))
    columns = {"risk": model.predict_log_partial_hazard(asked)}
    for name, horizon in HORIZONS.items():
        columns[name] = 1 - survival.loc[horizon, asked.index]
    return pd.DataFrame(columns, index=asked.index)


def fit_predict(train: pd.DataFrame, test: pd.DataFrame, names: list[str] | None = None) -> pd.DataFrame:
    """Predictions of a lightly penalised Cox model on all features, or on those named."""
    typical = train.median(numeric_only=True)
    known, asked = (features(patients, typical) for patients in (train, test))
    chosen = names or list(known)
    outcome = {"days": train["days"], "died": train["died"]}
    model = CoxPHFitter(penalizer=0.01).fit(known[chosen].assign(**outcome), "days", "died")
    return probabilities(model, asked[chosen])


def practise(train: pd.DataFrame, validation_file: str, out_file: str) -> None:
    """Predict the validation patients by a model that never saw them, so that their scores tell what new patients would."""
    ids = pd.read_csv(validation_file, dtype=str, keep_default_na=False)["patient_id"]
    held = train["patient_id"].astype(str).isin(ids)
    predictions = fit_predict(train[~held], train[held])
    predictions.insert(0, "patient_id", train.loc[held, "patient_id"])
    predictions.to_csv(out_file, index=False, float_format="%.6f")
    print(f"{len(predictions)} predictions of validation patients written to {Path(out_file).resolve()}")


def main(train_file: str, test_file: str, out_file: str, validation_file: str = "", validation_out: str = "") -> None:
    """Read, cross-validate, fit on all training patients, write."""
    train, test = pd.read_csv(train_file), pd.read_csv(test_file)
    table = features(train, train.median(numeric_only=True)).assign(days=train["days"], died=train["died"])
    scores = k_fold_cross_validation(
        CoxPHFitter(penalizer=0.01), table, "days", "died", k=5, scoring_method="concordance_index", seed=1
    )
    print(f"Harrell's C, 5-fold cross-validation: {np.mean(scores):.3f} (folds {np.round(scores, 3).tolist()})")
    predictions = fit_predict(train, test)
    predictions.insert(0, "patient_id", test["patient_id"])
    predictions.to_csv(out_file, index=False, float_format="%.6f")
    print(f"{len(predictions)} predictions written to {Path(out_file).resolve()}")
    if validation_file:
        practise(train, validation_file, validation_out)


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "--validation"]
    if len(given) not in (3, 5):
        sys.exit("usage: python starter.py TRAIN.csv TEST.csv OUT.csv [--validation VALIDATION.csv VALIDATION_OUT.csv]")
    main(*given)
