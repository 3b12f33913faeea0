"""Rank metrics in many resamples at once: Uno's C and the areas under the curve, G fitted again in each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scorers import kernels
from scorers.ranks import dense_ranks, in_order
from scorers.resampled_curves import ResampledCurves
from scorers.timeline import Timeline

Floats = NDArray[np.float64]
Counts = NDArray[np.int16] | NDArray[np.int32]


def uno_c(line: Timeline, drawn: Counts, risks: Sequence[Floats], tau: float | None) -> Floats:
    """Return Uno's C of k submissions in each resample, shape (k, lanes); nan where no pair can be compared.

    Parameters
    ----------
    line : Timeline
        The scored rows.
    drawn : array of int of shape (n, lanes)
        How often each row was drawn.
    risks : sequence of arrays of float of shape (n,)
        Higher means an earlier event.
    tau : float or None
        An event at it counts.
    """
    left = ResampledCurves(line, drawn).before[line.group]
    placed = drawn[line.order]
    anchors = (line.event == 1) & (line.time <= (np.inf if tau is None else tau))
    weight = np.divide(placed, left**2, out=np.zeros_like(left), where=anchors[:, None] & (left > 0.0))
    found = []
    for risk in risks:
        rank, levels = dense_ranks(risk[line.order])
        found.append(_share(*kernels.weighted_concordance_lanes(line.time, line.event, rank, levels, placed, weight)))
    return np.stack(found)


def auc_t(line: Timeline, drawn: Counts, scores: Sequence[Floats], horizon: float) -> Floats:
    """Return the cumulative/dynamic area of k submissions in each resample, shape (k, lanes); nan where it is undefined.

    Competing events (code 2) are controls, as in `scorers.survival.auc_t`.

    Parameters
    ----------
    line, drawn
        As in `uno_c`.
    scores : sequence of arrays of float of shape (n,)
        Higher means more likely.
    horizon : float
        An event at it is a case.
    """
    curves = ResampledCurves(line, drawn)
    left = curves.before[line.group]
    early = line.time <= horizon
    known = np.divide(drawn[line.order], left, out=np.zeros_like(left), where=left > 0.0)
    kept = curves.censoring_at(horizon)
    late = np.divide(1.0, kept, out=np.full_like(kept, np.nan), where=kept > 0.0)
    case, control = np.zeros((2, *left.shape))
    first, other = early & (line.event == 1), early & (line.event == 2)
    case[line.order[first]] = known[first]
    control[line.order[other]] = known[other]
    beyond = line.order[~early]
    control[beyond] = drawn[beyond] * late
    return areas(case, control, scores)


def areas(case: Floats, control: Floats, scores: Sequence[Floats]) -> Floats:
    """Return the area under the curve of k scores in each resample, shape (k, lanes); nan without a case or a control.

    Parameters
    ----------
    case, control : arrays of float of shape (n, lanes)
        What each row weighs as the one and as the other.
    scores : sequence of arrays of float of shape (n,)
        Higher means more likely a case.
    """
    found = []
    for score in scores:
        won, cases, controls = kernels.auc_lanes(*in_order(score), case, control)
        found.append(_share(won, cases * controls))
    return np.stack(found)


def _share(won: Floats, of: Floats) -> Floats:
    # A comparison with nan is false, so a weight that is undefined stays so.
    return np.divide(won, of, out=np.full_like(of, np.nan), where=of > 0.0)
