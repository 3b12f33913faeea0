"""Cox regression on one or two covariates with Efron's ties, by Newton's method: what calibration needs, and fast.

lifelines fits the same model; for the one covariate of a calibration slope it takes 0.1 s at 2,400 rows and 17 s at a million.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scorers import kernels
from scorers.inputs import Undefined
from scorers.timeline import Timeline

Floats = NDArray[np.float64]

_STEPS = 50
_HALVINGS = 30
# Linear predictors further apart than this leave nothing of the smaller hazard beside the larger.
_WIDEST = 500.0


@dataclass(frozen=True)
class CoxFit:
    """A fitted model, everything in order of time.

    Attributes
    ----------
    beta : array of float of shape (p,)
        Coefficients of the covariates as given.
    covariates : array of float of shape (n, p)
        Centred.
    information : array of float of shape (p, p)
        Minus the second derivative of the log partial likelihood.
    hazard : array of float of shape (d,)
        Steps of the baseline cumulative hazard (Efron) at the mean covariate, one per event.
    mean : array of float of shape (d, p)
        Mean covariate of those at risk at each step.
    group : array of int of shape (d,)
        The group of equal times of each step.
    share : array of float of shape (d,)
        By how much the tied events are thinned at each step (Efron's k/d).
    relative : array of float of shape (n,)
        exp of the linear predictor.
    """

    timeline: Timeline
    beta: Floats
    covariates: Floats
    information: Floats
    hazard: Floats
    mean: Floats
    group: NDArray[np.intp]
    share: Floats
    relative: Floats

    def baseline(self, when: float) -> float:
        """Return the baseline cumulative hazard at a time, that time included."""
        return float(self.hazard[self.timeline.moments[self.group] <= when].sum())

    def influence(self) -> Floats:
        """Return influence values of the coefficients in order of time, shape (n, p) (R's dfbeta, Efron)."""
        line = self.timeline
        event = line.event == 1
        running = _upto(self.hazard, self.group, line)
        running_mean = _upto(self.hazard[:, None] * self.mean, self.group, line)
        residual = -self.relative[:, None] * (self.covariates * running[:, None] - running_mean)
        # A tied event leaves the risk set step by step: it takes only the thinned part of its own time's steps.
        thinned = _of_group(self.share * self.hazard, self.group, line)
        thinned_mean = _of_group((self.share * self.hazard)[:, None] * self.mean, self.group, line)
        residual[event] += self.relative[event, None] * (
            self.covariates[event] * thinned[event, None] - thinned_mean[event]
        )
        deaths = np.bincount(self.group, minlength=line.start.size)
        average = _of_group(self.mean, self.group, line)[event] / deaths[line.group[event], None]
        residual[event] += self.covariates[event] - average
        found: Floats = np.linalg.solve(self.information, residual.T).T.astype(np.float64)
        return found

    def baseline_influence(self, when: float, of_beta: Floats) -> Floats:
        """Return influence values of the baseline cumulative hazard at a time, in order of time, shape (n,)."""
        line = self.timeline
        event = line.event == 1
        inside = line.moments[self.group] <= when
        step = np.where(inside, self.hazard, 0.0)
        # d(1/denominator) = -d(denominator)/denominator²; a step weighs the mean weight of its tied events.
        squared = step**2
        moved = -self.relative * _upto(squared, self.group, line)
        moved[event] += (self.relative * _of_group(self.share * squared, self.group, line))[event]
        deaths = np.bincount(self.group, minlength=line.start.size)
        moved[event] += _of_group(step, self.group, line)[event] / deaths[line.group[event]]
        drift = -(step[:, None] * self.mean).sum(axis=0)
        found: Floats = moved + of_beta @ drift
        return found


def _by_group(values: Floats, group: NDArray[np.intp], line: Timeline) -> Floats:
    # Steps come in order of their groups, so each group is one stretch; those without a step stay at zero.
    found = np.zeros((line.start.size, *values.shape[1:]))
    first = np.flatnonzero(np.diff(group, prepend=-1))
    found[group[first]] = np.add.reduceat(values, first, axis=0)
    return found


def _of_group(values: Floats, group: NDArray[np.intp], line: Timeline) -> Floats:
    return _by_group(values, group, line)[line.group]


def _upto(values: Floats, group: NDArray[np.intp], line: Timeline) -> Floats:
    found: Floats = np.cumsum(_by_group(values, group, line), axis=0)[line.group]
    return found


@dataclass(frozen=True)
class _Steps:
    """One step per event: which group it belongs to and how far the tied events are thinned."""

    group: NDArray[np.intp]
    share: Floats

    @classmethod
    def of(cls, line: Timeline) -> "_Steps":
        group = line.group[line.event == 1]
        count = np.bincount(group, minlength=line.start.size)
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        return cls(group, (np.arange(group.size) - first[group]) / count[group])


def _newton(information: Floats, score: Floats) -> Floats:
    try:
        step: Floats = np.linalg.solve(information, score).astype(np.float64)
    except np.linalg.LinAlgError:
        raise Undefined("no_convergence") from None
    return step


def _predictor(x: Floats, beta: Floats) -> Floats:
    # Column by column: numpy sums over a short last axis slowly, and BLAS threads wait for each other.
    found: Floats = x[:, 0] * beta[0]
    for column in range(1, x.shape[1]):
        found += x[:, column] * beta[column]
    return found


def fit(line: Timeline, covariates: Floats, start: float = 0.0) -> CoxFit:
    """Fit the model; `covariates` of shape (n, p) in order of time; the first coefficient is sought from `start`.

    Raises
    ------
    Undefined
        ``no_event``; ``constant_prediction`` where a covariate does not vary; ``no_convergence``.

    References
    ----------
    Efron (1977), Journal of the American Statistical Association 72:557–565, doi:10.1080/01621459.1977.10480613
    """
    event = line.event == 1
    if not event.any():
        raise Undefined("no_event")
    spread = covariates.std(axis=0)
    centre = covariates.mean(axis=0)
    if not np.all(np.ptp(covariates, axis=0) > 0.0) or not np.all(spread > 0.0):
        raise Undefined("constant_prediction")
    x = np.ascontiguousarray((covariates - centre) / spread)
    steps = _Steps.of(line)
    sum_of_events = x[event].sum(axis=0)

    def state(beta: Floats) -> tuple[float, Floats, Floats, Floats, Floats, Floats]:
        predictor = _predictor(x, beta)
        relative = np.exp(predictor - predictor.max())
        total, mean = np.empty(steps.share.size), np.empty((steps.share.size, x.shape[1]))
        logarithms, information = kernels.efron_sums(line.time, line.event, relative, x, total, mean)
        likelihood = float(sum_of_events @ beta - logarithms - predictor.max() * total.size)
        return likelihood, sum_of_events - mean.sum(axis=0), information, mean, total, relative

    beta = np.zeros(x.shape[1])
    beta[0] = start * spread[0]
    now = state(beta)
    for _ in range(_STEPS):
        step = _newton(now[2], now[1])
        while np.ptp(_predictor(x, beta + step)) > _WIDEST:
            step = step / 2.0
        for _ in range(_HALVINGS):
            then = state(beta + step)
            if then[0] >= now[0] - 1e-9 * abs(now[0]):
                break
            step = step / 2.0
        beta, now = beta + step, then
        # Newton's error is squared at each step: after one of 1e-6 what is left is beyond float64.
        if np.abs(step).max() <= 1e-6 * (1.0 + np.abs(beta).max()):
            break
    else:
        raise Undefined("no_convergence")
    _, _, information, mean, total, relative = now
    if np.ptp(_predictor(x, beta)) > _WIDEST / 2.0 or not np.all(np.linalg.eigvalsh(information) > 1e-10):
        # Events in perfect order of the covariate: the likelihood rises for ever.
        raise Undefined("no_convergence")
    shift = float(_predictor(x, beta).max())
    return CoxFit(
        line,
        beta / spread,
        covariates - centre,
        information * np.outer(spread, spread),
        np.exp(-shift) / total,
        mean * spread,
        steps.group,
        steps.share,
        relative * np.exp(shift),
    )
