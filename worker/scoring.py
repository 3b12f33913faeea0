"""Scoring: predictions and outcomes in, scores, decision and report out. Pure: no database, no clock, no file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from challenges.definition import Definition, MetricEntry
from scorers.evaluation import Columns, Score, evaluate, paired_difference
from scorers.inputs import Undefined
from worker.columns import Outcomes, spec_of
from worker.gate import Gate, Scale
from worker.noise import Noise

ALL = "all"


@dataclass(frozen=True, slots=True)
class Scored:
    """One number of one split, with the paired difference from the reference."""

    split: str
    key: str
    score: Score
    difference: Score | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What leaves the worker for one evaluation; a gated public one has a decision and nothing else."""

    scores: tuple[Scored, ...] = ()
    decision: tuple[str, float | None] | None = None
    report: dict[str, Any] | None = field(default=None)


def decide(
    definition: Definition,
    hidden: Outcomes,
    *,
    row: float | None,
    noise: Noise,
    team: int,
    canonical_sha256: str,
    file: Columns,
    incumbent: Columns,
    reference: Columns,
    acceptances: int,
) -> Outcome:
    """Return what the gate tells of a file before the reveal."""
    rows = hidden.rows("public")
    if row is None or rows is None:
        # No bound on what one row can do, so nothing may be shown: the file is judged after the close.
        return Outcome(decision=("kept", None))
    gate = Gate(hidden.truth, rows, definition.primary, Scale(row), noise)
    decision = gate.decide(
        team=team,
        canonical_sha256=canonical_sha256,
        file=file,
        incumbent=incumbent,
        reference=reference,
        acceptances=acceptances,
    )
    return Outcome(decision=decision)


def full(
    definition: Definition,
    hidden: Outcomes,
    file: Columns,
    reference: Columns | None,
    splits: tuple[str, ...],
) -> tuple[Scored, ...]:
    """Return every score of every wanted split at full precision, with paired differences from the reference.

    Nothing undefined is an error: a score without a value carries the reason.
    """
    found: list[Scored] = []
    for split in splits:
        rows = hidden.rows(split)
        if rows is None and split != ALL:
            continue
        scores = evaluate(hidden.truth, file, [spec_of(entry) for entry in definition.metrics], rows=rows)
        for entry in definition.metrics:
            apart = _difference(hidden, file, reference, entry, rows) if scores[entry.key].value is not None else None
            found.append(Scored(split, entry.key, scores[entry.key], apart))
    return tuple(found)


def _difference(
    hidden: Outcomes,
    file: Columns,
    reference: Columns | None,
    entry: MetricEntry,
    rows: NDArray[np.bool_] | None,
) -> Score | None:
    if reference is None:
        return None
    try:
        found = paired_difference(hidden.truth, file, reference, spec_of(entry), rows=rows)
    except Undefined:
        return None
    return found if found.value is not None else None


def by_split(scores: tuple[Scored, ...]) -> Mapping[str, dict[str, dict[str, Any]]]:
    """Return scores as the command line prints them."""
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for one in scores:
        table.setdefault(one.split, {})[one.key] = {
            "value": one.score.value,
            "se": one.score.se,
            "ci": list(one.score.ci) if one.score.ci else None,
            "reason": one.score.reason,
        }
    return table
