"""Properties of metrics, each a set of names and one test for it; every metric must be placed in every set or outside it on purpose.

To add a metric: give it facts in `scorers.catalogue`, words, a formula, an estimator, a spec in `tests.scorers.settings`, and put its
name into the sets below. The tests at the end fail until that is done.
"""

from dataclasses import replace

import numpy as np
import pytest

from scorers.catalogue import METRICS
from scorers.estimators import ESTIMATORS
from scorers.evaluation import Columns, evaluate, influence, paired_difference, value
from scorers.inputs import BinaryTruth, EffectTruth, InputError, SurvivalTruth
from tests.scorers.settings import MAKERS, SPECS

NAMES = sorted(METRICS)

# Only the order of predictions counts: any increasing transformation leaves the value.
ORDER_ONLY = {"harrell_c", "uno_c", "auc_t", "wolbers_c", "auc_cr", "roc_auc", "average_precision"}
ORDER_MATTERS_NOT_ALONE = {
    "brier", "ibs", "ipa", "log_loss_t", "oe_ratio", "calibration_slope", "ici", "e50", "e90", "d_calibration", "net_benefit",
    "brier_cr", "brier_binary", "log_loss", "calibration_slope_binary", "calibration_intercept_binary",
    "rmse", "coverage", "interval_score", "bias",
}  # fmt: skip
# Turning the order round gives 1 - value.
REVERSAL = {"harrell_c", "uno_c", "auc_t", "wolbers_c", "auc_cr", "roc_auc"}
NO_REVERSAL = set(NAMES) - REVERSAL
# Weighted by G: the value of a split depends on rows outside it.
USES_WHOLE = {"uno_c", "auc_t", "brier", "ibs", "ipa", "log_loss_t", "wolbers_c", "brier_cr", "auc_cr"}
USES_SPLIT_ALONE = {
    "harrell_c", "oe_ratio", "calibration_slope", "ici", "e50", "e90", "d_calibration", "net_benefit",
    "roc_auc", "average_precision", "brier_binary", "log_loss", "calibration_slope_binary", "calibration_intercept_binary",
    "rmse", "coverage", "interval_score", "bias",
}  # fmt: skip
# The same rows twice have the same value: a mean or a ratio over rows or pairs.
DOUBLING_KEEPS = set(NAMES) - {"d_calibration", "calibration_slope", "ici", "e50", "e90"}
# A test statistic grows with n; Efron's likelihood sees more ties, so its maximum moves a little.
DOUBLING_MOVES = {"d_calibration", "calibration_slope", "ici", "e50", "e90"}
# Values do not change when times are multiplied, horizons with them.
TIMED = {name for name in NAMES if METRICS[name].kinds[0] in ("survival", "competing")}
TIMELESS = set(NAMES) - TIMED
# A perfect prediction of the outcome (certain, and right) has the best value.
BEST_WHEN_CERTAIN = {"roc_auc", "average_precision", "brier_binary", "log_loss", "rmse", "coverage", "bias"}

PROPERTIES = {
    "order": (ORDER_ONLY, ORDER_MATTERS_NOT_ALONE),
    "reversal": (REVERSAL, NO_REVERSAL),
    "whole": (USES_WHOLE, USES_SPLIT_ALONE),
    "doubling": (DOUBLING_KEEPS, DOUBLING_MOVES),
    "time": (TIMED, TIMELESS),
}


@pytest.mark.parametrize("sets", PROPERTIES.values(), ids=PROPERTIES)
def test_no_metric_is_forgotten(sets):
    having, lacking = sets
    assert having | lacking == set(NAMES)
    assert not having & lacking


def test_every_metric_has_an_estimator_and_a_spec():
    assert set(ESTIMATORS) == set(NAMES) == set(SPECS)


def made(name, seed=0):
    return (*MAKERS[METRICS[name].kinds[0]](seed), SPECS[name])


def mapped(columns, change):
    """Apply a change to every prediction column."""
    return Columns(
        risk=None if columns.risk is None else change(np.asarray(columns.risk)),
        event_probability={t: change(p) for t, p in columns.event_probability.items()},
        probability=None if columns.probability is None else change(columns.probability),
        estimate=None if columns.estimate is None else change(columns.estimate),
        lower=None if columns.lower is None else change(columns.lower),
        upper=None if columns.upper is None else change(columns.upper),
    )


def taken(truth, rows):
    if isinstance(truth, SurvivalTruth):
        return SurvivalTruth(truth.time[rows], truth.event[rows])
    if isinstance(truth, BinaryTruth):
        return BinaryTruth(truth.outcome[rows])
    return EffectTruth(truth.truth[rows])


@pytest.mark.parametrize("name", NAMES)
def test_value_standard_error_and_interval(name):
    truth, columns, spec = made(name)
    score = evaluate(truth, columns, [spec])[spec.key]
    metric = METRICS[name]
    assert score.reason is None
    assert np.isfinite(score.value)
    assert metric.low is None or metric.low <= score.value
    assert metric.high is None or score.value <= metric.high
    assert (score.se is not None) == (score.ci is not None) == metric.has_se
    if score.se is not None:
        assert score.se > 0
        assert score.ci[0] < score.value < score.ci[1]
    assert value(truth, columns, spec) == pytest.approx(score.value, abs=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_order_of_rows_does_not_matter(name):
    truth, columns, spec = made(name)
    rows = np.random.default_rng(5).permutation(len(truth))
    again = evaluate(taken(truth, rows), mapped(columns, lambda a: a[rows]), [spec])[spec.key]
    score = evaluate(truth, columns, [spec])[spec.key]
    assert again.value == pytest.approx(score.value, abs=1e-11)
    assert again.se == (None if score.se is None else pytest.approx(score.se, rel=1e-8))


@pytest.mark.parametrize("name", NAMES)
def test_increasing_transformations(name):
    truth, columns, spec = made(name)
    cubed = mapped(columns, lambda a: a**3 / 2)
    same = value(truth, cubed, spec) == pytest.approx(value(truth, columns, spec), abs=1e-13)
    assert same == (name in ORDER_ONLY)


@pytest.mark.parametrize("name", sorted(REVERSAL))
def test_reversal_gives_one_minus_the_value(name):
    truth, columns, spec = made(name)
    turned = mapped(columns, lambda a: 1 - a)
    assert value(truth, turned, spec) == pytest.approx(1 - value(truth, columns, spec), abs=1e-12)


@pytest.mark.parametrize("name", sorted(REVERSAL))
def test_constant_predictions_are_chance(name):
    truth, columns, spec = made(name)
    assert value(truth, mapped(columns, lambda a: np.full_like(a, 0.5)), spec) == pytest.approx(0.5, abs=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_twice(name):
    truth, columns, spec = made(name)
    rows = np.repeat(np.arange(len(truth)), 2)
    again = value(taken(truth, rows), mapped(columns, lambda a: a[rows]), spec)
    close = again == pytest.approx(value(truth, columns, spec), abs=1e-11)
    assert close == (name in DOUBLING_KEEPS)


@pytest.mark.parametrize("name", sorted(TIMED))
def test_unit_of_time_does_not_matter(name):
    truth, columns, spec = made(name)
    slow = SurvivalTruth(truth.time * 8, truth.event)  # a power of two keeps ties exactly
    scaled = replace(
        spec,
        horizon=spec.horizon and spec.horizon * 8,
        tau=spec.tau and spec.tau * 8,
        grid=spec.grid and tuple(t * 8 for t in spec.grid),
    )
    curves = {t * 8: p for t, p in columns.event_probability.items()}
    again = value(slow, Columns(risk=columns.risk, event_probability=curves), scaled)
    assert again == pytest.approx(value(truth, columns, spec), abs=1e-13)


@pytest.mark.parametrize("name", sorted(TIMED))
def test_whole_times_may_be_integers(name):
    truth, columns, spec = made(name)
    whole = SurvivalTruth(
        (truth.time * 10).round().astype(np.int32), truth.event.astype(bool) if truth.event.max() < 2 else truth.event
    )
    floating = SurvivalTruth((truth.time * 10).round(), truth.event.astype(float))
    spec = replace(
        spec, horizon=spec.horizon and 20, tau=spec.tau and 20, grid=spec.grid and tuple(t * 10 for t in spec.grid)
    )
    columns = Columns(risk=columns.risk, event_probability={t * 10: p for t, p in columns.event_probability.items()})
    assert value(whole, columns, spec) == value(floating, columns, spec)


@pytest.mark.parametrize("name", NAMES)
def test_a_split_is_scored_with_the_whole_sets_weights(name):
    truth, columns, spec = made(name)
    rows = np.arange(len(truth)) % 2 == 0
    inside = evaluate(truth, columns, [spec], rows=rows)[spec.key]
    alone = evaluate(taken(truth, rows), mapped(columns, lambda a: a[rows]), [spec])[spec.key]
    assert (inside.value == pytest.approx(alone.value, abs=1e-13)) == (name in USES_SPLIT_ALONE)
    # The standard error is that of the split, G fitted on it.
    assert inside.se == (None if alone.se is None else pytest.approx(alone.se, rel=1e-12))
    numbered = evaluate(truth, columns, [spec], rows=np.flatnonzero(rows))[spec.key]
    assert numbered == inside


@pytest.mark.parametrize("name", NAMES)
def test_all_rows_are_the_default(name):
    truth, columns, spec = made(name)
    assert evaluate(truth, columns, [spec], rows=np.ones(len(truth), bool)) == evaluate(truth, columns, [spec])


@pytest.mark.parametrize("name", NAMES)
def test_paired_differences(name):
    truth, columns, spec = made(name)
    other = mapped(columns, lambda a: a * 0.9)
    there, back = paired_difference(truth, columns, other, spec), paired_difference(truth, other, columns, spec)
    assert there.value == pytest.approx(value(truth, columns, spec) - value(truth, other, spec), abs=1e-13)
    assert there.value == -back.value
    assert (there.se is not None) == METRICS[name].has_pair_test
    nothing = paired_difference(truth, columns, columns, spec)
    assert nothing.value == 0.0
    if nothing.se is not None:
        assert nothing.se == 0.0
        a, b = (influence(truth, one, spec)[1] for one in (columns, other))
        assert there.se == pytest.approx(np.sqrt(((a - b) ** 2).sum()))
        assert there.se == pytest.approx(back.se)
    else:
        with pytest.raises(InputError, match=name):
            influence(truth, columns, spec)


@pytest.mark.parametrize("name", sorted(BEST_WHEN_CERTAIN))
def test_certain_and_right_is_best(name):
    metric = METRICS[name]
    truth, _, spec = made(name)
    known = truth.outcome.astype(float) if isinstance(truth, BinaryTruth) else truth.truth
    best = value(truth, Columns(probability=known, estimate=known, lower=known, upper=known), spec)
    target = {"higher": metric.high, "lower": metric.low, "zero": 0.0, "one": 1.0}[metric.better]
    assert best == pytest.approx(target, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_left_as_they_were(name):
    truth, columns, spec = made(name)
    columns = mapped(columns, np.copy)
    kept = mapped(columns, np.copy)
    for array in (columns.risk, *columns.event_probability.values(), columns.probability, columns.estimate):
        if array is not None:
            array.flags.writeable = False
    evaluate(truth, columns, [spec], rows=np.arange(len(truth)) % 3 > 0)
    for mine, theirs in zip(columns.event_probability.values(), kept.event_probability.values(), strict=True):
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_metric_of_another_kind_is_refused(name, kind):
    truth, columns = MAKERS[kind](0)
    fits = kind in METRICS[name].kinds
    # One cause is a special case of competing risks, and effects are the only kind with estimates.
    fits |= kind == "survival" and METRICS[name].kinds == ("competing",)
    if fits:
        evaluate(truth, columns, [SPECS[name]])
        return
    with pytest.raises(InputError) as refused:
        evaluate(truth, columns, [SPECS[name]])
    assert refused.value.code in ("wrong_kind", "competing_event", "missing_column")
