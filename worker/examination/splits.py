"""Whether training, public and private patients are alike: events, times and every variable."""

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np

from challenges.text import Text
from worker.examination.association import LEAST_ROWS, ranks
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Column, Flags, Floats, Integers

SURPRISING = 4.5  # standard errors; hundreds of comparisons are made
APART = 0.1  # standardised difference from which a difference matters
NAMES = {
    "train": Text("학습", "training"),
    "public": Text("공개", "public"),
    "private": Text("비공개", "private"),
}
REMEDY = Text(
    "무작위로, 사건과 중요한 변수로 층을 지어 다시 나누십시오. 일부러 나눈 것이면 그 까닭을 datasheet.toml에 적으십시오.",
    "Split again at random, stratified by events and important variables. If the split is meant to differ, say why in datasheet.toml.",
)


class Apart(NamedTuple):
    """How far two splits are from each other in something: the larger figures are the worse."""

    difference: float
    errors: float
    one: str
    two: str

    @property
    def matters(self) -> bool:
        return self.errors >= SURPRISING and self.difference >= APART


def examine(material: Material, findings: Findings) -> None:
    """Compare the splits pair by pair."""
    parts = _parts(material)
    if len(parts) < 2 or material.definition.kind == "effect":
        return
    before = len(findings.lines)
    worst = [_events(parts), _times(parts)]
    for code, apart, what in (
        ("split_events", worst[0], Text("사건의 비율", "share of events")),
        ("split_times", worst[1], Text("시간의 분포", "distribution of times")),
    ):
        if apart is not None and apart.matters:
            _tell(material, findings, code, apart, what, None)
    other_units = {one.column for one in findings.of(FAIL) if one.code == "wrong_units"}
    for name in (one for one in material.covariates if one not in other_units):
        columns = {split: known.table.columns.get(name) for split, (known, _) in parts.items()}
        if all(column is not None for column in columns.values()):
            apart = _column({split: (column, *parts[split]) for split, column in columns.items() if column})
            worst.append(apart)
            if apart is not None and apart.matters:
                _tell(
                    material, findings, "split_columns", apart, Text(f"{name}의 분포", f"distribution of {name}"), name
                )
    if len(findings.lines) == before:
        largest = max((one.difference for one in worst if one), default=0.0)
        findings.passed(
            "split_balance",
            Text(
                f"사건, 시간, 변수 {len(worst) - 2}개 가운데 가장 큰 표준화 차이가 {largest:.2f}입니다.",
                f"The largest standardised difference in events, times and {len(worst) - 2} variables is {largest:.2f}.",
            ),
            figure=f"{largest:.2f}",
        )


Part = tuple[Known, Flags]


def _parts(material: Material) -> dict[str, Part]:
    found: dict[str, Part] = {}
    if material.trained is not None:
        found["train"] = (material.trained, np.ones(len(material.trained), dtype=bool))
    known = material.tested
    if known is not None:
        found |= {name: (known, known.part(name)) for name in ("public", "private")}
    return {name: (known, rows) for name, (known, rows) in found.items() if rows.sum() >= LEAST_ROWS}


def _tell(material: Material, findings: Findings, code: str, apart: Apart, what: Text, column: str | None) -> None:
    files, one, two = material.definition.files, NAMES[apart.one], NAMES[apart.two]
    file = files.test if column is not None else files.labels
    findings.add(
        WARN,
        code,
        Text(
            f"{what.ko}이(가) {one.ko}과 {two.ko} 행에서 다릅니다(표준화 차이 {apart.difference:.2f}, 표준오차의 {apart.errors:.0f}배).",
            f"The {what.en} differs between {one.en} and {two.en} rows (standardised difference {apart.difference:.2f}, {apart.errors:.0f} standard errors).",
        ),
        figure=f"{apart.difference:.2f}",
        remedy=REMEDY,
        file=file,
        line=1,
        column=column,
    )


def _worst(values: dict[str, Floats]) -> Apart | None:
    """Return the two splits whose values are furthest apart in their mean."""
    found: Apart | None = None
    for one, two in combinations(values, 2):
        a, b = values[one], values[two]
        if min(a.size, b.size) < LEAST_ROWS:
            continue
        spread = math.sqrt((float(a.var()) + float(b.var())) / 2)
        gap = abs(float(a.mean()) - float(b.mean()))
        difference = gap / spread if spread > 0 else 0.0 if gap == 0 else math.inf
        apart = Apart(difference, difference / math.sqrt(1 / a.size + 1 / b.size), one, two)
        if found is None or apart.errors > found.errors:
            found = apart
    return found


def _events(parts: dict[str, Part]) -> Apart | None:
    return _worst(
        {
            split: known.happened[rows].astype(np.float64)
            for split, (known, rows) in parts.items()
            if known.happened is not None
        }
    )


def _times(parts: dict[str, Part]) -> Apart | None:
    times = {split: known.time[rows] for split, (known, rows) in parts.items() if known.time is not None}
    return _worst(_ranked(times)) if times else None


def _ranked(values: dict[str, Floats]) -> dict[str, Floats]:
    """Return ranks among all splits, so that a few large values do not hide or make a difference."""
    rank = ranks(np.concatenate(list(values.values())))
    ends = np.cumsum([one.size for one in values.values()])[:-1]
    return dict(zip(values, np.split(rank, ends), strict=True))


def _column(parts: dict[str, tuple[Column, Known, Flags]]) -> Apart | None:
    """Return the worst of a variable's differences: what is missing, its values, the share of each code."""
    held = {split: (column, known.rows[rows]) for split, (column, known, rows) in parts.items()}
    gone = {split: column.missing[rows].astype(np.float64) for split, (column, rows) in held.items()}
    found = [_worst(gone)]
    if all(column.numeric for column, _ in held.values()):
        numbers = {split: column.numbers[rows][~column.missing[rows]] for split, (column, rows) in held.items()}
        if all(one.size for one in numbers.values()):
            found.append(_worst(_ranked(numbers)))
    else:
        found += [
            _worst({split: _is(column, rows, level) for split, (column, rows) in held.items()})
            for level in _common({split: column for split, (column, _) in held.items()})
        ]
    apart = [one for one in found if one is not None]
    return max(apart, key=lambda one: one.errors) if apart else None


def _is(column: Column, rows: Integers, level: str) -> Floats:
    if level not in column.levels:
        return np.zeros(rows.size)
    return np.asarray(column.codes[rows] == column.levels.index(level), dtype=np.float64)


def _common(columns: dict[str, Column]) -> list[str]:
    """Return the words that stand in a column often enough to be compared."""
    totals: dict[str, int] = {}
    for column in {id(column): column for column in columns.values()}.values():
        for level, count in zip(column.levels, column.counts.tolist(), strict=True):
            totals[level] = totals.get(level, 0) + count
    frequent = sorted((level for level in totals if totals[level] >= LEAST_ROWS), key=lambda level: -totals[level])
    return frequent[:50]
