"""What a report holds besides scores: subgroups and curves, as aggregates that are masked before they leave the worker."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from challenges.definition import Definition
from scorers.evaluation import Columns, evaluate
from scorers.inputs import BinaryTruth, SurvivalTruth, Truth
from scorers.reporting import reports
from worker.columns import Outcomes, spec_of
from worker.masking import Cell, masked

MOST_VALUES = 24
# Decision and ROC curves count rows between thresholds: a file that puts one row between each pair would read its label.
CURVES = ("survival", "calibration", "incidence")


def report(
    definition: Definition,
    hidden: Outcomes,
    file: Columns,
    covariates: Mapping[str, Sequence[str]],
    split: str,
) -> dict[str, Any]:
    """Return a report of one split: `{"split", "rows", "events", "subgroups": [...]}` and the curves of `scorers.reporting`.

    `covariates` holds the declared subgroup columns of the test file, in the order of its rows.
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
    }


def _curves(definition: Definition, hidden: Outcomes, file: Columns, rows: NDArray[np.bool_] | None) -> dict[str, Any]:
    found = reports(hidden.truth, file, horizons=definition.horizons, rows=rows)
    return {name: curve for name, curve in found.items() if name in CURVES}


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
        return Cell(int(rows.sum()), int((truth.event[rows] != 0).sum()))
    if isinstance(truth, BinaryTruth):
        return Cell(int(rows.sum()), int((truth.outcome[rows] != 0).sum()))
    return Cell(int(rows.sum()))
