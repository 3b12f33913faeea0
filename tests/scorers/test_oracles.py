"""The fast code against literal definitions: values, and influence values as derivatives with respect to row weights."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import minimize_scalar

from scorers import accuracy, calibration, classification, competing, cox, effects, survival
from scorers.inputs import BinaryTruth, EffectTruth, InputError, SurvivalTruth, Undefined
from scorers.sample import Sample
from tests.scorers import oracles
from tests.scorers.cases import cases, drawn

EXACT = {"abs": 1e-12, "rel": 1e-12}
T = 4.0


def of(case):
    return Sample.of(SurvivalTruth(case.time, case.event))


def agrees(estimate, expected):
    """Compare an estimate, or its absence, with an oracle's."""
    try:
        found = estimate().value
    except Undefined:
        found = None
    assert found == (None if expected is None else pytest.approx(expected, **EXACT))


@settings(max_examples=300, deadline=None)
@given(cases())
def test_harrell_c(case):
    agrees(lambda: survival.harrell_c(of(case), case.risk), oracles.harrell_c(case.time, case.event, case.risk))
    agrees(
        lambda: survival.harrell_c(of(case), case.risk, 3.0, influence=False),
        oracles.harrell_c(case.time, case.event, case.risk, 3.0),
    )


@settings(max_examples=150, deadline=None)
@given(cases())
def test_uno_c(case):
    for tau in (None, 2.0):
        expected = oracles.uno_c(case.time, case.event, case.risk, math.inf if tau is None else tau)
        agrees(lambda tau=tau: survival.uno_c(of(case), case.risk, tau), expected)


@settings(max_examples=150, deadline=None)
@given(cases(competing=True))
def test_wolbers_c(case):
    for tau in (None, 3.0):
        expected = oracles.wolbers_c(case.time, case.event, case.risk, math.inf if tau is None else tau)
        agrees(lambda tau=tau: competing.wolbers_c(of(case), case.risk, tau), expected)


@settings(max_examples=150, deadline=None)
@given(cases(competing=True))
def test_probability_metrics_with_competing_events(case):
    for horizon in (0.0, 2.0, 5.0):
        if oracles.censoring_curve(case.time, case.event, horizon) == 0.0:
            continue
        p = case.probability
        agrees(lambda t=horizon: survival.auc_t(of(case), p, t), oracles.auc_t(case.time, case.event, p, horizon))
        for influence in (True, False):
            agrees(
                lambda t=horizon, i=influence: accuracy.brier(of(case), p, t, influence=i),
                oracles.brier(case.time, case.event, p, horizon),
            )
        agrees(
            lambda t=horizon: accuracy.log_loss_t(of(case), p, t),
            oracles.log_loss_t(case.time, case.event, p, horizon),
        )


@pytest.mark.parametrize("seed", range(20))
def test_curves(seed):
    case = drawn(seed, competing=True)
    line = of(case).truth.timeline
    incidence = competing.cumulative_incidence(line)
    for place, when in enumerate(line.moments):
        assert line.survival.at(when) == pytest.approx(oracles.survival_curve(case.time, case.event, when), **EXACT)
        assert line.censoring.at(when) == pytest.approx(oracles.censoring_curve(case.time, case.event, when), **EXACT)
        before = oracles.censoring_curve(case.time, case.event, when, before=True)
        assert line.censoring.before[place] == pytest.approx(before, **EXACT)
        assert line.censoring.just_before(np.array([when]))[0] == pytest.approx(before, **EXACT)
        expected = oracles.cumulative_incidence(case.time, case.event, when)
        assert incidence[place] == pytest.approx(expected, **EXACT)
        assert line.at_risk(when) == (case.time >= when).sum()
    assert line.survival.at(-1.0) == 1.0
    product = line.censoring.before * line.survival.before
    assert product == pytest.approx([(case.time >= t).mean() for t in line.moments], **EXACT)


# Influence values -----------------------------------------------------------------------------------------------------------------

SURVIVAL = {
    "harrell_c": (
        lambda s, c: survival.harrell_c(s, c.risk),
        lambda c, w: oracles.harrell_c(c.time, c.event, c.risk, weight=w),
    ),
    "truncated_c": (
        lambda s, c: survival.harrell_c(s, c.risk, T),
        lambda c, w: oracles.harrell_c(c.time, c.event, c.risk, T, weight=w),
    ),
    "uno_c": (
        lambda s, c: survival.uno_c(s, c.risk, T),
        lambda c, w: oracles.uno_c(c.time, c.event, c.risk, T, weight=w),
    ),
    "auc_t": (
        lambda s, c: survival.auc_t(s, c.probability, T),
        lambda c, w: oracles.auc_t(c.time, c.event, c.probability, T, w),
    ),
    "brier": (
        lambda s, c: accuracy.brier(s, c.probability, T),
        lambda c, w: oracles.brier(c.time, c.event, c.probability, T, w),
    ),
    "log_loss_t": (
        lambda s, c: accuracy.log_loss_t(s, c.probability, T),
        lambda c, w: oracles.log_loss_t(c.time, c.event, c.probability, T, w),
    ),
    "ipa": (
        lambda s, c: accuracy.ipa(s, c.probability, T),
        lambda c, w: oracles.ipa(c.time, c.event, c.probability, T, w),
    ),
    "ibs": (
        lambda s, c: accuracy.ibs(s, [c.probability / 2, c.probability, c.probability], (1.0, T, 4.5)),
        lambda c, w: oracles.ibs(c.time, c.event, [c.probability / 2, c.probability, c.probability], (1.0, T, 4.5), w),
    ),
    "oe_ratio": (
        lambda s, c: calibration.oe_ratio(s, c.probability, T),
        lambda c, w: oracles.oe_ratio(c.time, c.event, c.probability, T, w),
    ),
    "net_benefit": (
        lambda s, c: calibration.net_benefit(s, c.probability, T, 0.4),
        lambda c, w: oracles.net_benefit(c.time, c.event, c.probability, T, 0.4, w),
    ),
}
COMPETING = {
    "wolbers_c": (
        lambda s, c: competing.wolbers_c(s, c.risk, T),
        lambda c, w: oracles.wolbers_c(c.time, c.event, c.risk, T, w),
    ),
    "auc_cr": SURVIVAL["auc_t"],
    "brier_cr": SURVIVAL["brier"],
}


def checked(estimate, oracle, case):
    assert estimate.value == pytest.approx(oracle(case, np.ones(len(case.time))), **EXACT)
    expected = oracles.derivative(lambda w: oracle(case, w), len(case.time))
    assert estimate.influence == pytest.approx(expected, abs=2e-9)
    assert estimate.influence.sum() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SURVIVAL)
def test_influence(name, seed):
    case = drawn(seed, 24)
    metric, oracle = SURVIVAL[name]
    checked(metric(of(case), case), oracle, case)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", COMPETING)
def test_influence_with_competing_events(name, seed):
    case = drawn(seed, 24, competing=True)
    metric, oracle = COMPETING[name]
    checked(metric(of(case), case), oracle, case)


@pytest.mark.parametrize("seed", range(3))
def test_influence_without_ties(seed):
    case = drawn(seed, 20, times=0, levels=0)
    for metric, oracle in SURVIVAL.values():
        checked(metric(of(case), case), oracle, case)


@pytest.mark.parametrize("seed", range(4))
def test_influence_of_the_curves(seed):
    case = drawn(seed, 20)
    line = of(case).truth.timeline
    for when in (0.0, 2.0, 6.0):
        for curve, oracle in ((line.survival, oracles.survival_curve), (line.censoring, oracles.censoring_curve)):
            expected = oracles.derivative(lambda w, o=oracle, t=when: o(case.time, case.event, t, w), 20)
            assert curve.influence(when) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_calibration_slope_is_the_maximum_of_efrons_likelihood(seed):
    case = drawn(seed, 30)
    x = np.log(-np.log(1 - case.probability))

    def slope(weight):
        return minimize_scalar(
            lambda b: -oracles.efron(case.time, case.event, x, b, weight), bracket=(-0.5, 0.5), tol=1e-13
        ).x

    found = calibration.calibration_slope(of(case), case.probability)
    assert found.value == pytest.approx(slope(np.ones(30)), abs=1e-6)

    # The derivative of the maximum: solve for the score's own derivative, which needs no second maximisation.
    def score(weight, beta):
        step = 1e-5
        up, down = (oracles.efron(case.time, case.event, x, beta + s, weight) for s in (step, -step))
        return (up - down) / (2 * step)

    step = 1e-4
    ones = np.ones(30)
    curvature = (score(ones, found.value + step) - score(ones, found.value - step)) / (2 * step)
    of_score = oracles.derivative(lambda w: score(w, found.value), 30, 1e-4)
    assert found.influence == pytest.approx(-of_score / curvature, abs=1e-4 * np.abs(found.influence).max())


@pytest.mark.parametrize("seed", range(3))
def test_cox_with_two_covariates_is_a_maximum_without_ties_in_the_gradient(seed):
    generator = np.random.default_rng(seed)
    time = generator.integers(1, 20, 120).astype(float)
    event = generator.integers(0, 2, 120)
    x = generator.normal(size=(120, 2))
    line = SurvivalTruth(time, event).timeline
    fitted = cox.fit(line, x[line.order])

    def likelihood(beta):
        return oracles.efron(time, event, x @ beta, 1.0)

    for direction in np.eye(2):
        up, down = likelihood(fitted.beta + 1e-4 * direction), likelihood(fitted.beta - 1e-4 * direction)
        assert (up - down) / 2e-4 == pytest.approx(0.0, abs=1e-5)
        middle = likelihood(fitted.beta)
        assert -(up - 2 * middle + down) / 1e-8 == pytest.approx(direction @ fitted.information @ direction, rel=1e-3)
    assert fitted.influence().sum(axis=0) == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_baseline_hazard_and_its_influence(seed):
    """With a coefficient of zero the hazard is a sum over events; the influence is its derivative, the coefficient's part apart."""
    case = drawn(seed, 24)
    line = of(case).truth.timeline
    x = np.random.default_rng(seed).normal(size=24)
    fitted = cox.fit(line, x[line.order, None])

    def hazard(weight):
        relative = np.exp((x - x.mean()) * fitted.beta[0])
        total = 0.0
        for t in sorted(set(case.time[(case.event == 1) & (case.time <= T)])):
            dead = (case.time == t) & (case.event == 1)
            risk = (weight * relative)[case.time >= t].sum()
            dying = (weight * relative)[dead].sum()
            mean = weight[dead].mean()
            total += sum(mean / (risk - k / dead.sum() * dying) for k in range(dead.sum()))
        return total

    assert fitted.baseline(T) == pytest.approx(hazard(np.ones(24)), rel=1e-10)
    held = line.to_rows(fitted.baseline_influence(T, np.zeros((24, 1))))
    assert held == pytest.approx(oracles.derivative(hazard, 24), abs=1e-8)


def weights_of_two(case):
    """Give a few rows a weight of two, and the same rows twice."""
    twice = np.arange(len(case.time)) % 3 == 0
    weight = np.where(twice, 2.0, 1.0)
    rows = np.repeat(np.arange(len(case.time)), weight.astype(int))
    return weight, rows


@pytest.mark.parametrize("name", SURVIVAL)
def test_a_weight_of_two_is_the_row_twice(name):
    case = drawn(11, 24)
    metric, oracle = SURVIVAL[name]
    weight, rows = weights_of_two(case)
    again = type(case)(case.time[rows], case.event[rows], case.risk[rows], case.probability[rows])
    assert metric(of(again), again).value == pytest.approx(oracle(case, weight), **EXACT)


# Binary outcomes, effects, D-calibration ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_binary(seed):
    generator = np.random.default_rng(seed)
    outcome = generator.integers(0, 2, 30)
    p = generator.integers(1, 10, 30) / 10
    truth = BinaryTruth(outcome)
    cases_, controls = outcome.sum(), 30 - outcome.sum()
    area = classification.roc_auc(truth, p)
    assert area.value == pytest.approx(oracles.roc_auc(outcome, p), **EXACT)
    derivative = oracles.derivative(lambda w: oracles.roc_auc(outcome, p, w), 30)
    delong = np.where(outcome == 1, np.sqrt(cases_ / (cases_ - 1)), np.sqrt(controls / (controls - 1)))
    assert area.influence == pytest.approx(derivative * delong, abs=1e-9)
    precision = classification.average_precision(truth, p)
    assert precision.value == pytest.approx(oracles.average_precision(outcome, p), **EXACT)
    derivative = oracles.derivative(lambda w: oracles.average_precision(outcome, p, w), 30)
    assert precision.influence == pytest.approx(derivative, abs=1e-9)
    for metric, losses in (
        (classification.brier_binary, (p - outcome) ** 2),
        (classification.log_loss, -np.log(np.where(outcome == 1, p, 1 - p))),
    ):
        found = metric(truth, p)
        assert found.value == pytest.approx(losses.mean(), **EXACT)
        assert found.influence == pytest.approx((losses - losses.mean()) / 30, abs=1e-14)
    logit = np.log(p / (1 - p))
    for place, found in enumerate(classification.recalibration(truth, p)):
        assert found.value == pytest.approx(oracles.logistic(outcome, logit)[place], abs=1e-9)
        derivative = oracles.derivative(lambda w, k=place: oracles.logistic(outcome, logit, w)[k], 30)
        assert found.influence == pytest.approx(derivative, abs=1e-7)


def test_log_loss_is_clipped_in_float64():
    truth = BinaryTruth([1, 0])
    assert classification.log_loss(truth, np.array([0.0, 0.0])).value == pytest.approx(-math.log(1e-15) / 2)
    sample = Sample.of(SurvivalTruth([1.0, 3.0], [1, 0]))
    assert accuracy.log_loss_t(sample, np.array([0.0, 0.0]), 2.0).value == pytest.approx(-math.log(1e-15) / 2)


def test_effects():
    truth = EffectTruth([1.0, 2.0, 3.0, 0.0])
    estimate, lower, upper = (
        np.array([1.5, 2.0, 2.0, 0.0]),
        np.array([1.0, 1.5, 1.0, 0.5]),
        np.array([2.0, 2.0, 2.5, 1.0]),
    )
    assert effects.rmse(truth, estimate).value == pytest.approx(math.sqrt(1.25 / 4))
    assert effects.bias(truth, estimate).value == pytest.approx(-0.125)
    assert effects.coverage(truth, lower, upper).value == 0.5
    expected = ((1.0 + 0.5 + 1.5 + 0.5) + 2 / 0.2 * (0.5 + 0.5)) / 4
    assert effects.interval_score(truth, lower, upper, 0.8).value == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(6))
def test_d_calibration(seed):
    generator = np.random.default_rng(seed)
    case = drawn(seed, 40, times=0)
    first = generator.uniform(0.05, 0.5, 40)
    second = first + (1 - first) * generator.uniform(0.1, 1.0, 40)
    found = calibration.d_calibration(of(case), {6.0: second, 3.0: first})
    expected = oracles.d_calibration(case.time, case.event, [0.0, 3.0, 6.0], [np.ones(40), 1 - first, 1 - second])
    assert found.counts == pytest.approx(expected, abs=1e-10)
    assert found.counts.sum() == pytest.approx(40)
    from scipy.stats import chisquare

    statistic, p_value = chisquare(expected)
    assert (found.statistic, found.p_value) == pytest.approx((statistic, p_value), abs=1e-12)


def test_a_certain_death_that_did_not_come_is_counted_in_the_lowest_tenth():
    case = drawn(1, 20)
    time, event = np.full(20, 9.0), np.zeros(20)
    found = calibration.d_calibration(Sample.of(SurvivalTruth(time, event)), {3.0: np.ones(20)})
    assert found.counts[0] == 20
    assert found.p_value < 1e-12
    assert case.time.size == 20


def test_one_cause_metrics_refuse_a_second():
    sample = Sample.of(SurvivalTruth([1.0, 2.0, 3.0], [1, 2, 0]))
    with pytest.raises(InputError) as refused:
        survival.harrell_c(sample, np.array([1.0, 2.0, 3.0]))
    assert (refused.value.code, refused.value.where) == ("competing_event", "event[1]")
