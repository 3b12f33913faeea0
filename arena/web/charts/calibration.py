"""Calibration: what was predicted against what was observed, in a square, with the predictions' distribution below."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from arena.web import formatting
from arena.web.charts import svg


@dataclass(frozen=True, slots=True)
class Bin:
    """One group of predictions of like size: their mean, and what was observed, with its interval."""

    predicted: float
    observed: float
    low: float
    high: float


def draw(
    words: svg.Words,
    bins: Sequence[Bin],
    histogram: Sequence[int],
    axes: tuple[str, str],
    smooth: Sequence[tuple[float, float]] = (),
) -> Markup:
    """Return the square; `axes` are the words for predicted (below) and observed (above); the histogram spans 0 to the end.

    `smooth` is the fitted curve, (predicted, observed), drawn as far as the square reaches.
    """
    end = _ceiling(max(max(bin_.predicted, bin_.high) for bin_ in bins))
    x, y = svg.Scale(0, end), svg.Scale(0, end, downwards=True)
    marks = [mark for mark in svg.ticks(0, end, 5) if mark <= end]
    parts: list[Markup] = []
    for mark in marks:
        if mark:
            parts.append(svg.line(0, y.at(mark), 100, y.at(mark), "grid"))
            parts.append(svg.line(x.at(mark), 0, x.at(mark), 100, "grid"))
        parts.append(svg.text(0, y.at(mark), formatting.percent(mark, 0), "e", dx=-8))
    tallest = max(histogram, default=0)
    width = 100 / max(1, len(histogram))
    for index, number in enumerate(histogram):
        height = 16 * number / tallest if tallest else 0.0
        parts.append(svg.rect(index * width, 100 - height, width * 0.86, height, "bar faint"))
    parts.append(svg.line(0, 100, 100, 0, "refd"))
    inside = [(x.at(predicted), y.at(observed)) for predicted, observed in smooth if max(predicted, observed) <= end]
    if inside:
        parts.append(svg.curves(svg.path(inside, "line you")))
    for bin_ in bins:
        parts.append(svg.line(x.at(bin_.predicted), y.at(bin_.low), x.at(bin_.predicted), y.at(bin_.high), "whisker"))
        parts.append(svg.dot(x.at(bin_.predicted), y.at(bin_.observed), r=4.5))
    parts += [svg.line(0, 0, 0, 100, "axis"), svg.line(0, 100, 100, 100, "axis")]
    parts += [svg.text(x.at(mark), 100, formatting.percent(mark, 0), "m", dy=18) for mark in marks]
    parts += [svg.text(100, 100, axes[0], "e strong", dy=38), svg.text(0, 0, axes[1], "strong", dx=-36, dy=-18)]
    return svg.plot(words, "h-sq two-line top", *parts)


def _ceiling(highest: float) -> float:
    return next((end for end in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8) if highest <= end), 1.0)
