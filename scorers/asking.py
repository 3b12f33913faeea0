"""What is asked of the scorers: a metric with its parameters, and prediction columns that are checked as they are read."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.catalogue import METRICS, metric_key
from scorers.inputs import BinaryTruth, EffectTruth, InputError, Rows, Truth, floats, probabilities, refuse
from scorers.sample import Sample

Floats = NDArray[np.float64]
Kept = TypeVar("Kept")


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


@dataclass(frozen=True)
class Given:
    """One evaluation's inputs: truth, scored rows, columns; each column is checked when it is first read."""

    truth: Truth
    rows: Rows | None
    columns: Columns
    _read: dict[str, Floats] = field(default_factory=dict)
    _shared: dict[str, Any] = field(default_factory=dict)

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

    @property
    def probability(self) -> Floats:
        """The probabilities of outcome 1."""
        return self.take("probability", self.columns.probability, probabilities)

    def risk(self, preferred: float | None) -> Floats:
        """Return what ranks the patients: the risk, or the event probability at the time that the metric speaks of."""
        stands_in = any(self.columns.risk is one for one in self.columns.event_probability.values())
        if preferred in self.columns.event_probability and (self.columns.risk is None or stands_in):
            return self.by(float(preferred or 0.0))
        return self.take("risk", self.columns.risk)

    def once(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Return what several metrics share, computed for the first of them."""
        if name not in self._shared:
            self._shared[name] = make()
        kept: Kept = self._shared[name]
        return kept

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
class Case:
    """What one metric needs: the sample (of survival truths), the scored truth and the columns."""

    given: Given
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
        return parameter(self.spec.horizon, "horizon")

    @property
    def tau(self) -> float:
        return parameter(self.spec.tau, "tau")

    @property
    def p(self) -> Floats:
        """The event probability at the horizon."""
        return self.given.by(self.horizon)

    @property
    def probability(self) -> Floats:
        return self.given.probability

    @property
    def estimate(self) -> Floats:
        return self.given.take("estimate", self.given.columns.estimate)

    @property
    def interval(self) -> tuple[Floats, Floats]:
        lower = self.given.take("lower", self.given.columns.lower)
        upper = self.given.take("upper", self.given.columns.upper)
        refuse(lower > upper, "lower_above_upper", "lower")
        return lower, upper


def parameter(value: float | None, name: str) -> float:
    if value is None:
        raise InputError("missing_parameter", name)
    return float(value)


def check(spec: Spec) -> None:
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
