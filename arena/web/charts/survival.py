"""Kaplan–Meier curves by group, with bands, predicted means and numbers at risk on the same axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from arena.web import formatting
from arena.web.charts import svg

LONGEST_BESIDE = 9


@dataclass(frozen=True, slots=True)
class Group:
    """One group's curve: steps (time, level, low, high), predicted means (time, level), at risk (time, number)."""

    name: str
    steps: tuple[tuple[float, float, float, float], ...]
    predicted: tuple[tuple[float, float], ...] = ()
    at_risk: tuple[tuple[float, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Time:
    """The axis of time: where its marks stand and how they are written, and the words at its end."""

    unit: str
    marks: tuple[tuple[float, str], ...]


def years(last: float, unit: str) -> Time:
    """Return an axis in years of 365 days."""
    stride = max(1, int(last // 365) // 5)
    whole = [year for year in range(int(last // 365) + 1) if year % stride == 0]
    return Time(unit, tuple((365.0 * year, str(year)) for year in whole))


def draw(words: svg.Words, groups: Sequence[Group], time: Time | str, at_risk: str) -> Markup:
    """Return the curves in the order of `groups` (low, middle, high risk); names stand at the ends of their lines.

    `time` may be the words alone; the axis is then in years.
    """
    last = max(group.steps[-1][0] for group in groups)
    x, y = svg.Scale(0, last), svg.Scale(0, 1, downwards=True)
    parts: list[Markup] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        if share:
            parts.append(svg.line(0, y.at(share), 100, y.at(share), "grid"))
        parts.append(svg.text(0, y.at(share), formatting.percent(share, 0), "e", dx=-8))
    parts.append(svg.curves(*(mark for number, group in enumerate(groups, 1) for mark in _curve(group, x, y, number))))
    for number, (group, top) in enumerate(
        zip(groups, _apart([y.at(group.steps[-1][1]) for group in groups]), strict=True), 1
    ):
        parts += _predicted(group, x, y, number)
        parts.append(svg.text(100, top, group.name, f"g{number}", dx=10))
    parts += _foot(groups, x, years(last, time) if isinstance(time, str) else time, at_risk)
    return svg.plot(words, "h-l key-right risk", *parts)


def _predicted(group: Group, x: svg.Scale, y: svg.Scale, number: int) -> list[Markup]:
    return [svg.dot(x.at(at), y.at(value), f"dot open g{number}", r=4.5) for at, value in group.predicted]


def _foot(groups: Sequence[Group], x: svg.Scale, time: Time, at_risk: str) -> list[Markup]:
    """Return the axis of time and, under the same places, how many are still at risk."""
    parts = [svg.line(0, 100, 100, 100, "axis")]
    parts += [svg.text(x.at(at), 100, label, "m", dy=18) for at, label in time.marks if at <= x.high * 1.0001]
    parts.append(svg.text(100, 100, time.unit, "e strong", dy=38))
    if not any(group.at_risk for group in groups):
        return parts
    parts.append(svg.text(0, 100, at_risk, "strong", dx=-64, dy=62))
    for number, group in enumerate(groups, 1):
        height = 62 + 20 * number
        parts.append(svg.text(0, 100, group.name, f"e g{number}", dx=-24, dy=height))
        many = len(group.at_risk) > 4
        for place, (at, left) in enumerate(group.at_risk):
            shown = "·" if left is None else formatting.count(left)
            # On a phone there is no room for every year: the ends and every second one stay.
            wide = " wide" if many and place % 2 and place != len(group.at_risk) - 1 else ""
            parts.append(svg.text(x.at(min(at, x.high)), 100, shown, f"m g{number}{wide}", dy=height))
    return parts


def cumulative(
    words: svg.Words, groups: Sequence[Group], time: Time | str, label: str, *, ceiling: float, at_risk: str = ""
) -> Markup:
    """Return how many have had the event over time, from zero; steps are (time, share, low, high).

    One curve stands alone; several, in the order of `groups`, have their names at the ends of their lines. Where low and high are
    the share itself there is no band. `time` may be the words alone; the axis is then in years.
    """
    last = max(group.steps[-1][0] for group in groups)
    x, y = svg.Scale(0, last), svg.Scale(0, ceiling, downwards=True)
    parts: list[Markup] = []
    for mark in svg.ticks(0, ceiling, 4):
        parts.append(svg.line(0, y.at(mark), 100, y.at(mark), "grid"))
        parts.append(svg.text(0, y.at(mark), formatting.percent(mark, 0), "e", dx=-8))
    several = len(groups) > 1
    parts.append(
        svg.curves(*(mark for number, group in enumerate(groups, 1) for mark in _curve(group, x, y, number * several)))
    )
    # A long name has no room beside the plot of a phone: it lies on the plot, over the end of its line.
    inside = max(_width(group.name) for group in groups) > LONGEST_BESIDE
    if several:
        ends = _apart([y.at(group.steps[-1][1]) for group in groups], 9.0 if inside else 6.0)
        kind, moved = ("e halo ", {"dx": -2, "dy": -12}) if inside else ("", {"dx": 10})
        parts += [
            svg.text(100, top, group.name, f"{kind}g{number}", **moved)
            for number, (group, top) in enumerate(zip(groups, ends, strict=True), 1)
        ]
    for number, group in enumerate(groups, 1):
        parts += _predicted(group, x, y, number)
    under = any(group.at_risk for group in groups)
    parts += _foot(groups, x, years(last, time) if isinstance(time, str) else time, at_risk)
    parts.append(svg.text(0, 0, label, "strong", dx=-36, dy=-18))
    kind = "h-l risk" if under else "h-m two-line"
    return svg.plot(words, f"{kind} top{' key-right' * (several and not inside)}", *parts)


def _curve(group: Group, x: svg.Scale, y: svg.Scale, number: int) -> list[Markup]:
    kind = f" g{number}" if number else ""
    upper = svg.step_outline([(x.at(at), y.at(high)) for at, _, _, high in group.steps])
    lower = svg.step_outline([(x.at(at), y.at(low)) for at, _, low, _ in group.steps])
    centre = [(x.at(at), y.at(value)) for at, value, _, _ in group.steps]
    start = [(0.0, centre[0][1])] if centre else []
    means = [(x.at(at), y.at(value)) for at, value in group.predicted]
    return [
        svg.path([*upper, *reversed(lower)], f"band{kind}", close=True),
        svg.path([*start, *means] if means else [], f"pred{kind}"),
        svg.path(centre, f"line{kind}", steps=True),
    ]


def _width(name: str) -> int:
    return sum(2 if "가" <= sign <= "힣" else 1 for sign in name)


def _apart(tops: Sequence[float], gap: float = 6.0) -> list[float]:
    # Names at the line's ends must not lie on each other: push each below the one above it.
    placed = list(tops)
    order = sorted(range(len(tops)), key=lambda index: tops[index])
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + gap)
    return placed
