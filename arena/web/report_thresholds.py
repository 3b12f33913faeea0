"""The figures of a report that go by the prediction itself: calibration, distribution, decisions, ROC, one for each horizon."""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from arena.web import formatting, reader
from arena.web.charts import calibration, decision, distribution, roc, svg
from arena.web.charts.svg import Words
from arena.web.figures import Figure, Group
from arena.web.rendering import t

Drawn = Callable[[Any, str, str], Figure | None]
NEAR = 0.2  # the share of false alarms at which a ROC curve is told in words
SHARE = 0.9  # of the patients, whose highest prediction a distribution tells


def groups(content: dict[str, Any], horizon: float | None) -> list[Group]:
    """Return the figures by heading: the primary metric's horizon in the open, the others behind a fold."""
    wanted: list[tuple[str, str, Drawn, bool]] = [
        ("calibration", t("보정", "Calibration"), _calibration, True),
        ("predictions", t("예측의 분포", "Predictions"), _distribution, False),
        ("decision", t("결정 곡선", "Decisions"), _decision, False),
        ("roc", t("ROC 곡선", "ROC curve"), _roc, True),
    ]
    found = []
    for name, title, draw, square in wanted:
        keys, parts = _parts(content.get(name), horizon)
        drawn = [draw(part, key, _when(key)) for key, part in zip(keys, parts, strict=True)]
        shown = [figure for figure in drawn if figure is not None]
        if shown:
            found.append(Group(name, title, tuple(shown[:1]), tuple(shown[1:]), square, _when(keys[0])))
    return found


def _parts(found: Any, horizon: float | None) -> tuple[list[str], list[Any]]:
    """Return the parts by horizon, the primary's first; a binary outcome has one part and no horizon."""
    if not found:
        return [], []
    if isinstance(found, list) or "bins" in found or "edges" in found:
        return [""], [found]
    keys = sorted(found, key=lambda key: 0.0 if key == "risk" else float(key))
    chosen = f"{horizon:g}" if horizon is not None and f"{horizon:g}" in keys else keys[len(keys) // 2]
    ordered = [chosen, *(key for key in keys if key != chosen)]
    return ordered, [found[key] for key in ordered]


def _when(key: str) -> str:
    """Return "3 years" for a horizon, nothing for an outcome without one."""
    return formatting.horizon(float(key), reader.language()) if key not in ("", "risk") else ""


def _named(name: str, key: str) -> str:
    return f"{name}-{key}" if key else name


def _within(when: str) -> tuple[str, str]:
    return (f"{when} 안 ", f" within {when}") if when else ("", "")


def _calibration(found: dict[str, Any], key: str, when: str) -> Figure | None:
    if not found["bins"]:
        return None
    bins = [calibration.Bin(predicted, observed, low, high) for predicted, observed, low, high in found["bins"]]
    ko, en = _within(when)
    label = t(f"{ko}사건의 보정", f"Calibration of the event{en}")
    held = sum(one.low <= one.predicted <= one.high for one in bins)
    apart = max(bins, key=lambda one: abs(one.observed - one.predicted))
    predicted, observed = formatting.percent(apart.predicted), formatting.percent(apart.observed)
    finding = t(
        f"{len(bins)}개 무리 가운데 {held}개에서 구간이 예측을 품습니다. 가장 먼 곳에서는 {predicted}로 예측했고 {observed}를 관찰했습니다.",
        f"In {held} of {formatting.plural(len(bins), 'group')} the interval holds the prediction. Where they are furthest apart, "
        f"{predicted} was predicted and {observed} observed.",
    )
    smooth = [(predicted, observed) for predicted, observed in found.get("smooth") or ()]
    caption = t(
        "환자를 예측 확률에 따라 같은 크기로 나눠 예측의 평균과 관찰을 견줍니다. 세로선은 95% 신뢰구간이며, 파선에 가까울수록 잘 맞습니다. 사건이 5명보다 적거나 관찰이 모자란 무리는 그리지 않습니다.",
        "Patients in groups of like size by prediction: mean prediction against what was observed. Bars: 95% confidence intervals; the "
        "nearer to the dashed line the better. Groups with fewer than five events, or too few observed, are left out.",
    )
    if smooth:
        caption += t(" 실선은 다시 맞춘 매끈한 곡선입니다.", " The solid line is the smooth recalibration.")
    sizes = found.get("rows") or [None] * len(bins)
    ident = _named("calibration", key)
    axes = (t(f"{ko}사건의 예측 확률", f"Predicted probability{en}"), t("관찰", "Observed"))
    percent = formatting.percent
    return Figure(
        calibration.draw(Words(_ident(ident), label, finding), bins, (), axes, smooth),
        label,
        caption,
        (
            t("무리", "Group"),
            t("환자", "Patients"),
            t("예측", "Predicted"),
            t("관찰 (95% 신뢰구간)", "Observed (95% CI)"),
        ),
        tuple(
            (
                str(place),
                "–" if size is None else formatting.count(size),
                percent(one.predicted),
                f"{percent(one.observed)} ({percent(one.low)}–{percent(one.high)})",
            )
            for place, (size, one) in enumerate(zip(sizes, bins, strict=True), 1)
        ),
        name=ident,
        finding=finding,
        header=("series", "rows", "predicted", "observed", "low", "high"),
        numbers=(
            *(("group", size, *one) for size, one in zip(sizes, found["bins"], strict=True)),
            *(("smooth", None, predicted, observed, None, None) for predicted, observed in smooth),
        ),
    )


def _ident(name: str) -> str:
    # In an element's id a point would be read as the start of a class.
    return name.replace(".", "_")


def _distribution(found: dict[str, Any], key: str, when: str) -> Figure | None:
    edges, rows = found["edges"], [int(count) for count in found["rows"]]
    if not rows:
        return None
    shares = key != "risk"
    digits = svg.decimals_of([100 * edge for edge in edges] if shares else svg.ticks(edges[0], edges[-1]))

    def write(value: float) -> str:
        return formatting.percent(value, min(digits, 1)) if shares else formatting.number(value, digits)

    marks = svg.ticks(edges[0], edges[-1], 6)
    on_axis = svg.decimals_of([100 * mark for mark in marks] if shares else marks)

    def marked(value: float) -> str:
        return formatting.percent(value, on_axis) if shares else formatting.number(value, on_axis)

    total = sum(rows)
    reached = list(accumulate(rows))
    half, most = (
        next(place for place, count in enumerate(reached) if count >= share * total) for share in (0.5, SHARE)
    )
    ko, en = _within(when)
    label = t(f"{ko}사건의 예측 확률이 퍼진 모양", f"How the predictions of the event{en} are spread")
    if not shares:
        label = t("예측한 위험이 퍼진 모양", "How the predicted risks are spread")
    finding = t(
        f"적어도 환자의 절반은 예측이 {write(edges[half + 1])} 이하이고, 적어도 열에 하나는 {write(edges[most])} 이상입니다.",
        f"At least half of the patients have predictions of at most {write(edges[half + 1])}, and at least a tenth have "
        f"{write(edges[most])} or more.",
    )
    ident = _named("predictions", key)
    spans = list(zip(pairwise(edges), rows, strict=True))
    below = t(f"{ko}사건의 예측 확률", f"Predicted probability{en}") if shares else t("예측한 위험", "Predicted risk")
    return Figure(
        distribution.draw(Words(_ident(ident), label, finding), edges, rows, (below, t("환자", "Patients")), marked),
        label,
        t(
            "채점한 환자의 예측을 구간마다 셉니다. 10명보다 적은 구간은 이웃과 합치며, 합친 구간의 막대는 낮고 넓습니다.",
            "Predictions of the scored patients, counted by span. Spans with fewer than ten are joined to their neighbours, and the bar "
            "of joined spans is low and wide.",
        ),
        (t("예측", "Prediction"), t("환자", "Patients"), t("비율", "Share")),
        tuple(
            (
                f"{write(low)}–{write(high)}" if low >= 0 else f"{write(low)} ~ {write(high)}",
                formatting.count(count),
                formatting.percent(count / total),
            )
            for (low, high), count in spans
        ),
        name=ident,
        finding=finding,
        header=("from", "to", "rows"),
        numbers=tuple((low, high, count) for (low, high), count in spans),
    )


def _decision(found: Sequence[Sequence[float]], key: str, when: str) -> Figure | None:
    if len(found) < 3:
        return None
    points = [(at, own, everybody) for at, own, everybody in found]
    ko, en = _within(when)
    label = t(f"{ko}사건에 대한 결정 곡선", f"Decision curve for the event{en}")
    ident = _named("decision", key)
    finding = _better(points)
    names = (t("이 파일", "This file"), t("모두 치료", "treat all"), t("아무도 치료하지 않음", "treat none"))
    axes = (t("치료할 문턱 확률", "Threshold probability"), t("환자마다의 순이득", "Net benefit per patient"))
    return Figure(
        decision.draw(Words(_ident(ident), label, finding), points, names, axes),
        label,
        t(
            "문턱보다 위험이 높은 환자를 치료할 때, 옳게 치료한 환자의 비율에서 헛되이 치료한 환자를 문턱의 승산만큼 뺀 값입니다. 클수록 좋고, 위의 두 선보다 높은 곳에서만 모형이 쓸모 있습니다. 이웃한 문턱 사이에 사건이나 사건 없는 환자가 5명보다 적으면 그리지 않습니다.",
            "If patients above the threshold are treated: the share rightly treated, less the share treated in vain at the threshold’s "
            "odds. Higher is better, and a model is of use only where it lies above the two other lines. Thresholds are left out that "
            "would set apart fewer than five patients with, or without, the event.",
        ),
        (t("문턱", "Threshold"), names[0], names[1], names[2]),
        tuple(
            (
                formatting.percent(at, 0),
                formatting.number(own, 4),
                formatting.number(everybody, 4),
                formatting.number(0.0, 4),
            )
            for at, own, everybody in points
        ),
        name=ident,
        finding=finding,
        header=("threshold", "net_benefit", "net_benefit_treat_all", "net_benefit_treat_none"),
        numbers=tuple((at, own, everybody, 0.0) for at, own, everybody in points),
    )


def _better(points: Sequence[tuple[float, float, float]]) -> str:
    useful = [one for one in points if one[1] > max(one[2], 0.0)]
    if not useful:
        return t(
            "그린 어느 문턱에서도 모두 치료하거나 아무도 치료하지 않는 것보다 낫지 않습니다.",
            "At none of the thresholds shown is it better than treating everybody or nobody.",
        )
    best = max(useful, key=lambda one: one[1] - max(one[2], 0.0))
    first, last, at = (formatting.percent(value, 0) for value in (useful[0][0], useful[-1][0], best[0]))
    gain = formatting.number(1000 * (best[1] - max(best[2], 0.0)), 0)
    return t(
        f"문턱 {first}부터 {last} 사이에서 모두 치료하거나 아무도 치료하지 않는 것보다 낫습니다. 차이가 가장 큰 {at}에서 환자 1,000명에 {gain}명만큼 앞섭니다.",
        f"Between thresholds of {first} and {last} it is better than treating everybody or nobody; at {at}, where it gains most, by "
        f"{gain} in 1,000 patients.",
    )


def _roc(found: Sequence[Sequence[float]], key: str, when: str) -> Figure | None:
    if not found:
        return None
    points = [(alarm, sensitivity) for alarm, sensitivity in found]
    ko, en = _within(when)
    label = t(f"{ko}사건의 ROC 곡선", f"ROC curve of the event{en}")
    ident = _named("roc", key)
    alarm, sensitivity = min(points[1:-1], key=lambda one: abs(one[0] - NEAR))
    false, true = formatting.percent(alarm, 0), formatting.percent(sensitivity, 0)
    finding = t(
        f"사건 없는 환자의 {false}를 헛되이 짚을 때 사건이 있는 환자의 {true}를 찾아냅니다.",
        f"Where it flags {false} of the patients without the event in vain, it finds {true} of those with it.",
    )
    axes = (t("헛되이 짚은 비율", "False alarms"), t("찾아낸 비율", "Events found"))
    return Figure(
        roc.draw(Words(_ident(ident), label, finding), points, axes),
        label,
        t(
            "가장 높은 예측부터 차례로 짚어 갈 때 찾아낸 비율(민감도)과 헛되이 짚은 비율(1 − 특이도)입니다. 파선은 우연이고, 왼쪽 위에 가까울수록 좋습니다. 점 사이마다 적어도 10명, 사건이 있는 환자와 없는 환자가 5명씩 있습니다.",
            "Flagging from the highest prediction downwards: events found (sensitivity) against false alarms (1 − specificity). The dashed "
            "line is chance; nearer to the upper left is better. Between two points lie at least ten patients, five with the event and "
            "five without.",
        ),
        (axes[0], axes[1]),
        tuple((formatting.percent(false_, 1), formatting.percent(true_, 1)) for false_, true_ in points),
        name=ident,
        finding=finding,
        header=("false_positive_rate", "sensitivity"),
        numbers=tuple(points),
    )
