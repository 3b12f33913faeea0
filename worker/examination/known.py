"""Rows whose outcome is known: what every check that looks for a leak compares a column, an id or an order with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from challenges.definition import Definition
from challenges.labels import EVENTS, LABELS, SPLITS
from challenges.text import Text
from scorers.inputs import BinaryTruth, SurvivalTruth, Truth
from worker.columns import truth_of
from worker.examination.finding import FAIL, Findings, places
from worker.examination.tables import Flags, Floats, Integers, Table


@dataclass(frozen=True)
class Known:
    """Rows of one file, in its order, with their outcome and, of hidden rows, their split."""

    table: Table
    rows: Integers
    truth: Truth
    split: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        return int(self.rows.size)

    @cached_property
    def signal(self) -> Floats:
        """The outcome as one centred number a row: what there is to leak.

        Of times it is the martingale residual (event less cumulative hazard up to the row's own time), which is higher the
        earlier the event; its sum over all rows is zero and its distribution under any order of the rows is known.
        """
        if isinstance(self.truth, SurvivalTruth):
            return _residual(self.truth)
        values = self.truth.outcome if isinstance(self.truth, BinaryTruth) else self.truth.truth
        return np.asarray(values - np.mean(values), dtype=np.float64)

    @cached_property
    def happened(self) -> Flags | None:
        """Whether the event of interest has been seen; none where a kind has no events."""
        if isinstance(self.truth, SurvivalTruth):
            return np.asarray(self.truth.event == 1)
        return np.asarray(self.truth.outcome == 1) if isinstance(self.truth, BinaryTruth) else None

    @cached_property
    def time(self) -> Floats | None:
        return self.truth.time if isinstance(self.truth, SurvivalTruth) else None

    def part(self, split: str) -> Flags:
        """Return which rows belong to a split."""
        return np.zeros(len(self), dtype=bool) if self.split is None else np.asarray(self.split == split)

    def moved(self, table: Table) -> "Known":
        """Return the same rows as another table has them, in that table's order; rows that it lacks are left out."""
        pairs = [
            (row, place)
            for place, row in (
                (place, table.at.get(self.table.ids[own])) for place, own in enumerate(self.rows.tolist())
            )
            if row is not None
        ]
        pairs.sort()
        here = np.array([row for row, _ in pairs], dtype=np.intp)
        there = np.array([place for _, place in pairs], dtype=np.intp)
        split = None if self.split is None else self.split[there]
        return Known(table, here, self.truth.part(there) if there.size else self.truth, split)


def _residual(truth: SurvivalTruth) -> Floats:
    line = truth.timeline
    falling = np.add.reduceat((line.event == 1).astype(np.float64), line.start)
    hazard = np.cumsum(falling / (len(truth) - line.start))
    return np.asarray((truth.event == 1) - line.to_rows(hazard[line.group]), dtype=np.float64)


def read(table: Table, definition: Definition, findings: Findings | None, *, hidden: bool) -> Known | None:
    """Return the rows whose outcome can be read; where findings are given, values that are not allowed are told by line."""
    names = {meaning: str(getattr(definition.labels, meaning)) for meaning in LABELS[definition.kind]}
    if not names or not set(names.values()) <= set(table.columns):
        return None
    good = np.ones(len(table), dtype=bool)
    values: dict[str, Floats] = {}
    for meaning, name in names.items():
        values[meaning] = table.columns[name].numbers
        allowed = _allowed(values[meaning], meaning, definition)
        if findings is not None and not allowed.all():
            _bad(table, name, allowed, findings)
        good &= allowed
    split = None
    if hidden and definition.labels.split in table.columns:
        column = table.columns[str(definition.labels.split)]
        split = np.array(column.levels, dtype=np.str_)[column.codes]
        good &= np.isin(split, SPLITS)
    if table.id_column is not None:
        # Of an id that stands twice only the first row counts.
        first = np.zeros(len(table), dtype=bool)
        first[list(table.at.values())] = True
        good &= first
    rows = np.flatnonzero(good)
    if rows.size == 0:
        return None
    truth = truth_of({meaning: column[rows] for meaning, column in values.items()}, definition)
    return Known(table, rows, truth, None if split is None else split[rows])


def _allowed(values: Floats, meaning: str, definition: Definition) -> Flags:
    codes: Mapping[str, tuple[float, ...]] = {"event": EVENTS.get(definition.kind, ()), "outcome": (0.0, 1.0)}
    if meaning in codes:
        return np.isin(values, codes[meaning])
    return np.isfinite(values) & ((values >= 0) if meaning == "time" else True)


def _bad(table: Table, name: str, allowed: Flags, findings: Findings) -> None:
    row, extra = int(np.argmin(allowed)), places(int((~allowed).sum()))
    findings.add(
        FAIL,
        "bad_value",
        Text(
            f"{name} 열에 허용하지 않는 값이 있습니다.{extra.ko}",
            f"The column {name} holds a value that is not allowed.{extra.en}",
        ),
        figure=f"{int((~allowed).sum()):,}",
        remedy=Text(
            "시간은 0 이상, 사건과 결과는 0이나 1(경쟁 위험에서는 2도)이어야 합니다.",
            "Times are not negative; events and outcomes are 0 or 1 (or 2, with competing risks).",
        ),
        file=table.name,
        line=table.line(row),
        column=name,
    )
