"""Start here: a Cox model of the study that writes a file you can submit.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and lifelines and takes a few seconds. `risk` is the model's log relative hazard: higher means worse. The three
probabilities are the chances that recurrence-free survival ends within one, three and five years.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter

HORIZONS = {"p_1y": 365, "p_3y": 1095, "p_5y": 1825}
TAU = 1095


def features(patients: pd.DataFrame) -> pd.DataFrame:
    """Numbers for the model. Counts, sizes and receptors are skewed, so their logarithms go in."""
    p = patients
    x = pd.DataFrame(index=p.index)
    x["age"], x["age_below_45"] = (p["age"] - 53) / 10, (45 - p["age"]).clip(lower=0) / 10
    x["log_size"] = np.log(p["tsize"] / 25)
    x["log_nodes"] = np.log1p(p["pnodes"])
    x["grade_2_or_3"], x["grade_3"] = p["tgrade"] >= 2, p["tgrade"] == 3
    x["log_progesterone"] = np.log1p(p["progrec"])
    x["log_estrogen"] = np.log1p(p["estrec"])
    x["hormonal_therapy"] = p["horTh"]
    x["postmenopausal"] = p["menostat"] == 2
    return x.astype(float)


def fit_predict(train: pd.DataFrame, test: pd.DataFrame, names: list[str] | None = None) -> pd.DataFrame:
    """Predictions of a lightly penalised Cox model on all features, or on those named."""
    known, asked = features(train), features(test)
    chosen = names or list(known)
    outcome = {"days": train["days"], "event": train["event"]}
    model = CoxPHFitter(penalizer=0.01).fit(known[chosen].assign(**outcome), "days", "event")
    survival = model.predict_survival_function(asked[chosen], times=list(HORIZONS.values()))
    columns = {"risk": model.predict_log_partial_hazard(asked[chosen])}
    for name, horizon in HORIZONS.items():
        columns[name] = 1 - survival.loc[horizon, asked.index]
    return pd.DataFrame(columns, index=asked.index)


def uno_c(patients: pd.DataFrame, risk: np.ndarray, tau: float) -> float:
    """The primary metric: the share of pairs in the right order, each pair weighted by the inverse probability of being observed."""
    days, event = patients["days"].to_numpy(), patients["event"].to_numpy() == 1
    censoring = KaplanMeierFitter().fit(days, ~event)
    right = total = 0.0
    for i in np.flatnonzero(event & (days <= tau)):
        weight = 1 / float(censoring.predict(days[i] - 1)) ** 2
        later = (days > days[i]) | ((days == days[i]) & ~event)
        right += weight * (np.sum(risk[i] > risk[later]) + np.sum(risk[i] == risk[later]) / 2)
        total += weight * np.sum(later)
    return right / total


def cross_validate(train: pd.DataFrame, folds: int = 5) -> None:
    """Print Uno's C of the training patients, each predicted by a model that never saw the patient."""
    fold = np.random.default_rng(1).permutation(len(train)) % folds
    values = []
    for k in range(folds):
        risk = fit_predict(train[fold != k], train[fold == k])["risk"].to_numpy()
        values.append(uno_c(train[fold == k], risk, TAU))
    print(
        f"Uno's C up to 3 years, {folds}-fold cross-validation: {np.mean(values):.3f} (folds {np.round(values, 3).tolist()})"
    )


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
    cross_validate(train)
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
