"""Decision curves: net benefit over thresholds, beside treating everybody and treating nobody."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from arena.web import formatting
from arena.web.charts import svg

Point = tuple[float, float, float]  # threshold, net benefit, net benefit of treating everybody
BELOW = 0.25  # of what lies above zero: treating everybody falls without end


def draw(words: svg.Words, points: Sequence[Point], names: tuple[str, str, str], axes: tuple[str, str]) -> Markup:
    """Return the curves; `names` are (own, everybody, nobody), `axes` the words below and above."""
    highest = max(value for _, *values in points for value in values)
    lowest = -BELOW * highest if highest > 0 else min(value for _, value, _ in points)
    last = points[-1][0]
    x, y = svg.Scale(0.0, last), svg.Scale(lowest, highest * 1.04 if highest > 0 else 0.01, downwards=True)
    marks = svg.ticks(y.low, y.high, 5)
    digits = svg.decimals_of(marks)
    parts: list[Markup] = []
    for mark in marks:
        parts.append(svg.line(0, y.at(mark), 100, y.at(mark), "grid" if mark else "refd"))
        parts.append(svg.text(0, y.at(mark), formatting.number(mark, digits), "e", dx=-8))
    own = [(x.at(at), y.at(max(value, lowest))) for at, value, _ in points]
    everybody = [(x.at(at), y.at(value)) for at, value in _down_to(lowest, points)]
    parts.append(svg.curves(svg.path(everybody, "soft"), svg.path(own, "line you")))
    parts += [svg.text(x.at(mark), 100, formatting.percent(mark, 0), "m", dy=18) for mark in svg.ticks(0.0, last, 6)]
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    parts.append(svg.text(100, own[-1][1], names[0], "you", dx=10))
    if len(everybody) > 1:
        left, top = everybody[-1]
        parts.append(
            svg.text(left, top, names[1], "e halo" if left > 60 else "halo", dx=-8 if left > 60 else 8, dy=-12)
        )
    parts.append(svg.text(100, y.at(0.0), names[2], "e halo", dx=-2, dy=12))
    parts.append(svg.text(100, 100, axes[0], "e", dy=38))
    parts.append(svg.text(0, 0, axes[1], "strong", dx=-44, dy=-18))
    return svg.plot(words, "h-m key-right two-line top benefit", *parts)


def _down_to(lowest: float, points: Sequence[Point]) -> list[tuple[float, float]]:
    """Return the line of treating everybody as far as it stays in the plot, with the place where it leaves."""
    found = [(points[0][0], points[0][2])]
    for (before, _, upper), (at, _, lower) in pairwise(points):
        if lower < lowest:
            return [*found, (before + (at - before) * (upper - lowest) / (upper - lower), lowest)]
        found.append((at, lower))
    return found
