"""How predictions are spread: bars whose area is the number of patients, since spans that held too few are joined."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from markupsafe import Markup

from arena.web.charts import svg


def draw(
    words: svg.Words,
    edges: Sequence[float],
    rows: Sequence[int],
    axes: tuple[str, str],
    write: Callable[[float], str],
) -> Markup:
    """Return the bars; `axes` are the words below and above, `write` names a place on the axis below."""
    x = svg.Scale(edges[0], edges[-1])
    narrowest = min(high - low for low, high in pairwise(edges))
    heights = [count * narrowest / (high - low) for count, (low, high) in zip(rows, pairwise(edges), strict=True)]
    tallest = max(heights)
    y = svg.Scale(0.0, tallest * 1.05 or 1.0, downwards=True)
    marks = [mark for mark in svg.ticks(0.0, tallest or 1.0, 4) if mark == int(mark)]
    parts: list[Markup] = []
    for mark in marks:
        parts.append(svg.line(0, y.at(mark), 100, y.at(mark), "grid"))
        parts.append(svg.text(0, y.at(mark), f"{int(mark):,}", "e", dx=-8))
    for height, (low, high) in zip(heights, pairwise(edges), strict=True):
        if height:
            left, right = x.at(low), x.at(high)
            parts.append(svg.rect(left, y.at(height), (right - left) * 0.96, 100 - y.at(height), "bar"))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    parts += [svg.text(x.at(mark), 100, write(mark), "m", dy=18) for mark in svg.ticks(edges[0], edges[-1], 6)]
    parts.append(svg.text(100, 100, axes[0], "e", dy=38))
    parts.append(svg.text(0, 0, axes[1], "strong", dx=-44, dy=-18))
    return svg.plot(words, "h-s two-line top spread", *parts)
