"""Mean squared errors of event probabilities in many resamples at once.

In a resample the Brier score is linear in the squared errors, with weights that depend on the resample alone. So the weights are
computed once per resample, 64 at a time, and all submissions are scored by one matrix product.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scorers.resampled_curves import ResampledCurves
from scorers.timeline import Timeline

Floats = NDArray[np.float64]

MEAN_ERRORS = frozenset({"brier", "brier_cr", "ibs", "ipa"})


def mean_errors(
    line: Timeline,
    drawn: NDArray[np.int16] | NDArray[np.int32],
    predicted: Sequence[Floats],
    horizons: Sequence[float],
    name: str,
) -> Floats:
    """Return one metric of k submissions in each resample; nan where it is undefined.

    Parameters
    ----------
    line : Timeline
        The scored rows.
    drawn : array of int of shape (n, lanes)
        How often each row was drawn.
    predicted : sequence of arrays of float of shape (k, n)
        Event probabilities of all submissions, by horizon.
    horizons : sequence of float
        Increasing.
    name : str
        brier, brier_cr, ibs or ipa.

    Returns
    -------
    array of float of shape (k, lanes)
    """
    curves = ResampledCurves(line, drawn)
    scores = [_brier(curves, values, horizon) for values, horizon in zip(predicted, horizons, strict=True)]
    if name == "ipa":
        free = curves.survival_at(horizons[0])
        null = free * (1.0 - free)
        return 1.0 - np.divide(scores[0], null, out=np.full_like(scores[0], np.nan), where=null > 0.0)
    if name != "ibs":
        return scores[0]
    width = np.diff(horizons)
    share = (np.append(width, 0.0) + np.append(0.0, width)) / (2.0 * (horizons[-1] - horizons[0]))
    found: Floats = np.tensordot(share, np.stack(scores), axes=1)
    return found


def _brier(curves: ResampledCurves, predicted: Floats, horizon: float) -> Floats:
    """Return the Brier score of every submission in every resample, shape (k, lanes)."""
    line = curves.line
    n = line.time.size
    early = int(np.searchsorted(line.time, horizon, side="right"))
    rows = line.order[:early]
    seen = line.event[:early] != 0
    first = (line.event[:early] == 1)[seen]
    cases = rows[seen]
    left = curves.before[line.group[:early][seen]]
    weight = np.divide(curves.drawn[cases], left, out=np.zeros_like(left), where=left > 0.0)
    error = np.where(first, 1.0 - predicted[:, cases], predicted[:, cases]) ** 2
    late = line.order[early:]
    free = (predicted[:, late] ** 2) @ curves.drawn[late].astype(np.float64)
    kept = curves.censoring_at(horizon)
    # A resample that nobody outlives needs no weight for those who do.
    free = np.divide(free, kept, out=np.where(free > 0.0, np.nan, 0.0), where=kept > 0.0)
    found: Floats = (error @ weight + free) / n
    return found
