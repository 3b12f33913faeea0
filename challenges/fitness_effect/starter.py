"""Start here: estimate every effect by regression standardisation, and write a file you can submit.

    python starter.py train.csv test.csv predictions.csv

It needs pandas and scikit-learn and takes a few seconds. A logistic regression says how likely each training patient is to be
dead after three years, given fitness and the five variables to standardise over. Asked twice, once with everybody's fitness at the
75th percentile of the own age and sex and once at the 25th, it gives two risks a patient; their mean difference in a group is the
group's effect. Fifty resamples of the patients give the intervals.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

DAY = 1095
RESAMPLES, SEED = 50, 1
LOW, HIGH = "vo2peak_p25", "vo2peak_p75"
GROUPING = ["sex", "age_band", "ajcc", "cci_band", "dm"]


def known_by(patients: pd.DataFrame, day: int = DAY) -> tuple[pd.Series, np.ndarray]:
    """Who is dead by the day, and a weight for it.

    Who was lost before is not known and gets no weight; the others stand for them: one over the chance of being followed so long.
    """
    days = patients["days"]
    dead = (days <= day) & (patients["died"] == 1)
    known = dead | (days >= day)
    by_day = patients.groupby("days")["died"].agg(["size", "sum"])
    at_risk = by_day["size"][::-1].cumsum()[::-1]
    followed = (1 - (by_day["size"] - by_day["sum"]) / at_risk).cumprod()
    chance = np.where(dead, days.map(followed.shift(fill_value=1.0)), followed.loc[:day].iloc[-1])
    return dead, np.where(known, 1 / chance, 0.0)


def design(patients: pd.DataFrame, vo2peak: pd.Series, *, modified: bool = True) -> np.ndarray:
    """The five variables, fitness on the scale of the own age and sex (0 at the 25th percentile, 1 at the 75th), and products."""
    age, cci = (patients["age"] - 65) / 10, patients["cci"].clip(upper=5)
    stages = [patients["ajcc"] == stage for stage in (2, 3, 4)]
    who = [age, age**2, age.clip(lower=0) ** 2, patients["sex"] == 1, cci, patients["dm"], *stages]
    who += [age * stage for stage in stages]
    fitness = (vo2peak - patients[LOW]) / (patients[HIGH] - patients[LOW])
    with_fitness = [fitness, fitness.clip(upper=0) ** 2]
    if modified:
        with_fitness += [fitness * one for one in (age, patients["sex"] == 1, cci, patients["dm"], *stages)]
        with_fitness += [fitness * age * (patients["ajcc"] == 4)]
    return np.column_stack([*who, *with_fitness]).astype(float)


def members(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """One row a group, one column a patient: who belongs. An empty cell of the test file does not restrict."""
    rows = np.ones((len(test), len(train)), dtype=bool)
    for place, (_, one) in enumerate(test.iterrows()):
        for name in GROUPING:
            if not np.isnan(one[name]):
                rows[place] &= (train[name] == one[name]).to_numpy()
    return rows


def estimate(train: pd.DataFrame, test: pd.DataFrame, *, modified: bool = True) -> pd.DataFrame:
    """Effect and 95 % interval of every group."""
    groups = members(train, test)
    dead, weight = known_by(train)
    told, high, low = (design(train, train[name], modified=modified) for name in ("vo2peak", HIGH, LOW))
    model = LogisticRegression(C=1e4, solver="newton-cholesky")

    def means(counted: np.ndarray) -> np.ndarray:
        """Each group's mean of the risk at the 75th less that at the 25th percentile; a patient may be counted twice."""
        fitted = model.fit(told, dead, sample_weight=weight * counted)
        apart = fitted.predict_proba(high)[:, 1] - fitted.predict_proba(low)[:, 1]
        return np.asarray((groups @ (counted * apart)) / (groups @ counted))

    rng = np.random.default_rng(SEED)
    drawn = (np.bincount(rng.integers(len(train), size=len(train)), minlength=len(train)) for _ in range(RESAMPLES))
    # Fifty small regressions: several threads would mostly wait for each other.
    with threadpool_limits(limits=1):
        found = means(np.ones(len(train)))
        again = [means(counted.astype(float)) for counted in drawn]
    reach = 1.96 * np.std(again, axis=0, ddof=1)
    columns = {"estimate": found, "lower": found - reach, "upper": found + reach}
    return pd.DataFrame({"estimand": test["estimand"], **columns})


def main(train_file: str, test_file: str, out_file: str) -> None:
    """Read, estimate, write."""
    train, test = pd.read_csv(train_file), pd.read_csv(test_file)
    found = estimate(train, test)
    found.to_csv(out_file, index=False, float_format="%.6f")
    for one in found.head(6).itertuples():
        print(f"{one.estimand:<12} {100 * one.estimate:6.1f} % ({100 * one.lower:.1f} to {100 * one.upper:.1f})")
    print(f"{len(found)} estimates written to {Path(out_file).resolve()}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python starter.py TRAIN.csv TEST.csv OUT.csv")
    main(*sys.argv[1:])
