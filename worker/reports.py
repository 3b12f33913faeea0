"""What a report holds besides scores: subgroups and curves, as aggregates that are masked before they leave the worker."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from challenges.definition import Definition
from scorers.evaluation import Columns, evaluate
from scorers.inputs import BinaryTruth, EffectTruth, SurvivalTruth, Truth
from scorers.reporting import reports
from worker.columns import Outcomes, spec_of
from worker.masking import Cell, masked

MOST_VALUES = 24
MOST_ESTIMATES = 60


def report(
    definition: Definition,
    hidden: Outcomes,
    file: Columns,
    covariates: Mapping[str, Sequence[str]],
    split: str,
    ids: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a report of one split: `{"split", "rows", "events", "subgroups": [...]}` and the curves of `scorers.reporting`.

    `covariates` holds the declared subgroup columns of the test file and `ids` its ids, in the order of its rows. Where effects are
    estimated, `estimates` repeats what the file claims, `[id, estimate, lower, upper]`; the truth follows only where it is public,
    in practice.
    """
    rows = hidden.rows(split)
    inside = np.ones(len(hidden.truth), dtype=bool) if rows is None else rows
    whole = _cell(hidden.truth, inside)
    return {
        "split": split,
        "rows": whole.rows,
        "events": None if whole.small else whole.events,
        "subgroups": [
            {"column": name, "values": _column(definition, hidden, file, np.asarray(covariates[name]), inside)}
            for name in definition.subgroups.columns
            if name in covariates
        ],
        **_curves(definition, hidden, file, rows),
        **_estimates(file, inside, ids, _public_truth(definition, hidden)),
    }


def _curves(definition: Definition, hidden: Outcomes, file: Columns, rows: NDArray[np.bool_] | None) -> dict[str, Any]:
    return reports(hidden.truth, file, horizons=definition.horizons or _judged(definition), rows=rows)


def _judged(definition: Definition) -> tuple[float, ...]:
    """Return the times at which a risk alone is judged."""
    times = [time for entry in definition.metrics for time in (entry.horizon, entry.tau, *(entry.grid or ()))]
    return tuple(sorted({float(time) for time in times if time is not None}))


def _public_truth(definition: Definition, hidden: Outcomes) -> list[float]:
    if not definition.practice or definition.leaderboard.gate != "none" or not isinstance(hidden.truth, EffectTruth):
        return []
    return [float(value) for value in hidden.truth.truth]


def _estimates(file: Columns, inside: NDArray[np.bool_], ids: Sequence[str], truth: Sequence[float]) -> dict[str, Any]:
    if file.estimate is None or file.lower is None or file.upper is None or not ids:
        return {}
    columns = [np.asarray(column, dtype=np.float64).tolist() for column in (file.estimate, file.lower, file.upper)]
    if truth:
        columns.append(list(truth))
    rows = [list(row) for row, scored in zip(zip(ids, *columns, strict=True), inside, strict=True) if scored]
    return {"estimates": rows[:MOST_ESTIMATES]}


def _column(
    definition: Definition,
    hidden: Outcomes,
    file: Columns,
    values: NDArray[np.str_],
    inside: NDArray[np.bool_],
) -> list[dict[str, Any]]:
    names = sorted(set(values[inside].tolist()))[:MOST_VALUES]
    groups = [inside & (values == name) for name in names]
    cells = [_cell(hidden.truth, group) for group in groups]
    table: list[dict[str, Any]] = []
    for name, group, cell, off in zip(names, groups, cells, masked(cells), strict=True):
        if off:
            table.append({"value": name, "masked": True})
            continue
        primary = definition.primary
        score = evaluate(hidden.truth, file, [spec_of(primary)], rows=group)[primary.key]
        table.append(
            {
                "value": name,
                "masked": False,
                "rows": cell.rows,
                "events": cell.events,
                "score": score.value,
                "se": score.se,
                "ci": list(score.ci) if score.ci else None,
                "reason": score.reason,
            },
        )
    return table


def _cell(truth: Truth, rows: NDArray[np.bool_]) -> Cell:
    if isinstance(truth, SurvivalTruth):
        # With competing events the first is the one that is predicted; who had the other is one of those without it.
        return Cell(int(rows.sum()), int((truth.event[rows] == 1).sum()))
    if isinstance(truth, BinaryTruth):
        return Cell(int(rows.sum()), int((truth.outcome[rows] != 0).sum()))
    return Cell(int(rows.sum()))
