"""Dates and other facts from after time zero: nobody knows them when the prediction is to be made."""

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

import numpy as np

from challenges.text import Text
from worker.examination.association import LEAST_ROWS, auc, concordance, correlation
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.known import Known
from worker.examination.leakage import GIVES_AWAY
from worker.examination.material import Material
from worker.examination.tables import Floats, Table
from worker.examination.words import AFTER, AFTER_PAIRS, ZERO, says

MOSTLY = 0.9
LATER = 0.05
REMEDY = Text(
    "시작 때 알 수 있는 것만 남기십시오. 날짜 대신 시작부터의 일수나 연도를 주십시오.",
    "Keep only what is known at time zero. Give days from time zero, or years, in place of dates.",
)


class Dated(NamedTuple):
    """A column of dates as days."""

    table: Table
    name: str
    days: Floats


def examine(material: Material, findings: Findings) -> None:
    """Look for dates, and for names that speak of what comes after."""
    before = len(findings.lines)
    told = {str(one.column) for one in findings.of(FAIL) if one.code == "direct_identifier"}
    for dated, why in _after(material):
        if dated.name not in told:
            told.add(dated.name)
            _tell(findings, FAIL, "after_time_zero", dated, why, REMEDY)
    for table in material.patients:
        for name, column in table.columns.items():
            if name in told or material.is_label(name) or name == table.id_column:
                continue
            days = column.days
            if days is not None:
                told.add(name)
                _tell(findings, WARN, "exact_date", Dated(table, name, days), _EXACT, REMEDY)
            elif material.definition.metrics and name in material.covariates and says(name, AFTER, AFTER_PAIRS):
                told.add(name)
                _tell(findings, WARN, "after_time_zero", Dated(table, name, np.empty(0)), _NAMED, _NAMED_REMEDY)
    if len(findings.lines) == before and material.covariates:
        message = Text("시작 뒤의 날짜나 사실을 찾지 못했습니다.", "No date or fact from after time zero was found.")
        findings.passed("after_time_zero", message)


_EXACT = Text("정확한 날짜가 적혀 있습니다.", "The column holds exact dates.")
_NAMED = Text("이름이 시작 뒤의 일을 말합니다.", "Its name speaks of what comes after time zero.")
_NAMED_REMEDY = Text(
    "그 열을 빼십시오. 시작 때 아는 것이면 이름을 바꾸거나 그 까닭을 datasheet.toml에 적으십시오.",
    "Take the column out. If it is known at time zero, rename it or say so in datasheet.toml.",
)


def _tell(findings: Findings, state: str, code: str, dated: Dated, why: Text, remedy: Text) -> None:
    findings.add(
        state,
        code,
        Text(f"{dated.name}: {why.ko}", f"{dated.name}: {why.en}"),
        remedy=remedy,
        file=dated.table.name,
        line=1,
        column=dated.name,
    )


def _after(material: Material) -> Iterator[tuple[Dated, Text]]:
    """Yield the dates that give the outcome away, or lie after the one that is named for time zero."""
    for known in (material.trained, material.tested):
        if known is None or len(known) < LEAST_ROWS:
            continue
        dates = [
            Dated(known.table, name, days[known.rows])
            for name, column in known.table.columns.items()
            if name in material.covariates and (days := column.days) is not None
        ]
        for start, end in permutations(dates, 2):
            if known.time is not None and _is_the_time(end.days - start.days, known.time):
                yield (
                    end,
                    Text(
                        f"{start.name}에서 이 날까지가 곧 결과의 시간입니다.",
                        f"the days from {start.name} to it are the time of the outcome.",
                    ),
                )
            later = _later(start, end)
            if says(start.name, ZERO) and not says(end.name, ZERO) and later > LATER:
                yield end, Text(f"{later:.0%}가 {start.name}보다 늦습니다.", f"{later:.0%} lie after {start.name}.")
        yield from ((dated, why) for dated in dates if (why := _foretells(dated, known)) is not None)


def _is_the_time(span: Floats, time: Floats) -> bool:
    held = np.isfinite(span)
    return int(held.sum()) >= LEAST_ROWS and bool((np.abs(span[held] - time[held]) <= 1).mean() >= MOSTLY)


def _later(start: Dated, end: Dated) -> float:
    both = np.isfinite(start.days) & np.isfinite(end.days)
    return float((end.days[both] > start.days[both]).mean()) if both.any() else 0.0


def _foretells(dated: Dated, known: Known) -> Text | None:
    held = np.isfinite(dated.days)
    if says(dated.name, AFTER, AFTER_PAIRS):
        return _NAMED
    if int(held.sum()) < LEAST_ROWS or known.happened is None:
        return None
    found = [auc(dated.days[held], known.happened[held]), concordance(dated.days[held], known, held)]
    if known.time is not None:
        found.append(abs(correlation(dated.days[held], known.time[held] * known.happened[held])))
    best = max((one for one in found if one is not None), default=0.0)
    if best < GIVES_AWAY:
        return None
    return Text(
        f"이 날짜만으로 결과를 {best:.2f}로 맞힙니다.", f"the date alone foretells the outcome with {best:.2f}."
    )
