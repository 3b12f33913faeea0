"""From files to arrays: a team's predictions and a challenge's labels as the scorers take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from challenges.definition import Definition, MetricEntry
from challenges.labels import Labels
from challenges.predictions import Predictions
from scorers.evaluation import Columns, Spec
from scorers.inputs import BinaryTruth, EffectTruth, SurvivalTruth, Truth

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The hidden rows of a challenge as arrays, in the order of the test file."""

    truth: Truth
    splits: Mapping[str, NDArray[np.bool_]]  # public and private, those that there are
    sha256: str = ""  # of the labels themselves; known to the workers alone

    def rows(self, split: str) -> NDArray[np.bool_] | None:
        """Return which rows belong to a split; none stands for all of them."""
        return self.splits.get(split)


def predicted(predictions: Predictions, definition: Definition) -> Columns:
    """Return a file's columns by what they are; where only probabilities are asked, risk is the one at the primary's horizon."""
    arrays: dict[str, Floats] = {}
    by_horizon: dict[float, Floats] = {}
    for column in definition.columns:
        values = np.frombuffer(predictions.columns[column.name], dtype=np.float64)
        if column.is_ == "event_probability":
            by_horizon[float(column.horizon or 0.0)] = values
        else:
            arrays[column.is_] = values
    return _columns(arrays, by_horizon, definition)


def constant(definition: Definition, values: Mapping[str, float], rows: int) -> Columns:
    """Return columns in which every row has the same value; `values` is by column name."""
    arrays: dict[str, Floats] = {}
    by_horizon: dict[float, Floats] = {}
    for column in definition.columns:
        filled = np.full(rows, values[column.name], dtype=np.float64)
        if column.is_ == "event_probability":
            by_horizon[float(column.horizon or 0.0)] = filled
        else:
            arrays[column.is_] = filled
    return _columns(arrays, by_horizon, definition)


def _columns(arrays: dict[str, Floats], by_horizon: dict[float, Floats], definition: Definition) -> Columns:
    return Columns(
        risk=arrays.get("risk", _risk(by_horizon, definition)),
        event_probability=by_horizon,
        probability=arrays.get("probability"),
        estimate=arrays.get("estimate"),
        lower=arrays.get("lower"),
        upper=arrays.get("upper"),
    )


def _risk(by_horizon: Mapping[float, Floats], definition: Definition) -> Floats | None:
    if not by_horizon:
        return None
    primary = definition.primary
    wanted = primary.horizon if primary.horizon is not None else primary.tau
    if wanted is None and primary.grid:
        wanted = max(primary.grid)
    if wanted is not None and float(wanted) in by_horizon:
        return by_horizon[float(wanted)]
    # A primary without a horizon of its own: the longest one that is asked.
    return by_horizon[max(by_horizon)]


def outcomes(labels: Labels, definition: Definition, ids: Sequence[str], *, sha256: str = "") -> Outcomes:
    """Return the labels as arrays in the order of `ids`, which must be the labels' own ids in any order."""
    places = {row_id: place for place, row_id in enumerate(labels.ids)}
    order = np.fromiter((places[row_id] for row_id in ids), dtype=np.intp, count=len(ids))
    truth = truth_of(labels.columns, definition, order)
    names = np.asarray(labels.split)[order] if labels.split else np.empty(0, dtype="U7")
    splits = {name: names == name for name in ("public", "private") if np.any(names == name)}
    return Outcomes(truth, splits, sha256)


def alike_split(before: Outcomes, after: Outcomes) -> bool:
    """Whether two labels divide the same rows alike."""
    return before.splits.keys() == after.splits.keys() and all(
        np.array_equal(rows, after.splits[name]) for name, rows in before.splits.items()
    )


def same_truth(before: Outcomes, after: Outcomes) -> bool:
    """Whether two labels hold the same outcomes."""
    one, other = before.truth, after.truth
    return type(one) is type(other) and all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one) if field.compare
    )


def truth_of(
    columns: Mapping[str, Sequence[float] | Floats],
    definition: Definition,
    order: NDArray[np.intp] | None = None,
) -> Truth:
    """Return the truth of a kind; the columns are keyed by their meaning (time, event, outcome, truth)."""

    def values(meaning: str) -> Floats:
        found = np.asarray(columns[meaning], dtype=np.float64)
        return found if order is None else found[order]

    if definition.kind in ("survival", "competing"):
        return SurvivalTruth(values("time"), values("event").astype(np.int8))
    if definition.kind == "binary":
        return BinaryTruth(values("outcome").astype(np.int8))
    return EffectTruth(values("truth"))


def spec_of(entry: MetricEntry) -> Spec:
    """Return a definition's metric as the scorers take it."""
    return Spec(
        entry.name,
        horizon=entry.horizon,
        tau=entry.tau,
        grid=tuple(entry.grid) if entry.grid else None,
        threshold=entry.threshold,
        level=entry.level,
    )
