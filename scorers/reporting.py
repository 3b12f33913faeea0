"""The figures of one report, put together for a kind of truth as plain lists that JSON can carry."""

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from numpy.typing import ArrayLike

from scorers import curves, thresholds
from scorers.asking import Columns, Given
from scorers.inputs import BinaryTruth, SurvivalTruth, Truth, Undefined, floats, row_numbers
from scorers.sample import Sample


def reports(
    truth: Truth,
    columns: Columns,
    *,
    horizons: Sequence[float] = (),
    rows: ArrayLike | None = None,
    level: float = 0.95,
) -> dict[str, Any]:
    """Return the curves of a report.

    Parameters
    ----------
    truth : SurvivalTruth, BinaryTruth or EffectTruth
        The whole hidden set.
    columns : Columns
        Predictions for all of it.
    horizons : sequence of float
        For survival: increasing; those of the event probabilities, or where there are none, at which the risk is judged. Curves of
        a single time are drawn at the middle one.
    rows : array-like of bool of shape (n,), or of int, optional
        The scored split.
    level : float
        Of the intervals.

    Returns
    -------
    dict
        For survival `survival`, `calibration` ({horizon: …}), `predictions` ({horizon: …}, or {"risk": …} where only that is asked),
        `roc` ({horizon: …}), `decision` ({horizon: …}); with competing events `incidence` in place of `survival`, and no `decision`;
        for binary outcomes `calibration`, `predictions`, `roc` and `decision` without horizons; empty for effects. See
        `scorers.curves` and `scorers.thresholds` for the parts. What rests on fewer than ten rows is left out.

    Raises
    ------
    InputError
        An input is refused.
    """
    given = Given(truth, row_numbers(rows, len(truth)), columns)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    if isinstance(truth, SurvivalTruth):
        if not horizons:
            return {}
        sample = Sample.of(truth, given.rows)
        if truth.competing:
            return _competing(given, sample, horizons, z)
        return _survival(given, sample, horizons, z)
    if isinstance(truth, BinaryTruth):
        scored = truth.part(given.rows)
        probability = given.probability
        return {
            "calibration": curves.calibration_binary(scored, probability, z),
            "predictions": thresholds.distribution(
                probability, floats(columns.probability if columns.probability is not None else [], "probability")
            ),
            "roc": thresholds.roc_binary(scored, probability),
            "decision": thresholds.decision_binary(scored, probability),
        }
    return {}


def _survival(given: Given, sample: Sample, horizons: Sequence[float], z: float) -> dict[str, Any]:
    probabilities = _asked(given, horizons)
    middle = horizons[len(horizons) // 2]
    predicted = given.risk(middle)
    shown = [t for t in horizons if t in probabilities]
    lines = [probabilities[t] for t in shown] if len(shown) == len(horizons) else []
    return {
        "survival": curves.survival_by_risk(sample.truth, predicted, horizons, lines, z),
        "calibration": {
            f"{t:g}": curves.calibration_curve(sample, values, t, z) for t, values in probabilities.items()
        },
        "predictions": _distributions(given, probabilities),
        "roc": _rocs(given, sample, horizons),
        "decision": {f"{t:g}": thresholds.decision_curve(sample, values, t) for t, values in probabilities.items()},
    }


def _competing(given: Given, sample: Sample, horizons: Sequence[float], z: float) -> dict[str, Any]:
    asked = {t: given.by(t) for t in horizons}
    lines = list(asked.values())
    return {
        "incidence": curves.incidence_by_risk(sample.truth, lines[len(lines) // 2], horizons, lines, z),
        "calibration": {f"{t:g}": curves.calibration_curve(sample, values, t, z) for t, values in asked.items()},
        "predictions": _distributions(given, asked),
        "roc": _rocs(given, sample, horizons),
    }


def _distributions(given: Given, probabilities: Mapping[float, Any]) -> dict[str, Any]:
    columns = given.columns
    if probabilities:
        return {
            f"{t:g}": thresholds.distribution(values, floats(columns.event_probability[t], f"{t:g}"))
            for t, values in probabilities.items()
        }
    risk = floats(columns.risk if columns.risk is not None else [], "risk")
    return {"risk": thresholds.distribution(given.risk(None), risk, probabilities=False)}


def _asked(given: Given, horizons: Sequence[float]) -> Mapping[float, Any]:
    return {t: given.by(t) for t in horizons if t in given.columns.event_probability}


def _rocs(given: Given, sample: Sample, horizons: Sequence[float]) -> dict[str, Any]:
    found = {}
    for t in horizons:
        score = given.by(t) if t in given.columns.event_probability else given.risk(None)
        try:
            found[f"{t:g}"] = thresholds.roc_at(sample, score, t)
        except Undefined:
            found[f"{t:g}"] = []
    return found
