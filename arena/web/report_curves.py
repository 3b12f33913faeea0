"""The curves of a report, drawn from the aggregates that the worker computed and masked: what happened over time, by predicted risk."""

from collections.abc import Sequence
from typing import Any

from arena.hosting import Hosted
from arena.viewing import SubmissionView
from arena.web import formatting, reader, report_thresholds
from arena.web.charts import survival, svg
from arena.web.charts.svg import Words
from arena.web.figures import Figure, Group
from arena.web.rendering import t
from arena.web.report_estimates import estimates
from challenges.definition import Definition

__all__ = ["Figure", "Group", "groups", "of_content"]

Rows = tuple[tuple[str, ...], ...]
Curve = Sequence[dict[str, Any]]
MONTH = 30.0  # days between two points, where the horizons leave room for it
TIDY = ("series", "group", "group_rows", "time", "value", "low", "high")


def groups(hosted: Hosted, view: SubmissionView) -> list[Group]:
    """Return what the report holds beside scores and subgroups; nothing before scores may be shown."""
    content = view.report if view.scores else None
    return of_content(hosted.definition, content) if content else []


def of_content(definition: Definition, content: dict[str, Any]) -> list[Group]:
    """Return the figures of a worker's report by heading."""
    if not definition.metrics:
        return []
    horizon = definition.primary.horizon or definition.primary.tau
    found = []
    over_time = _survival(content.get("survival") or [], horizon) or _incidence(content.get("incidence") or [], horizon)
    if over_time is not None:
        title = t("위험 집단의 생존", "Survival by risk group")
        if over_time.name == "incidence":
            title = t("위험 집단의 발생률", "Incidence by risk group")
        found.append(Group("survival", title, (over_time,)))
    found += report_thresholds.groups(content, horizon)
    claimed = estimates(content.get("estimates") or [])
    if claimed is not None:
        found.append(Group("estimates", t("추정", "Estimates"), (claimed,)))
    return found


def names(many: int) -> list[str]:
    """Return how groups of predictions are called, from the lowest to the highest."""
    three = [t("낮음", "Low"), t("중간", "Middle"), t("높음", "High")]
    return three if many == 3 else [t(f"집단 {place}", f"Group {place}") for place in range(1, many + 1)]


def time_axis(last: float) -> survival.Time:
    """Return an axis in years, or in days where it is short."""
    if last >= 730:
        return survival.years(last, t("시작부터 지난 햇수", "Years from the start"))
    marks = svg.ticks(0.0, last, 5)
    digits = svg.decimals_of(marks)
    unit = t("시작부터 지난 날", "Days from the start")
    return survival.Time(unit, tuple((mark, formatting.number(mark, digits)) for mark in marks))


def _drawn(found: Curve) -> list[survival.Group]:
    return [
        survival.Group(
            name,
            _whole(group),
            tuple((at, value) for at, value in group["predicted"] if at > 0),
            tuple((at, left) for at, left in group.get("at_risk", ())),
        )
        for name, group in zip(names(len(found)), found, strict=True)
        if len(group["steps"]) > 1
    ]


def _whole(group: dict[str, Any]) -> tuple[tuple[float, float, float, float], ...]:
    """Return the steps with the level at the last horizon, at which the grid need not end."""
    steps = [_point(step) for step in group["steps"]]
    ends = [_point(step) for step in group.get("observed", ()) if step[0] > steps[-1][0]]
    return (*steps, *ends)


def _point(step: Sequence[float]) -> tuple[float, float, float, float]:
    # Incidences of reports from before they had intervals are a time and a share.
    at, level, *bounds = step
    low, high = bounds or (level, level)
    return at, level, low, high


def _observed(group: dict[str, Any]) -> dict[float, tuple[float, float, float, float]]:
    """Return the levels at the horizons; in older reports, those of the last step before."""
    if "observed" in group:
        return {step[0]: _point(step) for step in group["observed"]}
    steps = [_point(step) for step in group["steps"]]
    return {at: [step for step in steps if step[0] <= at + 1e-9][-1] for at, _ in group["predicted"] if at > 0}


def _ends(found: Curve, horizon: float | None) -> tuple[float, float, float] | None:
    """Return the levels of the lowest and the highest group at a horizon that both reach: (time, lowest's, highest's)."""
    first, last = _observed(found[0]), _observed(found[-1])
    both = sorted(set(first) & set(last))
    if len(found) < 2 or not both:
        return None
    at = horizon if horizon in both else both[-1]
    return at, first[at][1], last[at][1]


def _parts(found: Curve, horizon: float | None, ko: str, en: str) -> str:
    """Return the finding; `ko` and `en` name what is measured, in the middle of a sentence."""
    ends = _ends(found, horizon)
    if ends is None:
        return t("집단을 견줄 만큼 오래 관찰하지 못했습니다.", "Follow-up is too short to compare the groups.")
    when = formatting.horizon(ends[0], reader.language())
    low, high = (formatting.percent(level) for level in ends[1:])
    share_ko, share_en = ("3분의 1", "third") if len(found) == 3 else ("집단", "group")
    return t(
        f"위험이 높다고 본 {share_ko}의 {when} {ko} {high}, 낮다고 본 {formatting.particle(share_ko, '은', '는')} {low}였습니다.",
        f"Of the {share_en} called high risk, {high} {en} {when}; of the {share_en} called low risk, {low}.",
    )


def _survival(found: Curve, horizon: float | None) -> Figure | None:
    curves = _drawn(found)
    if not curves:
        return None
    finding = _parts(found, horizon, "사건 없이 지낸 비율은", "were free of the event after")
    label = t("예측 위험으로 나눈 집단의 Kaplan–Meier 생존 곡선", "Kaplan–Meier survival by predicted risk")
    chart = survival.draw(
        Words("survival", label, finding),
        curves,
        time_axis(max(curve.steps[-1][0] for curve in curves)),
        t("관찰 중인 환자 수", "Number at risk"),
    )
    caption = t(
        "환자를 예측 위험에 따라 셋으로 나눴습니다. 띠는 95% 신뢰구간, 빈 점과 점선은 예측의 평균입니다.",
        "Patients in thirds by predicted risk. Bands: 95% confidence intervals; open dots and dotted lines: mean predictions.",
    ) + _pace(found)
    return _over_time("survival", found, chart, (label, finding, caption))


def _incidence(found: Curve, horizon: float | None) -> Figure | None:
    """With competing events: how many had the event that is predicted, by third of the predictions."""
    curves = _drawn(found)
    if not curves:
        return None
    finding = _parts(found, horizon, "누적 발생률은", "had the event within")
    highest = max(
        high for curve in curves for high in [*(step[3] for step in curve.steps), *(p[1] for p in curve.predicted)]
    )
    label = t("예측 위험으로 나눈 집단의 누적 발생률", "Cumulative incidence by predicted risk")
    chart = survival.cumulative(
        Words("incidence", label, finding),
        curves,
        time_axis(max(curve.steps[-1][0] for curve in curves)),
        t("누적 발생률", "Cumulative incidence"),
        ceiling=min(1.0, 1.1 * highest) or 1.0,
        at_risk=t("관찰 중인 환자 수", "Number at risk"),
    )
    caption = t(
        "환자를 예측 위험에 따라 셋으로 나눈 Aalen–Johansen 곡선입니다. 경쟁 사건이 먼저 일어난 환자에게는 사건이 일어나지 않습니다. 띠는 95% 신뢰구간, 빈 점과 점선은 예측의 평균입니다.",
        "Aalen–Johansen curves of thirds by predicted risk: whoever had the competing event first cannot have the event. Bands: 95% "
        "confidence intervals; open dots and dotted lines: mean predictions.",
    ) + _pace(found)
    return _over_time("incidence", found, chart, (label, finding, caption))


def _pace(found: Curve) -> str:
    """Return how close the points of the curves lie, and where they end."""
    steps = max((group["steps"] for group in found), key=len)
    if steps[1][0] == MONTH:
        return t(
            " 30일마다 그리며, 관찰 중인 환자가 10명보다 적어지면 멈춥니다.",
            " Drawn every thirty days, and ended where fewer than ten are at risk.",
        )
    return t(
        " 고르게 나눈 때마다 그리며, 관찰 중인 환자가 10명보다 적어지면 멈춥니다.",
        " Drawn at even steps of time, and ended where fewer than ten are at risk.",
    )


def _over_time(name: str, found: Curve, chart: Any, words: tuple[str, str, str]) -> Figure:
    label, finding, caption = words
    named = list(zip(names(len(found)), found, strict=True))
    return Figure(
        chart,
        label,
        caption,
        (
            t("집단", "Group"),
            t("때", "After"),
            t("관찰 (95% 신뢰구간)", "Observed (95% CI)"),
            t("예측의 평균", "Mean prediction"),
        ),
        tuple(row for title, group in named for row in _at_horizons(title, group)),
        name=name,
        finding=finding,
        header=TIDY,
        numbers=tuple(row for place, (_, group) in enumerate(named, 1) for row in _tidy(place, group)),
        every_columns=(t("날", "Day"), *(title for title, _ in named)),
        every_rows=_every(found),
    )


def _at_horizons(title: str, group: dict[str, Any]) -> Rows:
    observed, predicted = _observed(group), dict(map(tuple, group["predicted"]))
    name = t(f"{title} ({formatting.count(group['rows'])}명)", f"{title} ({formatting.count(group['rows'])} patients)")
    rows = []
    for at in sorted({*observed, *predicted} - {0.0}):
        level = t("가림: 10명 미만", "masked: fewer than ten")
        if at in observed:
            _, value, low, high = observed[at]
            level = formatting.percent(value)
            level += "" if low == high else f" ({formatting.percent(low)}–{formatting.percent(high)})"
        mean = formatting.percent(predicted[at]) if at in predicted else "–"
        rows.append((name, formatting.horizon(at, reader.language()), level, mean))
    return tuple(rows)


def _tidy(place: int, group: dict[str, Any]) -> list[tuple[Any, ...]]:
    size = group["rows"]
    rows: list[tuple[Any, ...]] = [("observed", place, size, *_point(step)) for step in group["steps"]]
    rows += [("observed_at_horizon", place, size, *_point(step)) for step in group.get("observed", ())]
    rows += [("mean_prediction", place, size, at, value, None, None) for at, value in group["predicted"]]
    # A masked number keeps its row, and no value.
    return rows + [("at_risk", place, size, at, left, None, None) for at, left in group.get("at_risk", ())]


def _every(found: Curve) -> Rows:
    steps = [{step[0]: _point(step) for step in group["steps"]} for group in found]
    rows = []
    for at in sorted({at for group in steps for at in group}):
        cells = [_level(group.get(at)) for group in steps]
        rows.append((formatting.number(at, 0 if at == int(at) else 2), *cells))
    return tuple(rows)


def _level(step: tuple[float, float, float, float] | None) -> str:
    if step is None:
        return "–"
    _, value, low, high = step
    return formatting.percent(value) + (
        "" if low == high else f" ({formatting.percent(low)}–{formatting.percent(high)})"
    )
