"""The door to the metrics: unchecked truth, columns and names in; scores with standard errors and intervals out.

Weights come from G fitted on the whole hidden set; the score, the null model of the index of prediction accuracy, and all standard
errors belong to the scored rows. A metric that has no value gives a `Score` with the reason; a wrong input raises an `InputError`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers import accuracy, calibration, classification, competing, effects, survival
from scorers.catalogue import METRICS, metric_key
from scorers.inputs import (
    BinaryTruth,
    EffectTruth,
    InputError,
    Rows,
    SurvivalTruth,
    Truth,
    Undefined,
    floats,
    probabilities,
    refuse,
    row_numbers,
)
from scorers.sample import Estimate, Sample

Floats = NDArray[np.float64]

# Beyond this a horizon rests on too few patients, or on weights above ten.
LEAST_AT_RISK = 20
LEAST_UNCENSORED = 0.1


@dataclass(frozen=True)
class Spec:
    """A metric with its parameters; times in the unit of the truth.

    Parameters
    ----------
    name : str
        A name of `scorers.catalogue.METRICS`.
    horizon, tau : float, optional
        Positive.
    grid : sequence of float, optional
        At least two, positive and increasing.
    threshold : float, optional
        Strictly between 0 and 1.
    level : float, optional
        Of the intervals that the columns hold; strictly between 0 and 1.
    """

    name: str
    horizon: float | None = None
    tau: float | None = None
    grid: tuple[float, ...] | None = None
    threshold: float | None = None
    level: float | None = None

    @property
    def key(self) -> str:
        """The name under which scores of this metric are kept, such as ``ipa@1095``."""
        return metric_key(self.name, horizon=self.horizon, tau=self.tau, grid=self.grid, threshold=self.threshold)


@dataclass(frozen=True)
class Columns:
    """Predictions for every hidden row, in the order of the truth; each array has shape (n,).

    Parameters
    ----------
    risk : array-like, optional
        Higher means an earlier event. A risk that is one of the event probabilities (the same array) stands for whichever of them
        fits: Uno's C then takes the one at its τ.
    event_probability : mapping of float to array-like
        Probability of the event by each horizon.
    probability : array-like, optional
        Of outcome 1.
    estimate, lower, upper : array-like, optional
        Of estimands.
    """

    risk: ArrayLike | None = None
    event_probability: Mapping[float, ArrayLike] = field(default_factory=dict)
    probability: ArrayLike | None = None
    estimate: ArrayLike | None = None
    lower: ArrayLike | None = None
    upper: ArrayLike | None = None


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


@dataclass(frozen=True)
class _Given:
    """One evaluation's inputs: truth, scored rows, columns; each column is checked when it is first read."""

    truth: Truth
    rows: Rows | None
    columns: Columns
    _read: dict[str, Floats] = field(default_factory=dict)

    def take(self, name: str, values: ArrayLike | None, check: Callable[..., Floats] = floats) -> Floats:
        """Return the scored rows of a column."""
        if name not in self._read:
            if values is None:
                raise InputError("missing_column", name)
            checked = check(values, name, length=len(self.truth))
            self._read[name] = checked if self.rows is None else checked[self.rows]
        return self._read[name]

    def by(self, horizon: float) -> Floats:
        """Return the event probabilities at a horizon."""
        name = f"event_probability@{horizon:g}"
        return self.take(name, self.columns.event_probability.get(horizon), probabilities)

    def risk(self, preferred: float | None) -> Floats:
        """Return what ranks the patients: the risk, or the event probability at the time that the metric speaks of."""
        stands_in = any(self.columns.risk is one for one in self.columns.event_probability.values())
        if preferred in self.columns.event_probability and (self.columns.risk is None or stands_in):
            return self.by(float(preferred or 0.0))
        return self.take("risk", self.columns.risk)

    def curves(self) -> dict[float, Floats]:
        """Return the event probabilities of every horizon, which must not decrease."""
        horizons = sorted(self.columns.event_probability)
        if not horizons:
            raise InputError("missing_column", "event_probability")
        found = {horizon: self.by(horizon) for horizon in horizons}
        for before, after in pairwise(horizons):
            refuse(found[after] < found[before], "not_monotone", f"event_probability@{after:g}")
        return found


@dataclass(frozen=True)
class _Case:
    """What one metric needs: the sample (of survival truths), the scored truth and the columns."""

    given: _Given
    spec: Spec
    scored: Truth
    sample: Sample | None
    influence: bool

    @property
    def s(self) -> Sample:
        if self.sample is None:
            raise InputError("wrong_kind", self.spec.name)
        return self.sample

    @property
    def binary(self) -> BinaryTruth:
        if not isinstance(self.scored, BinaryTruth):
            raise InputError("wrong_kind", self.spec.name)
        return self.scored

    @property
    def effect(self) -> EffectTruth:
        if not isinstance(self.scored, EffectTruth):
            raise InputError("wrong_kind", self.spec.name)
        return self.scored

    @property
    def horizon(self) -> float:
        return _parameter(self.spec.horizon, "horizon")

    @property
    def tau(self) -> float:
        return _parameter(self.spec.tau, "tau")

    @property
    def p(self) -> Floats:
        """The event probability at the horizon."""
        return self.given.by(self.horizon)

    @property
    def probability(self) -> Floats:
        return self.given.take("probability", self.given.columns.probability, probabilities)

    @property
    def estimate(self) -> Floats:
        return self.given.take("estimate", self.given.columns.estimate)

    @property
    def interval(self) -> tuple[Floats, Floats]:
        lower = self.given.take("lower", self.given.columns.lower)
        upper = self.given.take("upper", self.given.columns.upper)
        refuse(lower > upper, "lower_above_upper", "lower")
        return lower, upper


def _parameter(value: float | None, name: str) -> float:
    if value is None:
        raise InputError("missing_parameter", name)
    return float(value)


def _auc_t(case: _Case) -> Estimate:
    case.s.truth.one_cause()
    known = case.horizon in case.given.columns.event_probability
    score = case.p if known else case.given.risk(None)
    return survival.auc_t(case.s, score, case.horizon, influence=case.influence)


def _brier(case: _Case) -> Estimate:
    case.s.truth.one_cause()
    return accuracy.brier(case.s, case.p, case.horizon, influence=case.influence)


def _log_loss_t(case: _Case) -> Estimate:
    case.s.truth.one_cause()
    return accuracy.log_loss_t(case.s, case.p, case.horizon, influence=case.influence)


def _ibs(case: _Case) -> Estimate:
    case.s.truth.one_cause()
    grid = case.spec.grid
    if not grid:
        raise InputError("missing_parameter", "grid")
    return accuracy.ibs(case.s, [case.given.by(float(t)) for t in grid], grid, influence=case.influence)


def _d_calibration(case: _Case) -> Estimate:
    return Estimate(calibration.d_calibration(case.s, case.given.curves()).p_value, None)


def _recalibrated(case: _Case, *, influence: bool) -> calibration.Recalibrated:
    return calibration.recalibrate(case.s, case.p, case.horizon, influence=influence)


def _net_benefit(case: _Case) -> Estimate:
    threshold = _parameter(case.spec.threshold, "threshold")
    return calibration.net_benefit(case.s, case.p, case.horizon, threshold, influence=case.influence)


def _interval_score(case: _Case) -> Estimate:
    return effects.interval_score(case.effect, *case.interval, case.spec.level or 0.95)


# One line per metric of the catalogue.
_ESTIMATORS: Mapping[str, Callable[[_Case], Estimate]] = {
    "harrell_c": lambda c: survival.harrell_c(c.s, c.given.risk(None), c.spec.tau, influence=c.influence),
    "uno_c": lambda c: survival.uno_c(c.s, c.given.risk(c.tau), c.tau, influence=c.influence),
    "auc_t": _auc_t,
    "brier": _brier,
    "ibs": _ibs,
    "ipa": lambda c: accuracy.ipa(c.s, c.p, c.horizon, influence=c.influence),
    "log_loss_t": _log_loss_t,
    "oe_ratio": lambda c: calibration.oe_ratio(c.s, c.p, c.horizon, influence=c.influence),
    "calibration_slope": lambda c: calibration.calibration_slope(c.s, c.p, influence=c.influence),
    "ici": lambda c: _recalibrated(c, influence=c.influence).ici,
    "e50": lambda c: _recalibrated(c, influence=False).quantile(0.5),
    "e90": lambda c: _recalibrated(c, influence=False).quantile(0.9),
    "d_calibration": _d_calibration,
    "net_benefit": _net_benefit,
    "wolbers_c": lambda c: competing.wolbers_c(c.s, c.given.by(c.tau), c.tau, influence=c.influence),
    "brier_cr": lambda c: accuracy.brier(c.s, c.p, c.horizon, influence=c.influence),
    "auc_cr": lambda c: survival.auc_t(c.s, c.p, c.horizon, influence=c.influence),
    "roc_auc": lambda c: classification.roc_auc(c.binary, c.probability, influence=c.influence),
    "average_precision": lambda c: classification.average_precision(c.binary, c.probability, influence=c.influence),
    "brier_binary": lambda c: classification.brier_binary(c.binary, c.probability, influence=c.influence),
    "log_loss": lambda c: classification.log_loss(c.binary, c.probability, influence=c.influence),
    "calibration_slope_binary": lambda c: classification.recalibration(c.binary, c.probability, influence=c.influence)[
        0
    ],
    "calibration_intercept_binary": lambda c: classification.recalibration(
        c.binary, c.probability, influence=c.influence
    )[1],
    "rmse": lambda c: effects.rmse(c.effect, c.estimate),
    "coverage": lambda c: effects.coverage(c.effect, *c.interval),
    "interval_score": _interval_score,
    "bias": lambda c: effects.bias(c.effect, c.estimate),
}

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
    given = _Given(truth, row_numbers(rows, len(truth)), columns)
    scores = {}
    for spec in specs:
        try:
            estimate = _estimate(given, spec, influence=True)
        except Undefined as undefined:
            scores[spec.key] = Score(None, None, None, undefined.code)
        else:
            scores[spec.key] = _score(spec.name, estimate, level)
    return scores


def value(truth: Truth, columns: Columns, spec: Spec, *, rows: ArrayLike | None = None) -> float:
    """Return one metric's value alone, without what its standard error would cost; raises `Undefined`."""
    given = _Given(truth, row_numbers(rows, len(truth)), columns)
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
    given = _Given(truth, row_numbers(rows, len(truth)), columns)
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
        a = _estimate(_Given(truth, numbers, columns_a), spec, influence=True)
        b = _estimate(_Given(truth, numbers, columns_b), spec, influence=True)
    except Undefined as undefined:
        return Score(None, None, None, undefined.code)
    difference = a.value - b.value
    if a.influence is None or b.influence is None:
        return Score(difference, None, None, None)
    se = float(np.linalg.norm(a.influence - b.influence))
    reach = _normal(level) * se
    return Score(difference, se, (difference - reach, difference + reach), None)


def _estimate(given: _Given, spec: Spec, *, influence: bool) -> Estimate:
    _check(spec)
    scored = given.truth.part(given.rows)
    if not isinstance(given.truth, SurvivalTruth):
        return _ESTIMATORS[spec.name](_Case(given, spec, scored, None, influence))
    if "survival" not in METRICS[spec.name].kinds and "competing" not in METRICS[spec.name].kinds:
        raise InputError("wrong_kind", spec.name)
    sample = Sample.of(given.truth, given.rows)
    _guard(sample, spec)
    if not influence or given.rows is None:
        return _ESTIMATORS[spec.name](_Case(given, spec, scored, sample, influence))
    found = _ESTIMATORS[spec.name](_Case(given, spec, scored, sample, influence=False))
    try:
        own = _ESTIMATORS[spec.name](_Case(given, spec, scored, sample.own, influence=True))
    except Undefined:
        # The split alone cannot carry its own G to the horizon: a value, and no standard error.
        return found
    return Estimate(found.value, own.influence)


def _check(spec: Spec) -> None:
    if spec.name not in METRICS:
        raise InputError("unknown_metric", spec.name)
    for name in ("horizon", "tau"):
        given = getattr(spec, name)
        if given is not None and not (math.isfinite(given) and given > 0.0):
            raise InputError("bad_parameter", name)
    for name in ("threshold", "level"):
        given = getattr(spec, name)
        if given is not None and not 0.0 < given < 1.0:
            raise InputError("bad_parameter", name)
    if spec.grid is not None:
        if len(spec.grid) < 2 or not all(math.isfinite(t) and t > 0.0 for t in spec.grid):
            raise InputError("bad_parameter", "grid")
        if any(later <= earlier for earlier, later in pairwise(spec.grid)):
            raise InputError("unsorted_grid", "grid")


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
    se = float(np.linalg.norm(estimate.influence))
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
