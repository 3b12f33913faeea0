"""Values with their intervals: a leaderboard's rows, a forest of named rows, a shown score on its grid."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from arena.web import formatting
from arena.web.charts import svg

GRID = "board-grid"
MOST_LETTERS = 21  # of a row's name, before the names need a wider margin
MOST_DOTS = 7  # more on top of each other than the plot is high become bars
NAMES = {"you": "you", "head": "strong"}


@dataclass(frozen=True, slots=True)
class Row:
    """One named value; kind is "you", "base" (a baseline), "head" (a name over the rows below) or empty.

    Where there is no value, `note` says why.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    kind: str = ""
    note: str = ""
    truth: float | None = None  # where it is known and may be shown, marked upright


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis that all rows of a leaderboard share; `zero` is where a difference, or the reference, stands."""

    scale: svg.Scale
    marks: tuple[float, ...]
    zero: float | None = None

    @classmethod
    def over(cls, rows: Sequence[Row], *, zero: float | None = None) -> "Axis":
        """Return an axis that holds every value and interval of these rows; what lies beyond is marked at its end."""
        seen = [bound for row in rows for bound in (row.value, row.low, row.high) if bound is not None]
        if zero is not None:
            seen.append(zero)
        low, high = svg.padded(seen or [0.0, 1.0])
        # Where there is nothing to read off, no scale is drawn: an invented one from 0 to 1 would say something.
        return cls(svg.Scale(low, high), tuple(svg.ticks(low, high)) if seen else (), zero)


def board_axis(axis: Axis, *, differences: bool = False) -> Markup:
    """Return the axis in a leaderboard's head; it also defines the grid that every row below draws again."""
    digits = svg.decimals_of(axis.marks) if axis.marks else 0
    write = formatting.signed if differences else formatting.number
    last = len(axis.marks) - 1
    grid = [svg.line(axis.scale.at(mark), "-1", axis.scale.at(mark), "102%", "grid") for mark in axis.marks]
    if axis.zero is not None:
        grid.append(svg.line(axis.scale.at(axis.zero), "-1", axis.scale.at(axis.zero), "102%", "refd"))
    labels = (
        svg.text(axis.scale.at(mark), "60%", write(mark, digits), "m mid" if 0 < index < last and mark else "m")
        for index, mark in enumerate(axis.marks)
    )
    return svg.silent(svg.element("defs", svg.element("g", Markup().join(grid), id=GRID)), *labels)


def board_cell(axis: Axis, row: Row | None, band: tuple[float, float] | None = None) -> Markup:
    """Return one row's interval over the grid that runs through the whole table; without a row, the grid only."""
    parts = []
    if band is not None:
        low, high = (axis.scale.at(bound) for bound in band)
        parts.append(svg.rect(low, "-1", high - low, "105%", "tieband"))
    parts.append(svg.element("use", href=f"#{GRID}"))
    if row is not None:
        parts += _mark(axis.scale, row, "50%")
    return svg.silent(*parts)


def forest(
    words: svg.Words, rows: Sequence[Row], axis_label: str, *, decimals: int = 3, differences: bool = False
) -> Markup:
    """Return named rows under one axis, one value and interval each; differences are signed, and a line marks 0."""
    axis = Axis.over([*rows, *(Row("", row.truth) for row in rows)], zero=0.0 if differences else None)
    digits = svg.decimals_of(axis.marks) if axis.marks else 0
    write = formatting.signed if differences else formatting.number
    parts = [svg.line(axis.scale.at(mark), 0, axis.scale.at(mark), 100, "grid") for mark in axis.marks]
    if differences:
        parts.append(svg.line(axis.scale.at(0.0), 0, axis.scale.at(0.0), 100, "refd"))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    parts += [
        svg.text(axis.scale.at(mark), 100, write(mark, digits), "m" if index % 2 == 0 else "m wide", dy=18)
        for index, mark in enumerate(axis.marks)
    ]
    parts.append(svg.text(100, 100, axis_label, "e", dy=38))
    for index, row in enumerate(rows):
        y = 100 * (index + 0.5) / len(rows)
        parts.append(svg.text(0, y, row.name, f"e name {NAMES.get(row.kind, '')}".strip(), dx=-12))
        if row.note:
            parts.append(svg.text(0, y, row.note, dx=10))
        if row.value is not None:
            parts += _mark(axis.scale, row, svg.place(y))
            end = axis.scale.at(row.high if row.high is not None else row.value)
            kind = "halo wide you" if row.kind == "you" else "halo wide"
            if row.truth is not None:
                at, half = axis.scale.at(row.truth), 34 / len(rows)
                parts.append(svg.line(at, y - half, at, y + half, "truth"))
                end = max(end, at)
            parts.append(svg.text(end, y, write(row.value, decimals), kind, dx=10))
    height = (
        "h-s"
        if len(rows) <= 4
        else "h-m"
        if len(rows) <= 9
        else "h-l"
        if len(rows) <= 14
        else "h-xl"
        if len(rows) <= 22
        else "h-xxl"
    )
    long = " long" if max((_wide(row.name) for row in rows), default=0) > MOST_LETTERS else ""
    return svg.plot(words, f"{height} names{long} two-line", *parts)


@dataclass(frozen=True, slots=True)
class Shown:
    """A shown score: the value, the step it is rounded to, the standard error common to all teams."""

    value: float | None
    step: float
    se: float
    reference: float


def shown_on_grid(
    words: svg.Words, shown: Shown, names: tuple[str, str, str], axis_label: str, *, decimals: int
) -> Markup:
    """Return a shown score on the ticks of its grid, beside the reference baseline; `names` are (own, reference, its short form)."""
    value = shown.reference if shown.value is None else shown.value
    low = min(shown.reference, value - shown.se) - shown.step
    high = max(shown.reference, value + shown.se) + shown.step
    scale = svg.Scale(low, high)
    first = int((low - shown.reference) // shown.step) + 1
    last = int((high - shown.reference) // shown.step)
    stride = max(1, -(-(last - first + 1) // 8))
    parts = [svg.line(0, 100, 100, 100, "axis")]
    for index in range(first, last + 1):
        mark = shown.reference + index * shown.step
        x, here = scale.at(mark), abs(mark - value) < shown.step / 2
        parts.append(svg.line(x, 88, x, 112, "tick"))
        if here or index % stride == 0:
            kind = "m strong" if here else "m" if index == 0 else "m wide"
            parts.append(svg.text(x, 100, formatting.number(mark, decimals), kind, dy=22))
    base, own = scale.at(shown.reference), scale.at(value)
    parts.append(svg.line(base, 10, base, 100, "refd"))
    side = "e" if own >= base else ""
    # On a phone the reference's value is left to the axis below it.
    parts.append(svg.text(base, 10, names[1], f"{side} wide".strip(), dx=-8 if side else 8, dy=-2))
    parts.append(svg.text(base, 10, names[2], f"{side} narrow".strip(), dx=-6 if side else 6, dy=-2))
    if shown.value is not None:
        parts += _mark(scale, Row("", value, value - shown.se, value + shown.se, "you"), "55%", r=6.5)
        parts.append(
            svg.text(own, 10, names[0], "you halo", dx=8, dy=-2)
            if side
            else svg.text(own, 10, names[0], "you halo e", dx=-8, dy=-2)
        )
    parts.append(svg.text(100, 100, axis_label, "e", dy=42))
    return svg.plot(words, "grid-line two-line", *parts)


def stacked(
    words: svg.Words,
    values: Sequence[tuple[float, bool]],
    own: str,
    reference: tuple[float, str],
    axis_label: str,
    *,
    step: float,
) -> Markup:
    """Return every team's shown value as one dot on top of its equals, or as bars where they are many; (value, is it mine)."""
    low, high = svg.padded([value for value, _ in values] + [reference[0]], 0.12)
    scale = svg.Scale(min(low, reference[0] - step), max(high, reference[0] + step))
    marks = svg.ticks(scale.low, scale.high)
    base = scale.at(reference[0])
    parts = [
        svg.line(base, 0, base, 100, "refd"),
        svg.text(base, 0, reference[1], "e" if base > 30 else "", dx=-6 if base > 30 else 6, dy=6),
    ]
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    parts += [
        svg.text(scale.at(mark), 100, formatting.number(mark, svg.decimals_of(marks)), "m", dy=18) for mark in marks
    ]
    parts.append(svg.text(100, 100, axis_label, "e", dy=36))
    counts = Counter(value for value, _ in values)
    tallest = max(counts.values(), default=1)
    mine = next((value for value, is_mine in values if is_mine), None)
    if tallest > MOST_DOTS:
        width = max(0.4, 60 * step / (scale.high - scale.low))
        for value, number in counts.items():
            height = 80 * number / tallest
            kind = "bar you" if value == mine else "bar"
            parts.append(svg.rect(scale.at(value) - width / 2, 100 - height, width, height, kind))
        lift = 0.8 * 128 * counts.get(mine, 0) / tallest if mine is not None else 0.0
    else:
        for value, number in counts.items():
            for level in range(number):
                top = level == number - 1 and value == mine
                parts.append(svg.dot(scale.at(value), 100, "you dot" if top else "dot", r=7, lift=10 + 17 * level))
        lift = 17 * counts.get(mine, 1) - 7 if mine is not None else 0.0
    if mine is not None:
        x = scale.at(mine)
        parts.append(svg.text(x, 100, own, "you halo" if x < 70 else "you halo e", dx=14 if x < 70 else -14, dy=-lift))
    return svg.plot(words, "h-s bare two-line", *parts)


def _wide(text: str) -> int:
    """Return how wide a name is in Latin letters; a Korean one is nearly two of them wide."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _mark(scale: svg.Scale, row: Row, y: str, r: float = 5) -> list[Markup]:
    kind = f" {row.kind}" if row.kind else ""
    parts = []
    if row.low is not None and row.high is not None and scale.at(row.high) > 0 and scale.at(row.low) < 100:
        low, high = (min(100.0, max(0.0, scale.at(bound))) for bound in (row.low, row.high))
        parts.append(svg.line(low, y, high, y, f"whisker{kind}"))
    if row.value is not None:
        x = scale.at(row.value)
        if 0 <= x <= 100:
            parts.append(svg.dot(x, y, f"dot{kind}", r=r + 0.5 if row.kind == "you" else r))
        else:
            parts.append(svg.text(0 if x < 0 else 100, y, "◂" if x < 0 else "▸", "off m"))
    return parts
