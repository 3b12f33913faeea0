"""Product-limit curves of many resamples at once: what weighs the rows of each."""

import numpy as np
from numpy.typing import NDArray

from scorers.timeline import Timeline

Floats = NDArray[np.float64]


class ResampledCurves:
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

    def censoring_at(self, when: float) -> Floats:
        """Return G at a time, shape (lanes,)."""
        return self._at(self.censoring, when)

    def survival_at(self, when: float) -> Floats:
        """Return S at a time, shape (lanes,)."""
        return self._at(self.survival, when)
