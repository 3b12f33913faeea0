"""The scored rows of a truth with their censoring weights, and what every estimator returns.

Weights come from G fitted once on the whole hidden set, whichever split is scored. Standard errors take G as if it had been fitted on
the scored rows, since estimating it moves the score too: for them the same estimator is evaluated on `Sample.own`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.inputs import Rows, SurvivalTruth, Undefined
from scorers.timeline import Curve

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value and its influence values.

    Attributes
    ----------
    value : float
        The estimate.
    influence : array of float of shape (n,), or None
        Infinitesimal jackknife: the derivative of the estimate with respect to each row's weight. They sum to zero, and the
        standard error is the square root of the sum of their squares; that of a difference of two estimates on the same rows is
        the same of the difference of their influence values. None where it was not asked for, or there is none.
    """

    value: float
    influence: Floats | None


@dataclass(frozen=True)
class Sample:
    """Scored rows and where G comes from; what is not needed is not computed.

    Attributes
    ----------
    truth : SurvivalTruth
        The scored rows.
    whole : SurvivalTruth
        The whole hidden set, on which G is fitted.
    rows : array of int of shape (n,), or None
        Where the scored rows are in it; None: all.
    """

    truth: SurvivalTruth
    whole: SurvivalTruth
    rows: Rows | None

    @classmethod
    def of(cls, truth: SurvivalTruth, rows: Rows | None = None) -> "Sample":
        """Take some rows of a truth (None: all) with G of the whole of it."""
        return cls(truth.part(rows), truth, rows)

    @property
    def censoring(self) -> Curve:
        """G of the whole hidden set."""
        return self.whole.timeline.censoring

    @cached_property
    def left(self) -> Floats:
        """G just before each scored row's time, shape (n,)."""
        left = self.censoring.left
        return left if self.rows is None else left[self.rows]

    @property
    def own(self) -> "Sample":
        """The same rows with G fitted on them alone."""
        return self if self.rows is None else Sample.of(self.truth)

    @property
    def size(self) -> int:
        """How many rows are scored."""
        return len(self.truth)

    @cached_property
    def time(self) -> Floats:
        """Times in the order of the rows, writable: kernels are compiled for such arrays."""
        return self.truth.time.copy()

    @cached_property
    def known(self) -> Floats:
        """1/G(T-) of rows whose event is seen, with a minus for a competing event; 0 of censored rows; shape (n,)."""
        sign = np.array([0.0, 1.0, -1.0])[self.truth.event]
        weights: Floats = np.divide(sign, self.left, out=np.zeros_like(self.left), where=sign != 0.0)
        return weights

    def weight_at(self, horizon: float) -> float:
        """Return 1/G at a horizon, the weight of those who are still free of the event after it."""
        kept = self.censoring.at(horizon)
        if kept <= 0.0:
            raise Undefined("censoring_too_heavy")
        return 1.0 / kept
