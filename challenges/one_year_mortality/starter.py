"""Start here: a logistic regression that writes a file you can submit.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and scikit-learn and takes a few seconds. Before it writes, it asks the training patients by cross-validation how
much better the model is than a table of age and stage.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

OUTCOME, COLUMN = "died_1y", "p_1y"
# Effects that may differ between early (I, II), regional (III) and metastatic (IV) disease.
MODIFIED = ["age", "log_cea", "cci", "vo2peak"]


def features(patients: pd.DataFrame, typical: pd.Series) -> pd.DataFrame:
    """Numbers for the model. Missing values become the training median; indicators say that they were missing."""
    p = patients.fillna(typical)
    x = pd.DataFrame(index=p.index)
    x["age"] = (p["age"] - 65) / 10
    x["age_beyond_65"] = x["age"].clip(lower=0) ** 2
    x["male"] = p["sex"] == 1
    x["low_income"] = p["income"] <= 1
    for stage in (2, 3, 4):
        x[f"stage_{stage}"] = p["ajcc"] == stage
    for site in (1, 3, 4):
        x[f"site_{site}"] = p["site"] == site
    x["signet_ring"], x["poor_grade"] = p["histology"] == 8490, p["poor_grade"]
    x["log_cea"], x["cea_missing"] = np.log(p["cea"] / 3), patients["cea"].isna()
    x["cci"] = p["cci"].clip(upper=5)
    x["dm"], x["htn"] = p["dm"], p["htn"]
    x["not_screened"] = p["screened"] == 0
    x["former_smoker"], x["current_smoker"] = p["smoking"] == 1, p["smoking"] == 2
    x["underweight"], x["bmi_23_30"] = p["bmi"] < 18.5, p["bmi"].between(23, 29.9)
    x["hb"] = (p["hb"] - 12.8).clip(-5, 2)
    x["vo2peak"], x["at"] = (p["vo2peak"] - 21) / 5, (p["at"] - 12) / 3
    x["vo2peak_below_16"] = (16 - p["vo2peak"]).clip(lower=0) / 5
    x["ve_vco2"], x["smwd"] = (p["ve_vco2"] - 32) / 5, (p["smwd"] - 440) / 100
    for column in ("emergency", "laparoscopy", "tertiary"):
        x[column] = p[column]
    for name in MODIFIED:
        x[f"{name}_regional"], x[f"{name}_metastatic"] = x[name] * (p["ajcc"] == 3), x[name] * (p["ajcc"] == 4)
    return x.astype(float)


def model() -> Pipeline:
    """A logistic regression held back by a penalty: there are some 400 deaths and some 40 features."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.02, max_iter=1000))


def fit_predict(train: pd.DataFrame, test: pd.DataFrame, names: list[str] | None = None) -> pd.DataFrame:
    """Death probabilities of the test patients from all features, or from those named."""
    typical = train.median(numeric_only=True)
    known, asked = (features(patients, typical) for patients in (train, test))
    chosen = names or list(known)
    fitted = model().fit(known[chosen], train[OUTCOME])
    return pd.DataFrame({COLUMN: fitted.predict_proba(asked[chosen])[:, 1]}, index=test.index)


def table(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """What a table on the wall says: the share of the training patients of the same age band and stage who died."""
    shares = train.groupby(["age_band", "ajcc"])[OUTCOME].mean().rename(COLUMN)
    return test[["age_band", "ajcc"]].join(shares, on=["age_band", "ajcc"])[[COLUMN]]


def cross_validate(train: pd.DataFrame, folds: int = 5) -> None:
    """Print Brier score and AUC of both, each patient predicted by models that never saw the patient."""
    for name, predict in (("table of age and stage", table), ("logistic regression", fit_predict)):
        predicted = pd.Series(np.nan, index=train.index)
        for known, asked in StratifiedKFold(folds, shuffle=True, random_state=1).split(train, train[OUTCOME]):
            predicted.iloc[asked] = predict(train.iloc[known], train.iloc[asked])[COLUMN]
        brier, auc = brier_score_loss(train[OUTCOME], predicted), roc_auc_score(train[OUTCOME], predicted)
        print(f"{folds}-fold cross-validation, {name}: Brier {brier:.5f}, AUC {auc:.3f}")


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
