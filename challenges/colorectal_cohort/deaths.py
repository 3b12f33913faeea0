"""When the patients die and of what: three independent hazards, follow-up and loss."""

import numpy as np

from challenges.colorectal_cohort.chance import Array, Patients, choose

YEAR = 365.25

FIRST_DIAGNOSIS = np.datetime64("2012-01-01")
_LAST_DAY = int((np.datetime64("2022-12-31") - FIRST_DIAGNOSIS).astype(int))

# The cancer hazard's course: left edges in years, weights for stages I-III and for stage IV.
_EDGES = np.array([0, 90 / YEAR, 1, 2, 3, 5, 8])
_COURSE = np.array([0.45, 0.80, 1.25, 1.25, 0.95, 0.55, 0.30])
_COURSE_IV = np.array([0.75, 1.25, 1.35, 1.10, 0.75, 0.45, 0.30])
_CANCER_BASE = np.array([0.0046, 0.0150, 0.0350, 0.1750])
_GOMPERTZ = 0.085
_PERIOPERATIVE_DAYS = 28.0


def linear_predictors(x: Patients) -> tuple[Array, Array, Array]:
    """Log hazard ratios of cancer, other and peri-operative death."""
    a, man, frailty = (x["age_exact"] - 65) / 10, x["sex"] == 1, x["frailty"]
    d = x["crf"] - np.where(man, 8.6, 5.6)
    h = np.clip(x["hb"] - 12.8, -5, 2)
    thin, poor_income, current = x["bmi"] < 18.5, x["income"] <= 1, x["smoking"] == 2
    advanced_right = (x["site"] == 1) & (x["ajcc"] >= 3)
    cci4, cci5 = np.minimum(x["cci"], 4), np.minimum(x["cci"], 5)
    cancer = (
        0.10 * a + 0.05 * np.maximum(a, 0) ** 2 + 0.05 * man + 0.30 * x["poor_grade"] + 0.45 * (x["histology"] == 8490)
        + 0.42 * np.log10(x["cea"] / 3) + 0.50 * x["emergency"] - 0.12 * x["laparoscopy"] + 0.05 * cci4 - 0.12 * d
        + 0.55 * thin - 0.12 * ((x["bmi"] >= 23) & (x["bmi"] < 30)) + 0.15 * current - 0.06 * h + 0.10 * poor_income
        - 0.025 * (x["dx_year"] - 2015) + 0.12 * advanced_right + 0.10 * frailty
    )  # fmt: skip
    other = (
        0.18 * cci5 + 0.45 * current + 0.15 * (x["smoking"] == 1) + 0.25 * x["dm"] + 0.05 * x["htn"] - 0.22 * d
        + 0.60 * thin - 0.10 * (x["bmi"] >= 23) - 0.07 * h + 0.25 * poor_income + 0.15 * frailty + 0.10 * x["emergency"]
    )  # fmt: skip
    perioperative = (
        0.45 * a + 1.25 * x["emergency"] + 0.16 * cci5 + 0.60 * (x["ajcc"] == 4) - 0.35 * x["laparoscopy"] - 0.10 * h
        - 0.30 * d + 0.50 * thin - 0.20 * x["tertiary"] + 0.15 * man + 0.20 * frailty
    )  # fmt: skip
    return cancer, other, perioperative


def cumulative_hazards(x: Patients, years: float) -> tuple[Array, Array, Array]:
    """Each patient's cumulative hazard of cancer, other and peri-operative death at `years` after the operation."""
    widths = np.clip(np.append(_EDGES[1:], np.inf), 0, years) - np.clip(_EDGES, 0, years)
    course = np.where(x["ajcc"] == 4, (_COURSE_IV * widths).sum(), (_COURSE * widths).sum())
    cancer = np.asarray(_CANCER_BASE[x["ajcc"] - 1] * course * np.exp(x["lp_cancer"]))
    other = _other_base(x) * np.expm1(_GOMPERTZ * years) / _GOMPERTZ
    perioperative = 0.0043 * np.exp(x["lp_perioperative"]) * -np.expm1(-years * YEAR / _PERIOPERATIVE_DAYS)
    return cancer, other, perioperative


def _other_base(x: Patients) -> Array:
    base = np.where(x["sex"] == 1, 0.0046, 0.0027)
    return np.asarray(base * np.exp(_GOMPERTZ * (x["age_exact"] - 65) + x["lp_other"]))


def draw_deaths(x: Patients, n: int, rng: np.random.Generator) -> None:
    course = np.where((x["ajcc"] == 4)[:, None], _COURSE_IV, _COURSE)
    reached = np.concatenate([np.zeros((n, 1)), np.cumsum(course[:, :-1] * np.diff(_EDGES), axis=1)], axis=1)
    e = rng.exponential(size=n) / (_CANCER_BASE[x["ajcc"] - 1] * np.exp(x["lp_cancer"]))
    piece, rows = (e[:, None] >= reached).sum(axis=1) - 1, np.arange(n)
    x["t_cancer"] = _EDGES[piece] + (e - reached[rows, piece]) / course[rows, piece]
    x["t_other"] = np.log1p(_GOMPERTZ * rng.exponential(size=n) / _other_base(x)) / _GOMPERTZ
    share = rng.exponential(size=n) / (0.0043 * np.exp(x["lp_perioperative"]))
    happens = share < 1
    days = -_PERIOPERATIVE_DAYS * np.log1p(-np.where(happens, share, 0))
    x["t_perioperative"] = np.where(happens, days / YEAR, np.inf)
    times = np.stack([x["t_cancer"], x["t_other"], x["t_perioperative"]])
    x["t_death"], way = times.min(axis=0), times.argmin(axis=0)
    # Causes: 1 colorectal cancer, 2 cardiovascular, 3 another cancer, 4 respiratory, 5 external, 6 other.
    other = np.array([2, 3, 4, 5, 6])[choose(rng, n, [0.24, 0.18, 0.13, 0.05, 0.40])]
    perioperative = np.array([1, 2, 6])[choose(rng, n, [0.50, 0.25, 0.25])]
    x["cause"] = np.select([way == 0, way == 1], [np.ones(n, dtype=int), other], perioperative)


def follow_up(x: Patients, n: int, rng: np.random.Generator) -> None:
    """Whole days: a death counts on the day it falls in (never day 0); nobody is seen after the last day."""
    lost = np.ceil(rng.exponential(YEAR / 0.003, n))
    seen = np.minimum(_LAST_DAY - x["dx_day"] - x["lag_days"], lost)
    death = np.ceil(np.minimum(x["t_death"] * YEAR, 1e6))
    x["died"] = (death <= seen).astype(int)
    x["days"] = np.minimum(death, seen).astype(int)


def dead_by(x: Patients, day: int) -> Array:
    """Who is dead `day` days after the operation, whether or not the patient is still followed then; 0 or 1."""
    return np.asarray(np.ceil(np.minimum(x["t_death"] * YEAR, 1e6)) <= day, dtype=int)
