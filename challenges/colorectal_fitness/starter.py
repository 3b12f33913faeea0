"""Start here: a Cox model that uses the fitness block and writes a file you can submit.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and lifelines, takes well under a minute, and asks the challenge's question of the training patients first:
by cross-validation, how much better is the prediction with fitness than without? Beside predictions.csv it writes
predictions_without_fitness.csv, the second file that may go with a submission: it is never ranked, and after the reveal
the report says what the first gained over it.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter

HORIZONS = {"p_1y": 365, "p_3y": 1095, "p_5y": 1825}
# Effects that may differ between early (I, II), regional (III) and metastatic (IV) disease.
MODIFIED = ["age", "log_cea", "cci", "vo2peak"]


def features(patients: pd.DataFrame, typical: pd.Series, *, fitness: bool = True) -> pd.DataFrame:
    """Numbers for the model. Missing values become the training median; indicators say that they were missing."""
    p = patients.fillna(typical)
    x = pd.DataFrame(index=p.index)
    x["age"] = (p["age"] - 65) / 10
    x["age_beyond_65"] = x["age"].clip(lower=0) ** 2
    x["male"] = p["sex"] == 1
    x["low_income"] = p["income"] <= 1
    x["capital"] = p["region5"] == 1
    x["dx_year"] = p["dx_year"] - 2015
    for site in (1, 3, 4):
        x[f"site_{site}"] = p["site"] == site
    x["seer_regional"], x["seer_unknown"] = p["seer_stage"] == 2, p["seer_stage"] == 9
    x["mucinous"], x["signet_ring"] = p["histology"] == 8480, p["histology"] == 8490
    x["poor_grade"] = p["poor_grade"]
    x["log_cea"], x["cea_missing"] = np.log(p["cea"] / 3), patients["cea"].isna()
    x["cci"] = p["cci"].clip(upper=5)
    x["dm"], x["htn"] = p["dm"], p["htn"]
    x["not_screened"] = p["screened"] == 0
    x["former_smoker"], x["current_smoker"] = p["smoking"] == 1, p["smoking"] == 2
    x["bmi"], x["underweight"], x["bmi_23_30"] = (p["bmi"] - 24) / 3, p["bmi"] < 18.5, p["bmi"].between(23, 29.9)
    x["waist"] = (p["waist"] - 83) / 10
    x["sbp"], x["dbp"], x["log_glucose"] = (p["sbp"] - 126) / 10, (p["dbp"] - 76) / 10, np.log(p["glucose"] / 100)
    x["hb"] = (p["hb"] - 12.8).clip(-5, 2)
    for column in ("emergency", "laparoscopy", "neoadjuvant", "tertiary"):
        x[column] = p[column]
    x["log_lag"] = np.log1p(p["lag_days"]) - 3
    if fitness:
        x["activity"], x["most_active"] = p["pa_cat"], p["pa_cat"] == 4
        x["rhr"] = (p["rhr"] - 71) / 10
        x["ecrf_met"], x["ecrf_pct"] = p["ecrf_met"] - 8, p["ecrf_pct"] / 100 - 0.5
        x["vo2peak"], x["at"] = (p["vo2peak"] - 21) / 5, (p["at"] - 12) / 3
        x["vo2peak_below_16"] = (16 - p["vo2peak"]).clip(lower=0) / 5
        x["ve_vco2"], x["smwd"] = (p["ve_vco2"] - 32) / 5, (p["smwd"] - 440) / 100
    for name in MODIFIED:
        if name in x:
            x[f"{name}_regional"], x[f"{name}_metastatic"] = x[name] * (p["ajcc"] == 3), x[name] * (p["ajcc"] == 4)
    return x.astype(float).assign(ajcc=p["ajcc"])


def fit_predict(train: pd.DataFrame, test: pd.DataFrame, *, fitness: bool = True) -> pd.DataFrame:
    """Death probabilities of the test patients from a Cox model with its own baseline hazard for each stage."""
    typical = train.median(numeric_only=True)
    known = features(train, typical, fitness=fitness).assign(days=train["days"], died=train["died"])
    asked = features(test, typical, fitness=fitness)
    model = CoxPHFitter().fit(known, "days", "died", strata=["ajcc"], fit_options={"precision": 1e-4})
    return probabilities(model, asked)


def probabilities(model: CoxPHFitter, asked: pd.DataFrame) -> pd.DataFrame:
    """1 - exp(-H0(t) * relative hazard), in the order of `asked` (predict_survival_function would regroup it by stage)."""
    relative_hazard = model.predict_partial_hazard(asked)
    baseline = model.baseline_cumulative_hazard_
    columns = {}
    for name, horizon in HORIZONS.items():
        at_horizon = baseline.loc[:horizon].iloc[-1]
        columns[name] = 1 - np.exp(-asked["ajcc"].map(at_horizon) * relative_hazard)
    return pd.DataFrame(columns, index=asked.index)


def ipa(patients: pd.DataFrame, predicted: np.ndarray, horizon: int) -> float:
    """The primary metric: 1 - Brier / Brier of the Kaplan-Meier curve, censoring weighted by its inverse probability."""
    days, died = patients["days"].to_numpy(), patients["died"].to_numpy() == 1
    censoring = KaplanMeierFitter().fit(days, ~died)
    overall = KaplanMeierFitter().fit(days, died)
    dead, alive = (days <= horizon) & died, days > horizon
    weight = np.zeros(len(days))
    weight[dead] = 1 / censoring.predict(days[dead] - 1).to_numpy()
    weight[alive] = 1 / censoring.predict(horizon)
    null = 1 - overall.predict(horizon)
    return float(1 - np.sum(weight * (dead - predicted) ** 2) / np.sum(weight * (dead - null) ** 2))


def cross_validate(train: pd.DataFrame, folds: int = 2) -> None:
    """Print the three-year IPA with and without fitness, each patient predicted by models that never saw the patient."""
    fold = np.random.default_rng(1).permutation(len(train)) % folds
    for fitness in (False, True):
        predicted = np.empty(len(train))
        for k in range(folds):
            predicted[fold == k] = fit_predict(train[fold != k], train[fold == k], fitness=fitness)["p_3y"]
        name = "with fitness" if fitness else "without fitness"
        print(f"IPA at 3 years, {folds}-fold cross-validation, {name}: {ipa(train, predicted, 1095):.4f}")


def practise(train: pd.DataFrame, validation_file: str, out_file: str) -> None:
    """Predict the validation patients by a model that never saw them, so that their scores tell what new patients would."""
    ids = pd.read_csv(validation_file, dtype=str, keep_default_na=False)["patient_id"]
    held = train["patient_id"].astype(str).isin(ids)
    predictions = fit_predict(train[~held], train[held])
    predictions.insert(0, "patient_id", train.loc[held, "patient_id"])
    predictions.to_csv(out_file, index=False, float_format="%.6f")
    print(f"{len(predictions)} predictions of validation patients written to {Path(out_file).resolve()}")


def main(train_file: str, test_file: str, out_file: str, validation_file: str = "", validation_out: str = "") -> None:
    """Read, cross-validate, fit on all training patients with and without fitness, write both files."""
    train, test = pd.read_csv(train_file), pd.read_csv(test_file)
    cross_validate(train)
    path = Path(out_file)
    for fitness, out in ((True, path), (False, path.with_stem(f"{path.stem}_without_fitness"))):
        predictions = fit_predict(train, test, fitness=fitness)
        predictions.insert(0, "patient_id", test["patient_id"])
        predictions.to_csv(out, index=False, float_format="%.6f")
        print(f"{len(predictions)} predictions written to {out.resolve()}")
    if validation_file:
        practise(train, validation_file, validation_out)


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "--validation"]
    if len(given) not in (3, 5):
        sys.exit("usage: python starter.py TRAIN.csv TEST.csv OUT.csv [--validation VALIDATION.csv VALIDATION_OUT.csv]")
    main(*given)
