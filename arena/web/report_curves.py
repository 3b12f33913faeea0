"""The curves of a report, drawn from the aggregates that the worker computed and masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from arena.hosting import Hosted
from arena.viewing import SubmissionView
from arena.web import formatting, reader
from arena.web.charts import calibration, intervals, survival
from arena.web.charts.svg import Words
from arena.web.rendering import t

DAYS = 365.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with its caption, and the table of the same numbers."""

    chart: Markup
    head: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figures(hosted: Hosted, view: SubmissionView, first: int) -> list[Figure]:
    """Return what the report holds beside scores and subgroups; nothing before scores may be shown."""
    content = view.report if view.scores else None
    if not content or not hosted.definition.metrics:
        return []
    drawn = [_survival(content.get("survival") or [], first) or _incidence(content.get("incidence") or [], first)]
    horizon, bins = _middle(content.get("calibration") or {})
    drawn.append(_calibration(bins, horizon, first + (drawn[0] is not None)))
    drawn.append(_estimates(content.get("estimates") or [], first))
    return [figure for figure in drawn if figure is not None]


def _survival(groups: Sequence[dict[str, Any]], number: int) -> Figure | None:
    names = _names(len(groups))
    curves = [
        survival.Group(
            name,
            tuple((step[0], step[1], step[2], step[3]) for step in group["steps"]),
            tuple((at, value) for at, value in group["predicted"] if at > 0),
            tuple((at, left) for at, left in group["at_risk"]),
        )
        for name, group in zip(names, groups, strict=True)
        if len(group["steps"]) > 1
    ]
    if not curves:
        return None
    rows = tuple(_at_horizon(curve, at, value) for curve in curves for at, value in curve.predicted)
    ends = ", ".join(f"{curve.name} {formatting.percent(curve.steps[-1][1], 0)}" for curve in curves)
    years = formatting.number(curves[0].steps[-1][0] / DAYS, 0)
    finding = t(f"{years}년 생존: {ends}", f"Survival at {years} years: {ends}")
    words = Words("km", t("위험 집단의 생존", "Survival by predicted risk"), finding)
    return Figure(
        survival.draw(words, curves, t("시작부터 지난 햇수", "Years from the start"), t("남은 환자", "At risk")),
        t(f"그림 {number}. 위험 집단의 생존.", f"Figure {number}. Survival by predicted risk."),
        t(
            "환자를 예측 위험에 따라 셋으로 나눈 Kaplan–Meier 곡선입니다. 띠는 95% 신뢰구간, 빈 점은 예측의 평균이고, 남은 환자가 10명보다 적은 곳은 그리지 않습니다.",
            "Kaplan–Meier curves of thirds by predicted risk. Bands: 95% confidence intervals; open dots: mean predictions; "
            "nothing is drawn where fewer than ten are at risk.",
        ),
        (t("집단", "Group"), t("햇수", "Years"), t("관찰", "Observed"), t("예측", "Predicted")),
        rows,
    )


def _incidence(groups: Sequence[dict[str, Any]], number: int) -> Figure | None:
    """With competing events: how many had the event that is predicted, by third of the predictions."""
    curves = [
        survival.Group(
            name,
            tuple((at, share, share, share) for at, share in group["steps"]),
            tuple((at, share) for at, share in group["predicted"]),
        )
        for name, group in zip(_names(len(groups)), groups, strict=True)
        if len(group["steps"]) > 1
    ]
    if not curves:
        return None
    ends = ", ".join(f"{curve.name} {formatting.percent(curve.steps[-1][1], 0)}" for curve in curves)
    years = formatting.number(curves[0].steps[-1][0] / DAYS, 0)
    finding = t(f"{years}년 누적 발생률: {ends}", f"Cumulative incidence at {years} years: {ends}")
    highest = max(share for curve in curves for _, share, *_ in (*curve.steps, *curve.predicted))
    title = t("위험 집단의 누적 발생률", "Incidence by predicted risk")
    return Figure(
        survival.cumulative(
            Words("incidence", title, finding),
            curves,
            t("시작부터 지난 햇수", "Years from the start"),
            t("누적 발생률", "Cumulative incidence"),
            ceiling=min(1.0, 1.1 * highest) or 1.0,
        ),
        t(f"그림 {number}. 위험 집단의 누적 발생률.", f"Figure {number}. Incidence by predicted risk."),
        t(
            "환자를 예측 위험에 따라 셋으로 나눈 Aalen–Johansen 곡선입니다. 경쟁 사건이 먼저 일어난 환자에게는 사건이 일어나지 않습니다. 빈 점은 예측의 평균이고, 남은 환자가 10명보다 적은 곳은 그리지 않습니다.",
            "Aalen–Johansen curves of thirds by predicted risk: whoever had the competing event first cannot have the event. "
            "Open dots: mean predictions; nothing is drawn where fewer than ten are at risk.",
        ),
        (t("집단", "Group"), t("햇수", "Years"), t("관찰", "Observed"), t("예측", "Predicted")),
        tuple(_incidence_at(curve, at, share) for curve in curves for at, share in curve.predicted),
    )


def _incidence_at(curve: survival.Group, at: float, predicted: float) -> tuple[str, ...]:
    reached = [step[1] for step in curve.steps if step[0] <= at + 1e-9]
    return curve.name, formatting.number(at / DAYS, 0), formatting.percent(reached[-1]), formatting.percent(predicted)


def _estimates(claimed: Sequence[Sequence[Any]], number: int) -> Figure | None:
    """What a file of effects claims, as its team wrote it; the true effects are not in the report."""
    if not claimed:
        return None
    rows = [intervals.Row(name, estimate, low, high) for name, estimate, low, high in claimed]
    lowest, highest = (pick(claimed, key=lambda one: one[1]) for pick in (min, max))
    finding = t(
        f"{lowest[0]} {formatting.signed(lowest[1])}에서 {highest[0]} {formatting.signed(highest[1])}까지",
        f"From {formatting.signed(lowest[1])} in {lowest[0]} to {formatting.signed(highest[1])} in {highest[0]}",
    )
    title = t("추정한 효과", "The estimates")
    return Figure(
        intervals.forest(Words("estimates", title, finding), rows, t("추정값과 구간", "Estimate and interval")),
        t(f"그림 {number}. {title}.", f"Figure {number}. {title}."),
        t(
            "올린 파일에 적힌 그대로의 추정값과 구간입니다. 참값은 그리지 않습니다. ",
            "Estimates and intervals as the file gives them; the true values are not drawn. ",
        )
        + finding
        + ".",
        (t("효과", "Effect"), t("추정", "Estimate"), t("구간", "Interval")),
        tuple(
            (name, formatting.signed(estimate, 4), formatting.interval(low, high, 4, reader.language()))
            for name, estimate, low, high in claimed
        ),
    )


def _names(groups: int) -> list[str]:
    three = [t("낮은 위험", "Low risk"), t("가운데", "Middle"), t("높은 위험", "High risk")]
    return three if groups == 3 else [t(f"집단 {place}", f"Group {place}") for place in range(1, groups + 1)]


def _at_horizon(curve: survival.Group, at: float, predicted: float) -> tuple[str, ...]:
    reached = [step for step in curve.steps if step[0] <= at + 1e-9]
    _, value, low, high = reached[-1]
    observed = f"{formatting.percent(value, 1)} ({formatting.percent(low, 1)}–{formatting.percent(high, 1)})"
    return (curve.name, formatting.number(at / DAYS, 0), observed, formatting.percent(predicted, 1))


def _middle(found: dict[str, Any]) -> tuple[float | None, list[list[float]]]:
    """Return the bins at the middle horizon, or the only ones of a binary outcome."""
    if "bins" in found:
        return None, found["bins"]
    horizons = sorted(found, key=float)
    if not horizons:
        return None, []
    middle = horizons[len(horizons) // 2]
    return float(middle), found[middle]["bins"]


def _calibration(bins: Sequence[Sequence[float]], horizon: float | None, number: int) -> Figure | None:
    if not bins:
        return None
    points = [calibration.Bin(predicted, observed, low, high) for predicted, observed, low, high in bins]
    when = "" if horizon is None else t(f"{horizon / DAYS:g}년 안 ", f" within {horizon / DAYS:g} years")
    apart = max(points, key=lambda point: abs(point.observed - point.predicted))
    finding = t(
        f"예측 {formatting.percent(apart.predicted, 1)}에서 관찰 {formatting.percent(apart.observed, 1)}로 가장 멉니다.",
        f"Furthest apart where {formatting.percent(apart.predicted, 1)} was predicted and "
        f"{formatting.percent(apart.observed, 1)} observed.",
    )
    words = Words("calibration", t("보정", "Calibration"), finding)
    axes = (t(f"{when}사건의 예측 확률", f"Predicted probability{when}"), t("관찰", "Observed"))
    return Figure(
        calibration.draw(words, points, (), axes),
        t(f"그림 {number}. 보정.", f"Figure {number}. Calibration."),
        t(
            "환자를 예측 확률에 따라 같은 크기로 나누어 예측의 평균과 관찰을 견줍니다. 세로선은 95% 신뢰구간이며, 대각선에 가까울수록 잘 맞습니다. ",
            "Patients in groups of like size by prediction: mean prediction against what was observed, with 95% confidence "
            "intervals; the nearer to the diagonal the better. ",
        )
        + finding,
        (t("예측", "Predicted"), t("관찰 (95% 신뢰구간)", "Observed (95% CI)")),
        tuple(
            (
                formatting.percent(point.predicted, 1),
                f"{formatting.percent(point.observed, 1)} ({formatting.percent(point.low, 1)}–{formatting.percent(point.high, 1)})",
            )
            for point in points
        ),
    )
