"""What is printed beside decisions: computed from the training file and from sizes, never from hidden labels."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from challenges import tables
from challenges.definition import Definition
from challenges.predictions import ExpectedIds, Predictions, read
from scorers.evaluation import Columns, Score, evaluate
from scorers.inputs import BinaryTruth, EffectTruth, SurvivalTruth, Truth
from worker.columns import constant, predicted, spec_of, truth_of
from worker.effects import round_up, row_effect
from worker.gate import STEP_ROWS, Z_ONE_SIDED, gain

LARGEST = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Training:
    """The training file's outcomes and what the baselines predicted out of fold for its rows."""

    truth: Truth
    rows: int
    null: dict[str, float]  # column → the value that the null model gives to everybody
    baselines: dict[str, Columns] = field(default_factory=dict)


def training(folder: Path, definition: Definition) -> Training | None:
    """Read a folder's training file; none where there is none, or where it holds no outcome."""
    if definition.files.train is None:
        return None
    named = {meaning: getattr(definition.labels, meaning) for meaning in ("id", "time", "event", "outcome", "truth")}
    wanted = {meaning: name for meaning, name in named.items() if name}
    with (folder / definition.files.train).open("rb") as stream:
        table = tables.rows(tables.decode(tables.unpack(stream, largest=LARGEST)))
        names = next(table, (1, []))[1]
        if not set(wanted.values()) <= set(names):
            return None
        rows = [row for _, row in table if len(row) == len(names)]
    text = {meaning: [row[names.index(name)] for row in rows] for meaning, name in wanted.items()}
    ids = text.pop("id")
    truth = truth_of({meaning: np.array(values, dtype=np.float64) for meaning, values in text.items()}, definition)
    expected = ExpectedIds(ids)
    files = {one.name: one.train_file for one in definition.baselines if one.train_file}
    baselines = {
        name: predicted(predictions_of(folder / file, definition, expected), definition)
        for name, file in files.items()
        if (folder / file).is_file()
    }
    return Training(truth, len(ids), null_model(definition, truth), baselines)


def predictions_of(path: Path, definition: Definition, expected: ExpectedIds) -> Predictions:
    """Read a prediction file of a folder as the site would."""
    with path.open("rb") as stream:
        return read(stream, definition=definition, expected=expected, filename=path.name)


def null_model(definition: Definition, truth: Truth) -> dict[str, float]:
    """Return the value that knows nothing of a patient, by column: the training patients' own risk."""
    values: dict[str, float] = {}
    for column in definition.columns:
        if column.is_ == "event_probability" and isinstance(truth, SurvivalTruth):
            values[column.name] = _incidence(truth, float(column.horizon or 0.0))
        elif column.is_ == "probability" and isinstance(truth, BinaryTruth):
            values[column.name] = float(np.mean(truth.outcome))
        elif isinstance(truth, EffectTruth):
            values[column.name] = float(np.mean(truth.truth))
        else:
            values[column.name] = 0.0
    return values


def _incidence(truth: SurvivalTruth, horizon: float) -> float:
    """Return the Aalen-Johansen probability of the first cause; with one cause, one less the Kaplan-Meier curve."""
    line = truth.timeline
    falling = np.add.reduceat((line.event == 1).astype(np.float64), line.start)
    until = line.moments <= horizon
    return float(np.sum((line.survival.before * falling / (len(truth) - line.start))[until]))


def compute(
    definition: Definition, known: Training | None, *, ids_sha256: str, sizes: dict[str, int]
) -> dict[str, Any]:
    """Return facts.json; `sizes` holds the rows of `test`, `public` and `private`."""
    facts: dict[str, Any] = {
        "row": None,
        "step": None,
        "se": None,
        "baseline_value": None,
        "null_value": None,
        "rows_test": sizes["test"],
        "rows_public": sizes["public"],
        "rows_private": sizes["private"],
        "secret_sha256": None,
        "ids_sha256": ids_sha256,
        "train_rows": known.rows if known else None,
        "baselines": {},
        "null": known.null if known else {},
    }
    if known is None or not definition.metrics or not sizes["public"]:
        return facts
    primary = definition.primary
    row = row_effect(primary, known.truth, sizes["public"])
    scores = {name: _primary(definition, known, columns) for name, columns in known.baselines.items()}
    facts |= {
        "row": row,
        "step": None if row is None else float(f"{STEP_ROWS * row:.6g}"),
        "null_value": _primary(definition, known, constant(definition, known.null, known.rows)).value,
        "baselines": {name: score.value for name, score in scores.items() if score.value is not None},
    }
    reference = definition.reference
    if reference is not None and reference.name in scores:
        own = scores[reference.name]
        facts["baseline_value"] = own.value
        if own.se is not None:
            facts["se"] = round_up(own.se * math.sqrt(known.rows / sizes["public"]))
    elif reference is None:
        facts["baseline_value"] = facts["null_value"]
    return facts


def _primary(definition: Definition, known: Training, columns: Columns) -> Score:
    return evaluate(known.truth, columns, [spec_of(definition.primary)])[definition.primary.key]


@dataclass(frozen=True, slots=True)
class Passing:
    """Whether the reference's own improvement over the null could pass the gate, judged on the training rows."""

    gain: float
    threshold: float

    @property
    def passes(self) -> bool:
        return self.gain >= self.threshold


def passing(definition: Definition, known: Training, facts: dict[str, Any]) -> Passing | None:
    """Return the reference's limited gain over the null model and the threshold; none where either is not defined."""
    reference = definition.reference
    row = facts["row"]
    if row is None or reference is None or reference.name not in known.baselines:
        return None
    null = constant(definition, known.null, known.rows)
    found = gain(known.truth, known.baselines[reference.name], null, definition.primary)
    if found.value is None:
        return None
    se = (found.se or 0.0) * math.sqrt(known.rows / facts["rows_public"])
    return Passing(found.value, max(Z_ONE_SIDED * se, STEP_ROWS * row))
