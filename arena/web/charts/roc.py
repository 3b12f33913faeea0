"""ROC curves in a square: how many with the event are found for how many false alarms."""

from collections.abc import Sequence

from markupsafe import Markup

from arena.web import formatting
from arena.web.charts import svg


def draw(words: svg.Words, points: Sequence[tuple[float, float]], axes: tuple[str, str]) -> Markup:
    """Return the curve over the diagonal of chance; `axes` are the words below and above."""
    x, y = svg.Scale(0.0, 1.0), svg.Scale(0.0, 1.0, downwards=True)
    parts: list[Markup] = []
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        if mark:
            parts.append(svg.line(0, y.at(mark), 100, y.at(mark), "grid"))
            parts.append(svg.line(x.at(mark), 0, x.at(mark), 100, "grid"))
        parts.append(svg.text(0, y.at(mark), formatting.percent(mark, 0), "e", dx=-8))
    parts.append(svg.line(0, 100, 100, 0, "refd"))
    parts.append(svg.curves(svg.path([(x.at(alarm), y.at(found)) for alarm, found in points], "line you")))
    parts += [svg.line(0, 0, 0, 100, "axis"), svg.line(0, 100, 100, 100, "axis")]
    parts += [
        svg.text(x.at(mark), 100, formatting.percent(mark, 0), "m", dy=18) for mark in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    parts += [svg.text(100, 100, axes[0], "e strong", dy=38), svg.text(0, 0, axes[1], "strong", dx=-36, dy=-18)]
    return svg.plot(words, "h-sq two-line top", *parts)
