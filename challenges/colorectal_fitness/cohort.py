"""The synthetic cohort of operated colorectal cancer: who the patients are, when they die, what is released.

Every patient is invented. Marginal distributions and effect sizes follow published figures; the sources stand in
``overview.*.md`` and ``data.*.md``. Time zero is the day of the operation; diagnoses are uniform over 2012-2019; follow-up
ends on 31 December 2022, and 0.3 % of the patients a year are lost before.

Where the specification could be read in several ways, the reading that reproduces its figures was taken:

* Age is continuous in every formula; it is released in completed years, 90 and over as 90, and so is the estimated fitness
  that follows from it, so that readers can recompute the column. (With completed years in the hazards, five-year survival
  would be .749, not .742.)
* ``M`` is 1 for men and ``F`` is frailty, also in the formulas that have a constant for each sex; a trailing ``+`` after a
  bracket is its positive part, a ``+`` before the next term is addition.
* The stage index of haemoglobin counts I = 0 … IV = 3; "year" is the calendar year of diagnosis; left colon excludes C19.
* Peak oxygen uptake is not below 6 mL/kg/min; without that floor its spread in women is 6.5, not 6.3. The other three
  measured tests have floors (2 mL/kg/min, 15, 30 m) that keep a handful of values possible.
* BMI and resting heart rate are rounded before the fitness formula, for the same reason.
* Net survival is survival from the cancer-specific hazard alone, by true SEER stage.
* The hazard ratios for age are crude, by band; the others come from one Cox model with age, sex, stage, tumour,
  comorbidity, surgery, BMI class and estimated fitness.

The training rows are drawn from a published seed, everything of the test rows from the instance's secret; neither side needs
the other's. The 28,000 test rows are halved into public and private within stage × death × sex.
"""

import csv
import hashlib
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Patients = dict[str, Array]

VERSION = "1.0.0"  # shown wherever the patients are; another version draws other patients
TRAIN_SEED = f"arena/colorectal-fitness/train/{VERSION}".encode()
TRAIN, PUBLIC, PRIVATE = 14_000, 14_000, 14_000
YEAR = 365.25
HORIZONS = (365, 1095, 1825)

_FIRST = np.datetime64("2012-01-01")
_DIAGNOSIS_DAYS = 2922
_LAST_DAY = int((np.datetime64("2022-12-31") - _FIRST).astype(int))
_ID_LETTERS = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))

# Activity's contribution to the estimated fitness, by class (after Jurca et al. 2005).
_ACTIVITY_METS = np.array([0, 0.32, 1.06, 1.76, 3.03])
# Estimated fitness expected by sex (1 men, 2 women): at 65, per year, more per year beyond 65; then the distance from it
# (MET) below which a share `_NORM_PERCENTS` of the same age and sex lies. Regression on 1,500,000 drawn patients.
ECRF_EXPECTED = {1: (9.020, -0.100, -0.009), 2: (6.245, -0.101, -0.010)}
ECRF_DISTANCES = {
    1: (-2.04, -1.58, -1.32, -0.98, -0.71, -0.45, -0.18, 0.13, 0.49, 0.94, 1.65, 2.23, 2.95),
    2: (-1.96, -1.51, -1.25, -0.93, -0.67, -0.43, -0.18, 0.11, 0.45, 0.89, 1.56, 2.17, 2.97),
}
_NORM_PERCENTS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)

# The cancer hazard's course: left edges in years, weights for stages I-III and for stage IV.
_EDGES = np.array([0, 90 / YEAR, 1, 2, 3, 5, 8])
_COURSE = np.array([0.45, 0.80, 1.25, 1.25, 0.95, 0.55, 0.30])
_COURSE_IV = np.array([0.75, 1.25, 1.35, 1.10, 0.75, 0.45, 0.30])
_CANCER_BASE = np.array([0.0046, 0.0150, 0.0350, 0.1750])
_GOMPERTZ = 0.085
_PERIOPERATIVE_DAYS = 28.0

# Columns of the released files, with the decimals they are rounded to.
RELEASED = {
    "age": 0, "age_band": 0, "sex": 0, "region5": 0, "income": 0,
    "dx_year": 0, "site": 0, "ajcc": 0, "seer_stage": 0, "histology": 0, "poor_grade": 0, "cea": 1,
    "cci": 0, "dm": 0, "htn": 0,
    "screened": 0, "smoking": 0, "bmi": 1, "waist": 1, "sbp": 0, "dbp": 0, "glucose": 0, "hb": 1,
    "pa_cat": 0, "rhr": 0, "ecrf_met": 2, "ecrf_pct": 0, "vo2peak": 1, "at": 1, "ve_vco2": 1, "smwd": 0,
    "emergency": 0, "laparoscopy": 0, "neoadjuvant": 0, "tertiary": 0, "lag_days": 0,
}  # fmt: skip
# Share of single values missing in a screening that took place.
_ITEM_MISSING = {
    "smoking": 0.010, "bmi": 0.010, "waist": 0.015, "sbp": 0.010, "dbp": 0.010, "glucose": 0.015, "hb": 0.020,
    "pa_cat": 0.020, "rhr": 0.015,
}  # fmt: skip


def generator(secret: bytes, label: str) -> np.random.Generator:
    """An independent stream for each label of a secret."""
    digest = hashlib.sha256(secret + b"|" + label.encode()).digest()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int.from_bytes(digest, "big"))))


def draw(n: int, rng: np.random.Generator) -> Patients:
    """Draw `n` patients with everything that is true of them, latent and future included; `release` hides it."""
    x: Patients = {}
    _person(x, n, rng)
    _tumour(x, n, rng)
    _comorbidity(x, n, rng)
    _screening_values(x, n, rng)
    _surgery(x, n, rng)
    _fitness(x, n, rng)
    x["lp_cancer"], x["lp_other"], x["lp_perioperative"] = _linear_predictors(x)
    _death(x, n, rng)
    _follow_up(x, n, rng)
    _missingness(x, n, rng)
    return x


def release(x: Patients) -> dict[str, list[str]]:
    """The columns participants may see, as text; missing values are empty."""
    hidden = x["missing"]
    may_be_hidden = hidden.dtype.names or ()
    columns: dict[str, list[str]] = {}
    for name, decimals in RELEASED.items():
        text = np.char.mod(f"%.{decimals}f", np.round(x[name].astype(float), decimals) + 0.0)
        columns[name] = np.where(hidden[name], "", text).tolist() if name in may_be_hidden else text.tolist()
    return columns


def halve(x: Patients, rng: np.random.Generator) -> Array:
    """Public or private, at random, balanced within stage × death × sex: each half gets half of the rows."""
    stratum = x["ajcc"] * 4 + x["died"] * 2 + (x["sex"] - 1)
    shuffled = rng.permutation(len(stratum))
    by_stratum = shuffled[np.argsort(stratum[shuffled], kind="stable")]
    split = np.empty(len(stratum), dtype="U7")
    split[by_stratum[0::2]], split[by_stratum[1::2]] = rng.permutation(np.array(["public", "private"]))
    return split


def make(out: Path, *, secret: bytes) -> None:
    """Write train.csv (published seed), test.csv and labels.csv (both from the secret) into `out`."""
    train = draw(TRAIN, generator(TRAIN_SEED, "patients"))
    train_ids = _ids(TRAIN, generator(TRAIN_SEED, "ids"), taken=frozenset())
    _write(out / "train.csv", train_ids, {**release(train), **_outcome(train)})
    test = draw(PUBLIC + PRIVATE, generator(secret, "patients"))
    test_ids = _ids(PUBLIC + PRIVATE, generator(secret, "ids"), taken=frozenset(train_ids))
    split = halve(test, generator(secret, "split")).tolist()
    _write(out / "test.csv", test_ids, release(test))
    _write(out / "labels.csv", test_ids, {**_outcome(test), "split": split})


def _person(x: Patients, n: int, rng: np.random.Generator) -> None:
    shares, years = [0, 0.026, 0.104, 0.333, 0.608, 0.903, 0.994, 1], [20, 40, 50, 60, 70, 80, 90, 96]
    x["age_exact"] = np.interp(rng.uniform(size=n), shares, years)
    x["age"] = np.minimum(np.floor(x["age_exact"]), 90).astype(int)
    x["age_band"] = 1 + (x["age"] >= 65).astype(int) + (x["age"] >= 75)
    p_man = np.select([x["age"] < 70, x["age"] < 80], [0.64, 0.56], 0.46)
    x["sex"] = np.where(rng.uniform(size=n) < p_man, 1, 2)
    x["frailty"] = rng.normal(size=n)
    x["region5"] = _choose(rng, n, [0.46, 0.28, 0.12, 0.10, 0.04]) + 1
    medical_aid = rng.uniform(size=n) < np.where(x["age"] >= 65, 0.065, 0.035)
    x["income"] = np.where(medical_aid, 0, 1 + _choose(rng, n, [0.16, 0.16, 0.18, 0.22, 0.28]))
    x["dx_day"] = rng.integers(0, _DIAGNOSIS_DAYS, n)
    x["dx_year"] = (_FIRST + x["dx_day"]).astype("datetime64[Y]").astype(int) + 1970


def _tumour(x: Patients, n: int, rng: np.random.Generator) -> None:
    x["site"] = _choose(rng, n, [0.27, 0.38, 0.08, 0.27]) + 1
    young, middle, old = [0.18, 0.25, 0.41, 0.16], [0.225, 0.285, 0.365, 0.125], [0.19, 0.34, 0.35, 0.12]
    by_age = np.cumsum([young, middle, old], axis=1)[(x["age"] >= 50).astype(int) + (x["age"] >= 80)]
    x["ajcc"] = 1 + (rng.uniform(size=n)[:, None] > by_age[:, :3]).sum(axis=1)
    local_ii = rng.uniform(size=n) < 0.60
    x["seer_true"] = np.select([x["ajcc"] == 1, x["ajcc"] == 2, x["ajcc"] == 3], [1, np.where(local_ii, 1, 2), 2], 3)
    x["seer_stage"] = np.where(rng.uniform(size=n) < 0.03, 9, x["seer_true"])
    x["histology"] = np.array([8140, 8480, 8490, 8000])[_choose(rng, n, [0.92, 0.05, 0.01, 0.02])]
    x["poor_grade"] = (rng.uniform(size=n) < np.where(x["histology"] == 8490, 0.95, 0.085)).astype(int)


def _comorbidity(x: Patients, n: int, rng: np.random.Generator) -> None:
    since65, man, frailty = x["age_exact"] - 65, x["sex"] == 1, x["frailty"]
    mean = np.exp(-0.28 + 0.030 * since65 + 0.22 * frailty)
    x["cci"] = np.minimum(rng.poisson(rng.gamma(1.6, mean / 1.6)), 9)
    x["dm"] = _yes(rng, -1.30 + 0.018 * since65 + 0.25 * man + 0.20 * x["cci"])
    x["htn"] = _yes(rng, -0.25 + 0.055 * since65 + 0.12 * x["cci"])
    current = np.where(man, np.select([x["age"] < 60, x["age"] < 70], [0.36, 0.26], 0.17), 0.030)
    former = np.where(man, 0.40, 0.035)
    u = rng.uniform(size=n)
    x["smoking"] = np.select([u < current, u < current + former], [2, 1], 0)


def _screening_values(x: Patients, n: int, rng: np.random.Generator) -> None:
    since65, man, frailty = x["age_exact"] - 65, x["sex"] == 1, x["frailty"]
    past65, current = np.maximum(since65, 0), x["smoking"] == 2
    inclination = -0.022 * past65 + 0.15 * man - 0.30 * current - 0.30 * frailty + rng.normal(size=n)
    x["pa_cat"] = np.searchsorted([-0.62, 0.05, 0.62, 1.35], inclination)
    bmi = 23.9 + 0.25 * man - 0.045 * past65 - 0.5 * (x["ajcc"] == 4) + 0.45 * x["dm"] - 0.25 * frailty
    x["bmi"] = bmi = np.round(np.clip(bmi + rng.normal(0, 2.95, n), 12, 45), 1)
    waist = np.where(man, 85.2 + 2.35 * (bmi - 23.9), 80.0 + 2.20 * (bmi - 23.9) + 0.12 * since65)
    x["waist"] = waist + rng.normal(0, 4.2, n)
    x["sbp"] = 126 + 0.28 * since65 + 0.7 * (bmi - 24) + 3 * x["htn"] + rng.normal(0, 14, n)
    x["dbp"] = 76 + 0.245 * (x["sbp"] - 126) - 0.10 * since65 + rng.normal(0, 8, n)
    x["glucose"] = np.exp(4.56 + 0.30 * x["dm"] + 0.004 * (bmi - 24) + rng.normal(0, 0.12, n))
    hb = np.where(man, 14.2 - 0.045 * past65, 12.9 - 0.022 * past65) - 0.9 * (x["site"] == 1)
    x["hb"] = hb - 0.25 * (x["ajcc"] - 1) - 0.15 * x["cci"] + rng.normal(0, 1.35, n)
    mu, sigma = np.array([0.75, 1.05, 1.15, 2.35]), np.array([0.70, 0.95, 1.0, 1.55])
    stage = x["ajcc"] - 1
    x["cea"] = np.maximum(np.exp(mu[stage] + 0.12 * current + sigma[stage] * rng.normal(size=n)), 0.1)


def _surgery(x: Patients, n: int, rng: np.random.Generator) -> None:
    since65, iv = x["age_exact"] - 65, x["ajcc"] == 4
    urgency = -3.35 + 0.022 * since65 + 0.35 * (x["ajcc"] == 3) + 0.95 * iv
    x["emergency"] = _yes(rng, urgency + 0.25 * (x["site"] == 2) - 1.4 * (x["site"] == 4) + 0.10 * x["frailty"])
    recent = x["dx_year"] - 2015
    x["laparoscopy"] = _yes(rng, 0.55 + 0.13 * recent - 1.7 * x["emergency"] - 0.55 * iv - 0.012 * since65)
    rectum_ii_iii = (x["site"] == 4) & ((x["ajcc"] == 2) | (x["ajcc"] == 3))
    x["neoadjuvant"] = (rectum_ii_iii & (rng.uniform(size=n) < 0.45)).astype(int)
    x["tertiary"] = (rng.uniform(size=n) < np.where(x["region5"] == 1, 0.68, 0.50)).astype(int)
    planned, urgent = rng.gamma(4, 6, n) + 95 * x["neoadjuvant"], rng.gamma(1.2, 1.5, n)
    x["lag_days"] = np.floor(np.where(x["emergency"] == 1, urgent, planned)).astype(int)


def _fitness(x: Patients, n: int, rng: np.random.Generator) -> None:
    since65, man, frailty, activity = x["age_exact"] - 65, x["sex"] == 1, x["frailty"], x["pa_cat"]
    rhr = 71 + 1.8 * (x["smoking"] == 2) + 1.8 * x["dm"] - 1.3 * (activity - 1.6) + 0.9 * frailty
    x["rhr"] = np.rint(np.clip(rhr + rng.normal(0, 9, n), 35, 130))
    x["ecrf_met"] = 18.07 + 2.77 * man - 0.10 * x["age"] - 0.17 * x["bmi"] - 0.03 * x["rhr"] + _ACTIVITY_METS[activity]
    x["ecrf_pct"] = percentile(x["ecrf_met"], x["age"], x["sex"])
    completed_only = x["age_exact"] - x["age"]
    crf = x["ecrf_met"] - 0.10 * completed_only - 0.18 * x["cci"] - 0.45 * frailty + rng.normal(0, 1.2, n)
    x["crf"] = np.maximum(crf, 1.5)
    x["vo2peak"] = np.maximum(2.8 * x["crf"] + rng.normal(0, 1.6, n), 6.0)
    x["at"] = np.maximum(0.58 * x["vo2peak"] + rng.normal(0, 1.1, n), 2.0)
    above20 = x["vo2peak"] - 20
    ve_vco2 = 33 + 0.12 * since65 - 0.55 * above20 + 1.2 * frailty + rng.normal(0, 3.4, n)
    x["ve_vco2"] = np.maximum(ve_vco2, 15.0)
    smwd = 430 + 14 * above20 - 2.2 * np.maximum(since65, 0) + rng.normal(0, 45, n)
    x["smwd"] = np.maximum(smwd, 30.0)


def percentile(ecrf: Array, age: Array, sex: Array) -> Array:
    """Age-sex percentile (1-99) of an estimated fitness, from the published reference above."""
    percents = np.empty(len(ecrf))
    for code, (at65, slope, bend) in ECRF_EXPECTED.items():
        same = sex == code
        expected = at65 + slope * (age[same] - 65) + bend * np.maximum(age[same] - 65, 0)
        percents[same] = np.interp(ecrf[same] - expected, ECRF_DISTANCES[code], _NORM_PERCENTS)
    return np.rint(percents).astype(int)


def _linear_predictors(x: Patients) -> tuple[Array, Array, Array]:
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


def _death(x: Patients, n: int, rng: np.random.Generator) -> None:
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
    other = np.array([2, 3, 4, 5, 6])[_choose(rng, n, [0.24, 0.18, 0.13, 0.05, 0.40])]
    perioperative = np.array([1, 2, 6])[_choose(rng, n, [0.50, 0.25, 0.25])]
    x["cause"] = np.select([way == 0, way == 1], [np.ones(n, dtype=int), other], perioperative)


def _follow_up(x: Patients, n: int, rng: np.random.Generator) -> None:
    """Whole days: a death counts on the day it falls in (never day 0); nobody is seen after the last day."""
    lost = np.ceil(rng.exponential(YEAR / 0.003, n))
    seen = np.minimum(_LAST_DAY - x["dx_day"] - x["lag_days"], lost)
    death = np.ceil(np.minimum(x["t_death"] * YEAR, 1e6))
    x["died"] = (death <= seen).astype(int)
    x["days"] = np.minimum(death, seen).astype(int)


def _missingness(x: Patients, n: int, rng: np.random.Generator) -> None:
    """Screening absent as a block or value by value; CEA more often absent in emergencies. Frailty drives some of it."""
    past65, emergency = np.maximum(x["age_exact"] - 65, 0), x["emergency"]
    came = 1.75 - 0.045 * past65 - 0.55 * (x["income"] == 0) - 0.35 * (x["ajcc"] == 4) - 0.35 * emergency
    x["screened"] = _yes(rng, came - 0.25 * x["frailty"])
    missing = np.zeros(n, dtype=[(name, bool) for name in [*_ITEM_MISSING, "cea", "ecrf_met", "ecrf_pct"]])
    for name, share in _ITEM_MISSING.items():
        missing[name] = (x["screened"] == 0) | (rng.uniform(size=n) < share)
    missing["ecrf_met"] = missing["ecrf_pct"] = missing["bmi"] | missing["rhr"] | missing["pa_cat"]
    missing["cea"] = rng.uniform(size=n) < np.where(emergency == 1, 0.25, 0.08)
    x["missing"] = missing


def _outcome(x: Patients) -> dict[str, list[str]]:
    return {"days": x["days"].astype(str).tolist(), "died": x["died"].astype(str).tolist()}


def _ids(n: int, rng: np.random.Generator, *, taken: frozenset[str]) -> list[str]:
    """Random names that say nothing: a letter first, so that no spreadsheet takes one for a number."""
    names: dict[str, None] = {}
    while len(names) < n:
        for letters in _ID_LETTERS[rng.integers(0, len(_ID_LETTERS), (n, 9))]:
            name = "P" + "".join(letters)
            if name not in taken and len(names) < n:
                names[name] = None
    return list(names)


def _write(path: Path, ids: list[str], columns: dict[str, list[str]]) -> None:
    """Rows stand in the order of their random ids, so that their place tells nothing either."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["patient_id", *columns])
        rows.writerows(sorted(zip(ids, *columns.values(), strict=True)))


def _choose(rng: np.random.Generator, n: int, shares: list[float]) -> Array:
    return np.asarray(np.searchsorted(np.cumsum(shares)[:-1], rng.uniform(size=n), side="right"))


def _yes(rng: np.random.Generator, logit: Array) -> Array:
    return np.asarray(rng.uniform(size=len(logit)) < 1 / (1 + np.exp(-logit)), dtype=int)
