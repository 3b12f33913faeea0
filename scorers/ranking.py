"""Ranks that say no more than the data can: how sure each place is, and which places cannot be told apart.

Scores come as costs (lower is better), so that one rule serves metrics of every direction; `costs` turns scores into them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.inputs import InputError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Integers = NDArray[np.intp]

# Better in at least three of four resamples: below that two places are one.
LARGEST_TIED_FACTOR = 3.0


def costs(scores: ArrayLike, better: str) -> Floats:
    """Return scores of any shape as costs: lower is better, whatever the direction of the metric.

    Parameters
    ----------
    scores : array-like of float
        Scores of one metric.
    better : {"higher", "lower", "one", "zero"}
        Where its best value lies.
    """
    given = np.asarray(scores, dtype=np.float64)
    if better == "higher":
        return -given
    if better == "lower":
        return given
    return np.abs(given - 1.0) if better == "one" else np.abs(given)


def rank_counts(replicates: Floats, better: str) -> Counts:
    """Count how often each submission reaches each rank.

    Parameters
    ----------
    replicates : array of float of shape (k, r)
        Scores of k submissions in r resamples.
    better : str
        higher, lower, one or zero.

    Returns
    -------
    array of int of shape (k, k)
        Row: submission; column: rank less one. Equal scores share the better rank (1, 1, 3). Rows sum to r.
    """
    cost = costs(replicates, better)
    k = cost.shape[0]
    ordered = np.sort(cost, axis=0)
    counts = np.zeros((k, k), dtype=np.int64)
    for place in range(k):
        ranks = (ordered < cost[place]).sum(axis=0)
        counts[place] = np.bincount(ranks, minlength=k)
    return counts


@dataclass(frozen=True)
class RankSummary:
    """What rank counts say of each of k submissions.

    Attributes
    ----------
    first : array of float of shape (k,)
        The share of resamples in which it is first; a first place that several share counts for each of them.
    median, low, high : arrays of int of shape (k,)
        The median rank, and the interval of ranks that holds the given share of resamples.
    """

    first: Floats
    median: Integers
    low: Integers
    high: Integers


def summary(counts: Counts, level: float = 0.95) -> RankSummary:
    """Summarise rank counts, shape (k, k), into the chance of being first, the median rank and an interval of ranks."""
    share = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)

    def reached(quantile: float) -> Integers:
        # A hair's tolerance: a share of exactly one half is the median, however the division came out.
        place: Integers = np.argmax(share >= quantile - 1e-12, axis=1)
        return 1 + place

    tail = (1.0 - level) / 2.0
    return RankSummary(share[:, 0], reached(0.5), reached(tail), reached(1.0 - tail))


def factor(leader: ArrayLike, other: ArrayLike) -> float:
    r"""Return DREAM's K of a leader over another: how many resamples it wins for each that it does not.

    .. math:: K = \frac{\#\{\text{leader better}\} + \tfrac12 \#\{\text{equal}\}}{\#\{\text{other better}\} + \tfrac12 \#\{\text{equal}\}}

    Parameters
    ----------
    leader, other : array-like of float of shape (r,)
        Costs on the same resamples.

    Returns
    -------
    float
        Infinite if the other is never better or equal. Two submissions that are equal everywhere have K = 1: equal resamples speak
        for nobody. (Counting them for the leader, as the published code does, would call a copy of a file infinitely worse.)
    """
    gap = np.asarray(other, dtype=np.float64) - np.asarray(leader, dtype=np.float64)
    equal = 0.5 * float((gap == 0.0).sum())
    won, lost = float((gap > 0.0).sum()) + equal, float((gap < 0.0).sum()) + equal
    return won / lost if lost > 0.0 else float("inf")


@dataclass(frozen=True)
class TieGroups:
    """Places of k submissions.

    Attributes
    ----------
    group : array of int of shape (k,)
        1 for the first tie group, 2 for the next …
    rank : array of int of shape (k,)
        Standard competition ranks (1, 2, 2, 4): by group, inside a group by what the tie-break can tell apart, else shared.
    factor : array of float of shape (k,)
        K of the first of the own group over the submission; 1 for that first one itself.
    """

    group: Integers
    rank: Integers
    factor: Floats


def tie_groups(
    value: ArrayLike,
    replicates: Floats,
    better: str,
    *,
    tie_break: tuple[ArrayLike, Floats, str] | None = None,
    largest: float = LARGEST_TIED_FACTOR,
) -> TieGroups:
    """Put submissions into tie groups by DREAM's rule, and rank them.

    In order of their scores, the best submission opens a group; those that follow join it while the first one's K over them is at
    most `largest`; the first with a larger K opens the next. Inside a group the tie-break metric is put through the same rule;
    submissions that it cannot tell apart share a rank.

    Parameters
    ----------
    value : array-like of float of shape (k,)
        Scores on all rows; finite.
    replicates : array of float of shape (k, r)
        Scores on the same r resamples.
    better : str
        Direction of the metric.
    tie_break : tuple, optional
        The same three things of another metric.
    largest : float
        The largest K of a tie; 3 is "better in three of four resamples".

    Raises
    ------
    InputError
        ``not_finite`` or ``wrong_length``.
    """
    cost, drawn = _checked(value, replicates, better)
    group, found = _grouped(cost, drawn, largest)
    inner = np.ones_like(group)
    if tie_break is not None:
        second, again = _checked(*tie_break)
        if second.size != cost.size:
            raise InputError("wrong_length", "tie_break")
        for number in np.unique(group):
            members = np.flatnonzero(group == number)
            inner[members], _ = _grouped(second[members], again[members], largest)
    rank = 1 + np.array(
        [int(((group < g) | ((group == g) & (inner < i))).sum()) for g, i in zip(group, inner, strict=True)]
    )
    return TieGroups(group, rank.astype(np.intp), found)


def _checked(value: ArrayLike, replicates: Floats, better: str) -> tuple[Floats, Floats]:
    cost, drawn = costs(value, better), costs(replicates, better)
    if not np.isfinite(cost).all() or not np.isfinite(drawn).all():
        raise InputError("not_finite", "value")
    if drawn.ndim != 2 or drawn.shape[0] != cost.size or drawn.shape[1] == 0:
        raise InputError("wrong_length", "replicates")
    return cost, drawn


def _grouped(cost: Floats, drawn: Floats, largest: float) -> tuple[Integers, Floats]:
    group, found = np.zeros(cost.size, dtype=np.intp), np.ones(cost.size)
    number, first = 0, -1
    for place in np.argsort(cost, kind="stable"):
        over = factor(drawn[first], drawn[place]) if first >= 0 else float("inf")
        if over > largest:
            number, first, over = number + 1, int(place), 1.0
        group[place], found[place] = number, over
    return group, found


def competition_ranks(cost: ArrayLike) -> Integers:
    """Return standard competition ranks (1, 2, 2, 4) of costs, shape (k,); one that is not finite ranks behind all."""
    given = np.where(np.isfinite(np.asarray(cost, dtype=np.float64)), cost, np.inf)
    rank: Integers = 1 + (given[None, :] < given[:, None]).sum(axis=1, dtype=np.intp)
    return rank
