"""A truth in order of time: groups of equal times, risk sets, product-limit curves and how each row moves them.

Two curves come from the same rows. *Survival* S falls at events. *Censoring* G (the reverse Kaplan–Meier curve) falls at
censorings, and its risk set leaves out the events of the same time: whoever has the event at t can no longer be censored at t.
With that rule G(t-) S(t-) is exactly the share of rows that are still observed just before t.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scorers.ranks import order_of

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Timeline:
    """Rows in order of time (events before censorings at ties), in groups of equal times.

    Attributes
    ----------
    order : array of int of shape (n,)
        The row at each place.
    time, event : arrays of shape (n,)
        In that order.
    """

    order: Integers
    time: Floats
    event: NDArray[np.int8]

    @classmethod
    def of(cls, time: Floats, event: NDArray[np.int8]) -> "Timeline":
        """Put rows into order."""
        order = order_of(time, (event == 0).view(np.int8))
        return cls(order, time[order], event[order])

    @cached_property
    def _begins(self) -> Flags:
        begins = np.empty(self.time.size, dtype=bool)
        begins[0] = True
        np.not_equal(self.time[1:], self.time[:-1], out=begins[1:])
        return begins

    @cached_property
    def group(self) -> Integers:
        """The group of equal times at each place, shape (n,)."""
        return np.cumsum(self._begins) - 1

    @cached_property
    def start(self) -> Integers:
        """The first place of each group, shape (k,)."""
        return np.flatnonzero(self._begins)

    @cached_property
    def moments(self) -> Floats:
        """The distinct times, shape (k,)."""
        return self.time[self.start]

    @cached_property
    def _events(self) -> Integers:
        return np.add.reduceat((self.event != 0).astype(np.intp), self.start)

    @cached_property
    def _sizes(self) -> Integers:
        return np.diff(np.append(self.start, self.time.size))

    @cached_property
    def survival(self) -> "Curve":
        """S: falls at events of any cause."""
        return Curve(self, self._events, self.time.size - self.start)

    @cached_property
    def censoring(self) -> "Curve":
        """G: falls at censorings, whose risk set leaves out the events of the same time."""
        return Curve(self, self._sizes - self._events, self.time.size - self.start - self._events)

    def part(self, chosen: Flags) -> "Timeline":
        """Return some rows, shape (n,) of flags in the order of the rows; their order is known already."""
        placed = chosen[self.order]
        numbers = np.cumsum(chosen) - 1
        return Timeline(numbers[self.order[placed]], self.time[placed], self.event[placed])

    def at_risk(self, when: float) -> int:
        """Return how many rows are observed up to a time, that time included."""
        return int(self.time.size - np.searchsorted(self.time, when, side="left"))

    def to_rows(self, placed: Floats) -> Floats:
        """Put values in order of time back into the order of the rows."""
        found = np.empty_like(placed)
        found[self.order] = placed
        return found


@dataclass(frozen=True)
class Curve:
    """A product-limit curve over the groups of a timeline.

    Attributes
    ----------
    timeline : Timeline
        The rows.
    drops : array of int of shape (k,)
        How many rows of each group make the curve fall.
    risk : array of int of shape (k,)
        How many rows could.
    """

    timeline: Timeline
    drops: Integers
    risk: Integers

    @cached_property
    def levels(self) -> Floats:
        """The curve at and after each distinct time, shape (k,)."""
        # A group of events alone at the end leaves nobody at risk of censoring: the curve does not fall there.
        levels: Floats = np.cumprod(1.0 - self.drops / np.maximum(self.risk, 1), dtype=np.float64)
        return levels

    @cached_property
    def before(self) -> Floats:
        """The curve just before each distinct time, shape (k,)."""
        return np.concatenate([[1.0], self.levels[:-1]])

    @cached_property
    def left(self) -> Floats:
        """The curve just before each row's own time, in the order of the rows, shape (n,)."""
        return self.timeline.to_rows(self.before[self.timeline.group])

    def at(self, when: float) -> float:
        """Return the curve at a time, continuous from the right."""
        place = int(np.searchsorted(self.timeline.moments, when, side="right")) - 1
        return 1.0 if place < 0 else float(self.levels[place])

    def just_before(self, times: Floats) -> Floats:
        """Return the left limits at given times, shape (m,)."""
        place = np.searchsorted(self.timeline.moments, times, side="left") - 1
        return np.where(place < 0, 1.0, self.levels[np.maximum(place, 0)])

    @cached_property
    def _left_behind(self) -> Floats:
        # 1 / (at risk - dropped), and zero where the curve ends at zero: nothing beyond can depend on it.
        rest = (self.risk - self.drops).astype(np.float64)
        return np.divide(1.0, rest, out=np.zeros_like(rest), where=rest > 0)

    def pull(self, own: Floats | None, fixed: dict[float, float]) -> Floats:
        r"""Return how much each row moves a sum through this curve: minus the derivative of log-curve values, summed.

        A statistic that contains :math:`\sum_j c_j / G(s_j)` changes through G, when row i is given a little more weight, by
        :math:`-\sum_j c_j \, \partial \log G(s_j) / \partial w_i` with :math:`c_j` taken at its present value. Exact for the
        product limit, ties included (the infinitesimal jackknife).

        Parameters
        ----------
        own : array of float of shape (n,), or None
            For each row the contribution that is weighted by the curve just before the row's own time.
        fixed : dict of float to float
            Contributions that are weighted by the curve at a fixed time, that time included, by time.

        Returns
        -------
        array of float of shape (n,)
            In the order of the rows.
        """
        line = self.timeline
        beyond = np.zeros(line.start.size)
        if own is not None:
            by_group = np.add.reduceat(own[line.order], line.start)
            beyond[:-1] = np.cumsum(by_group[:0:-1])[::-1]
        for when, amount in fixed.items():
            beyond[: np.searchsorted(line.moments, when, side="right")] += amount
        fall = self._left_behind * beyond
        risk = np.maximum(self.risk, 1)
        through = np.cumsum(self.drops / risk * fall)
        prior = through - self.drops / risk * fall
        dropping = self._dropping
        inside = dropping if self is not line.survival else np.ones_like(dropping)
        # Events leave the censoring risk set before the censorings of their time; for S everybody at the time is at risk.
        pulled = np.where(inside, -through[line.group], -prior[line.group])
        pulled[dropping] += fall[line.group[dropping]]
        return line.to_rows(pulled)

    @cached_property
    def _dropping(self) -> Flags:
        events = self.timeline.event != 0
        dropping: Flags = events if self is self.timeline.survival else ~events
        return dropping

    @cached_property
    def _log_variance(self) -> Floats:
        steps: Floats = self.drops / np.maximum(self.risk, 1) * self._left_behind
        return np.cumsum(steps)

    def band(self, when: float, z: float) -> tuple[float, float, float]:
        """Return the curve at a time with Greenwood's interval on the complementary log-log scale: (level, low, high)."""
        place = int(np.searchsorted(self.timeline.moments, when, side="right")) - 1
        level = self.at(when)
        if place < 0 or not 0.0 < level < 1.0:
            return level, level, level
        reach = z * math.sqrt(self._log_variance[place]) / abs(math.log(level))
        return level, level ** math.exp(reach), level ** math.exp(-reach)

    def influence(self, when: float) -> Floats:
        """Return the infinitesimal jackknife values of the curve at a time, shape (n,): they sum to zero."""
        return -self.at(when) * self.pull(None, {when: 1.0})
