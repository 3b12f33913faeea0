"""Counts a day as plain bars, today in the reader's colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from arena.web.charts import svg

SHARE = 0.72  # of a day's width that its bar takes


@dataclass(frozen=True, slots=True)
class Frame:
    """The last day of the axis, today, and how the axis is written."""

    last: date
    today: date
    first_text: str
    today_text: str
    last_text: str
    last_short: str


def draw(words: svg.Words, days: Sequence[tuple[date, int]], frame: Frame, unit: Callable[[int], str]) -> Markup:
    """Return the bars from the first day to the last of the axis, which may lie ahead."""
    first = days[0][0]
    width = 100 / ((max(frame.last, days[-1][0]) - first).days + 1)
    most = max((count for _, count in days), default=0)
    marks = [int(mark) for mark in svg.ticks(0, max(2, most), 4) if mark > 0 and mark == int(mark)]
    y = svg.Scale(0, max(most, *marks), downwards=True)
    parts: list[Markup] = []
    for mark in marks:
        parts.append(svg.line(0, y.at(mark), 100, y.at(mark), "grid"))
        parts.append(svg.text(0, y.at(mark), unit(mark), "e", dx=-8))
    for day, count in days:
        if count:
            x, top = (day - first).days * width, y.at(count)
            kind = "bar you" if day == frame.today else "bar"
            parts.append(svg.rect(x, top, width * SHARE, 100 - top, kind))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    now = ((frame.today - first).days + SHARE / 2) * width
    inside = 0 <= now <= 100
    parts.append(svg.text(0, 100, frame.first_text, "" if not inside or now > 18 else "vanish", dy=18))
    if inside:
        anchor = "e" if now > 92 else "" if now < 6 else "m"
        parts.append(svg.text(now, 100, frame.today_text, f"you {anchor}".strip(), dy=18))
    if not inside or now < 75:
        parts.append(svg.text(100, 100, frame.last_text, "e wide", dy=18))
        parts.append(svg.text(100, 100, frame.last_short, "e narrow", dy=18))
    return svg.plot(words, "h-s", *parts)
