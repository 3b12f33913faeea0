"""Values that R gave to the same inputs."""

import csv
from pathlib import Path

import numpy as np
import pytest

from scorers import accuracy, calibration, classification, survival
from scorers.inputs import BinaryTruth, SurvivalTruth
from scorers.sample import Sample
from scorers.uncertainty import standard_error

DATA = Path(__file__).parent / "data"
HORIZONS = (365.0, 730.0, 1095.0, 1460.0, 1825.0)


def table(name):
    with (DATA / name).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    columns = {}
    for column in rows[0]:
        try:
            columns[column] = np.array([float(row[column]) for row in rows])
        except ValueError:
            columns[column] = np.array([row[column] for row in rows])
    return columns


@pytest.fixture(scope="module")
def gbsg():
    data = table("br_days.csv")
    return data, Sample.of(SurvivalTruth(data["time"], data["event"]))


@pytest.mark.parametrize("case", range(30))
def test_concordance_counts_value_and_standard_error(case):
    data, answers = table("concordance_cases.csv"), table("concordance_answers.csv")
    rows = data["case"] == case
    sample = Sample.of(SurvivalTruth(data["t"][rows], data["e"][rows]))
    counts = survival.concordance_counts(sample, data["r"][rows])
    assert counts == (answers["con"][case], answers["dis"][case], answers["tx"][case])
    found = survival.harrell_c(sample, data["r"][rows])
    assert found.value == pytest.approx(answers["C"][case], abs=1e-12)
    assert standard_error(found.influence) == pytest.approx(answers["se"][case], abs=1e-12)


@pytest.mark.parametrize(("tau", "expected"), [(None, 0.6717884462384172), (1460.0, 0.6815558488499835)])
def test_uno_c(gbsg, tau, expected):
    data, sample = gbsg
    assert survival.uno_c(sample, data["risk"], tau).value == pytest.approx(expected, abs=1e-12)


def test_tau_is_included(gbsg):
    data, sample = gbsg
    at = data["time"][data["event"] == 1][5]
    upto, below = (survival.concordance_counts(sample, data["risk"], tau) for tau in (at, np.nextafter(at, 0)))
    assert sum(upto) > sum(below)


@pytest.mark.parametrize("place", range(5))
def test_brier_ipa_and_auc(gbsg, place):
    data, sample = gbsg
    horizon = HORIZONS[place]
    predicted = data[f"F{horizon:.0f}"]
    answers, areas = table("R_brier_days.csv"), table("R_auc_days.csv")
    model = (answers["model"] == "m") & (answers["times"] == horizon)
    brier = accuracy.brier(sample, predicted, horizon)
    area = survival.auc_t(sample, predicted, horizon)
    assert brier.value == pytest.approx(answers["Brier"][model][0], abs=1e-12)
    assert accuracy.ipa(sample, predicted, horizon).value == pytest.approx(answers["IPA"][model][0], abs=1e-12)
    assert area.value == pytest.approx(areas["AUC"][place], abs=1e-12)
    assert standard_error(brier.influence) == pytest.approx(answers["se"][model][0], rel=1e-3)
    assert standard_error(area.influence) == pytest.approx(areas["se"][place], rel=1e-3)


@pytest.mark.parametrize("place", range(5))
def test_brier_of_the_null_model(gbsg, place):
    _, sample = gbsg
    horizon = HORIZONS[place]
    answers = table("R_brier_days.csv")
    null = np.full(sample.size, 1.0 - sample.truth.timeline.survival.at(horizon))
    found = accuracy.brier(sample, null, horizon)
    assert found.value == pytest.approx(answers["Brier"][place], abs=1e-12)
    if horizon < 1825.0:
        assert standard_error(found.influence) == pytest.approx(answers["se"][place], rel=1e-3)


def riskregression_se(sample, predicted, horizon):
    """How riskRegression 2022.11 writes the same standard error.

    It takes the hazard of censoring over everybody at the time, events of that time included, without the product limit's 1/(1 - h), and
    divides by n - 1. Ours is the exact derivative of the estimator.
    """
    time, event = sample.truth.time, sample.truth.event
    n = sample.size
    early = time <= horizon
    left = sample.truth.timeline.censoring.left
    weight = np.where(early, np.where(event == 1, 1 / left, 0.0), sample.weight_at(horizon))
    rows = weight * np.where(early, (1 - predicted) ** 2, predicted**2)
    moved = rows - rows.mean()
    for t in np.unique(time[(event == 0) & early]):
        risk = (time >= t).sum()
        beyond = rows[(time > t)].sum() / risk
        moved += ((time == t) & (event == 0)) * beyond - (time >= t) * (
            (time == t) & (event == 0)
        ).sum() / risk * beyond
    return moved.std(ddof=1) / np.sqrt(n)


@pytest.mark.parametrize("place", range(5))
def test_the_deviation_of_riskregression_is_understood(gbsg, place):
    data, sample = gbsg
    horizon = HORIZONS[place]
    answers = table("R_brier_days.csv")
    null = np.full(sample.size, 1.0 - sample.truth.timeline.survival.at(horizon))
    assert riskregression_se(sample, null, horizon) == pytest.approx(answers["se"][place], rel=1e-6)
    model = answers["se"][place + 5]
    assert riskregression_se(sample, data[f"F{horizon:.0f}"], horizon) == pytest.approx(model, rel=1e-6)


def test_holding_g_fixed_would_give_another_standard_error(gbsg):
    data, sample = gbsg
    predicted = data["F1825"]
    early = sample.time <= 1825.0
    rows = np.where(early, sample.known * (1 - predicted) ** 2, predicted**2 * sample.weight_at(1825.0))
    fixed = rows.std() / np.sqrt(sample.size)
    assert fixed == pytest.approx(0.0111, abs=5e-5)
    assert standard_error(accuracy.brier(sample, predicted, 1825.0).influence) == pytest.approx(0.0073, abs=5e-5)


@pytest.mark.parametrize("place", range(5))
def test_competing_risks(place):
    data, answers = table("cr_days.csv"), table("R_cr_days.csv")
    sample = Sample.of(SurvivalTruth(data["time"], data["ev"]))
    predicted = data[f"F{HORIZONS[place]:.0f}"]
    assert accuracy.brier(sample, predicted, HORIZONS[place]).value == pytest.approx(answers["Brier"][place], abs=1e-12)
    assert survival.auc_t(sample, predicted, HORIZONS[place]).value == pytest.approx(answers["AUC"][place], abs=1e-12)


CALIBRATION = {
    "F": (0.0208108127171, 0.021974601477, 0.036179142647, 0.0535466105579, 0.997431654241, 0.999999999977),
    "F2": (0.0704939379964, 0.0667371613831, 0.0872980837797, 0.125268201824, 0.829194347545, 0.990673106194),
}


@pytest.mark.parametrize("name", CALIBRATION)
def test_calibration(name):
    data = table("cal.csv")
    sample = Sample.of(SurvivalTruth(data["time"], data["event"]))
    ici, e50, e90, emax, ratio, slope = CALIBRATION[name]
    found = calibration.recalibrate(sample, data[name], 1095.0)
    assert found.ici.value == pytest.approx(ici, abs=1e-6)
    assert found.quantile(0.5).value == pytest.approx(e50, abs=1e-6)
    assert found.quantile(0.9).value == pytest.approx(e90, abs=1e-6)
    assert found.quantile(1.0).value == pytest.approx(emax, abs=1e-6)
    assert calibration.oe_ratio(sample, data[name], 1095.0).value == pytest.approx(ratio, abs=1e-10)
    assert calibration.calibration_slope(sample, data[name]).value == pytest.approx(slope, abs=1e-8)


def test_binary_outcomes():
    data = table("bin.csv")
    truth = BinaryTruth(data["y"])
    p, q = classification.roc_auc(truth, data["p"]), classification.roc_auc(truth, data["q"])
    assert p.value == pytest.approx(0.751329378158646, abs=1e-15)
    assert (p.influence**2).sum() == pytest.approx(0.000437634397645056, abs=1e-17)
    assert (p.influence * q.influence).sum() == pytest.approx(0.00029523602971012, abs=1e-17)
    slope, intercept = classification.recalibration(truth, data["p"])
    assert slope.value == pytest.approx(0.96250445730887790, abs=1e-8)
    assert intercept.value == pytest.approx(-0.23964612497164223, abs=1e-8)
    assert classification.brier_binary(truth, data["p"]).value == pytest.approx(0.1512665, abs=1e-12)


def test_delong_test_of_two_scores():
    data = table("bin.csv")
    truth = BinaryTruth(data["y"])
    p, q = classification.roc_auc(truth, data["p"]), classification.roc_auc(truth, data["q"])
    z = (p.value - q.value) / standard_error(p.influence - q.influence)
    from statistics import NormalDist

    assert 2 * NormalDist().cdf(-abs(z)) == pytest.approx(0.184515688442268, abs=1e-12)
