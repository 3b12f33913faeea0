"""What a challenge's overview shows of its question: the training patients' outcomes by groups of one column.

Computed where a challenge is published, from the training file alone; the pages draw it and compute nothing.
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from arena.datasets import Point, incidence
from challenges import contents
from challenges.definition import Definition, Figure

Patient = tuple[float, int]
THIRDS = 3
MOST_GROUPS = 8
MOST_CURVES = 3  # more lines than this cannot be told apart, and are given as shares at the last horizon
POINTS = 40
FEW = 10  # where fewer are at risk a curve says nothing
FIGURES = 5
Z = 1.959963984540054


def of(folder: Path, definition: Definition) -> dict[str, Any]:
    """Return the counts of the training file's events, and the figure that the definition asks for, where it can be made."""
    name = definition.files.train
    if name is None or not (folder / name).is_file():
        return {}
    try:
        columns = _columns(folder / name, definition)
        own = definition.figure.event if definition.figure else None
        told = columns.get(definition.labels.event or definition.labels.outcome or own or "")
        events = Counter(int(float(value)) for value in told or () if float(value))
        figure = _figure(columns, definition, definition.figure) if definition.figure else None
    except (ValueError, OverflowError):
        return {}  # whoever checks the file says what is wrong with it
    found: dict[str, Any] = {"train_events": {str(cause): events[cause] for cause in sorted(events)}} if events else {}
    return found | ({"figure": figure} if figure else {})


def _columns(path: Path, definition: Definition) -> dict[str, list[str]]:
    figure = definition.figure
    wanted = {definition.labels.time, definition.labels.event, definition.labels.outcome}
    if figure is not None:
        wanted |= {figure.column, *figure.within, figure.time, figure.event}
    reader = csv.reader(contents.lines(path))
    names = next(reader, [])
    places = [(name, place) for place, name in enumerate(names) if name in wanted]
    found: dict[str, list[str]] = {name: [] for name, _ in places}
    for row in reader:
        if len(row) == len(names):
            for name, place in places:
                found[name].append(row[place].strip())
    return found


def _figure(columns: Mapping[str, list[str]], definition: Definition, figure: Figure) -> dict[str, Any] | None:
    times, events = _outcomes(columns, definition, figure)
    if events is None or figure.column not in columns or any(name not in columns for name in figure.within):
        return None
    groups, thirds = _groups(columns, figure)
    kept: dict[Hashable, list[Patient]] = defaultdict(list)
    for group, time, event in zip(groups, times, events, strict=True):
        if group is not None:
            kept[group].append((time, event))
    if not 2 <= len(kept) <= MOST_GROUPS:
        return None
    horizon = max(definition.horizons, default=0.0) or figure.horizon
    timed = columns.get(figure.time or definition.labels.time or "") is not None
    curves = timed and len(kept) <= MOST_CURVES
    told = [
        {
            "name": str(name),
            "n": len(patients),
            **(_curve(patients) if curves else _share(patients, horizon, timed=timed)),
        }
        for name, patients in sorted(kept.items(), key=lambda one: str(one[0]))
    ]
    return {"kind": "curves" if curves else "shares", "thirds": thirds, "horizon": horizon, "groups": told}


def _outcomes(
    columns: Mapping[str, list[str]], definition: Definition, figure: Figure
) -> tuple[list[float], list[int] | None]:
    labels = definition.labels
    events = columns.get(figure.event or labels.event or labels.outcome or "")
    if not events:
        return [], None
    times = columns.get(figure.time or labels.time or "", ["0"] * len(events))
    return list(map(float, times)), [int(float(event)) for event in events]


def _groups(columns: Mapping[str, list[str]], figure: Figure) -> tuple[list[Hashable], bool]:
    """Return each patient's group: thirds of a measured column among those alike in `within`, else the codes themselves."""
    values = columns[figure.column]
    if len({value for value in values if _known(value)}) <= MOST_GROUPS:
        return [value if _known(value) else None for value in values], False
    alike = list(zip(*(columns[name] for name in figure.within), strict=True)) or [()] * len(values)
    numbers = np.array([float(value) if _known(value) else math.nan for value in values])
    members: dict[Hashable, list[int]] = defaultdict(list)
    for place, one in enumerate(alike):
        members[one].append(place)
    groups: list[Hashable] = [None] * len(values)
    for places in members.values():
        own = numbers[places]
        if np.isfinite(own).sum() < THIRDS:
            continue
        bounds = np.nanquantile(own, [k / THIRDS for k in range(1, THIRDS)])
        for place, number in zip(places, own, strict=True):
            if math.isfinite(number):
                groups[place] = int(np.searchsorted(bounds, number, side="left"))
    return groups, True


def _known(value: str) -> bool:
    return value not in ("", "NA")


def _curve(patients: Sequence[Patient]) -> dict[str, Any]:
    steps = [point for point in incidence(list(patients), 1) if point.at_risk >= FEW]
    return {"events": _count(patients), "steps": [_rounded(point) for point in _thinned(steps)]}


def _thinned(steps: Sequence[Point]) -> Iterator[Point]:
    stride = max(1, math.ceil(len(steps) / POINTS))
    yield from steps[:-1:stride]
    yield from steps[-1:]


def _rounded(point: Point) -> list[float]:
    shares = (round(value, FIGURES) for value in (point.share, point.low, point.high))
    return [point.time, *shares, point.at_risk]


def _share(patients: Sequence[Patient], horizon: float, *, timed: bool) -> dict[str, Any]:
    """Return the share with the event, by the horizon where there are times (Aalen-Johansen), else of all (Wilson's interval)."""
    if timed:
        point = [one for one in incidence(list(patients), 1) if one.time <= horizon][-1]
        share, low, high = point.share, point.low, point.high
    else:
        share, low, high = _wilson(_count(patients), len(patients))
    return {
        "events": _count(patients),
        "share": round(share, FIGURES),
        "low": round(low, FIGURES),
        "high": round(high, FIGURES),
    }


def _count(patients: Sequence[Patient]) -> int:
    return sum(event == 1 for _, event in patients)


def _wilson(events: int, n: int) -> tuple[float, float, float]:
    share = events / n
    middle, reach = share + Z * Z / (2 * n), Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return share, (middle - reach) / (1 + Z * Z / n), (middle + reach) / (1 + Z * Z / n)
