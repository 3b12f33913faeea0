"""Accuracy of event probabilities: Brier score, its integral, the index of prediction accuracy, log loss.

Each is a mean of losses over the rows whose state at the horizon is known, weighted by the inverse probability of being uncensored:
1/G(T-) where an event was seen by then, 1/G(t) where the patient is free of it after t, 0 where censored before. With competing
events (code 2) the outcome is "the first cause by then".
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from scorers import kernels
from scorers.inputs import InputError, Undefined
from scorers.sample import Estimate, Sample

Floats = NDArray[np.float64]

# What a certain and wrong prediction costs at most: -log(1e-15) = 34.5. Without a limit one row would make the score infinite.
CLIP = 1e-15


def brier(sample: Sample, probability: Floats, horizon: float, *, influence: bool = True) -> Estimate:
    r"""Brier score at a horizon, weighted for censoring.

    .. math:: \widehat{BS}(t) = \frac1n \sum_i \left[\frac{1\{T_i \le t, \Delta_i = 1\}(1 - F_i)^2
              + 1\{T_i \le t, \Delta_i = 2\} F_i^2}{\hat G(T_i-)} + \frac{1\{T_i > t\} F_i^2}{\hat G(t)}\right]

    Lower is better; 0 is perfect, 0.25 what a constant 0.5 scores. In tiny samples it can exceed 1.

    Parameters
    ----------
    sample : Sample
        Scored rows, weighted by G of the whole hidden set.
    probability : array of float of shape (n,)
        Probability of the event by the horizon.
    horizon : float
        In the unit of the times; an event at it has happened.
    influence : bool
        Whether influence values are wanted too; they include the estimation of G.

    Raises
    ------
    Undefined
        ``censoring_too_heavy`` where G is zero at the horizon.

    References
    ----------
    Gerds, Schumacher (2006), Biometrical Journal 48:1029–1040, doi:10.1002/bimj.200610301.
    Schoop et al. (2011), Biometrical Journal 53:88–112, doi:10.1002/bimj.201000073 (competing risks).
    """
    return _weighted_mean(sample, [(1.0, horizon, probability)], _squares, influence=influence)


def log_loss_t(sample: Sample, probability: Floats, horizon: float, *, influence: bool = True) -> Estimate:
    r"""Logarithmic loss at a horizon, weighted for censoring as the Brier score is.

    Probabilities are held between 1e-15 and 1 - 1e-15 (in float64), so that a certain and wrong prediction costs 34.5 and not
    infinity. Lower is better, 0 is perfect; there is no upper limit to what weights can make of it.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    probability : array of float of shape (n,)
        Probability of the event by the horizon.
    horizon : float
        In the unit of the times.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``censoring_too_heavy``.

    References
    ----------
    Rindt et al. (2022), AISTATS, PMLR 151:1190–1205, arXiv:2103.14755.
    """
    return _weighted_mean(sample, [(1.0, horizon, probability)], _logs, influence=influence)


def ibs(sample: Sample, probabilities: Sequence[Floats], grid: Sequence[float], *, influence: bool = True) -> Estimate:
    r"""Integrated Brier score over a fixed grid: trapezoids, divided by the length of the grid.

    .. math:: \frac{1}{t_K - t_1} \sum_{k=2}^K (t_k - t_{k-1}) \frac{\widehat{BS}(t_{k-1}) + \widehat{BS}(t_k)}{2}

    Lower is better. The grid belongs to the metric: the same predictions on another grid, or by another rule (left rectangles from
    0, as riskRegression integrates), give another number.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    probabilities : sequence of K arrays of float of shape (n,)
        Probability of the event by each time of the grid.
    grid : sequence of K floats, at least two, increasing
        In the unit of the times.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    InputError
        ``unsorted_grid``.
    Undefined
        ``censoring_too_heavy``.

    References
    ----------
    Graf et al. (1999), Statistics in Medicine 18:2529–2545,
    doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5.
    """
    times = np.asarray(grid, dtype=np.float64)
    if times.size < 2 or not np.all(np.diff(times) > 0.0):
        raise InputError("unsorted_grid", "grid")
    width = np.diff(times)
    share = (np.append(width, 0.0) + np.append(0.0, width)) / (2.0 * (times[-1] - times[0]))
    parts = list(zip(share.tolist(), times.tolist(), probabilities, strict=True))
    return _weighted_mean(sample, parts, _squares, influence=influence)


def brier_curve(sample: Sample, probabilities: Sequence[Floats], horizons: Sequence[float]) -> Floats:
    """Return the Brier score at each horizon, shape (k,)."""
    return np.array(
        [
            brier(sample, predicted, t, influence=False).value
            for predicted, t in zip(probabilities, horizons, strict=True)
        ]
    )


def ipa(sample: Sample, probability: Floats, horizon: float, *, influence: bool = True) -> Estimate:
    r"""Index of prediction accuracy: how much of the null model's Brier score the predictions take away.

    .. math:: IPA(t) = 1 - \widehat{BS}(t) / \widehat{BS}_0(t)

    The null model gives everybody the Kaplan–Meier probability of the scored rows. Higher is better; 1 is perfect, 0 the null
    model, below 0 worse than it. Its influence values need no term for that probability: the null's Brier score is at its
    minimum there.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    probability : array of float of shape (n,)
        Probability of the event by the horizon.
    horizon : float
        In the unit of the times.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``null_is_perfect`` where nobody or everybody has the event, ``censoring_too_heavy``.
    InputError
        ``competing_event``.

    References
    ----------
    Kattan, Gerds (2018), Diagnostic and Prognostic Research 2:7, doi:10.1186/s41512-018-0029-2.
    """
    sample.truth.one_cause()
    risk = 1.0 - sample.truth.timeline.survival.at(horizon)
    null = brier(sample, np.full(sample.size, risk), horizon, influence=influence)
    if not 0.0 < risk < 1.0 or null.value <= 0.0:
        raise Undefined("null_is_perfect")
    model = brier(sample, probability, horizon, influence=influence)
    ratio = model.value / null.value
    if model.influence is None or null.influence is None:
        return Estimate(1.0 - ratio, None)
    return Estimate(1.0 - ratio, (ratio * null.influence - model.influence) / null.value)


Loss = Callable[[Floats], tuple[Floats, Floats]]


def _squares(predicted: Floats) -> tuple[Floats, Floats]:
    return (1.0 - predicted) ** 2, predicted**2


def _logs(predicted: Floats) -> tuple[Floats, Floats]:
    held = np.clip(predicted, CLIP, 1.0 - CLIP)
    return -np.log(held), -np.log1p(-held)


def _weighted_mean(
    sample: Sample, parts: Sequence[tuple[float, float, Floats]], loss: Loss, *, influence: bool
) -> Estimate:
    """Add up mean losses at several horizons, each with its share: (share, horizon, probability)."""
    if not influence and loss is _squares:
        return Estimate(sum(share * _mean_square(sample, t, predicted) for share, t, predicted in parts), None)
    own = np.zeros(sample.size)
    late_sums = {}
    rows = np.zeros(sample.size)
    for share, horizon, predicted in parts:
        if_event, if_free = loss(predicted)
        known = sample.known
        early = sample.time <= horizon
        seen = share * np.where(early, np.where(known > 0.0, known * if_event, -known * if_free), 0.0)
        own += seen
        rows += seen
        if not early.all():
            late = np.where(early, 0.0, share * sample.weight_at(horizon) * if_free)
            rows += late
            late_sums[horizon] = float(late.sum())
    value = float(rows.sum()) / sample.size
    if not influence:
        return Estimate(value, None)
    pulled = sample.truth.timeline.censoring.pull(own, late_sums)
    return Estimate(value, (rows - value + pulled) / sample.size)


def _mean_square(sample: Sample, horizon: float, predicted: Floats) -> float:
    early, other, late = kernels.squared_errors(sample.time, sample.known, predicted, float(horizon))
    if late > 0.0:
        late *= sample.weight_at(horizon)
    return float(early + other + late) / sample.size
