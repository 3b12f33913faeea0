"""Curves of a report as lists of numbers: survival by predicted risk, calibration, ROC, decisions, cumulative incidence.

Nothing here shows a single row: times lie on a fixed grid, curves end where fewer than ten rows are at risk, groups and bins of
fewer than ten are left out, and so are numbers at risk below ten.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers import calibration, competing, kernels
from scorers.inputs import BinaryTruth, Rows, SurvivalTruth, Undefined
from scorers.sample import Sample

Floats = NDArray[np.float64]
Points = list[list[float]]

LEAST = 10
FEWEST = 5  # events, and rows without one, that a bin must hold
_STEPS = 48
_BINS = 10
_ROC_STEPS = 50
_THRESHOLDS = tuple(step / 100 for step in range(1, 100, 2))


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


def _grid(truth: SurvivalTruth, last: float) -> list[float]:
    """Return times from 0 to the last one at which ten rows are still at risk."""
    if len(truth) < LEAST:
        return []
    times = np.linspace(0.0, last, _STEPS + 1)
    return [float(t) for t in times if truth.timeline.at_risk(float(t)) >= LEAST]


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
        By group from the lowest predictions: `rows`, `steps` [time, survival, low, high], `predicted` [time, survival],
        `at_risk` [time, number or None].
    """
    found: list[dict[str, Any]] = []
    for rows in thirds(predicted):
        part = SurvivalTruth(truth.time[rows], truth.event[rows] == 1)
        times = _grid(part, horizons[-1])
        if not times:
            continue
        marks = [0.0, *horizons]
        found.append(
            {
                "rows": int(rows.size),
                "steps": [[t, *part.timeline.survival.band(t, z)] for t in times],
                "predicted": [[0.0, 1.0]] * bool(curves)
                + [[t, float(1.0 - curve[rows].mean())] for t, curve in zip(horizons, curves, strict=False)],
                "at_risk": [[t, _masked(part.timeline.at_risk(t))] for t in marks],
            }
        )
    return found


def _masked(count: int) -> int | None:
    return count if count >= LEAST else None


def calibration_curve(sample: Sample, probability: Floats, horizon: float, z: float) -> dict[str, Any]:
    """Return observed against predicted event probability: bins by tenth with intervals, and the smooth curve.

    Returns
    -------
    dict
        `bins` [predicted, observed, low, high], `smooth` [predicted, observed] at percentiles 1, 5, 10, …, 95, 99 of the
        predictions (empty where it cannot be fitted).
    """
    bins: Points = []
    for rows in thirds(probability, _BINS):
        part = SurvivalTruth(sample.truth.time[rows], sample.truth.event[rows])
        events = int(((part.event == 1) & (part.time <= horizon)).sum())
        if part.timeline.at_risk(horizon) < LEAST or events < FEWEST:
            continue
        free, low, high = part.timeline.survival.band(horizon, z)
        bins.append([float(probability[rows].mean()), 1.0 - free, 1.0 - high, 1.0 - low])
    try:
        fitted = calibration.recalibrate(sample, probability, horizon, influence=False)
    except Undefined:
        return {"bins": bins, "smooth": []}
    shares = [0.01, *np.arange(0.05, 0.951, 0.05), 0.99]
    places = np.argsort(probability)[(np.array(shares) * (len(probability) - 1)).astype(int)]
    smooth = [[float(probability[place]), float(fitted.observed[place])] for place in places]
    return {"bins": bins, "smooth": smooth if len(probability) >= LEAST * len(shares) else []}


def roc_curve(score: Floats, case: Floats, control: Floats) -> Points:
    """Return points [1 - specificity, sensitivity] on a fixed grid of 1 - specificity, from weights of cases and controls.

    Parameters
    ----------
    score : array of float of shape (n,)
        Higher for cases.
    case, control : arrays of float of shape (n,)
        Weights; empty result where fewer than ten rows have either.
    """
    if min(int((case > 0.0).sum()), int((control > 0.0).sum())) < LEAST:
        return []
    order = np.argsort(-score)
    last = np.append(score[order][1:] != score[order][:-1], True)
    sensitivity = np.concatenate([[0.0], np.cumsum(case[order])[last] / case.sum()])
    alarm = np.concatenate([[0.0], np.cumsum(control[order])[last] / control.sum()])
    grid = np.linspace(0.0, 1.0, _ROC_STEPS + 1)
    return [[float(x), float(y)] for x, y in zip(grid, np.interp(grid, alarm, sensitivity), strict=True)]


def roc_at(sample: Sample, score: Floats, horizon: float) -> Points:
    """Return the time-dependent ROC curve whose area is `scorers.survival.auc_t`."""
    early = sample.time <= horizon
    known = np.where(early, sample.known, 0.0)
    control = np.maximum(-known, 0.0)
    if not early.all():
        control[~early] = sample.weight_at(horizon)
    return roc_curve(score, np.maximum(known, 0.0), control)


def roc_binary(truth: BinaryTruth, probability: Floats) -> Points:
    """Return the ROC curve of a binary outcome."""
    outcome = truth.outcome.astype(np.float64)
    return roc_curve(probability, outcome, 1.0 - outcome)


def calibration_bins(truth: BinaryTruth, probability: Floats, z: float) -> Points:
    """Return observed against predicted share by tenth of the predictions, [predicted, observed, low, high] (Wilson)."""
    bins: Points = []
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
    return bins


def decision_curve(sample: Sample, probability: Floats, horizon: float) -> Points:
    """Return [threshold, net benefit, net benefit of treating everybody].

    Thresholds at which fewer than ten of those treated are still at risk at the horizon are left out.
    """
    line = sample.truth.timeline
    placed = probability[line.order]
    everybody = line.survival.at(horizon)
    found: Points = []
    for threshold in _THRESHOLDS:
        exchange = 1.0 / (1.0 - threshold)
        treated, free, reaching = kernels.treated_survival(line.time, line.event, placed, threshold, float(horizon))
        if reaching < LEAST:
            break
        found.append([threshold, treated / sample.size * (1.0 - free * exchange), 1.0 - everybody * exchange])
    return found


def incidence_by_risk(
    truth: SurvivalTruth, predicted: Floats, horizons: Sequence[float], curves: Sequence[Floats]
) -> list[dict[str, Any]]:
    """Return cumulative incidence of the first cause by third of the predictions, with the mean predicted one.

    Parameters are those of `survival_by_risk`.

    Returns
    -------
    list of dict
        By group from the lowest predictions: `rows`, `steps` [time, incidence], `predicted` [time, incidence].
    """
    found: list[dict[str, Any]] = []
    for rows in thirds(predicted):
        part = SurvivalTruth(truth.time[rows], truth.event[rows])
        times = _grid(part, horizons[-1])
        if not times:
            continue
        levels = np.concatenate([[0.0], competing.cumulative_incidence(part.timeline)])
        places = np.searchsorted(part.timeline.moments, times, side="right")
        steps = [[t, float(level)] for t, level in zip(times, levels[places], strict=True)]
        means = [[t, float(curve[rows].mean())] for t, curve in zip(horizons, curves, strict=True)]
        found.append({"rows": int(rows.size), "steps": steps, "predicted": means})
    return found
