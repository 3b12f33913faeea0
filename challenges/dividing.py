"""Dividing patients into training, public and private rows, and giving them ids that say nothing.

Everything is decided by hashes of the row's place and a seed, so that the same seed gives the same files on any machine. Who
knows the seed and the source's order knows which id was which row: the seed stays with the organizer.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

from challenges.checking import NUMBER

TRAIN, PUBLIC, PRIVATE = PARTS = ("train", "public", "private")
MOST_LEVELS = 12  # a stratum's column with more numbers than these is cut into quarters
QUARTERS = 4


def divide(strata: Sequence[tuple[str, ...]], shares: Sequence[float], seed: str) -> list[str]:
    """Return each row's part; inside every stratum the parts keep their shares to within a row or so."""
    total = sum(shares)
    order = sorted(range(len(strata)), key=lambda row: (strata[row], _hash(seed, "part", row)))
    parts = [""] * len(strata)
    given = dict.fromkeys(PARTS, 0)
    for step, row in enumerate(order, start=1):
        # The part that lags most behind its share; the strata follow one another, so each gets its own.
        part = max(PARTS, key=lambda one: shares[PARTS.index(one)] / total * step - given[one])
        given[part] += 1
        parts[row] = part
    return parts


def shuffled(rows: Sequence[int], seed: str) -> list[int]:
    """Return the rows in an order that has nothing to do with theirs."""
    return sorted(rows, key=lambda row: _hash(seed, "order", row))


def ids(count: int, seed: str) -> list[str]:
    """Return an id for each row: a letter and digits in no order, so that no spreadsheet takes it for a number."""
    digits = max(6, len(str(count)) + 2)
    taken: set[str] = set()
    made: list[str] = []
    for row in range(count):
        attempt = 0
        while True:
            number = int.from_bytes(_hash(seed, f"id{attempt}", row)[:8]) % 10**digits
            if (name := f"P{number:0{digits}d}") not in taken:
                break
            attempt += 1
        taken.add(name)
        made.append(name)
    return made


def strata(columns: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return each row's stratum; numbers with many values count by their quarters."""
    return list(zip(*map(_levels, columns), strict=True))


def sizes(parts: Sequence[str]) -> Counter[str]:
    return Counter(parts)


def _levels(values: Sequence[str]) -> list[str]:
    held = sorted({float(value) for value in values if NUMBER.fullmatch(value)})
    if len(held) <= MOST_LEVELS or not all(NUMBER.fullmatch(value) for value in values if value):
        return list(values)
    ordered = sorted(float(value) for value in values if value)
    cuts = [ordered[len(ordered) * quarter // QUARTERS] for quarter in range(1, QUARTERS)]
    return ["" if not value else str(sum(float(value) >= cut for cut in cuts)) for value in values]


def _hash(seed: str, purpose: str, row: int) -> bytes:
    return hashlib.sha256(f"{seed}|{purpose}|{row}".encode()).digest()
