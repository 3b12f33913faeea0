"""What the pages tell of a challenge's training file: each variable's distribution, from public data only."""

import csv
import gzip
import io
import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from arena.hosting import Hosted
from arena.store.blobs import Blobs
from challenges import dictionary
from challenges.dictionary import Variable
from challenges.text import Text

BINS = 20
MOST_ROWS = 50_000  # more tell no more of a distribution
MOST_CATEGORIES = 8
CURVE_POINTS = 120

# Files never change under their digest, so what was told of one once holds for good.
_descriptions: dict[tuple[str, str | None], tuple["Block", ...]] = {}
_curves: dict[str, tuple[tuple["Point", ...], ...]] = {}


@dataclass(frozen=True, slots=True)
class Described:
    """One variable of the dictionary with its distribution in the training file, where it is there."""

    column: str
    type: str
    unit: str
    codes: tuple[tuple[str, str], ...]
    description: Text
    numeric: bool
    counts: tuple[int, ...] = ()
    categories: tuple[tuple[str, float], ...] = ()  # code → share of those not missing
    quartiles: tuple[float, float, float] | None = None
    missing: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Variables that belong together, in the dictionary's order."""

    name: str
    variables: tuple[Described, ...]


def without_figures(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the dictionary without what was counted in the training file."""
    return tuple(
        replace(
            block,
            variables=tuple(
                replace(variable, counts=(), categories=(), quartiles=None, missing=None)
                for variable in block.variables
            ),
        )
        for block in blocks
    )


def describe(blobs: Blobs, hosted: Hosted) -> tuple[Block, ...]:
    """Return the dictionary's variables by block, with their distributions in the training file."""
    files = hosted.definition.files
    if files.dictionary is None or files.dictionary not in hosted.files:
        return ()
    train = hosted.files.get(files.train) if files.train else None
    key = (hosted.files[files.dictionary].sha256, train.sha256 if train else None)
    found = _descriptions.get(key)
    if found is None:
        found = _descriptions[key] = _described(blobs, *key)
    return found


@dataclass(frozen=True, slots=True)
class Point:
    """How many have had an event just after one time, with its 95% interval, and how many were at risk before it."""

    time: float
    share: float
    low: float
    high: float
    at_risk: int


def outcomes(blobs: Blobs, hosted: Hosted) -> tuple[tuple[Point, ...], ...]:
    """Return how often the training patients had their event over time, thinned to what a figure can show.

    For survival one curve, 1 - Kaplan-Meier; with competing events two, the cumulative incidence of either; else none.
    """
    definition = hosted.definition
    train = hosted.files.get(definition.files.train) if definition.files.train else None
    causes = {"survival": (1,), "competing": (1, 2)}.get(definition.kind, ())
    if not causes or train is None or not definition.labels.time or not definition.labels.event:
        return ()
    found = _curves.get(train.sha256)
    if found is None:
        with blobs.open(train.sha256) as stream:
            columns = _columns(stream)
        times, events = (columns.get(name, []) for name in (definition.labels.time, definition.labels.event))
        patients = [(float(time), int(event)) for time, event in zip(times, events, strict=False)]
        found = _curves[train.sha256] = tuple(incidence(patients, cause) for cause in causes) if patients else ()
    return found


def incidence(patients: list[tuple[float, int]], cause: int) -> tuple[Point, ...]:
    """Return the Aalen-Johansen estimate of one cause from pairs (time, event; 0 is none), with a log(-log) interval.

    Where nobody has another event this is 1 - Kaplan-Meier. The variance is the delta method's (Marubini, Valsecchi 1995): every
    sum in it that runs up to the present time is kept as one of its parts, so that each time costs the same.
    """
    points = [Point(0.0, 0.0, 0.0, 0.0, len(patients))]
    times, either = Counter(time for time, _ in patients), Counter(time for time, event in patients if event)
    own = Counter(time for time, event in patients if event == cause)
    at_risk, alive, share, last = len(patients), 1.0, 0.0, max(times, default=0.0)
    plain, first, second, binomial, cross, cross_first = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for time in sorted(times):
        ended, caused = either[time], own[time]
        if ended and at_risk > ended:
            before, share = alive, share + alive * caused / at_risk
            greenwood, moved = ended / (at_risk * (at_risk - ended)), before * caused / at_risk**2
            plain, first, second = plain + greenwood, first + share * greenwood, second + share**2 * greenwood
            binomial += before**2 * (at_risk - caused) * caused / at_risk**3
            cross, cross_first = cross + moved, cross_first + share * moved
            alive *= 1 - ended / at_risk
            # A figure is some hundred points wide: steps closer than that are drawn as one.
            if caused and (time - points[-1].time > last / CURVE_POINTS or len(points) == 1):
                variance = share**2 * plain - 2 * share * first + second + binomial - 2 * (share * cross - cross_first)
                points.append(Point(time, share, *_around(share, variance), at_risk))
        at_risk -= times[time]
    return tuple(points)


def _around(share: float, variance: float) -> tuple[float, float]:
    reach = 1.959963984540054 * math.sqrt(max(variance, 0.0)) / abs((1 - share) * math.log1p(-share))
    return 1 - (1 - share) ** math.exp(-reach), 1 - (1 - share) ** math.exp(reach)


def _described(blobs: Blobs, dictionary_sha256: str, train_sha256: str | None) -> tuple[Block, ...]:
    with blobs.open(dictionary_sha256) as stream:
        variables = dictionary.read(stream.read().decode("utf-8-sig"))
    columns: dict[str, list[str]] = {}
    if train_sha256 is not None:
        with blobs.open(train_sha256) as stream:
            columns = _columns(stream)
    blocks: dict[str, list[Described]] = {}
    for variable in variables:
        blocks.setdefault(variable.block, []).append(_describe(variable, columns.get(variable.column)))
    return tuple(Block(name, tuple(found)) for name, found in blocks.items())


def _columns(stream: BinaryIO) -> dict[str, list[str]]:
    content = stream.read()
    text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text))
    names = next(reader, [])
    rows = [row for row in islice(reader, MOST_ROWS) if len(row) == len(names)]
    return {name: [row[index] for row in rows] for index, name in enumerate(names)}


def _describe(variable: Variable, values: list[str] | None) -> Described:
    numeric = variable.type in ("integer", "number") and not variable.codes
    bare = Described(
        column=variable.column,
        type=variable.type,
        unit=variable.unit,
        codes=tuple(variable.codes.items()),
        description=variable.description,
        numeric=numeric,
    )
    if not values or variable.type == "id":
        return bare
    present = [value for value in values if value.strip() not in ("", "NA")]
    measured = replace(bare, missing=1 - len(present) / len(values))
    numbers = sorted(_floats(present)) if numeric else []
    if numeric and len(numbers) > 1:
        low, middle, high = statistics.quantiles(numbers, n=4, method="inclusive")
        return replace(measured, counts=_bins(numbers), quartiles=(low, middle, high))
    tally = Counter(present)
    order = [code for code in variable.codes if code in tally] or [code for code, _ in tally.most_common()]
    kept = order[:MOST_CATEGORIES]
    return replace(
        measured,
        numeric=False,
        counts=tuple(tally[code] for code in kept),
        categories=tuple((code, tally[code] / len(present)) for code in kept),
    )


def _floats(values: Iterable[str]) -> Iterable[float]:
    for value in values:
        try:
            number = float(value)
        except ValueError:
            continue
        if math.isfinite(number):
            yield number


def _bins(numbers: list[float]) -> tuple[int, ...]:
    # The outermost half percent on either side would flatten the rest; it is counted in the end bins.
    low, high = numbers[len(numbers) // 200], numbers[-1 - len(numbers) // 200]
    if high <= low:
        return (len(numbers),)
    counts = [0] * BINS
    for number in numbers:
        counts[min(BINS - 1, max(0, int(BINS * (number - low) / (high - low))))] += 1
    return tuple(counts)
