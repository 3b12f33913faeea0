"""The few marks that every chart is made of, and the grammar they follow.

An `<svg>` here has no viewBox: it is the plot area itself. Positions are percentages of it, sizes are pixels, so
text keeps its size at any width; only curves live in a nested `<svg>` that is stretched. Labels hang outside, in
the padding of `.plot`. Colours, strokes and heights are classes: a style attribute would break the page's policy.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

Position = float | str


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart shows and what it finds, for those who do not see it; `ident` is unique on its page."""

    ident: str
    title: str
    finding: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value lies between two ends, as a percentage of the plot."""

    low: float
    high: float
    downwards: bool = False

    def at(self, value: float) -> float:
        """Return the position of `value` in percent."""
        share = (value - self.low) / (self.high - self.low)
        return 100 * (1 - share if self.downwards else share)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return about so many round values within [low, high]."""
    raw = (high - low) / max(1, about - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.7)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def decimals_of(values: Sequence[float]) -> int:
    """Return how many decimals tell round values apart."""
    for digits in range(7):
        if all(abs(value - round(value, digits)) < 1e-9 for value in values):
            return digits
    return 7


def padded(values: Iterable[float], share: float = 0.08) -> tuple[float, float]:
    """Return the range of the values with a little air at both ends."""
    kept = list(values)
    low, high = min(kept), max(kept)
    air = (high - low) * share or abs(high) * share or 0.1
    return low - air, high + air


def element(name: str, content: str | Markup = "", **attributes: object) -> Markup:
    """Return one element; `class_` is class, underscores are hyphens, an attribute of None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    inner = escape(content)
    # A leaderboard draws thousands of these, so they are joined as strings; every value above is escaped.
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704


def place(value: Position) -> str:
    """Write a position: numbers are percentages, strings stay as they are."""
    if isinstance(value, str):
        return value
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".") + "%"


def line(x1: Position, y1: Position, x2: Position, y2: Position, kind: str) -> Markup:
    """Return a straight line."""
    return element("line", class_=kind, x1=place(x1), y1=place(y1), x2=place(x2), y2=place(y2))


def text(x: Position, y: Position, label: str, kind: str = "", *, dx: float = 0, dy: float = 0) -> Markup:
    """Return a label; kinds: strong, you, muted; m and e anchor it at its middle and end."""
    return element("text", label, x=place(x), y=place(y), dx=dx or None, dy=dy or None, class_=kind or None)


def dot(cx: Position, cy: Position, kind: str = "dot", r: float = 5, lift: float = 0) -> Markup:
    """Return a dot; `lift` moves it up by pixels."""
    moved = f"translate(0 {-lift:g})" if lift else None
    return element("circle", class_=kind, cx=place(cx), cy=place(cy), r=f"{r:g}", transform=moved)


def rect(x: Position, y: Position, width: float, height: Position, kind: str) -> Markup:
    """Return a bar or band."""
    return element("rect", class_=kind, x=place(x), y=place(y), width=place(max(0.0, width)), height=place(height))


def curves(*paths: Markup) -> Markup:
    """Return the stretched inner plot in which paths are drawn on a 1000 × 1000 grid."""
    joined = Markup().join(paths)
    return element("svg", joined, width="100%", height="100%", viewBox="0 0 1000 1000", preserveAspectRatio="none")


def path(points: Sequence[tuple[float, float]], kind: str, *, steps: bool = False, close: bool = False) -> Markup:
    """Return a path through points given in percent; with `steps` each value holds until the next point."""
    if not points:
        return Markup()
    parts = [f"M{_grid(points[0][0])} {_grid(points[0][1])}"]
    for x, y in points[1:]:
        parts.append(f"H{_grid(x)}V{_grid(y)}" if steps else f"L{_grid(x)} {_grid(y)}")
    return element("path", class_=kind, d="".join(parts) + ("Z" if close else ""))


def step_outline(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of a step function, so that a band between two of them can be outlined."""
    corners: list[tuple[float, float]] = []
    for x, y in points:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners


def plot(words: Words, kind: str, *parts: Markup) -> Markup:
    """Return a whole chart: what it shows is its title, what it finds is its description."""
    told = element("title", words.title, id=f"{words.ident}-t") + element("desc", words.finding, id=f"{words.ident}-d")
    labelled = f"{words.ident}-t {words.ident}-d"
    drawn = element("svg", told + Markup().join(parts), role="img", aria_labelledby=labelled)
    return element("div", drawn, class_=f"plot {kind}".strip())


def silent(*parts: Markup, kind: str = "") -> Markup:
    """Return a small chart inside a table's cell: the cells beside it hold the numbers."""
    return element("svg", Markup().join(parts), aria_hidden="true", focusable="false", class_=kind or None)


def _grid(percentage: float) -> str:
    return f"{percentage * 10:.1f}".removesuffix(".0")
