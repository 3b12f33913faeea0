"""How sure ranks are: their frequencies over resamples, who is significantly better than whom, how other rules would rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from arena.web.charts import svg

LARGEST_BLOB = 11.0
# A phone has room for the first, the last and a few between.
WIDE_STRIDE = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """One team's ranks over the resamples: the share of each rank, the median, and the interval that holds most."""

    name: str
    shares: tuple[float, ...]
    median: int
    low: int
    high: int
    group: int  # ties are drawn together: a line parts one group from the next
    own: bool = False


def blobs(words: svg.Words, rows: Sequence[Spread], axis_label: str) -> Markup:
    """Return one line a team: the area of a dot is how often the rank comes up, the bar its interval, the tick its median."""
    places = len(rows[0].shares)
    parts = _parting([row.group for row in rows])
    for rank in range(1, places + 1):
        kind = "m" if places <= 6 or (rank - 1) % WIDE_STRIDE == 0 else "m wide"
        if places <= 24 or (rank - 1) % 5 == 0:
            parts.append(svg.text(_middle(rank - 1, places), 100, str(rank), kind, dy=18))
    parts.append(svg.text(100, 100, axis_label, "e", dy=38))
    for index, row in enumerate(rows):
        y = _middle(index, len(rows))
        parts.append(svg.text(0, y, row.name, "e name you" if row.own else "e name", dx=-12))
        parts.append(svg.line(_middle(row.low - 1, places), y, _middle(row.high - 1, places), y, "whisker"))
        kind = "blob you" if row.own else "blob"
        parts += [
            svg.dot(_middle(rank, places), y, kind, r=round(max(1.0, LARGEST_BLOB * sqrt(share)), 1))
            for rank, share in enumerate(row.shares)
            if share >= 0.005
        ]
        x = _middle(row.median - 1, places)
        parts.append(
            svg.element(
                "rect",
                class_="median",
                x=svg.place(x),
                y=svg.place(y),
                width=3,
                height=14,
                transform="translate(-1.5 -7)",
            )
        )
    parts.append(svg.line(0, 0, 0, 100, "axis"))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    return svg.plot(words, f"{height(len(rows))} names two-line blobplot", *parts)


def better_than(words: svg.Words, names: Sequence[str], wins: Sequence[Sequence[int]], axis_label: str) -> Markup:
    """Return a map: a filled cell where the row is significantly better than the column, a speck where it is not."""
    size = len(names)
    width = 100 / size
    parts: list[Markup] = []
    for row, name in enumerate(names):
        y = _middle(row, size)
        parts.append(svg.text(0, y, f"{row + 1}  {name}", "e name", dx=-12))
        won = set(wins[row])
        for column in range(size):
            x = _middle(column, size)
            if column in won:
                parts.append(
                    svg.rect(x - 0.42 * width, svg.place(y - 0.42 * width), 0.84 * width, 0.84 * width, "cell")
                )
            elif column != row:
                parts.append(svg.dot(x, y, "speck", r=1.5))
            else:
                parts.append(svg.line(x - 0.2 * width, y, x + 0.2 * width, y, "soft"))
    stride = 1 if size <= 24 else 5
    parts += [
        svg.text(
            _middle(column, size),
            100,
            str(column + 1),
            "m" if size <= 6 or column % WIDE_STRIDE == 0 else "m wide",
            dy=18,
        )
        for column in range(0, size, stride)
    ]
    parts.append(svg.text(100, 100, axis_label, "e", dy=38))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    return svg.plot(words, f"{height(size)} names two-line", *parts)


@dataclass(frozen=True, slots=True)
class Course:
    """One team's rank under each rule, in the order of the rules; `kind` is g1, g2, g3 for those followed by eye, else empty."""

    name: str
    ranks: tuple[int, ...]
    kind: str = ""


def courses(words: svg.Words, rules: Sequence[str], rows: Sequence[Course], axis_label: str) -> Markup:
    """Return each team's rank under each rule as a line; a flat line is a rank that does not depend on the rule."""
    worst = max(max(row.ranks) for row in rows)
    x, y = svg.Scale(0, max(1, len(rules) - 1)), svg.Scale(0.5, worst + 0.5)
    parts: list[Markup] = []
    for place, rule in enumerate(rules):
        parts.append(svg.line(x.at(place), 0, x.at(place), 100, "grid"))
        # Long names stand under every other line at two heights, so that none lies on its neighbour.
        anchor = "" if place == 0 else "e" if place == len(rules) - 1 else "m"
        parts.append(svg.text(x.at(place), 100, rule, f"{anchor} wide".strip(), dy=18 + 18 * (place % 2)))
    lines = sorted(rows, key=lambda row: bool(row.kind))
    parts.append(
        svg.curves(
            *(
                svg.path(
                    [(x.at(place), y.at(rank)) for place, rank in enumerate(row.ranks)], f"line {row.kind or 'context'}"
                )
                for row in lines
            )
        )
    )
    for row in rows:
        parts += [
            svg.dot(x.at(place), y.at(rank), f"dot {row.kind or 'context'}", r=3.5)
            for place, rank in enumerate(row.ranks)
        ]
    named: dict[int, list[str]] = {}
    for row in rows:
        named.setdefault(row.ranks[0], []).append(row.name)
    parts += [
        svg.text(0, y.at(rank), f"{rank}  {names[0]}{f' +{len(names) - 1}' * (len(names) > 1)}", "e name", dx=-12)
        for rank, names in named.items()
    ]
    parts.append(svg.text(100, 0, axis_label, "e", dy=-12))
    return svg.plot(words, f"{height(worst)} names two-line top", *parts)


def height(rows: int) -> str:
    """Return the class of height for so many rows: on a phone each has its name above it."""
    steps = ((3, "h-s"), (6, "h-m"), (9, "h-l"), (13, "h-xl"))
    return next((name for most, name in steps if rows <= most), "h-xxl")


def _middle(index: int, of: int) -> float:
    return 100 * (index + 0.5) / of


def _parting(groups: Sequence[int]) -> list[Markup]:
    return [
        svg.line(0, 100 * index / len(groups), 100, 100 * index / len(groups), "grid")
        for index in range(1, len(groups))
        if groups[index] != groups[index - 1]
    ]
