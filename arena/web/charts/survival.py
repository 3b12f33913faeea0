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
    """One group's curve: steps (time, survival, low, high), predicted means (time, survival), at risk (time, number)."""

    name: str
    steps: tuple[tuple[float, float, float, float], ...]
    predicted: tuple[tuple[float, float], ...] = ()
    at_risk: tuple[tuple[float, int | None], ...] = ()


def draw(words: svg.Words, groups: Sequence[Group], unit: str, at_risk: str) -> Markup:
    """Return the curves in the order of `groups` (low, middle, high risk); names stand at the ends of their lines."""
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
        parts += [svg.dot(x.at(at), y.at(value), f"dot open g{number}", r=4.5) for at, value in group.predicted]
        parts.append(svg.text(100, top, group.name, f"g{number}", dx=10))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    years = [year for year in range(int(last // 365) + 1) if year % max(1, int(last // 365) // 5) == 0]
    parts += [svg.text(x.at(365 * year), 100, str(year), "m", dy=18) for year in years]
    parts.append(svg.text(100, 100, unit, "e strong", dy=38))
    if any(group.at_risk for group in groups):
        parts.append(svg.text(0, 100, at_risk, "strong", dx=-40, dy=62))
        for number, group in enumerate(groups, 1):
            for at, left in group.at_risk:
                shown = "·" if left is None else formatting.count(left)
                parts.append(
                    svg.text(x.at(at), 100, shown, f"m g{number}" if at else f"g{number} m", dy=62 + 20 * number)
                )
    return svg.plot(words, "h-l key-right risk", *parts)


def cumulative(words: svg.Words, groups: Sequence[Group], unit: str, label: str, *, ceiling: float) -> Markup:
    """Return how many have had the event over time, from zero; steps are (time, share, low, high).

    One curve stands alone; several, in the order of `groups`, have their names at the ends of their lines. Where low and high are
    the share itself there is no band.
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
        parts += [svg.dot(x.at(at), y.at(value), f"dot open g{number}", r=4.5) for at, value in group.predicted]
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    parts += [svg.text(x.at(365 * year), 100, str(year), "m", dy=18) for year in range(int(last // 365) + 1)]
    parts.append(svg.text(100, 100, unit, "e", dy=38))
    parts.append(svg.text(0, 0, label, "strong", dx=-36, dy=-18))
    return svg.plot(words, f"h-m two-line top{' key-right' * (several and not inside)}", *parts)


def _curve(group: Group, x: svg.Scale, y: svg.Scale, number: int) -> list[Markup]:
    kind = f" g{number}" if number else ""
    upper = svg.step_outline([(x.at(at), y.at(high)) for at, _, _, high in group.steps])
    lower = svg.step_outline([(x.at(at), y.at(low)) for at, _, low, _ in group.steps])
    centre = [(x.at(at), y.at(value)) for at, value, _, _ in group.steps]
    return [
        svg.path([*upper, *reversed(lower)], f"band{kind}", close=True),
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
