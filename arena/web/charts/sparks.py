"""Distributions small enough for a table's row."""

from collections.abc import Sequence

from markupsafe import Markup

from arena.web.charts import svg

WIDTH, HEIGHT = 100.0, 24.0


def histogram(counts: Sequence[int]) -> Markup:
    """Return bars for counts in equal bins."""
    tallest = max(counts, default=0)
    pitch = WIDTH / max(1, len(counts))
    bars = [
        _bar(index * pitch, pitch * 0.84, (HEIGHT - 2) * count / tallest if tallest else 0.0)
        for index, count in enumerate(counts)
    ]
    return _spark(bars)


def shares(counts: Sequence[int]) -> Markup:
    """Return one bar cut into the shares of categories, in alternating tones."""
    total = sum(counts) or 1
    at, bars = 0.0, []
    for index, count in enumerate(counts):
        width = WIDTH * count / total
        bars.append(_bar(at, max(0.0, width - 0.8), 12.0, lift=4.0, kind="bar alt" if index % 2 else "bar"))
        at += width
    return _spark(bars)


def part(count: int, most: int) -> Markup:
    """Return one bar as long as its part of the largest count."""
    return _spark([_bar(0, WIDTH * count / most if most else 0.0, 12.0, lift=6.0)])


def _bar(x: float, width: float, height: float, *, lift: float = 0.0, kind: str = "bar") -> Markup:
    top = HEIGHT - lift - height
    return svg.element("rect", class_=kind, x=f"{x:.1f}", y=f"{top:.1f}", width=f"{width:.1f}", height=f"{height:.1f}")


def _spark(bars: Sequence[Markup]) -> Markup:
    joined = Markup().join(bars)
    return svg.element(
        "svg",
        joined,
        class_="spark",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )
