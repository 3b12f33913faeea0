"""Calibration of event probabilities: observed/expected ratio, slope, calibration curve with ICI, E50, E90 and Emax, D-calibration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from scorers import cox
from scorers.inputs import Undefined
from scorers.sample import Estimate, Sample

Floats = NDArray[np.float64]

# Probabilities are held between these before a complementary log-log, which is infinite at 0 and 1.
CLIP = 1e-15
BINS = 10
_KNOTS = (0.1, 0.5, 0.9)


def cloglog(probability: Floats) -> Floats:
    """Return log(-log(1 - F)), F held between 1e-15 and 1 - 1e-15; shape (n,)."""
    found: Floats = np.log(-np.log1p(-np.clip(probability, CLIP, 1.0 - CLIP)))
    return found


def oe_ratio(sample: Sample, probability: Floats, horizon: float, *, influence: bool = True) -> Estimate:
    r"""Observed over expected: the Kaplan–Meier probability of the event by the horizon over the mean prediction.

    .. math:: O/E = \frac{1 - \hat S(t)}{\frac1n \sum_i F_i}

    Best at 1; above it, events are more frequent than predicted.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    probability : array of float of shape (n,)
        Probability of the event by the horizon.
    horizon : float
        In the unit of the times; an event at it has happened.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``nothing_expected`` where every probability is 0; ``follow_up_too_short``.
    InputError
        ``competing_event``.

    References
    ----------
    McLernon et al. (2023), Annals of Internal Medicine 176:105–114, doi:10.7326/M22-0844
    """
    sample.truth.one_cause()
    curve = sample.truth.timeline.survival
    free = curve.at(horizon)
    if horizon > sample.truth.timeline.time[-1] and free > 0.0:
        raise Undefined("follow_up_too_short")
    expected = float(probability.mean())
    if expected <= 0.0:
        raise Undefined("nothing_expected")
    value = (1.0 - free) / expected
    if not influence:
        return Estimate(value, None)
    moved = -curve.influence(horizon) - value * (probability - expected) / sample.size
    return Estimate(value, moved / expected)


def calibration_slope(sample: Sample, probability: Floats, *, influence: bool = True) -> Estimate:
    """Slope of a Cox model on the complementary log-log of the predictions. Best at 1; below it predictions are too extreme.

    Efron's ties, the whole follow-up, Newton's method. Influence values are dfbeta residuals (the robust variance).

    Parameters
    ----------
    sample : Sample
        Scored rows.
    probability : array of float of shape (n,)
        Probability of the event by a horizon; held between 1e-15 and 1 - 1e-15.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``no_event``, ``constant_prediction``, ``no_convergence``.
    InputError
        ``competing_event``.

    References
    ----------
    McLernon et al. (2023), Annals of Internal Medicine 176:105–114, doi:10.7326/M22-0844
    """
    sample.truth.one_cause()
    line = sample.truth.timeline
    fitted = cox.fit(line, cloglog(probability)[line.order, None], 1.0)
    value = float(fitted.beta[0])
    return Estimate(value, line.to_rows(fitted.influence()[:, 0]) if influence else None)


@dataclass(frozen=True)
class Recalibrated:
    """What a flexible recalibration makes of the predictions.

    Attributes
    ----------
    probability : array of float of shape (n,)
        As predicted.
    observed : array of float of shape (n,)
        What the fitted curve gives for each prediction.
    influence : array of float of shape (n,), or None
        Influence values of the mean absolute difference, the spline's knots held where they are.
    """

    probability: Floats
    observed: Floats
    influence: Floats | None

    @property
    def errors(self) -> Floats:
        """Absolute differences between predicted and observed, shape (n,)."""
        found: Floats = np.abs(self.observed - self.probability)
        return found

    @property
    def ici(self) -> Estimate:
        """Integrated calibration index: the mean absolute difference. Lower is better; 0 is perfect."""
        return Estimate(float(self.errors.mean()), self.influence)

    def quantile(self, share: float) -> Estimate:
        """Return a quantile of the absolute differences: E50 at 0.5, E90 at 0.9, Emax at 1."""
        return Estimate(float(np.quantile(self.errors, share)), None)


def recalibrate(sample: Sample, probability: Floats, horizon: float, *, influence: bool = True) -> Recalibrated:
    """Fit the calibration curve: Cox on a restricted cubic spline of the complementary log-log of the predictions.

    Three knots at the 10th, 50th and 90th percentile; where two of them coincide, a straight line.

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
        ``no_event``, ``constant_prediction``, ``no_convergence``.
    InputError
        ``competing_event``.

    References
    ----------
    Austin, Harrell, van Klaveren (2020), Statistics in Medicine 39:2714–2742, doi:10.1002/sim.8570
    """
    sample.truth.one_cause()
    line = sample.truth.timeline
    basis = _spline(cloglog(probability))[line.order]
    fitted = cox.fit(line, basis, 1.0)
    hazard = fitted.baseline(horizon)
    placed = -np.expm1(-hazard * fitted.relative)
    observed = line.to_rows(placed)
    if not influence:
        return Recalibrated(probability, observed, None)
    predicted = probability[line.order]
    errors = np.abs(placed - predicted)
    slope = np.sign(placed - predicted) * (1.0 - placed) * fitted.relative
    of_beta = fitted.influence()
    of_hazard = fitted.baseline_influence(horizon, of_beta)
    moved = (errors - errors.mean() + of_hazard * slope.sum()) / sample.size
    moved += of_beta @ ((slope * hazard) @ fitted.covariates) / sample.size
    return Recalibrated(probability, observed, line.to_rows(moved))


def _spline(x: Floats) -> Floats:
    """Return the columns of a restricted cubic spline with three knots, shape (n, 2), or of a line, (n, 1)."""
    low, middle, high = np.quantile(x, _KNOTS)
    if not low < middle < high:
        return x[:, None]
    curved = (
        np.maximum(x - low, 0.0) ** 3
        - np.maximum(x - middle, 0.0) ** 3 * (high - low) / (high - middle)
        + np.maximum(x - high, 0.0) ** 3 * (middle - low) / (high - middle)
    ) / (high - low) ** 2
    return np.column_stack([x, curved])


class DCalibration(NamedTuple):
    """A test of uniformity of predicted survival at the observed times.

    Attributes
    ----------
    p_value : float
        Small where the predictions are not calibrated.
    statistic : float
        Chi-squared with `len(counts) - 1` degrees of freedom.
    counts : array of float of shape (10,)
        Patients by tenth of predicted survival, censored ones spread over the tenths that they may still reach.
    """

    p_value: float
    statistic: float
    counts: Floats


def d_calibration(sample: Sample, curves: Mapping[float, Floats]) -> DCalibration:
    """D-calibration: a test that predicted survival at the patients' own times is uniform.

    The curve is linear between horizons, from 1 at time 0; follow-up beyond the last horizon is cut there. A diagnosis and no
    ranking: under heavy censoring it seldom rejects.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    curves : mapping of float to array of float of shape (n,)
        Event probabilities by horizon, at least one.

    Raises
    ------
    InputError
        ``competing_event``.

    References
    ----------
    Haider, Hoehn, Davis, Greiner (2020), Journal of Machine Learning Research 21(85):1–63
    """
    sample.truth.one_cause()
    horizons = np.array(sorted(curves))
    survival = np.vstack([np.ones(sample.size), *(1.0 - curves[float(t)] for t in horizons)])
    knots = np.concatenate([[0.0], horizons])
    last = knots[-1]
    event = (sample.truth.event == 1) & (sample.time <= last)
    time = np.minimum(sample.time, last)
    piece = np.clip(np.searchsorted(knots, time, side="right") - 1, 0, knots.size - 2)
    each = np.arange(sample.size)
    part = (time - knots[piece]) / (knots[piece + 1] - knots[piece])
    reached = survival[piece, each] * (1.0 - part) + survival[piece + 1, each] * part
    place = np.minimum((reached * BINS).astype(np.intp), BINS - 1)
    counts = np.bincount(place[event], minlength=BINS).astype(np.float64)
    counts += _spread(reached[~event], place[~event])
    expected = sample.size / BINS
    statistic = float(((counts - expected) ** 2).sum() / expected)
    return DCalibration(float(gammaincc((BINS - 1) / 2.0, statistic / 2.0)), statistic, counts)


def _spread(reached: Floats, place: NDArray[np.intp]) -> Floats:
    """Spread censored rows: their survival will end somewhere below what it had reached, uniformly."""
    held = np.maximum(reached, np.finfo(np.float64).tiny)
    own = np.where(place == 0, 1.0, (reached - place / BINS) / held)
    counts: Floats = np.bincount(place, own, BINS).astype(np.float64)
    below = np.bincount(place, 1.0 / (BINS * held), BINS)
    # What lies above a bin also falls through it.
    counts[:-1] += np.cumsum(below[:0:-1])[::-1]
    return counts


def net_benefit(
    sample: Sample, probability: Floats, horizon: float, threshold: float, *, influence: bool = True
) -> Estimate:
    r"""Net benefit of treating those whose probability is at or above a threshold.

    .. math:: NB = P(F \ge p_t) \left[ (1 - \hat S_+(t)) - \hat S_+(t) \frac{p_t}{1 - p_t} \right]

    with the Kaplan–Meier curve of those who are treated. True positives per patient, less false positives at the threshold's
    exchange rate. Higher is better; 0 where nobody is treated.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    probability : array of float of shape (n,)
        Probability of the event by the horizon.
    horizon : float
        In the unit of the times.
    threshold : float
        Between 0 and 1.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``follow_up_too_short`` among those who are treated.
    InputError
        ``competing_event``.

    References
    ----------
    Vickers, Cronin, Elkin, Gonen (2008), BMC Medical Informatics and Decision Making 8:53, doi:10.1186/1472-6947-8-53
    """
    sample.truth.one_cause()
    treated = probability >= threshold
    if not treated.any():
        return Estimate(0.0, np.zeros(sample.size) if influence else None)
    line = sample.truth.timeline if treated.all() else sample.truth.timeline.part(treated)
    free = line.survival.at(horizon)
    if horizon > line.time[-1] and free > 0.0:
        raise Undefined("follow_up_too_short")
    share = float(treated.mean())
    exchange = 1.0 / (1.0 - threshold)
    value = share * (1.0 - free * exchange)
    if not influence:
        return Estimate(value, None)
    moved = (treated - share) * (1.0 - free * exchange) / sample.size
    moved[treated] -= share * exchange * line.survival.influence(horizon)
    return Estimate(value, moved)
