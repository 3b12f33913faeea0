"""Curves of a report as lists of numbers: survival and cumulative incidence by predicted risk, calibration.

Nothing here shows a single row: times lie on a grid of thirty days, curves end where fewer than ten rows are at risk, groups and
bins of fewer than ten are left out, and so are numbers at risk below ten.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers import calibration, classification, competing
from scorers.inputs import BinaryTruth, Rows, SurvivalTruth, Undefined
from scorers.sample import Sample
from scorers.thresholds import FEWEST, LEAST

Floats = NDArray[np.float64]
Points = list[list[float]]

MONTH = 30.0
_SHORTEST = 12  # steps of a month; where the last horizon is nearer, or counted in another unit, parts of it
_PARTS = 24
_BINS = 10
_YEAR, _MOST_YEARS = 365.0, 6
_SHARES = (0.01, *np.arange(0.05, 0.951, 0.05), 0.99)


def thirds(predicted: Floats, groups: int = 3) -> list[Rows]:
    """Split rows into groups of about equal size from the lowest prediction to the highest; ties stay together.

    Parameters
    ----------
    predicted : array of float of shape (n,)
        Risks or probabilities.
    groups : int
        How many are wanted; fewer come back where ties fill a group.
    """
    edges = np.quantile(predicted, np.linspace(0.0, 1.0, groups + 1)[1:-1])
    place = np.searchsorted(edges, predicted, side="left")
    found = [np.flatnonzero(place == group) for group in range(groups)]
    return [rows for rows in found if rows.size]


def grid(last: float) -> list[float]:
    """Return the times of a curve from 0 to a last horizon: every thirty days, or twenty-four parts of a short span."""
    step = MONTH if last >= _SHORTEST * MONTH else last / _PARTS
    # A hair is added, so that a span of whole steps ends with the last of them.
    return [float(place * step) for place in range(int(last / step + 1e-9) + 1)]


def _seen(truth: SurvivalTruth, times: Sequence[float]) -> list[float]:
    """Return those times at which ten rows are still at risk."""
    return [t for t in times if truth.timeline.at_risk(t) >= LEAST]


def _marks(horizons: Sequence[float]) -> list[float]:
    """Return the times under which numbers at risk stand: the horizons, and whole years between them where they are few."""
    years = int(horizons[-1] // _YEAR)
    between = [_YEAR * year for year in range(1, years + 1)] if years <= _MOST_YEARS else []
    return sorted({0.0, *horizons, *between})


def _at_risk(truth: SurvivalTruth, horizons: Sequence[float]) -> list[list[float | None]]:
    counts = [(t, truth.timeline.at_risk(t)) for t in _marks(horizons)]
    return [[t, count if count >= LEAST else None] for t, count in counts]


def survival_by_risk(
    truth: SurvivalTruth, predicted: Floats, horizons: Sequence[float], curves: Sequence[Floats], z: float
) -> list[dict[str, Any]]:
    """Return Kaplan–Meier curves by third of the predictions, with intervals and the mean predicted survival.

    Parameters
    ----------
    truth : SurvivalTruth
        Scored rows; competing events count as censorings here.
    predicted : array of float of shape (n,)
        What the thirds are made of.
    horizons : sequence of float
        Increasing; the curves end at the last.
    curves : sequence of arrays of float of shape (n,)
        Event probabilities at these horizons; empty where there are none.
    z : float
        Normal quantile of the intervals.

    Returns
    -------
    list of dict
        By group from the lowest predictions: `rows`, `steps` [time, survival, low, high], `observed` the same at the horizons,
        `predicted` [time, survival], `at_risk` [time, number or None].
    """
    found: list[dict[str, Any]] = []
    for rows in thirds(predicted):
        part = SurvivalTruth(truth.time[rows], truth.event[rows] == 1)
        times = _seen(part, grid(horizons[-1]))
        if not times:
            continue
        curve = part.timeline.survival
        found.append(
            {
                "rows": int(rows.size),
                "steps": [[t, *curve.band(t, z)] for t in times],
                "observed": [[t, *curve.band(t, z)] for t in _seen(part, horizons)],
                "predicted": [[0.0, 1.0]] * bool(curves)
                + [[t, float(1.0 - values[rows].mean())] for t, values in zip(horizons, curves, strict=False)],
                "at_risk": _at_risk(part, horizons),
            }
        )
    return found


def calibration_curve(sample: Sample, probability: Floats, horizon: float, z: float) -> dict[str, Any]:
    """Return observed against predicted event probability: bins by tenth with intervals, and the smooth curve.

    Returns
    -------
    dict
        `bins` [predicted, observed, low, high], the `rows` in each, `smooth` [predicted, observed] at percentiles 1, 5, 10, …, 95,
        99 of the predictions (empty where it cannot be fitted). With competing events what is observed is the cumulative incidence
        of the first, and there is no smooth curve.
    """
    bins: Points = []
    sizes: list[int] = []
    competes = sample.truth.competing
    for rows in thirds(probability, _BINS):
        part = SurvivalTruth(sample.truth.time[rows], sample.truth.event[rows])
        events = int(((part.event == 1) & (part.time <= horizon)).sum())
        if part.timeline.at_risk(horizon) < LEAST or events < FEWEST:
            continue
        if competes:
            observed = competing.incidence_band(part.timeline, [horizon], z)[0]
        else:
            free, low, high = part.timeline.survival.band(horizon, z)
            observed = (1.0 - free, 1.0 - high, 1.0 - low)
        bins.append([float(probability[rows].mean()), *observed])
        sizes.append(int(rows.size))
    smooth: Points = []
    if not competes:
        with contextlib.suppress(Undefined):
            fitted = calibration.recalibrate(sample, probability, horizon, influence=False)
            smooth = _smooth(probability, fitted.observed)
    return {"bins": bins, "rows": sizes, "smooth": smooth}


def _smooth(probability: Floats, observed: Floats) -> Points:
    if len(probability) < LEAST * len(_SHARES):
        return []
    places = np.argsort(probability)[(np.array(_SHARES) * (len(probability) - 1)).astype(int)]
    return [[float(probability[place]), float(observed[place])] for place in places]


def calibration_binary(truth: BinaryTruth, probability: Floats, z: float) -> dict[str, Any]:
    """Return observed against predicted share: bins by tenth with Wilson's intervals, and the logistic recalibration.

    The parts are those of `calibration_curve`.
    """
    bins: Points = []
    sizes: list[int] = []
    for rows in thirds(probability, _BINS):
        n = int(rows.size)
        if n < LEAST:
            continue
        events = int(truth.outcome[rows].sum())
        if min(events, n - events) < FEWEST:
            continue
        share = events / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        low, high = max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
        bins.append([float(probability[rows].mean()), share, low, high])
        sizes.append(n)
    smooth: Points = []
    with contextlib.suppress(Undefined):
        smooth = _smooth(probability, classification.recalibrated(truth, probability))
    return {"bins": bins, "rows": sizes, "smooth": smooth}


def incidence_by_risk(
    truth: SurvivalTruth, predicted: Floats, horizons: Sequence[float], curves: Sequence[Floats], z: float
) -> list[dict[str, Any]]:
    """Return cumulative incidence of the first cause by third of the predictions, with the mean predicted one.

    Parameters are those of `survival_by_risk`.

    Returns
    -------
    list of dict
        By group from the lowest predictions: `rows`, `steps` [time, incidence, low, high], `observed` the same at the horizons,
        `predicted` [time, incidence], `at_risk` [time, number or None].
    """
    found: list[dict[str, Any]] = []
    for rows in thirds(predicted):
        part = SurvivalTruth(truth.time[rows], truth.event[rows])
        times, ends = _seen(part, grid(horizons[-1])), _seen(part, horizons)
        if not times:
            continue
        levels = competing.incidence_band(part.timeline, [*times, *ends], z)
        found.append(
            {
                "rows": int(rows.size),
                "steps": [[t, *level] for t, level in zip(times, levels, strict=False)],
                "observed": [[t, *level] for t, level in zip(ends, levels[len(times) :], strict=True)],
                "predicted": [[t, float(values[rows].mean())] for t, values in zip(horizons, curves, strict=True)],
                "at_risk": _at_risk(part, horizons),
            }
        )
    return found
