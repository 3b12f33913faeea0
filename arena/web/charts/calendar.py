"""A challenge's calendar, drawn as a survival curve that is censored today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from arena.web.charts import svg

TOP, DROP = 44, 14  # pixels: the first level, and how far each stop takes the curve down


@dataclass(frozen=True, slots=True)
class Stop:
    """One date: what happens, when, and how the date is written, on a phone more shortly."""

    label: str
    at: datetime
    written: str
    short: str = ""


def draw(words: svg.Words, stops: Sequence[Stop], now: datetime, today: str, left: str) -> Markup:
    """Return the curve: it falls one step at each stop after the first; solid up to now, pale beyond."""
    ends = max(stops[-1].at, stops[0].at + timedelta(minutes=1))
    scale = svg.Scale(0, (ends - stops[0].at).total_seconds())
    xs = [scale.at((stop.at - stops[0].at).total_seconds()) for stop in stops]
    here = scale.at((now - stops[0].at).total_seconds())
    # On the first days the mark of today stands where the opening's label does.
    aside = 8 if 0 <= here < 4 else 0
    parts = _curve(xs, here)
    parts += [svg.text(0, "16", stops[0].label, "strong", dx=aside), svg.text(0, "32", stops[0].written, dx=aside)]
    late = here > 66
    for index in range(1, len(stops) - 1):
        parts += _middle(stops[index], xs[index], index)
    bottom = TOP + DROP * (len(stops) - 1)
    sink = 62 if late else 16
    parts.append(svg.text(100, str(bottom + sink), stops[-1].label, "strong e"))
    parts.append(svg.text(100, str(bottom + sink + 16), stops[-1].written, "e"))
    if 0 <= here <= 100:
        parts += _today(here, _level(xs, here), today, left)
    return svg.plot(words, "cal late" if late else "cal", *parts)


def draw_open_ended(words: svg.Words, opened: Stop, today: str, never: str) -> Markup:
    """Return the calendar of a challenge that never closes: no step ever comes."""
    level = str(TOP)
    parts = [
        svg.line(0, level, 40, level, "line"),
        svg.line(40, level, 100, level, "refd"),
        svg.text(0, "16", opened.label, "strong"),
        svg.text(0, "32", opened.written),
        svg.line(40, str(TOP - 10), 40, str(TOP + 10), "you tick"),
        svg.text(40, str(TOP + 24), today, "you m"),
        svg.text(100, str(TOP - 16), never, "e"),
    ]
    return svg.plot(words, "cal open-ended", *parts)


def _level(xs: Sequence[float], x: float) -> int:
    return TOP + DROP * sum(1 for stop in xs[1:] if stop <= x)


def _curve(xs: Sequence[float], here: float) -> list[Markup]:
    parts: list[Markup] = []
    for index in range(1, len(xs)):
        y, left, right = TOP + DROP * (index - 1), xs[index - 1], xs[index]
        seen = min(max(here, left), right)
        if seen > left:
            parts.append(svg.line(left, str(y), seen, str(y), "line"))
        if seen < right:
            parts.append(svg.line(seen, str(y), right, str(y), "soft"))
        parts.append(svg.line(right, str(y), right, str(y + DROP), "line" if here >= right else "soft"))
    return parts


def _middle(stop: Stop, x: float, index: int) -> list[Markup]:
    # Labels of later stops stand left of their step, where the curve leaves room; the second of two is for wide screens.
    y = TOP + DROP * (index - 1)
    if index == 1:
        # Over the curve left of the step, high enough for the mark of today to pass below it.
        kind, shift, rise = ("e", -8, 19) if x > 60 else ("", 8, -2)
        return [
            svg.text(x, str(y - rise - 16), stop.label, f"strong {kind}".strip(), dx=shift),
            svg.text(x, str(y - rise), stop.written, f"{kind} wide".strip(), dx=shift),
            svg.text(x, str(y - rise), stop.short or stop.written, f"{kind} narrow".strip(), dx=shift),
        ]
    if x > 90:
        return []
    return [
        svg.text(x, str(y - 18 + DROP), stop.label, "strong wide", dx=8),
        svg.text(x, str(y - 1 + DROP), stop.written, "wide", dx=8),
    ]


def _today(x: float, level: int, today: str, left: str) -> list[Markup]:
    anchor = "e" if x > 85 else "" if x < 8 else "m"
    return [
        svg.line(x, str(level - 10), x, str(level + 10), "you tick"),
        svg.text(x, str(level + 24), today, f"you {anchor}".strip()),
        svg.text(x, str(level + 41), left, anchor),
    ]
