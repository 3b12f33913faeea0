"""What a metric demands of its parameters and of the columns that a challenge asks for."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from challenges.locating import Place
from challenges.tabular import entries, number, numbers, quoted, string
from challenges.text import Text
from scorers.catalogue import METRICS, Metric

PARAMETERS = ("horizon", "tau", "grid", "threshold", "level")
MEANINGS = {
    "horizon": Text("며칠까지의 예측을 재는지", "the day up to which it is measured"),
    "tau": Text("며칠까지의 사건을 세는지", "the day up to which events count"),
    "grid": Text("적분할 날의 목록", "the days that are integrated over"),
    "threshold": Text("0과 1 사이의 판단 기준", "the decision threshold, between 0 and 1"),
    "level": Text("구간의 수준", "the level of the interval"),
}
Need = tuple[Place, str, Text]


def find(data: Mapping[str, Any], entry: Mapping[str, Any], primary: Mapping[str, Any] | None) -> Iterator[Need]:
    """Yield what is wrong with a known metric's parameters, and the columns that it lacks."""
    metric = METRICS[string(entry, "name")]
    yield from _parameters(metric, entry)
    yield from _grid(entry)
    yield from _columns(data, metric, entry, primary)


def _parameters(metric: Metric, entry: Mapping[str, Any]) -> Iterator[Need]:
    required = [name for name in metric.parameters if name != "level"]
    allowed = {*required, *(("level",) if {"lower", "upper"} <= set(metric.needs) else ())}
    for name in required:
        if name not in entry:
            meaning = MEANINGS[name]
            yield (
                (name,),
                "",
                Text(
                    f"{metric.name}에는 {name}({meaning.ko})가 있어야 합니다.",
                    f"{metric.name} needs {name}: {meaning.en}.",
                ),
            )
    for name in PARAMETERS:
        if name in entry and name not in allowed:
            listed = ", ".join(required)
            yield (
                (name,),
                quoted(entry[name]),
                Text(
                    f"{metric.name}에는 {name}를 쓰지 않습니다. 쓰는 것: {listed or '없음'}.",
                    f"{metric.name} takes no {name}; it takes {listed or 'none'}.",
                ),
            )


def _grid(entry: Mapping[str, Any]) -> Iterator[Need]:
    days = numbers(entry, "grid")
    if days and any(later <= earlier for earlier, later in pairwise(days)):
        yield (
            ("grid",),
            quoted(entry["grid"]),
            Text("작은 날부터 차례로, 한 번씩 적어야 합니다.", "Days must increase."),
        )


def _columns(
    data: Mapping[str, Any], metric: Metric, entry: Mapping[str, Any], primary: Mapping[str, Any] | None
) -> Iterator[Need]:
    asked = [column for _, column in entries(data, "columns")]
    held = {string(column, "is") for column in asked}
    days = {number(column, "horizon") for column in asked if string(column, "is") == "event_probability"} - {None}
    if not held:
        return
    for need in metric.needs:
        if need in ("risk", "event_probability"):
            yield from _times(metric, entry, primary, days, risk="risk" in held and metric.name != "wolbers_c")
        elif need not in held:
            yield (
                (),
                metric.name,
                Text(f"{metric.name}에는 {need} 열이 있어야 합니다.", f"{metric.name} needs a column of {need}."),
            )


def _times(
    metric: Metric,
    entry: Mapping[str, Any],
    primary: Mapping[str, Any] | None,
    days: set[float | None],
    *,
    risk: bool,
) -> Iterator[Need]:
    """Rank metrics use the probability at their own time, else the risk; Harrell's C has no time but the primary's."""
    if risk and metric.name in ("harrell_c", "uno_c", "auc_t"):
        return
    if metric.name == "harrell_c":
        day = None if primary is None else (number(primary, "horizon") or number(primary, "tau"))
        if primary is not None and day not in days:
            yield (
                (),
                "harrell_c",
                Text(
                    "harrell_c에는 risk 열이나, 주 지표의 날에 대한 event_probability 열이 있어야 합니다.",
                    "harrell_c needs a risk column, or an event_probability at the primary metric's horizon.",
                ),
            )
        return
    if not metric.parameters and not days:
        yield (
            (),
            metric.name,
            Text(
                f"{metric.name}에는 event_probability 열이 있어야 합니다.",
                f"{metric.name} needs event_probability columns.",
            ),
        )
    for name in ("horizon", "tau", "grid"):
        for day in [number(entry, name)] if name != "grid" else numbers(entry, "grid") or []:
            if day is not None and day not in days:
                listed = ", ".join(f"{one:g}" for one in sorted(one for one in days if one is not None))
                yield (
                    (name,),
                    quoted(entry[name]),
                    Text(
                        f"{day:g}일의 event_probability를 묻는 열이 없습니다. 묻는 날: {listed or '없음'}.",
                        f"No column asks for the event_probability at day {day:g}; asked for: {listed or 'none'}.",
                    ),
                )
