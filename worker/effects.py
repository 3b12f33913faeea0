"""How far one row can move a primary metric: the unit of the gate's noise, threshold and grid.

`row` is the largest change of the metric over everything that one scored row can be (any outcome, any prediction). It is derived
from the training file and the number of public rows, never from hidden labels, so that it may be printed. With n public rows,
G the reverse Kaplan-Meier curve, S the Kaplan-Meier curve and w an inverse-probability weight:

brier, ibs     A row adds w (d - F)^2 / n, between 0 and w / n; w is at most 1 / G(t):            1 / (n G(t))
ipa            The Brier score divided by the null's, S(1 - S):                                   1 / (n G(t) S (1 - S))
brier_cr       As brier, G from all causes.
brier_binary   As brier with w = 1:                                                               1 / n
auc_t, auc_cr  A case takes part in all of its pairs with controls, its share of the cases'
               weight; a control likewise:                                              max(w_case / sum, w_control / sum)
roc_auc        As above with w = 1:                                                      max(1 / cases, 1 / controls)
harrell_c,     A row takes part in its pairs as the earlier and as the later one: the
uno_c,         largest share of all comparable pairs' weight that one training row holds,
wolbers_c      scaled to n rows (a row's pairs grow with n, all pairs with n squared).
average_       A positive row moved from the bottom to the top adds 1 / P for its own place and at most 1 / (P k) to the k-th of
precision      the other positives: (1 + 1/1 + ... + 1/P) / P.

rmse, interval_score, log_loss and log_loss_t have no such bound: one row can move them as far as it likes. Nothing is shown of
them before the reveal.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from challenges.definition import MetricEntry
from scorers.inputs import BinaryTruth, SurvivalTruth, Truth

Floats = NDArray[np.float64]

# No metric reacts less to a row than this many times 1/n (a null Brier score is at most 1/4): a floor under the noise, whatever
# is printed, so that facts tampered with in the database cannot take the noise away.
LEAST = {"ipa": 4.0}


def row_effect(primary: MetricEntry, truth: Truth, rows: int) -> float | None:
    """Return the largest effect of one of `rows` rows on the primary metric, judged by the training rows; none if unbounded.

    It is rounded up to two significant digits: it is printed, and more digits would say nothing.
    """
    if isinstance(truth, SurvivalTruth):
        rule = _SURVIVAL.get(primary.name)
        found = None if rule is None else rule(primary, truth, rows)
    elif isinstance(truth, BinaryTruth):
        binary = _BINARY.get(primary.name)
        found = None if binary is None else binary(float(np.mean(truth.outcome)) * rows, rows)
    else:
        found = None
    if found is None or not math.isfinite(found):
        return None
    return round_up(found)


def floor(primary: MetricEntry, rows: int) -> float:
    """Return the least `row` that a gate may use, known without any label."""
    return LEAST.get(primary.name, 1.0) / rows


def round_up(value: float, digits: int = 2) -> float:
    """Round away from zero to a few significant digits."""
    if value == 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
    # The tolerance keeps what is round already, whatever the last bit of the division says.
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.{digits}g}")


def _horizon(primary: MetricEntry) -> float:
    if primary.grid:
        return float(max(primary.grid))
    return float(primary.horizon if primary.horizon is not None else primary.tau or 0.0)


def _brier(primary: MetricEntry, truth: SurvivalTruth, rows: int) -> float:
    kept = truth.timeline.censoring.at(_horizon(primary))
    return 1.0 / (rows * kept) if kept > 0 else math.inf


def _ipa(primary: MetricEntry, truth: SurvivalTruth, rows: int) -> float:
    alive = truth.timeline.survival.at(_horizon(primary))
    null = alive * (1.0 - alive)
    return _brier(primary, truth, rows) / null if null > 0 else math.inf


def _auc(primary: MetricEntry, truth: SurvivalTruth, rows: int) -> float:
    horizon = _horizon(primary)
    left = _left_weights(truth)
    kept = truth.timeline.censoring.at(horizon)
    cases = (truth.time <= horizon) & (truth.event == 1)
    others = (truth.time <= horizon) & (truth.event > 1)
    controls = np.where(truth.time > horizon, 1.0 / kept if kept > 0 else math.inf, 0.0) + np.where(others, left, 0.0)
    case_weights = np.where(cases, left, 0.0)
    if not case_weights.sum() or not controls.sum():
        return math.inf
    largest = max(case_weights.max() / case_weights.sum(), controls.max() / controls.sum())
    return float(largest * len(truth.time) / rows)


def _left_weights(truth: SurvivalTruth) -> Floats:
    # 1 / G(T-): the censoring curve just before each time.
    kept = truth.timeline.censoring.left
    return np.asarray(np.divide(1.0, kept, out=np.zeros_like(kept), where=kept > 0), dtype=np.float64)


def _harrell(primary: MetricEntry, truth: SurvivalTruth, rows: int) -> float:
    return _pairs(truth, np.ones(len(truth.time)), primary.tau, rows)


def _uno(primary: MetricEntry, truth: SurvivalTruth, rows: int) -> float:
    return _pairs(truth, _left_weights(truth) ** 2, primary.tau, rows)


def _pairs(truth: SurvivalTruth, weights: Floats, tau: float | None, rows: int) -> float:
    anchors = (truth.event == 1) & (truth.time <= (math.inf if tau is None else tau))
    weights = np.where(anchors, weights, 0.0)
    ordered = np.sort(truth.time)
    censored = np.sort(truth.time[truth.event == 0])
    later = len(ordered) - np.searchsorted(ordered, truth.time, side="right")
    tied = np.searchsorted(censored, truth.time, side="right") - np.searchsorted(censored, truth.time, side="left")
    # With competing events a row that had another event before is a comparator too, for ever.
    other = np.sort(truth.time[truth.event > 1])
    before = np.searchsorted(other, truth.time, side="left")
    as_earlier = weights * (later + tied + before)
    total = as_earlier.sum()
    if not total:
        return math.inf
    by_time = np.argsort(truth.time, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(weights[by_time])])
    as_later = running[np.searchsorted(ordered, truth.time, side="left")]
    as_later = np.where(truth.event > 1, weights.sum(), as_later)
    return float((as_earlier + as_later).max() / total * len(truth.time) / rows)


def _roc(positives: float, rows: int) -> float:
    return max(1.0 / positives, 1.0 / (rows - positives)) if 0 < positives < rows else math.inf


def _average_precision(positives: float, _rows: int) -> float:
    if positives < 1:
        return math.inf
    harmonic = sum(1.0 / k for k in range(1, math.floor(positives) + 1))
    return min(1.0, (1.0 + harmonic) / positives)


_SURVIVAL: dict[str, Callable[[MetricEntry, SurvivalTruth, int], float]] = {
    "brier": _brier,
    "brier_cr": _brier,
    "ibs": _brier,
    "ipa": _ipa,
    "auc_t": _auc,
    "auc_cr": _auc,
    "harrell_c": _harrell,
    "uno_c": _uno,
    "wolbers_c": _uno,
}
_BINARY: dict[str, Callable[[float, int], float]] = {
    "brier_binary": lambda _positives, rows: 1.0 / rows,
    "roc_auc": _roc,
    "average_precision": _average_precision,
}
