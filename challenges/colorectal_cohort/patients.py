"""The synthetic cohort of operated colorectal cancer: who the patients are.

Every patient is invented. Marginal distributions and effect sizes follow published figures; the sources stand in the
``overview.*.md`` and ``data.*.md`` of the challenges that are drawn from it. Time zero is the day of the operation; diagnoses are
uniform over 2012-2019; follow-up ends on 31 December 2022, and 0.3 % of the patients a year are lost before.

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
"""

import numpy as np

from challenges.colorectal_cohort import deaths
from challenges.colorectal_cohort.chance import Array, Patients, choose, yes
from challenges.colorectal_cohort.deaths import FIRST_DIAGNOSIS

_DIAGNOSIS_DAYS = 2922

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
# The exercise test: oxygen uptake for one MET of true fitness, the measurement's standard deviation, the least value.
VO2_PER_MET, VO2_ERROR, VO2_FLOOR = 2.8, 1.6, 6.0

# Share of single values missing in a screening that took place.
_ITEM_MISSING = {
    "smoking": 0.010, "bmi": 0.010, "waist": 0.015, "sbp": 0.010, "dbp": 0.010, "glucose": 0.015, "hb": 0.020,
    "pa_cat": 0.020, "rhr": 0.015,
}  # fmt: skip


def draw(n: int, rng: np.random.Generator) -> Patients:
    """Draw `n` patients with everything that is true of them, latent and future included; `releasing` hides it."""
    x: Patients = {}
    _person(x, n, rng)
    _tumour(x, n, rng)
    _comorbidity(x, n, rng)
    _screening_values(x, n, rng)
    _surgery(x, n, rng)
    _fitness(x, n, rng)
    x["lp_cancer"], x["lp_other"], x["lp_perioperative"] = deaths.linear_predictors(x)
    deaths.draw_deaths(x, n, rng)
    deaths.follow_up(x, n, rng)
    _missingness(x, n, rng)
    return x


def _person(x: Patients, n: int, rng: np.random.Generator) -> None:
    shares, years = [0, 0.026, 0.104, 0.333, 0.608, 0.903, 0.994, 1], [20, 40, 50, 60, 70, 80, 90, 96]
    x["age_exact"] = np.interp(rng.uniform(size=n), shares, years)
    x["age"] = np.minimum(np.floor(x["age_exact"]), 90).astype(int)
    x["age_band"] = 1 + (x["age"] >= 65).astype(int) + (x["age"] >= 75)
    p_man = np.select([x["age"] < 70, x["age"] < 80], [0.64, 0.56], 0.46)
    x["sex"] = np.where(rng.uniform(size=n) < p_man, 1, 2)
    x["frailty"] = rng.normal(size=n)
    x["region5"] = choose(rng, n, [0.46, 0.28, 0.12, 0.10, 0.04]) + 1
    medical_aid = rng.uniform(size=n) < np.where(x["age"] >= 65, 0.065, 0.035)
    x["income"] = np.where(medical_aid, 0, 1 + choose(rng, n, [0.16, 0.16, 0.18, 0.22, 0.28]))
    x["dx_day"] = rng.integers(0, _DIAGNOSIS_DAYS, n)
    x["dx_year"] = (FIRST_DIAGNOSIS + x["dx_day"]).astype("datetime64[Y]").astype(int) + 1970


def _tumour(x: Patients, n: int, rng: np.random.Generator) -> None:
    x["site"] = choose(rng, n, [0.27, 0.38, 0.08, 0.27]) + 1
    young, middle, old = [0.18, 0.25, 0.41, 0.16], [0.225, 0.285, 0.365, 0.125], [0.19, 0.34, 0.35, 0.12]
    by_age = np.cumsum([young, middle, old], axis=1)[(x["age"] >= 50).astype(int) + (x["age"] >= 80)]
    x["ajcc"] = 1 + (rng.uniform(size=n)[:, None] > by_age[:, :3]).sum(axis=1)
    local_ii = rng.uniform(size=n) < 0.60
    x["seer_true"] = np.select([x["ajcc"] == 1, x["ajcc"] == 2, x["ajcc"] == 3], [1, np.where(local_ii, 1, 2), 2], 3)
    x["seer_stage"] = np.where(rng.uniform(size=n) < 0.03, 9, x["seer_true"])
    x["histology"] = np.array([8140, 8480, 8490, 8000])[choose(rng, n, [0.92, 0.05, 0.01, 0.02])]
    x["poor_grade"] = (rng.uniform(size=n) < np.where(x["histology"] == 8490, 0.95, 0.085)).astype(int)


def _comorbidity(x: Patients, n: int, rng: np.random.Generator) -> None:
    since65, man, frailty = x["age_exact"] - 65, x["sex"] == 1, x["frailty"]
    mean = np.exp(-0.28 + 0.030 * since65 + 0.22 * frailty)
    x["cci"] = np.minimum(rng.poisson(rng.gamma(1.6, mean / 1.6)), 9)
    x["dm"] = yes(rng, -1.30 + 0.018 * since65 + 0.25 * man + 0.20 * x["cci"])
    x["htn"] = yes(rng, -0.25 + 0.055 * since65 + 0.12 * x["cci"])
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
    x["emergency"] = yes(rng, urgency + 0.25 * (x["site"] == 2) - 1.4 * (x["site"] == 4) + 0.10 * x["frailty"])
    recent = x["dx_year"] - 2015
    x["laparoscopy"] = yes(rng, 0.55 + 0.13 * recent - 1.7 * x["emergency"] - 0.55 * iv - 0.012 * since65)
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
    x["vo2peak"] = np.maximum(VO2_PER_MET * x["crf"] + rng.normal(0, VO2_ERROR, n), VO2_FLOOR)
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


def _missingness(x: Patients, n: int, rng: np.random.Generator) -> None:
    """Screening absent as a block or value by value; CEA more often absent in emergencies. Frailty drives some of it."""
    past65, emergency = np.maximum(x["age_exact"] - 65, 0), x["emergency"]
    came = 1.75 - 0.045 * past65 - 0.55 * (x["income"] == 0) - 0.35 * (x["ajcc"] == 4) - 0.35 * emergency
    x["screened"] = yes(rng, came - 0.25 * x["frailty"])
    missing = np.zeros(n, dtype=[(name, bool) for name in [*_ITEM_MISSING, "cea", "ecrf_met", "ecrf_pct"]])
    for name, share in _ITEM_MISSING.items():
        missing[name] = (x["screened"] == 0) | (rng.uniform(size=n) < share)
    missing["ecrf_met"] = missing["ecrf_pct"] = missing["bmi"] | missing["rhr"] | missing["pa_cat"]
    missing["cea"] = rng.uniform(size=n) < np.where(emergency == 1, 0.25, 0.08)
    x["missing"] = missing
