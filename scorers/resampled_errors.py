"""Mean squared errors of event probabilities in many resamples at once.

In a resample the Brier score is linear in the squared errors, with weights that depend on the resample alone. So the weights are
computed once per resample, 64 at a time, and all submissions are scored by one matrix product.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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
    curves = _Curves(line, drawn)
    scores = [curves.brier(values, horizon) for values, horizon in zip(predicted, horizons, strict=True)]
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


class _Curves:
    """Censoring and survival curves of every resample, over the groups of equal times."""

    def __init__(self, line: Timeline, drawn: NDArray[np.int16] | NDArray[np.int32]) -> None:
        self.line = line
        self.drawn = drawn
        placed = drawn[line.order].astype(np.float64)
        dies = (line.event != 0)[:, None]
        total = np.add.reduceat(placed, line.start, axis=0)
        events = np.add.reduceat(np.where(dies, placed, 0.0), line.start, axis=0)
        risk = np.cumsum(total[::-1], axis=0)[::-1]
        self.survival = self._product(events, risk)
        censoring = self._product(total - events, risk - events)
        # A row's own time is just before its group; one row above holds the start of the curve.
        self.before = np.vstack([np.ones(placed.shape[1]), censoring[:-1]])
        self.censoring = censoring

    @staticmethod
    def _product(drops: Floats, risk: Floats) -> Floats:
        # Where nobody is at risk in a resample, nobody drops.
        found: Floats = np.cumprod(1.0 - drops / np.maximum(risk, 1.0), axis=0, dtype=np.float64)
        return found

    def _at(self, curve: Floats, when: float) -> Floats:
        place = int(np.searchsorted(self.line.moments, when, side="right")) - 1
        return np.ones(curve.shape[1]) if place < 0 else curve[place]

    def survival_at(self, when: float) -> Floats:
        """Return S at a time, shape (lanes,)."""
        return self._at(self.survival, when)

    def brier(self, predicted: Floats, horizon: float) -> Floats:
        """Return the Brier score of every submission in every resample, shape (k, lanes)."""
        line = self.line
        n = line.time.size
        early = int(np.searchsorted(line.time, horizon, side="right"))
        rows = line.order[:early]
        seen = line.event[:early] != 0
        first = (line.event[:early] == 1)[seen]
        cases = rows[seen]
        left = self.before[line.group[:early][seen]]
        weight = np.divide(self.drawn[cases], left, out=np.zeros_like(left), where=left > 0.0)
        error = np.where(first, 1.0 - predicted[:, cases], predicted[:, cases]) ** 2
        late = line.order[early:]
        free = (predicted[:, late] ** 2) @ self.drawn[late].astype(np.float64)
        kept = self._at(self.censoring, horizon)
        # A resample that nobody outlives needs no weight for those who do.
        free = np.divide(free, kept, out=np.where(free > 0.0, np.nan, 0.0), where=kept > 0.0)
        found: Floats = (error @ weight + free) / n
        return found
