"""One team's shown score over the calendar: a step line that moves only when a file is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from arena.web import formatting
from arena.web.charts import svg

# How much room a name takes, in percent of the plot on a phone.
NAME_WIDTH, NAME_HEIGHT = 32.0, 10.0


@dataclass(frozen=True, slots=True)
class Event:
    """One submission: when, what was shown after it (None before the first acceptance), and whether it moved the line."""

    at: datetime
    name: str
    shown: float | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The ends of the time axis and today, with how they are written."""

    opens: datetime
    closes: datetime
    now: datetime
    opens_text: str
    closes_text: str
    close: str
    today: str


def draw(
    words: svg.Words,
    events: Sequence[Event],
    frame: Frame,
    reference: tuple[float, str],
    axis_label: str,
    *,
    step: float,
    decimals: int,
) -> Markup:
    """Return the step line in the team's colour, filled dots where it moved, specks below it where it did not."""
    values = [event.shown for event in events if event.shown is not None] + [reference[0]]
    y = svg.Scale(min(values) - 1.5 * step, max(values) + 1.5 * step, downwards=True)
    x = svg.Scale(0, (frame.closes - frame.opens).total_seconds() or 1.0)

    def across(at: datetime) -> float:
        return min(100.0, max(0.0, x.at((at - frame.opens).total_seconds())))

    parts = _grid(y, reference, step, decimals)
    now = across(frame.now)
    moved = [event for event in events if event.accepted and event.shown is not None]
    corners = [(across(event.at), y.at(event.shown)) for event in moved if event.shown is not None]
    if corners:
        parts.append(svg.curves(svg.path([*corners, (now, corners[-1][1])], "line you", steps=True)))
    for event in events:
        if not event.accepted:
            level = reference[0] if event.shown is None else event.shown
            parts.append(svg.dot(across(event.at), y.at(level), "speck", r=2.5, lift=-11))
    named = _apart(corners)
    for index, (event, (left, top)) in enumerate(zip(moved, corners, strict=True)):
        parts.append(svg.dot(left, top, "dot you", r=6))
        if index not in named:
            continue
        anchor = "e" if left > 70 else "" if left < 25 else "m"
        parts.append(
            svg.text(
                left,
                top,
                f"{event.name}, {formatting.number(event.shown or 0.0, decimals)}",
                f"halo you {anchor}".strip(),
                dy=-16,
            )
        )
    parts.append(svg.line(now, 94, now, 100, "you tick"))
    parts.append(svg.line(0, 100, 100, 100, "axis"))
    parts.append(svg.text(0, 100, frame.opens_text, "" if now > 22 else "wide" if now > 10 else "vanish", dy=18))
    parts.append(svg.text(now, 100, frame.today, "you m", dy=18))
    parts.append(svg.text(100, 100, frame.closes_text, "e wide" if now < 84 else "e vanish", dy=18))
    parts.append(svg.text(100, 100, frame.close, "e narrow" if now < 80 else "e vanish", dy=18))
    parts.append(svg.text(0, 0, axis_label, "strong", dx=-60, dy=-20))
    return svg.plot(words, "h-m hist top", *parts)


def _apart(corners: Sequence[tuple[float, float]]) -> set[int]:
    """Return which dots can bear a name without covering another: the last one first, since it is what counts now."""
    kept: list[int] = []
    for index in range(len(corners) - 1, -1, -1):
        left, top = corners[index]
        if all(abs(left - corners[one][0]) > NAME_WIDTH or abs(top - corners[one][1]) > NAME_HEIGHT for one in kept):
            kept.append(index)
    return set(kept)


def _grid(y: svg.Scale, reference: tuple[float, str], step: float, decimals: int) -> list[Markup]:
    parts = []
    first, last = round((y.low - reference[0]) / step), round((y.high - reference[0]) / step)
    stride = max(1, -(-(last - first + 1) // 7))
    for index in range(first, last + 1):
        value = reference[0] + index * step
        if index % stride == 0 and y.low <= value <= y.high:
            parts.append(svg.line(0, y.at(value), 100, y.at(value), "refd" if index == 0 else "grid"))
            parts.append(svg.text(0, y.at(value), formatting.number(value, decimals), "e", dx=-8))
    parts.append(svg.text(100, y.at(reference[0]), reference[1], "e", dx=-2, dy=-10))
    return parts
