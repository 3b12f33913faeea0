"""The bootstrap's inner loops in numpy alone: the same meaning and values as `scorers.compiled_lanes`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.fallback import Codes, Floats, Integers, Ranks, bounds, won_weights

LANES = 64


def tally(drawn: NDArray[np.int32], times_drawn: NDArray[np.signedinteger[Any]]) -> None:
    """See `scorers.compiled_lanes.tally`."""
    times_drawn += np.bincount(drawn, minlength=times_drawn.size).astype(times_drawn.dtype)


def concordance_lanes(
    time: Floats, event: Codes, rank: Ranks, levels: int, times_drawn: NDArray[np.int16] | NDArray[np.int32], tau: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count pairs in 64 resamples at once: twice the concordant plus the tied ones, and the comparable ones."""
    _, censored, _ = bounds(time, event)
    anchors = np.flatnonzero((event == 1) & (time <= tau))
    back = np.ascontiguousarray(times_drawn[::-1]).astype(np.int64)
    upto = time.size - censored[anchors]
    own = times_drawn[anchors].astype(np.int64)
    inside = np.concatenate([np.zeros((1, back.shape[1]), dtype=np.int64), np.cumsum(back, axis=0)])
    won = won_weights(np.ascontiguousarray(rank[::-1]), back, upto, rank[anchors], levels)
    return (own * won).sum(axis=0).astype(np.int64), (own * inside[upto]).sum(axis=0)


def weighted_concordance_lanes(
    time: Floats,
    event: Codes,
    rank: Ranks,
    levels: int,
    times_drawn: NDArray[np.int16] | NDArray[np.int32],
    weight: Floats,
) -> tuple[Floats, Floats]:
    """Sum pairs in 64 resamples at once, weighted by their earlier row: concordant (ties a half), and comparable."""
    _, censored, _ = bounds(time, event)
    anchors = np.flatnonzero(event == 1)
    back = np.ascontiguousarray(times_drawn[::-1]).astype(np.float64)
    upto = time.size - censored[anchors]
    inside = np.concatenate([np.zeros((1, back.shape[1])), np.cumsum(back, axis=0)])
    won = 0.5 * won_weights(np.ascontiguousarray(rank[::-1]), back, upto, rank[anchors], levels)
    return (weight[anchors] * won).sum(axis=0), (weight[anchors] * inside[upto]).sum(axis=0)


def auc_lanes(order: Integers, rank: Ranks, case: Floats, control: Floats) -> tuple[Floats, Floats, Floats]:
    """Sum won pairs in 64 resamples at once, rows in order of score: won (ties a half), cases, controls."""
    start = np.flatnonzero(np.concatenate([[True], rank[1:] != rank[:-1]]))
    cases = np.add.reduceat(case[order], start, axis=0)
    controls = np.add.reduceat(control[order], start, axis=0)
    below = np.cumsum(controls, axis=0) - 0.5 * controls
    return (cases * below).sum(axis=0), cases.sum(axis=0), controls.sum(axis=0)
