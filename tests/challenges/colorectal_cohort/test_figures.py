"""The cohort has the marginals, mortality and hazard ratios its specification says were reached.

Each figure was printed with few digits and came from 60,000 patients; ours comes from as many. A figure passes when the
two differ by at most three Monte Carlo standard errors of the difference plus half a unit of the printed last digit.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from challenges.colorectal_cohort import deaths
from challenges.colorectal_cohort.chance import generator
from challenges.colorectal_cohort.patients import draw

N = 60_000


@dataclass(frozen=True)
class Line:
    what: str
    value: float
    got: float
    error: float
    half_unit: float

    @property
    def within(self) -> bool:
        return abs(self.got - self.value) <= 3 * self.error + self.half_unit

    def __str__(self) -> str:
        return f"{self.what:<38}{self.value:>8.4g}{self.got:>9.4f}{self.error:>9.4f}  {'' if self.within else 'OUT'}"


@pytest.fixture(scope="module")
def patients():
    return draw(N, generator(b"figures", "patients"))


@pytest.fixture(scope="module")
def table():
    lines: list[Line] = []
    yield lines
    print(f"\n{'figure':<38}{'value':>8}{'got':>9}{'MC error':>9}")
    print("\n".join(map(str, lines)))


def share(what, value, yes, *, digits):
    """A share of patients; the error is that of the difference between two such samples."""
    got = float(np.mean(yes))
    return Line(what, value, got, math.sqrt(2 * got * (1 - got) / len(yes)), 0.5 * 10**-digits)


def check(table, lines):
    table.extend(lines)
    assert not [str(line) for line in lines if not line.within]


def test_marginals(patients, table):
    x = patients
    man = x["sex"] == 1
    lines = [
        share("men", 0.598, man, digits=3),
        share("diabetes", 0.28, x["dm"] == 1, digits=2),
        share("hypertension", 0.47, x["htn"] == 1, digits=2),
        share("emergency", 0.041, x["emergency"] == 1, digits=3),
        share("screened", 0.80, x["screened"] == 1, digits=2),
        share("laparoscopy 2012", 0.51, x["laparoscopy"][x["dx_year"] == 2012] == 1, digits=2),
        share("laparoscopy 2019", 0.71, x["laparoscopy"][x["dx_year"] == 2019] == 1, digits=2),
        share("VO2peak below 18.2", 0.34, x["vo2peak"] < 18.2, digits=2),
        share("AT below 11.1", 0.38, x["at"] < 11.1, digits=2),
        share("CEA missing, elective", 0.08, x["missing"]["cea"][x["emergency"] == 0], digits=2),
        share("CEA missing, emergency", 0.25, x["missing"]["cea"][x["emergency"] == 1], digits=2),
        share("SEER stage unknown", 0.03, x["seer_stage"] == 9, digits=2),
        share("died, screened", 0.28, x["died"][x["screened"] == 1] == 1, digits=2),
        share("died, not screened", 0.36, x["died"][x["screened"] == 0] == 1, digits=2),
    ]
    for value, low in zip((0.104, 0.229, 0.275, 0.295, 0.097), (0, 50, 60, 70, 80), strict=True):
        inside = (x["age"] >= low) & (x["age"] < (low + 10 if 0 < low < 80 else 50 if low == 0 else 99))
        lines.append(share(f"age from {low}", value, inside, digits=3))
    for value, count in zip((0.53, 0.26, 0.12, 0.09), range(4), strict=True):
        lines.append(share(f"Charlson {count}", value, np.minimum(x["cci"], 3) == count, digits=2))
    for value, level in zip((0.31, 0.24, 0.20, 0.16, 0.09), range(5), strict=True):
        lines.append(share(f"activity {level}", value, x["pa_cat"] == level, digits=2))
    for value, stage in zip((0.225, 0.285, 0.365, 0.125), range(1, 5), strict=True):
        middle_aged = (x["age"] >= 50) & (x["age"] < 80)
        lines.append(share(f"AJCC {stage}, 50-79 years", value, x["ajcc"][middle_aged] == stage, digits=3))
    for value, stage in zip((0.11, 0.28, 0.33, 0.68), range(1, 5), strict=True):
        lines.append(share(f"CEA above 5, AJCC {stage}", value, x["cea"][x["ajcc"] == stage] > 5, digits=2))
    bands = ((0.036, 0, 18.5, 3), (0.34, 18.5, 23, 2), (0.26, 23, 25, 2), (0.34, 25, 30, 2), (0.02, 30, 99, 2))
    for value, low, high, digits in bands:
        inside = (x["bmi"] >= low) & (x["bmi"] < high)
        lines.append(share(f"BMI {low}-{high}", value, inside, digits=digits))
    for name, column, who, mean, spread in (
        ("eCRF men", "ecrf_met", man, 9.1, 1.7),
        ("eCRF women", "ecrf_met", ~man, 6.0, 1.8),
        ("VO2peak men", "vo2peak", man, 25.0, 6.5),
        ("VO2peak women", "vo2peak", ~man, 16.5, 6.3),
    ):
        values = x[column][who]
        sd = float(values.std())
        lines.append(Line(f"{name}, mean", mean, float(values.mean()), sd * math.sqrt(2 / len(values)), 0.05))
        lines.append(Line(f"{name}, SD", spread, sd, sd / math.sqrt(len(values)), 0.05))
    check(table, lines)


def test_mortality_survival_and_causes(patients, table):
    x = patients
    years = x["t_death"]
    quarter = np.searchsorted(np.quantile(x["ecrf_met"], [0.25, 0.5, 0.75]), x["ecrf_met"])
    cause = x["cause"][x["died"] == 1]
    lines = [
        share("dead at 30 days", 0.0112, years <= 30 / deaths.YEAR, digits=4),
        share("dead at 90 days", 0.023, years <= 90 / deaths.YEAR, digits=3),
        share("dead at 1 year", 0.073, years <= 1, digits=3),
        share("dead at 3 years", 0.186, years <= 3, digits=3),
        share("alive at 5 years", 0.742, years > 5, digits=3),
    ]
    for value, stage in ((0.946, 1), (0.831, 2), (0.308, 3)):
        lines.append(share(f"net 5-year, SEER {stage}", value, x["t_cancer"][x["seer_true"] == stage] > 5, digits=3))
    for value, q in zip((0.67, 0.71, 0.77, 0.83), range(4), strict=True):
        lines.append(share(f"alive at 5 years, eCRF quarter {q + 1}", value, years[quarter == q] > 5, digits=2))
    for value, name, kinds in (
        (0.68, "colorectal", [1]),
        (0.08, "cardiovascular", [2]),
        (0.05, "other cancer", [3]),
        (0.19, "other", [4, 5, 6]),
    ):
        lines.append(share(f"deaths: {name}", value, np.isin(cause, kinds), digits=2))
    check(table, lines)


def test_hazard_ratios(patients, table):
    x = patients
    outcome = {"days": x["days"], "died": x["died"]}
    bands = pd.DataFrame({**outcome, "65-74": x["age_band"] == 2, "75+": x["age_band"] == 3}).astype(float)
    adjusted = {
        "age": (x["age_exact"] - 65) / 10,
        "age_beyond_65": np.maximum(x["age_exact"] - 65, 0) ** 2 / 100,
        "male": x["sex"] == 1,
        **{f"stage_{k}": x["ajcc"] == k for k in (2, 3, 4)},
        "right": x["site"] == 1,
        "poor_grade": x["poor_grade"],
        "log_cea": np.log(x["cea"]),
        "dx_year": x["dx_year"] - 2015,
        **{name: x[name] for name in ("cci", "dm", "htn", "emergency", "laparoscopy")},
        "former": x["smoking"] == 1,
        "current": x["smoking"] == 2,
        "low_income": x["income"] <= 1,
        "hb": x["hb"] - 12.8,
        "underweight": x["bmi"] < 18.5,
        "overweight": (x["bmi"] >= 23) & (x["bmi"] < 25),
        "obese": x["bmi"] >= 25,
        "ecrf_met": x["ecrf_met"] - 8,
    }
    crude = CoxPHFitter().fit(bands, "days", "died")
    full = CoxPHFitter().fit(pd.DataFrame({**outcome, **adjusted}).astype(float), "days", "died")
    lines = []
    for value, model, name, digits in (
        (1.63, crude, "65-74", 2),
        (3.05, crude, "75+", 2),
        (1.57, full, "emergency", 2),
        (1.89, full, "underweight", 2),
        (0.87, full, "obese", 2),
        (0.833, full, "ecrf_met", 3),
        (2.1, full, "male", 1),
    ):
        ratio = float(np.exp(model.params_[name]))
        # The error of a difference of two log hazard ratios, carried to the ratio.
        error = ratio * float(model.standard_errors_[name]) * math.sqrt(2)
        lines.append(Line(f"hazard ratio, {name}", value, ratio, error, 0.5 * 10**-digits))
    check(table, lines)


def test_drawn_deaths_follow_the_stated_hazards(patients):
    """Hazards written twice, as draws and as integrals, agree: survival at a horizon is exp(-sum of cumulative hazards)."""
    for years in (30 / deaths.YEAR, 1, 3, 5):
        survival = np.exp(-sum(deaths.cumulative_hazards(patients, years)))
        difference = (patients["t_death"] > years) - survival
        assert abs(difference.mean()) < 4 * difference.std() / math.sqrt(N)


def test_who_is_dead_by_a_day_does_not_depend_on_being_followed(patients):
    by_year = deaths.dead_by(patients, 365)
    followed = (patients["died"] == 1) & (patients["days"] <= 365)
    assert (by_year >= followed).all()
    # Some die after they were lost; nobody of those still seen on day 365 is dead by then.
    assert 0 < (by_year > followed).sum() < 30
    assert not (by_year & (patients["days"] > 365)).any()


def test_a_shifted_figure_is_found_out():
    assert not share("dead at 3 years", 0.186, np.arange(N) < 0.196 * N, digits=3).within
