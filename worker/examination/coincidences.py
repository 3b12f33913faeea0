"""Rows that are alike, and whether chance could have made them so: by hashing and sorting, never pair by pair.

How many pairs are alike says little by itself: in a table of three yes-or-no columns nearly all are. So the pairs that agree on
everything are compared with those that agree on all but the columns that tell people apart best (`tellers`). Were they different
people, each of these columns would agree in about as many of them as it does in pairs that agree on one other column; thrice
that is allowed for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from worker.examination.association import correlation, ranks
from worker.examination.tables import Flags, Floats, Integers

Hashes = NDArray[np.uint64]
CHANCE = 1e-4  # so unlikely, alike rows are taken for the same person
SLACK = 3.0
TELLING = 0.1  # a column in which more pairs agree by chance tells nobody apart
MOST_TELLERS = 4
DEPENDENT = 0.8
# A person stands in a table twice or three times; in a table that tells little of people, many of them are alike.
MOST_IN_A_GROUP = 3
LEAST_GROUPS, EVEN = 30, 0.95
MANY = 200  # so many pairs of different people tell how often a column agrees


@dataclass(frozen=True)
class Alike:
    """Groups of rows that agree, and how likely chance is to make as many."""

    groups: Integers  # of each row; rows of one group agree
    pairs: int
    chance: float

    @property
    def surprising(self) -> bool:
        return self.pairs > 0 and self.chance < CHANCE

    @property
    def rows(self) -> Flags:
        """Which rows agree with another."""
        return np.asarray(np.bincount(self.groups)[self.groups] > 1)


class Coincidences:
    """The rows of a table as one hash for each column; hashes of columns add up to that of a row."""

    def __init__(self, columns: Sequence[Integers]) -> None:
        self.columns = columns
        self._hashes = [_hashed(codes, place) for place, codes in enumerate(columns)]
        self._whole = np.zeros(columns[0].size, dtype=np.uint64)
        for one in self._hashes:
            self._whole = self._whole + one
        self._agreement = [_agreement(codes) for codes in columns]
        self.tellers = self._tellers()
        self._given: dict[int, float] = {}

    def alike(self) -> Alike:
        """Return the rows that agree in every column."""
        sizes = _sizes(self._whole)
        pairs, groups = _in(sizes), int((sizes > 1).sum())
        chance = 1.0
        if sizes.size >= LEAST_GROUPS and (sizes % 2 == 0).mean() > EVEN:
            chance = 0.0  # the whole table stands there twice
        elif pairs and self.tellers and pairs <= MOST_IN_A_GROUP * groups:
            chance = _tail(pairs, self._expected(pairs, self.tellers))
        return Alike(_groups(self._whole), pairs, chance)

    def nearly(self) -> tuple[Alike, int]:
        """Return the rows that differ in one column alone, and that column: the one in which most of them differ."""
        equal = _pairs(self._whole)
        found, expected, most, where = 0, 0.0, 0, 0
        for place in range(len(self.columns)):
            pairs = _pairs(self._whole - self._hashes[place]) - equal
            if pairs <= 0:
                continue
            found += pairs
            expected += self._expected(pairs, [one for one in self.tellers if one != place], (place,))
            if pairs > most:
                most, where = pairs, place
        chance = _tail(found, expected) if found and self.tellers else 1.0
        return Alike(_groups(self._whole - self._hashes[where]), found, chance), where

    def _expected(self, found: int, tellers: Sequence[int], without: Sequence[int] = ()) -> float:
        """Return how many pairs chance would make agree, of those that agree on all but the tellers.

        How often a column agrees is counted among pairs that do not agree in everything: those may be the same person.
        """
        rest = self._whole
        for place in {*tellers, *without}:
            rest = rest - self._hashes[place]
        pairs = _pairs(rest)
        share = SLACK
        for place in tellers:
            often = min(1.0, SLACK * self._agreeing(place))
            if len(tellers) > 1 and pairs - found >= MANY:
                often = min(often, (_pairs(rest + self._hashes[place]) - found + 1) / (pairs - found + 1))
            share *= often
        return pairs * min(share, 1.0)

    def _agreeing(self, place: int) -> float:
        """Return how often a column agrees in pairs that agree on another column: on that which tells most of it."""
        if place not in self._given:
            equal = _pairs(self._whole)
            most = self._agreement[place]
            for other, hashes in enumerate(self._hashes):
                n = self._whole.size
                pairs = self._agreement[other] * n * (n - 1) / 2 - equal
                if other != place and pairs >= max(n, MANY):
                    most = max(most, (_pairs(hashes + self._hashes[place]) - equal) / pairs)
            self._given[place] = most
        return self._given[place]

    def _tellers(self) -> list[int]:
        """Return the columns that tell people apart best, none of which follows from another."""
        by_agreement = sorted(range(len(self.columns)), key=lambda place: self._agreement[place])
        chosen: list[int] = []
        kept: list[Floats] = []
        for place in by_agreement:
            if (self._agreement[place] > TELLING and chosen) or len(chosen) == MOST_TELLERS:
                break
            own = ranks(self.columns[place].astype(np.float64))
            if all(abs(correlation(own, other)) < DEPENDENT for other in kept):
                chosen.append(place)
                kept.append(own)
        return chosen


def _hashed(codes: Integers, seed: int) -> Hashes:
    # splitmix64, which scatters neighbouring numbers over all 64 bits; wrapping around is meant.
    with np.errstate(over="ignore"):
        x = codes.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)))


def _sizes(hashes: Hashes) -> Integers:
    ordered = np.sort(hashes)
    edges = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return np.diff(np.concatenate([[0], edges, [ordered.size]]))


def _pairs(hashes: Hashes) -> int:
    return _in(_sizes(hashes))


def _in(sizes: Integers) -> int:
    """Return how many pairs groups of these sizes hold."""
    return int((sizes * (sizes - 1) // 2).sum())


def _groups(hashes: Hashes) -> Integers:
    _, groups = np.unique(hashes, return_inverse=True)
    return np.asarray(groups, dtype=np.intp)


def _agreement(codes: Integers) -> float:
    """Return the share of pairs of rows that agree."""
    n = codes.size
    counts = np.bincount(codes).astype(np.float64)
    return float((counts * (counts - 1)).sum() / max(n * (n - 1.0), 1.0))


def _tail(found: int, expected: float) -> float:
    """Return the chance of at least so many where so many are expected (Poisson)."""
    return 1.0 if expected >= found else float(gammainc(found, expected))
