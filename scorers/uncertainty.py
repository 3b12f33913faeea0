"""Uncertainty of scores: standard errors from influence values, and the paired bootstrap.

All submissions meet the same resamples, drawn from a stored seed, so that differences between them are paired. A resample is a set of
multinomial weights: how often each scored row was drawn. Everything that is estimated is estimated again in each: G, the null model,
the calibration curve.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers import kernels, resampled_ranks
from scorers.asking import Case, Columns, Given, Spec, check, parameter
from scorers.estimators import ESTIMATORS
from scorers.inputs import BinaryTruth, InputError, Rows, SurvivalTruth, Truth, Undefined, row_numbers
from scorers.ranks import dense_ranks
from scorers.resampled_errors import MEAN_ERRORS, mean_errors
from scorers.sample import Sample

Floats = NDArray[np.float64]
Counts = NDArray[np.int16] | NDArray[np.int32]

# Up to this many rows a count of rows fits 16 bits, and twice as many resamples fit the processor's cache.
_SHORT = np.iinfo(np.int16).max


def standard_error(influence: Floats) -> float:
    """Return the infinitesimal jackknife standard error: the root of the sum of squared influence values, shape (n,)."""
    return math.sqrt(float((influence * influence).sum()))


def interval(replicates: Floats, level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of bootstrap replicates, shape (r,)."""
    low, high = np.quantile(replicates, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


@dataclass(frozen=True)
class Resamples:
    """A reproducible set of resamples.

    Parameters
    ----------
    seed : int
        Not negative; the same seed gives the same resamples on every machine.
    replicates : int
        How many.
    """

    seed: int
    replicates: int = 1000

    def blocks(self, n: int) -> Iterator[Counts]:
        """Yield how often each of n rows was drawn, shape (n, 64); the last block is filled up with resamples beyond the number asked."""
        generator = np.random.Generator(np.random.PCG64(self.seed))
        for _ in range(-(-self.replicates // kernels.LANES)):
            times_drawn = np.zeros((kernels.LANES, n), dtype=np.int16 if n <= _SHORT else np.int32)
            for of_lane in times_drawn:
                kernels.tally(generator.integers(0, n, n, dtype=np.int32), of_lane)
            yield np.ascontiguousarray(times_drawn.T)


def bootstrap(
    truth: Truth,
    submissions: Sequence[Columns],
    spec: Spec,
    resamples: Resamples,
    *,
    rows: ArrayLike | None = None,
) -> Floats:
    """Score several submissions on the same resamples of the scored rows.

    Parameters
    ----------
    truth : SurvivalTruth, BinaryTruth or EffectTruth
        The whole hidden set; n rows.
    submissions : sequence of k Columns
        For all of these rows.
    spec : Spec
        The metric.
    resamples : Resamples
        Which resamples.
    rows : array-like of bool of shape (n,), or of int, optional
        The scored split.

    Returns
    -------
    array of float of shape (k, r)
        Resamples in which the metric is undefined are left out for all submissions, so r can be below the number asked.

    Raises
    ------
    Undefined
        The metric is undefined in more than half of the resamples.
    InputError
        As in `scorers.evaluation.evaluate`; ``bad_parameter`` for effects, whose rows are no sample.
    """
    check(spec)
    numbers = row_numbers(rows, len(truth))
    scored = truth.part(numbers)
    given = [Given(scored, None, _part(columns, truth, numbers)) for columns in submissions]
    if isinstance(scored, SurvivalTruth) and spec.name == "harrell_c":
        return _harrell(scored, given, spec, resamples)
    if isinstance(scored, SurvivalTruth) and spec.name in MEAN_ERRORS:
        return _mean_errors(scored, given, spec, resamples)
    if isinstance(scored, SurvivalTruth) and spec.name in ("uno_c", "auc_t", "auc_cr"):
        return _ranked(scored, given, spec, resamples)
    if isinstance(scored, BinaryTruth) and spec.name in ("roc_auc", "brier_binary"):
        return _of_outcomes(scored, given, spec, resamples)
    return _repeated(scored, given, spec, resamples)


def _part(columns: Columns, truth: Truth, rows: Rows | None) -> Columns:
    """Return the scored rows of every column that there is."""
    if rows is None:
        return columns
    whole = Given(truth, rows, columns)
    by_horizon = {horizon: whole.by(horizon) for horizon in columns.event_probability}
    risk: ArrayLike | None = None
    for horizon, values in columns.event_probability.items():
        if values is columns.risk:
            risk = by_horizon[horizon]
    single = {
        name: None if getattr(columns, name) is None else whole.take(name, getattr(columns, name))
        for name in ("probability", "estimate", "lower", "upper")
    }
    if risk is None and columns.risk is not None:
        risk = whole.take("risk", columns.risk)
    return Columns(risk=risk, event_probability=by_horizon, **single)


def _harrell(truth: SurvivalTruth, given: Sequence[Given], spec: Spec, resamples: Resamples) -> Floats:
    truth.one_cause()
    line = truth.timeline
    tau = np.inf if spec.tau is None else float(spec.tau)
    ranked = [dense_ranks(one.risk(None)[line.order]) for one in given]
    found = []
    for drawn in resamples.blocks(len(truth)):
        placed = drawn[line.order]
        values = np.empty((len(given), placed.shape[1]))
        for place, (rank, levels) in enumerate(ranked):
            doubled, comparable = kernels.concordance_lanes(line.time, line.event, rank, levels, placed, tau)
            values[place] = np.divide(
                doubled, 2.0 * comparable, out=np.full(placed.shape[1], np.nan), where=comparable > 0
            )
        found.append(values)
    return _defined(np.hstack(found)[:, : resamples.replicates], resamples)


def _mean_errors(truth: SurvivalTruth, given: Sequence[Given], spec: Spec, resamples: Resamples) -> Floats:
    if spec.name != "brier_cr":
        truth.one_cause()
    times = list(spec.grid) if spec.grid else [spec.horizon]
    if None in times or (spec.name == "ibs") != bool(spec.grid):
        raise InputError("missing_parameter", "grid" if spec.name == "ibs" else "horizon")
    horizons = [float(t) for t in times if t is not None]
    predicted = [np.vstack([one.by(t) for one in given]) for t in horizons]
    found = [
        mean_errors(truth.timeline, drawn, predicted, horizons, spec.name) for drawn in resamples.blocks(len(truth))
    ]
    return _defined(np.hstack(found)[:, : resamples.replicates], resamples)


def _ranked(truth: SurvivalTruth, given: Sequence[Given], spec: Spec, resamples: Resamples) -> Floats:
    if spec.name != "auc_cr":
        truth.one_cause()
    line = truth.timeline
    if spec.name == "uno_c":
        tau = parameter(spec.tau, "tau")
        risks = [one.risk(tau) for one in given]
        found = [resampled_ranks.uno_c(line, drawn, risks, tau) for drawn in resamples.blocks(len(truth))]
    else:
        horizon = parameter(spec.horizon, "horizon")
        scores = [one.by(horizon) if horizon in one.columns.event_probability else one.risk(None) for one in given]
        found = [resampled_ranks.auc_t(line, drawn, scores, horizon) for drawn in resamples.blocks(len(truth))]
    return _defined(np.hstack(found)[:, : resamples.replicates], resamples)


def _of_outcomes(truth: BinaryTruth, given: Sequence[Given], spec: Spec, resamples: Resamples) -> Floats:
    predicted = [one.probability for one in given]
    found = []
    for drawn in resamples.blocks(len(truth)):
        placed = drawn.astype(np.float64)
        if spec.name == "roc_auc":
            dies = (truth.outcome == 1)[:, None]
            found.append(resampled_ranks.areas(np.where(dies, placed, 0.0), np.where(dies, 0.0, placed), predicted))
        else:
            found.append((np.vstack(predicted) - truth.outcome) ** 2 @ placed / len(truth))
    return _defined(np.hstack(found)[:, : resamples.replicates], resamples)


def _repeated(truth: Truth, given: Sequence[Given], spec: Spec, resamples: Resamples) -> Floats:
    """Draw rows and score them as they come: the definition of the bootstrap, for metrics without a faster way."""
    estimator = ESTIMATORS[spec.name]
    if not isinstance(truth, SurvivalTruth) and not hasattr(truth, "outcome"):
        raise InputError("bad_parameter", spec.name)
    found = np.full((len(given), resamples.replicates), np.nan)
    at = 0
    for drawn in resamples.blocks(len(truth)):
        for lane in range(min(drawn.shape[1], resamples.replicates - at)):
            rows = np.repeat(np.arange(len(truth)), drawn[:, lane])
            again = _again(truth, rows)
            sample = Sample.of(again) if isinstance(again, SurvivalTruth) else None
            for place, one in enumerate(given):
                case = Case(Given(truth, rows, one.columns), spec, again, sample, influence=False)
                try:
                    found[place, at] = estimator(case).value
                except Undefined:
                    break
            at += 1
    return _defined(found, resamples)


def _again(truth: Truth, rows: Rows) -> Truth:
    # `part` would remember each resample; these are used once.
    if isinstance(truth, SurvivalTruth):
        return SurvivalTruth(truth.time[rows], truth.event[rows])
    return truth.part(rows)


def _defined(values: Floats, resamples: Resamples) -> Floats:
    kept = ~np.isnan(values).any(axis=0)
    if 2 * int(kept.sum()) < resamples.replicates:
        raise Undefined("resamples_undefined")
    return values if kept.all() else values[:, kept]
