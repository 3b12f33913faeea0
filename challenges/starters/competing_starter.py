# ruff: noqa: T201 - people run this in a terminal and read what it prints.
"""Start here: a Cox model for each cause, put together into the probability of the first, and a file you can submit.

    python starter.py train.csv test.csv predictions.csv
    python starter.py train.csv test.csv predictions.csv --validation validation.csv practice.csv

The second line also predicts the validation patients, by a model that was fitted without them: `arena report` and the page
"Practice" score that file in full.

It needs pandas and lifelines. Treating the competing event as censoring would predict too much: both causes take part.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter

# names
ID, TIME, EVENT = "patient_id", "days", "cause"
HORIZONS: dict[str, float] = {"p_1y": 365, "p_3y": 1095}
CATEGORIES = ["sex"]
# end of names
FOLDS, FOLD_SEED = 5, 20260101
CAUSES = (1, 2)


def read(file: str | Path) -> pd.DataFrame:
    """Read a data file: ids and categories as text, empty cells as missing values and nothing else."""
    text = dict.fromkeys([ID, *CATEGORIES], str)
    return pd.read_csv(file, dtype=text, keep_default_na=False, na_values={name: [""] for name in _header(file)})


def _header(file: str | Path) -> list[str]:
    return list(pd.read_csv(file, nrows=0).columns)


def features(patients: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Numbers for the model: a column for each category but the first, numbers on one scale, missing values at the median."""
    x: dict[str, pd.Series] = {}
    for name in known.columns.difference([ID, TIME, EVENT], sort=False):
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
    """The null: everybody gets the training patients' Aalen-Johansen curve of the first cause."""
    days, cause = train[TIME].to_numpy(), train[EVENT].to_numpy()
    moments = np.unique(days[cause > 0])
    at_risk = np.array([(days >= moment).sum() for moment in moments])
    hazards = {one: np.array([((days == m) & (cause == one)).sum() for m in moments]) / at_risk for one in CAUSES}
    free = np.concatenate(([1.0], np.cumprod(1 - hazards[1] - hazards[2])[:-1]))
    risk = np.cumsum(free * hazards[1])
    columns = {
        name: risk[moments <= horizon][-1] if (moments <= horizon).any() else 0.0 for name, horizon in HORIZONS.items()
    }
    return pd.DataFrame(columns, index=test.index)


def fit_predict(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The probability of the first cause: at every moment, who is still free of both times the hazard of the first."""
    known, asked = features(train, train), features(test, train)
    varied = known.columns[known.std() > 0]
    moments = np.unique(train[TIME][train[EVENT] > 0])
    steps: dict[int, np.ndarray] = {}
    relative: dict[int, np.ndarray] = {}
    for one in CAUSES:
        table = known[varied].assign(**{TIME: train[TIME], EVENT: train[EVENT] == one})
        model = CoxPHFitter(penalizer=0.05).fit(table, TIME, EVENT)
        cumulative = model.baseline_cumulative_hazard_.iloc[:, 0].reindex(moments, method="ffill").fillna(0)
        steps[one] = np.diff(cumulative, prepend=0.0)
        relative[one] = model.predict_partial_hazard(asked[varied]).to_numpy()
    columns: dict[str, np.ndarray] = {name: np.zeros(len(asked)) for name in HORIZONS}
    free, risk = np.ones(len(asked)), np.zeros(len(asked))
    done = 0
    for name, horizon in sorted(HORIZONS.items(), key=lambda item: item[1]):
        for place in range(done, int(np.searchsorted(moments, horizon, side="right"))):
            first, second = (relative[one] * steps[one][place] for one in CAUSES)
            both = np.maximum(first + second, 1e-300)
            risk = risk + free * -np.expm1(-both) * first / both
            free = free * np.exp(-both)
            done = place + 1
        columns[name] = np.minimum(risk, 1.0)
    return pd.DataFrame(columns, index=test.index)


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
    found = pd.concat(parts).loc[train.index].mean()
    for name, null in crude(train, train).mean().items():
        print(f"{name}, {FOLDS}-fold cross-validation: predicted {found[name]:.3f} on average, observed {null:.3f}")
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
