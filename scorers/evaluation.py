"""The door to the metrics: unchecked truth, columns and names in; scores with standard errors and intervals out.

Weights come from G fitted on the whole hidden set; the score, the null model of the index of prediction accuracy, and all standard
errors belong to the scored rows. A metric that has no value gives a `Score` with the reason; a wrong input raises an `InputError`.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.asking import Case, Columns, Given, Spec, check
from scorers.catalogue import METRICS
from scorers.estimators import ESTIMATORS
from scorers.inputs import (
    InputError,
    SurvivalTruth,
    Truth,
    Undefined,
    row_numbers,
)
from scorers.reporting import reports
from scorers.sample import Estimate, Sample
from scorers.uncertainty import standard_error

__all__ = ["Columns", "Score", "Spec", "evaluate", "influence", "paired_difference", "prepare", "reports", "value"]

Floats = NDArray[np.float64]

# Beyond this a horizon rests on too few patients, or on weights above ten.
LEAST_AT_RISK = 20
LEAST_UNCENSORED = 0.1


class Score(NamedTuple):
    """One number with its uncertainty, or the reason why there is none.

    Attributes
    ----------
    value : float or None
        The metric; None where it is undefined.
    se : float or None
        Standard error; None where there is none for this metric.
    ci : tuple of two floats, or None
        Interval at the level that was asked.
    reason : str or None
        A code of `scorers.reasons.UNDEFINED`.
    """

    value: float | None
    se: float | None
    ci: tuple[float, float] | None
    reason: str | None


# Ratios have their interval on the logarithm's scale.
_RATIOS = frozenset({"oe_ratio"})


def evaluate(
    truth: Truth,
    columns: Columns,
    specs: Sequence[Spec],
    *,
    rows: ArrayLike | None = None,
    level: float = 0.95,
) -> dict[str, Score]:
    """Score predictions.

    Parameters
    ----------
    truth : SurvivalTruth, BinaryTruth or EffectTruth
        The whole hidden set, on which G is fitted; n rows.
    columns : Columns
        Predictions for all of these rows, in their order.
    specs : sequence of Spec
        What to compute.
    rows : array-like of bool of shape (n,), or of int, optional
        The scored split; None: all rows.
    level : float
        Of the confidence intervals (normal approximation, within the metric's range).

    Returns
    -------
    dict of str to Score
        By key, such as ``ipa@1095``. Metrics that are undefined here have a reason instead of a value.

    Raises
    ------
    InputError
        A column, a parameter or the rows are refused.

    Examples
    --------
    >>> truth = SurvivalTruth([5, 8, 12, 3, 9], [1, 0, 1, 1, 0])
    >>> evaluate(truth, Columns(risk=[0.7, 0.2, 0.1, 0.9, 0.4]), [Spec("harrell_c")])["harrell_c"].value
    1.0
    """
    if not 0.0 < level < 1.0:
        raise InputError("bad_parameter", "level")
    given = Given(truth, row_numbers(rows, len(truth)), columns)
    scores = {}
    for spec in specs:
        try:
            estimate = _estimate(given, spec, influence=True)
        except Undefined as undefined:
            scores[spec.key] = Score(None, None, None, undefined.code)
        else:
            scores[spec.key] = _score(spec.name, estimate, level)
    return scores


def prepare(truth: Truth, *, rows: ArrayLike | None = None) -> None:
    """Compute what every evaluation of a split needs of the truth alone: order, risk sets, both curves, weights.

    For a process that keeps the truth and forks: its children inherit what is computed here, and could not keep it themselves.

    Parameters
    ----------
    truth : SurvivalTruth, BinaryTruth or EffectTruth
        The whole hidden set.
    rows : array-like of bool of shape (n,), or of int, optional
        The split; None: all rows.

    Raises
    ------
    InputError
        The rows are refused.
    """
    numbers = row_numbers(rows, len(truth))
    if isinstance(truth, SurvivalTruth):
        for line in (truth.timeline, truth.part(numbers).timeline):
            for curve in (line.survival, line.censoring):
                curve.influence(0.0)
                # Shared by all evaluations to come, so nobody may write to it.
                curve.left.flags.writeable = False


def value(truth: Truth, columns: Columns, spec: Spec, *, rows: ArrayLike | None = None) -> float:
    """Return one metric's value alone, without what its standard error would cost; raises `Undefined`."""
    given = Given(truth, row_numbers(rows, len(truth)), columns)
    return _estimate(given, spec, influence=False).value


def influence(truth: Truth, columns: Columns, spec: Spec, *, rows: ArrayLike | None = None) -> tuple[float, Floats]:
    """Return a metric's value and its influence values on the scored rows, shape (m,).

    The standard error is the square root of the sum of their squares; that of a difference of two submissions the same of the
    difference of theirs.

    Raises
    ------
    Undefined
        The metric has no value here.
    InputError
        An input is refused; ``bad_parameter`` for a metric that has no influence values (`Metric.has_se` is False).
    """
    given = Given(truth, row_numbers(rows, len(truth)), columns)
    found = _estimate(given, spec, influence=True)
    if found.influence is None:
        raise InputError("bad_parameter", spec.name)
    return found.value, found.influence


def paired_difference(
    truth: Truth,
    columns_a: Columns,
    columns_b: Columns,
    spec: Spec,
    *,
    rows: ArrayLike | None = None,
    level: float = 0.95,
) -> Score:
    """Return the difference a minus b of two submissions on the same rows, its standard error and interval.

    Parameters
    ----------
    truth, spec, rows, level
        As in `evaluate`.
    columns_a, columns_b : Columns
        The two submissions.

    Returns
    -------
    Score
        Without standard error for a metric that has none; with a reason where either value is undefined.
    """
    numbers = row_numbers(rows, len(truth))
    try:
        a = _estimate(Given(truth, numbers, columns_a), spec, influence=True)
        b = _estimate(Given(truth, numbers, columns_b), spec, influence=True)
    except Undefined as undefined:
        return Score(None, None, None, undefined.code)
    difference = a.value - b.value
    if a.influence is None or b.influence is None:
        return Score(difference, None, None, None)
    se = standard_error(a.influence - b.influence)
    reach = _normal(level) * se
    return Score(difference, se, (difference - reach, difference + reach), None)


def _estimate(given: Given, spec: Spec, *, influence: bool) -> Estimate:
    check(spec)
    scored = given.truth.part(given.rows)
    if not isinstance(given.truth, SurvivalTruth):
        return ESTIMATORS[spec.name](Case(given, spec, scored, None, influence))
    if "survival" not in METRICS[spec.name].kinds and "competing" not in METRICS[spec.name].kinds:
        raise InputError("wrong_kind", spec.name)
    sample = Sample.of(given.truth, given.rows)
    _guard(sample, spec)
    if not influence or given.rows is None:
        return ESTIMATORS[spec.name](Case(given, spec, scored, sample, influence))
    found = ESTIMATORS[spec.name](Case(given, spec, scored, sample, influence=False))
    try:
        own = ESTIMATORS[spec.name](Case(given, spec, scored, sample.own, influence=True))
    except Undefined:
        # The split alone cannot carry its own G to the horizon: a value, and no standard error.
        return found
    return Estimate(found.value, own.influence)


def _guard(sample: Sample, spec: Spec) -> None:
    """Refuse a time that too few patients reach."""
    last = spec.horizon if spec.horizon is not None else spec.tau
    if spec.grid:
        last = spec.grid[-1]
    if last is None:
        return
    if sample.truth.timeline.at_risk(last) < LEAST_AT_RISK:
        raise Undefined("too_few_at_risk")
    if sample.censoring.at(last) < LEAST_UNCENSORED:
        raise Undefined("censoring_too_heavy")


def _score(name: str, estimate: Estimate, level: float) -> Score:
    if estimate.influence is None:
        return Score(estimate.value, None, None, None)
    se = standard_error(estimate.influence)
    reach = _normal(level) * se
    if name in _RATIOS and estimate.value > 0.0:
        factor = math.exp(min(reach / estimate.value, 700.0))
        return Score(estimate.value, se, (estimate.value / factor, estimate.value * factor), None)
    low, high = METRICS[name].low, METRICS[name].high
    lower = estimate.value - reach if low is None else max(low, estimate.value - reach)
    upper = estimate.value + reach if high is None else min(high, estimate.value + reach)
    return Score(estimate.value, se, (lower, upper), None)


def _normal(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2.0)
