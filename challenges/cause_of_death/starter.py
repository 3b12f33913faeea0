"""Start here: two cause-specific Cox models, put together to the probability of dying of colorectal cancer.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and lifelines and takes well under a minute. One model is of death from colorectal cancer, the other of death from
another cause. Who dies of the one cannot die of the other any more, so both are needed for the probability of either; before it
writes, the script shows what goes wrong when the second is forgotten.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter

HORIZONS = {"p_1y": 365, "p_3y": 1095, "p_5y": 1825}
CANCER, OTHER = 1, 2
# Effects that may differ between early (I, II), regional (III) and metastatic (IV) disease.
MODIFIED = ["age", "log_cea"]


def features(patients: pd.DataFrame, typical: pd.Series) -> pd.DataFrame:
    """Numbers for the models. Missing values become the training median; indicators say that they were missing."""
    p = patients.fillna(typical)
    x = pd.DataFrame(index=p.index)
    x["age"] = (p["age"] - 65) / 10
    x["age_beyond_65"] = x["age"].clip(lower=0) ** 2
    x["male"] = p["sex"] == 1
    x["low_income"] = p["income"] <= 1
    x["dx_year"] = p["dx_year"] - 2015
    x["right"], x["rectum"] = p["site"] == 1, p["site"] == 4
    x["signet_ring"], x["poor_grade"] = p["histology"] == 8490, p["poor_grade"]
    x["log_cea"] = np.log(p["cea"] / 3)
    x["cci"] = p["cci"].clip(upper=5)
    x["dm"] = p["dm"]
    x["not_screened"] = p["screened"] == 0
    x["former_smoker"], x["current_smoker"] = p["smoking"] == 1, p["smoking"] == 2
    x["bmi"], x["underweight"] = (p["bmi"] - 24) / 3, p["bmi"] < 18.5
    x["hb"] = (p["hb"] - 12.8).clip(-5, 2)
    x["vo2peak"] = (p["vo2peak"] - 21) / 5
    x["vo2peak_below_16"] = (16 - p["vo2peak"]).clip(lower=0) / 5
    for column in ("emergency", "laparoscopy", "tertiary"):
        x[column] = p[column]
    for name in MODIFIED:
        x[f"{name}_regional"], x[f"{name}_metastatic"] = x[name] * (p["ajcc"] == 3), x[name] * (p["ajcc"] == 4)
    return x.astype(float).assign(ajcc=p["ajcc"])


def fit(known: pd.DataFrame, train: pd.DataFrame, cause: int) -> CoxPHFitter:
    """A Cox model of one cause with its own baseline hazard for each stage; the other cause ends observation."""
    outcome = {"days": train["days"], "died": train["event"] == cause}
    return CoxPHFitter().fit(known.assign(**outcome), "days", "died", strata=["ajcc"], fit_options={"precision": 1e-4})


def cumulative_incidence(cancer: CoxPHFitter, other: CoxPHFitter, asked: pd.DataFrame) -> pd.DataFrame:
    """Add up, day by day, who dies on that day times the cancer's share of that day's hazard."""
    relative = [model.predict_partial_hazard(asked).to_numpy()[:, None] for model in (cancer, other)]
    found = pd.DataFrame(index=asked.index, columns=list(HORIZONS), dtype=float)
    for stage, rows in asked.groupby("ajcc").indices.items():
        hazards = [model.baseline_cumulative_hazard_[stage] for model in (cancer, other)]
        course = pd.concat(hazards, axis=1).sort_index().ffill().fillna(0.0).loc[: max(HORIZONS.values())]
        steps = [one[rows] * np.diff(course.iloc[:, k], prepend=0.0) for k, one in enumerate(relative)]
        both = steps[0] + steps[1]
        alive = np.exp(-np.cumsum(both, axis=1))
        dying = np.hstack([1 - alive[:, :1], alive[:, :-1] - alive[:, 1:]])
        reached = np.cumsum(dying * np.divide(steps[0], both, out=np.zeros_like(both), where=both > 0), axis=1)
        for name, horizon in HORIZONS.items():
            found.iloc[rows, found.columns.get_loc(name)] = reached[:, (course.index <= horizon).sum() - 1]
    return found


def fit_predict(train: pd.DataFrame, test: pd.DataFrame, names: list[str] | None = None) -> pd.DataFrame:
    """Probabilities of death from colorectal cancer, from all features or from those named."""
    typical = train.median(numeric_only=True)
    known, asked = (features(patients, typical) for patients in (train, test))
    chosen = names or list(known)
    cancer, other = (fit(known[chosen], train, cause) for cause in (CANCER, OTHER))
    return cumulative_incidence(cancer, other, asked[chosen])


def cross_validate(train: pd.DataFrame) -> None:
    """Print, for a third of the patients, what the two models expect and what a single one would, against what happened."""
    asked = np.random.default_rng(1).permutation(len(train)) % 3 == 0
    known, left = train[~asked], train[asked]
    typical = known.median(numeric_only=True)
    told, x = features(known, typical), features(left, typical)
    cancer, other = (fit(told, known, cause) for cause in (CANCER, OTHER))
    both = cumulative_incidence(cancer, other, x)["p_5y"].mean()
    alone = (1 - cancer.predict_survival_function(x, times=[HORIZONS["p_5y"]])).to_numpy().mean()
    happened = observed(left, HORIZONS["p_5y"])
    print("Death from colorectal cancer within five years, patients that the models did not see:")
    print(f"observed (Aalen-Johansen) {happened:.3f}, both models {both:.3f}, the cancer model alone {alone:.3f}")


def observed(patients: pd.DataFrame, horizon: float) -> float:
    """The Aalen-Johansen estimate of the probability of death from colorectal cancer by the horizon."""
    days = patients["days"]
    at_risk = days.groupby(days).size()[::-1].cumsum()[::-1]
    cancer, other = ((patients["event"] == cause).groupby(days).sum() for cause in (CANCER, OTHER))
    alive = (1 - (cancer + other) / at_risk).cumprod().shift(fill_value=1.0)
    return float((alive * cancer / at_risk).loc[:horizon].sum())


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
