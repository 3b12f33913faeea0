"""How far each metric lies from its references: R's stored answers, literal definitions, other libraries, a bootstrap.

A table, printed: metric, reference, largest deviation found; then the standard error's reference and its deviation, or the ratio of the
standard error to a bootstrap's. Tests hold the same values to their tolerances; here they are measured.
"""

import contextlib
import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import chisquare
from sklearn import metrics as sk

from scorers import accuracy, calibration, classification, competing, effects, survival
from scorers.catalogue import METRICS
from scorers.evaluation import influence
from scorers.inputs import BinaryTruth, SurvivalTruth, Undefined
from scorers.sample import Sample
from scorers.uncertainty import Resamples, bootstrap, standard_error
from tests.scorers import oracles, settings
from tests.scorers.cases import drawn
from tests.scorers.test_fixtures import CALIBRATION, HORIZONS, table
from tests.scorers.test_oracles import SURVIVAL

SEEDS = range(40)
RESAMPLES = 1000
# What every metric may be off by at most, in value; recalibrations stop at a tolerance of their own.
LARGEST = {"ici": 1e-6, "e50": 1e-6, "e90": 1e-6, "calibration_slope": 1e-8}


def brier_answers():
    data, answers, areas = table("br_days.csv"), table("R_brier_days.csv"), table("R_auc_days.csv")
    sample = Sample.of(SurvivalTruth(data["time"], data["event"]))
    for place, horizon in enumerate(HORIZONS):
        predicted = data[f"F{horizon:.0f}"]
        model = (answers["model"] == "m") & (answers["times"] == horizon)
        yield "brier", accuracy.brier(sample, predicted, horizon), answers["Brier"][model][0], answers["se"][model][0]
        yield "ipa", accuracy.ipa(sample, predicted, horizon), answers["IPA"][model][0], None
        yield "auc_t", survival.auc_t(sample, predicted, horizon), areas["AUC"][place], areas["se"][place]
    for tau, value in ((None, 0.6717884462384172), (1460.0, 0.6815558488499835)):
        yield "uno_c", survival.uno_c(sample, data["risk"], tau), value, None


def concordance_answers():
    data, answers = table("concordance_cases.csv"), table("concordance_answers.csv")
    for case in range(30):
        rows = data["case"] == case
        sample = Sample.of(SurvivalTruth(data["t"][rows], data["e"][rows]))
        yield "harrell_c", survival.harrell_c(sample, data["r"][rows]), answers["C"][case], answers["se"][case]


def calibration_answers():
    data = table("cal.csv")
    sample = Sample.of(SurvivalTruth(data["time"], data["event"]))
    for name, (ici, e50, e90, _, ratio, slope) in CALIBRATION.items():
        found = calibration.recalibrate(sample, data[name], 1095.0)
        yield "ici", found.ici, ici, None
        yield "e50", found.quantile(0.5), e50, None
        yield "e90", found.quantile(0.9), e90, None
        yield "oe_ratio", calibration.oe_ratio(sample, data[name], 1095.0), ratio, None
        yield "calibration_slope", calibration.calibration_slope(sample, data[name]), slope, None


def competing_answers():
    data, answers = table("cr_days.csv"), table("R_cr_days.csv")
    sample = Sample.of(SurvivalTruth(data["time"], data["ev"]))
    for place, horizon in enumerate(HORIZONS):
        predicted = data[f"F{horizon:.0f}"]
        yield "brier_cr", accuracy.brier(sample, predicted, horizon), answers["Brier"][place], None
        yield "auc_cr", survival.auc_t(sample, predicted, horizon), answers["AUC"][place], None


def binary_answers():
    data = table("bin.csv")
    truth = BinaryTruth(data["y"])
    slope, intercept = classification.recalibration(truth, data["p"])
    yield "roc_auc", classification.roc_auc(truth, data["p"]), 0.751329378158646, math.sqrt(0.000437634397645056)
    yield "calibration_slope_binary", slope, 0.96250445730887790, None
    yield "calibration_intercept_binary", intercept, -0.23964612497164223, None
    yield "brier_binary", classification.brier_binary(truth, data["p"]), 0.1512665, None


R = (brier_answers, concordance_answers, calibration_answers, competing_answers, binary_answers)


def literal(name, seed):
    """Yield (ours, literal definition) of a metric on one drawn data set."""
    case = drawn(seed, competing=name in ("wolbers_c", "brier_cr", "auc_cr"), times=8 if seed % 2 else 0)
    sample = Sample.of(SurvivalTruth(case.time, case.event))
    twin = {"wolbers_c": None, "brier_cr": "brier", "auc_cr": "auc_t"}.get(name, name)
    if twin in SURVIVAL:
        ours, theirs = SURVIVAL[twin]
        yield ours(sample, case).value, theirs(case, None)
    elif name == "wolbers_c":
        yield (
            competing.wolbers_c(sample, case.risk, 4.0).value,
            oracles.wolbers_c(case.time, case.event, case.risk, 4.0),
        )
    elif name == "d_calibration":
        rows = np.random.default_rng(seed).uniform(0.05, 0.5, (2, case.time.size))
        first, second = rows[0], rows[0] + (1 - rows[0]) * rows[1]
        survived = [np.ones(case.time.size), 1 - first, 1 - second]
        counts = oracles.d_calibration(case.time, case.event, [0.0, 3.0, 6.0], survived)
        yield calibration.d_calibration(sample, {3.0: first, 6.0: second}).p_value, chisquare(counts).pvalue


def libraries():
    """Yield (metric, library, ours, theirs)."""
    truth, columns = settings.binary(1, 500)
    p = np.asarray(columns.probability).clip(0.005, 0.995)
    y = truth.outcome
    yield "roc_auc", "scikit-learn", classification.roc_auc(truth, p).value, sk.roc_auc_score(y, p)
    ours = classification.average_precision(truth, p).value
    yield "average_precision", "scikit-learn", ours, sk.average_precision_score(y, p)
    yield "brier_binary", "scikit-learn", classification.brier_binary(truth, p).value, sk.brier_score_loss(y, p)
    yield "log_loss", "scikit-learn", classification.log_loss(truth, p).value, sk.log_loss(y, p)
    fitted = sm.GLM(y, sm.add_constant(np.log(p / (1 - p))), family=sm.families.Binomial()).fit(tol=1e-14)
    slope, intercept = classification.recalibration(truth, p)
    yield "calibration_slope_binary", "statsmodels", slope.value, fitted.params[1]
    yield "calibration_intercept_binary", "statsmodels", intercept.value, fitted.params[0]
    truth, columns = settings.effect()
    error = np.asarray(columns.estimate) - truth.truth
    yield "rmse", "numpy", effects.rmse(truth, columns.estimate).value, math.sqrt((error**2).mean())
    yield "bias", "numpy", effects.bias(truth, columns.estimate).value, error.mean()
    inside = (columns.lower <= truth.truth) & (truth.truth <= columns.upper)
    yield "coverage", "numpy", effects.coverage(truth, columns.lower, columns.upper).value, inside.mean()
    width, short = columns.upper - columns.lower, np.maximum(columns.lower - truth.truth, 0)
    over = np.maximum(truth.truth - columns.upper, 0)
    score = (width + 20 * (short + over)).mean()
    yield "interval_score", "numpy", effects.interval_score(truth, columns.lower, columns.upper, 0.9).value, score


def deviations():
    """Return the deviations of each metric from each reference, and of standard errors from R's, relative to them."""
    values, errors = {}, {}
    for answers in R:
        for name, found, value, se in answers():
            values.setdefault((name, "R"), []).append(abs(found.value - value))
            if se is not None:
                errors.setdefault(name, []).append(abs(standard_error(found.influence) / se - 1))
    for name in METRICS:
        for seed in SEEDS:
            with contextlib.suppress(Undefined):
                values.setdefault((name, "definition"), []).extend(abs(a - b) for a, b in literal(name, seed))
    for name, library, ours, theirs in libraries():
        values.setdefault((name, library), []).append(abs(ours - theirs))
    return {place: found for place, found in values.items() if found}, errors


def test_table_of_agreement():
    values, errors = deviations()
    print(f"\n{'metric':30}{'reference (cases)':34}{'largest deviation':>18}   standard error")
    for name, metric in METRICS.items():
        found = {reference: gaps for (one, reference), gaps in values.items() if one == name}
        worst = max(map(max, found.values()))
        written = ", ".join(f"{reference} ({len(gaps)})" for reference, gaps in found.items())
        print(f"{name:30}{written:34}{worst:18.1e}   {_error(metric, errors)}")
        assert worst <= LARGEST.get(name, 1e-8), name


def _error(metric, errors):
    if not metric.has_se:
        return "none"
    truth, columns = settings.MAKERS[metric.kinds[0]](5, 400)
    spec = settings.SPECS[metric.name]
    _, moved = influence(truth, columns, spec)
    replicates = bootstrap(truth, [columns], spec, Resamples(11, RESAMPLES))
    ratio = standard_error(moved) / replicates[0].std(ddof=1)
    to_r = f"R, off by {max(errors[metric.name]):.1e} of it; " if metric.name in errors else ""
    return f"{to_r}{ratio:.3f} of {RESAMPLES:,} bootstraps'"


@pytest.fixture(autouse=True)
def _quiet(recwarn):
    """Let a library's own warnings pass: this is a table of figures."""
