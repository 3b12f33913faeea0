"""Curves over thresholds of a prediction: ROC, decision, and how many rows each span of it holds.

A curve over thresholds counts rows between them: a file that puts one row between each pair would read its label off the curve.
Here every step from one point to the next stands for at least ten rows, at least five of them with the event and five known to be
without, and so does what lies beyond the last point.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scorers import kernels
from scorers.inputs import BinaryTruth
from scorers.sample import Sample

Floats = NDArray[np.float64]
Points = list[list[float]]

LEAST = 10
FEWEST = 5  # rows with the event, and rows without, that a step must hold
MOST_STEPS = 100
SPANS = 20
THRESHOLDS = tuple(step / 100 for step in range(1, 100))
_CEILINGS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def steps(score: Floats, case: Floats, control: Floats) -> list[int]:
    """Return how many of the rows, from the highest score downwards, each point of a curve stands for.

    Parameters
    ----------
    score : array of float of shape (n,)
        In descending order; rows of equal score stay together.
    case, control : arrays of float of shape (n,)
        Weights in that order: positive where a row counts as one.

    Returns
    -------
    list of int
        Increasing; the last is n. Empty where not even one step is large enough.
    """
    n = score.size
    seen = [np.arange(1, n + 1), np.cumsum(case > 0.0), np.cumsum(control > 0.0)]
    ends = np.flatnonzero(np.append(score[1:] != score[:-1], True))
    wanted = [max(LEAST, -(-n // MOST_STEPS)), FEWEST, FEWEST]
    found: list[int] = []
    done = [0, 0, 0]
    while True:
        places = [
            int(np.searchsorted(count, past + least)) for count, past, least in zip(seen, done, wanted, strict=True)
        ]
        if max(places) >= n:
            break
        last = int(ends[np.searchsorted(ends, max(places))])
        found.append(last + 1)
        done = [int(count[last]) for count in seen]
    # What is left over is too little to stand alone.
    return [*found[:-1], n] if found else []


def roc_curve(score: Floats, case: Floats, control: Floats) -> Points:
    """Return points [1 - specificity, sensitivity] from weights of cases and controls, from [0, 0] to [1, 1].

    Parameters
    ----------
    score : array of float of shape (n,)
        Higher for cases.
    case, control : arrays of float of shape (n,)
        Weights; empty result where fewer than ten rows have either, or no point between the ends may be shown.
    """
    if min(int((case > 0.0).sum()), int((control > 0.0).sum())) < LEAST:
        return []
    order = np.argsort(-score, kind="stable")
    sensitivity = np.cumsum(case[order]) / case.sum()
    alarm = np.cumsum(control[order]) / control.sum()
    places = steps(score[order], case[order], control[order])
    inner = [[float(alarm[place - 1]), float(sensitivity[place - 1])] for place in places[:-1]]
    return [[0.0, 0.0], *inner, [1.0, 1.0]] if inner else []


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


def _kept(probability: Floats, case: NDArray[np.bool_], control: NDArray[np.bool_]) -> list[float]:
    """Return the thresholds between which nobody, or enough rows, lie, up to the last above which enough do."""
    found: list[float] = []
    last = 0.0
    for threshold in THRESHOLDS:
        above = probability >= threshold
        if not _enough(above, case, control):
            break
        between = (probability >= last) & ~above
        if between.any() and not _enough(between, case, control):
            continue
        found.append(threshold)
        last = threshold
    return found


def _enough(rows: NDArray[np.bool_], case: NDArray[np.bool_], control: NDArray[np.bool_]) -> bool:
    return int(rows.sum()) >= LEAST and min(int((rows & case).sum()), int((rows & control).sum())) >= FEWEST


def decision_curve(sample: Sample, probability: Floats, horizon: float) -> Points:
    """Return [threshold, net benefit, net benefit of treating everybody] at whole percentages, from 0, where all are treated.

    Thresholds are left out that would set too few rows apart from those before them (the module's first lines).
    """
    line = sample.truth.timeline
    placed = probability[line.order]
    everybody = line.survival.at(horizon)
    case = (sample.truth.event != 0) & (sample.truth.time <= horizon)
    control = ~case & (sample.truth.time >= horizon)
    found: Points = []
    for threshold in _kept(probability, case, control):
        found = found or [[0.0, 1.0 - everybody, 1.0 - everybody]]
        exchange = 1.0 / (1.0 - threshold)
        treated, free, reaching = kernels.treated_survival(line.time, line.event, placed, threshold, float(horizon))
        if reaching < LEAST:
            break
        found.append([threshold, treated / sample.size * (1.0 - free * exchange), 1.0 - everybody * exchange])
    return found


def decision_binary(truth: BinaryTruth, probability: Floats) -> Points:
    """Return the decision curve of a binary outcome, as `decision_curve` does."""
    case = truth.outcome == 1
    n, share = case.size, float(case.mean())
    found: Points = []
    for threshold in _kept(probability, case, ~case):
        found = found or [[0.0, share, share]]
        odds = threshold / (1.0 - threshold)
        above = probability >= threshold
        hits = int((above & case).sum())
        false = int(above.sum()) - hits
        found.append([threshold, hits / n - false / n * odds, share - (1.0 - share) * odds])
    return found


def distribution(scored: Floats, whole: Floats, *, probabilities: bool = True) -> dict[str, list[float]]:
    """Return how the predictions of the scored rows are spread: `edges` of spans and the `rows` in each.

    Parameters
    ----------
    scored : array of float of shape (n,)
        Predictions of the scored rows.
    whole : array of float
        Those of the whole file: the ends of the axis must not tell which row is scored.
    probabilities : bool
        Whether the axis begins at 0 and ends at a round share; else at the ends of the file.

    Returns
    -------
    dict
        Twenty spans of one width, of which neighbours are one span where they hold fewer than ten rows; a span may be empty.
    """
    if scored.size < LEAST:
        return {"edges": [], "rows": []}
    low, high = (0.0, _ceiling(float(whole.max()))) if probabilities else (float(whole.min()), float(whole.max()))
    if not low < high:
        return {"edges": [], "rows": []}
    edges = np.linspace(low, high, SPANS + 1)
    counts, _ = np.histogram(scored, edges)
    return _joined(counts.tolist(), edges.tolist())


def _ceiling(highest: float) -> float:
    return next(end for end in _CEILINGS if highest <= end)


def _joined(counts: Sequence[int], edges: Sequence[float]) -> dict[str, list[float]]:
    ends: list[float] = [edges[0]]
    rows: list[float] = []
    gathered = 0
    for count, end in zip(counts, edges[1:], strict=True):
        gathered += count
        if 0 < gathered < LEAST:
            continue
        rows.append(gathered)
        ends.append(end)
        gathered = 0
    if gathered:
        # The last rows are too few for a span of their own: they go with the nearest that holds any, and what lies between.
        while rows and not rows[-1]:
            rows.pop()
            ends.pop()
        rows[-1] += gathered
        ends[-1] = edges[-1]
    return {"edges": ends, "rows": rows}
