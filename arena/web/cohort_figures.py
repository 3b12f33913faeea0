"""What the overview shows of the training patients' outcomes: how many had their event over time."""

from collections.abc import Iterator
from typing import Any

from arena import datasets
from arena.datasets import Point
from arena.hosting import Hosted
from arena.web import formatting, reader
from arena.web.charts import intervals, survival
from arena.web.charts.svg import Words
from arena.web.rendering import t
from arena.web.report_curves import Figure
from arena.web.site import site
from challenges.text import Text

YEARS = (1, 2, 3, 5, 10)


THIRDS = (
    Text("하위 3분의 1", "lowest third"),
    Text("중간 3분의 1", "middle third"),
    Text("상위 3분의 1", "highest third"),
)
MADE = Text(
    "학습 환자에서 본 차이이며 다른 변수를 맞추지 않았습니다.",
    "Differences among the training patients, adjusted for nothing else.",
)


def question(hosted: Hosted, number: int) -> Figure | None:
    """Return the figure beside the question, from numbers that a worker computed at publication; nothing without them."""
    found, asked = hosted.facts.get("figure"), hosted.definition.figure
    if not found or asked is None:
        return None
    groups = sorted(found["groups"], key=_last_share)
    names = _group_names(hosted, asked.column, groups, thirds=found["thirds"])
    title = t(asked.title)
    head = t(
        f"그림 {number}. 학습 환자의 결과: {title}.", f"Figure {number}. Outcomes of the training patients. {title}."
    )
    named = list(zip(names, groups, strict=True))
    if found["kind"] == "curves":
        return _curves(hosted, named, title, head)
    return _shares(hosted, float(found["horizon"]), named, title, head)


def _last_share(group: dict[str, Any]) -> float:
    return float(group["steps"][-1][1] if "steps" in group else group["share"])


def _group_names(hosted: Hosted, column: str, groups: list[dict[str, Any]], *, thirds: bool) -> list[str]:
    if thirds:
        return [t(THIRDS[int(group["name"])]) for group in groups]
    described = datasets.describe(site().blobs, hosted)
    codes = {
        code: name for block in described for one in block.variables if one.column == column for code, name in one.codes
    }
    return [codes.get(group["name"], group["name"]) for group in groups]


def _curves(hosted: Hosted, groups: list[tuple[str, dict[str, Any]]], title: str, head: str) -> Figure:
    competing = hosted.definition.kind == "competing"
    label = (
        t("누적 발생률", "Cumulative incidence")
        if competing
        else t("사건의 누적 발생", "Cumulative incidence of the event")
    )
    curves = [
        survival.Group(name, tuple((step[0], step[1], step[2], step[3]) for step in group["steps"]))
        for name, group in groups
    ]
    rows = [
        (
            name,
            formatting.horizon(365 * year, reader.language()),
            Point(step[0], step[1], step[2], step[3], int(step[4])),
        )
        for name, group in groups
        for year, step in _steps_at_years(group["steps"])
    ]
    finding = ", ".join(f"{name} {when} {formatting.percent(point.share)}" for name, when, point in rows)
    chart = survival.cumulative(
        Words("question", title, finding),
        curves,
        t("시작부터 지난 햇수", "years from time zero"),
        label,
        ceiling=min(1.0, 1.05 * max(step[3] for curve in curves for step in curve.steps)),
    )
    method = (
        t("Aalen–Johansen, 95% 신뢰구간.", "Aalen–Johansen, with 95% confidence intervals.")
        if competing
        else t("1 − Kaplan–Meier, 95% 신뢰구간.", "One minus Kaplan–Meier, with 95% confidence intervals.")
    )
    columns = (
        t("집단과 지난 때", "Group and time"),
        t("사건", "Event"),
        t("95% 신뢰구간", "95% CI"),
        t("위험 집합", "At risk"),
    )
    return Figure(chart, head, f"{method} {t(MADE)}", columns, tuple(_cells(*row) for row in rows))


def _steps_at_years(steps: list[list[float]]) -> Iterator[tuple[int, list[float]]]:
    for year in YEARS:
        if 365 * year <= steps[-1][0]:
            yield year, max((step for step in steps if step[0] <= 365 * year), key=lambda step: step[0])


def _shares(hosted: Hosted, horizon: float, groups: list[tuple[str, dict[str, Any]]], title: str, head: str) -> Figure:
    by = formatting.horizon(horizon, reader.language())
    timed = hosted.definition.kind != "binary"
    axis = (
        t(f"{by} 안에 사건을 겪은 몫(%)", f"with the event within {by}, %")
        if timed
        else t("사건을 겪은 몫(%)", "with the event, %")
    )
    rows = [
        intervals.Row(name, 100 * float(group["share"]), 100 * float(group["low"]), 100 * float(group["high"]))
        for name, group in groups
    ]
    finding = ", ".join(f"{row.name} {formatting.number(row.value or 0.0, 1)}%" for row in rows)
    chart = intervals.forest(Words("question", title, finding), rows, axis, decimals=1)
    interval = t("가로선은 95% 신뢰구간입니다.", "Bars are 95% confidence intervals.")
    cells = tuple(
        (
            name,
            formatting.percent(group["share"]),
            f"{formatting.interval(100 * group['low'], 100 * group['high'], 1, reader.language())}%",
            formatting.count(group["n"]),
        )
        for name, group in groups
    )
    columns = (t("집단", "Group"), t("사건", "Event"), t("95% 신뢰구간", "95% CI"), t("환자", "Patients"))
    return Figure(chart, head, f"{interval} {t(MADE)}", columns, cells)


def outcomes(hosted: Hosted, number: int) -> Figure | None:
    """Return the cumulative incidence of the event, or with competing events either incidence; nothing where there is no time to an event."""
    curves = datasets.outcomes(site().blobs, hosted)
    if not curves or min(len(curve) for curve in curves) < 3:
        return None
    competing = len(curves) > 1
    names = [t("주 사건", "Event"), t("경쟁 사건", "Competing")] if competing else [""]
    title = (
        t("누적 발생률", "Cumulative incidence")
        if competing
        else t("사건의 누적 발생", "Cumulative incidence of the event")
    )
    rows = [
        (name, formatting.horizon(365 * year, reader.language()), point)
        for name, curve in zip(names, curves, strict=True)
        for year, point in _at_years(curve)
    ]
    finding = ", ".join(f"{name} {when} {formatting.percent(point.share)}".strip() for name, when, point in rows)
    last = max(curve[-1].time for curve in curves)
    groups = [
        # Both lines run to the same end, though the last events came on different days.
        survival.Group(
            name,
            tuple(
                (at, point.share, point.low, point.high)
                for at, point in [(p.time, p) for p in curve] + [(last, curve[-1])]
            ),
        )
        for name, curve in zip(names, curves, strict=True)
    ]
    chart = survival.cumulative(
        Words("mortality", title, finding),
        groups,
        t("시작부터 지난 햇수", "years from time zero"),
        title,
        ceiling=min(1.0, 1.05 * max(point.high for curve in curves for point in curve)),
    )
    of_training = t(f"그림 {number}. 학습 환자에서 {title}.", f"Figure {number}. {title} in the training patients.")
    method = (
        t(
            "Aalen–Johansen. 한 사건이 일어난 사람에게는 다른 사건이 더는 일어나지 않습니다. 띠는 95% 신뢰구간입니다.",
            "Aalen–Johansen: whoever has had one event can no longer have the other. Bands are 95% confidence intervals.",
        )
        if competing
        else t(
            "1 − Kaplan–Meier. 띠는 95% 신뢰구간입니다.",
            "One minus Kaplan–Meier; the band is the 95% confidence interval.",
        )
    )
    measured = t("발생률", "Incidence") if competing else t("사건", "Event")
    columns = (t("지난 때", "After"), measured, t("95% 신뢰구간", "95% CI"), t("위험 집합", "At risk"))
    return Figure(chart, of_training, method, columns, tuple(_cells(*row) for row in rows))


def _at_years(curve: tuple[Point, ...]) -> Iterator[tuple[int, Point]]:
    for year in YEARS:
        if 365 * year <= curve[-1].time:
            yield year, max((point for point in curve if point.time <= 365 * year), key=lambda point: point.time)


def _cells(name: str, when: str, point: Point) -> tuple[str, ...]:
    interval = formatting.interval(100 * point.low, 100 * point.high, 1, reader.language())
    first = f"{name}, {when}" if name else when
    return first, formatting.percent(point.share), f"{interval}%", formatting.count(point.at_risk)
