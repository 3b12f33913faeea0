"""What the overview shows of the training patients' outcomes: how many had their event over time."""

from collections.abc import Iterator

from arena import datasets
from arena.datasets import Point
from arena.hosting import Hosted
from arena.web import formatting, reader
from arena.web.charts import survival
from arena.web.charts.svg import Words
from arena.web.rendering import t
from arena.web.report_curves import Figure
from arena.web.site import site

YEARS = (1, 2, 3, 5, 10)


def outcomes(hosted: Hosted) -> Figure | None:
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
    of_training = t(f"그림 1. 학습 환자에서 {title}.", f"Figure 1. {title} in the training patients.")
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
