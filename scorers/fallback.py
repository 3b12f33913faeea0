"""The inner loops in numpy alone, for machines where numba does not load: the same meaning and values as `scorers.compiled`.

Counting who lies below whom is done by a wavelet matrix: ranks are split bit by bit, each level keeping running sums of weights, so
that all questions of the form "what do the first p rows with a rank below r weigh?" are answered together, one level at a time.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Ranks = NDArray[np.int32]
Integers = NDArray[np.intp]
Weights = NDArray[Any]  # float64, or int64 where sums are exact integers


def packed_keys(values: Floats, second: Codes, place_bits: int) -> NDArray[np.int64]:
    """Return integers that sort as the values do, but for their lowest bits, which hold `second` and the place."""
    key = (values + 0.0).view(np.int64)
    key ^= (key >> 63) & np.int64(0x7FFF_FFFF_FFFF_FFFF)
    key &= np.int64(-1 << (place_bits + (second.size > 0)))
    key |= np.arange(values.size)
    if second.size:
        key |= second.astype(np.int64) << place_bits
    return key


def unpack_order(values: Floats, second: Codes, key: NDArray[np.int64], place_bits: int) -> bool:
    """Make sorted keys into the order of the values, in place; False if the lost bits hid a different one."""
    key &= np.int64((1 << place_bits) - 1)
    placed = values[key]
    later, same = placed[1:] > placed[:-1], placed[1:] == placed[:-1]
    if second.size:
        then = second[key]
        same &= then[1:] >= then[:-1]
    return bool(np.all(later | same))


def ranks_of(values: Floats, order: Integers) -> tuple[Ranks, int]:
    """Return dense ranks of values whose order is known, and how many there are."""
    placed = values[order]
    steps = np.concatenate([[0], np.cumsum(placed[1:] != placed[:-1])])
    ranks = np.empty(order.size, dtype=np.int32)
    ranks[order] = steps
    return ranks, int(steps[-1]) + 1


def sums_below(rank: Ranks, weight: Weights, upto: Integers, below: Integers, levels: int) -> Weights:
    """Return what the first `upto` rows with a rank under `below` weigh; weights may have lanes as a second axis."""
    total = np.zeros((upto.size, *weight.shape[1:]), dtype=weight.dtype)
    low, high = np.zeros_like(upto), upto.copy()
    for bit in range(max(int(levels).bit_length() - 1, 0), -1, -1):
        ones = (rank >> bit) & 1
        zeros_before = np.concatenate([[0], np.cumsum(1 - ones)])
        held = np.zeros((rank.size + 1, *weight.shape[1:]), dtype=weight.dtype)
        mask = (1 - ones).astype(weight.dtype)
        np.cumsum(weight * mask.reshape(-1, *[1] * (weight.ndim - 1)), axis=0, out=held[1:])
        upper = ((below >> bit) & 1).astype(bool)
        total[upper] += held[high[upper]] - held[low[upper]]
        zeros = int(zeros_before[-1])
        low_zeros, high_zeros = zeros_before[low], zeros_before[high]
        low = np.where(upper, zeros + low - low_zeros, low_zeros)
        high = np.where(upper, zeros + high - high_zeros, high_zeros)
        split = np.argsort(ones, kind="stable")
        rank, weight = rank[split], weight[split]
    return total


def won_weights(rank: Ranks, weight: Weights, upto: Integers, own: Ranks, levels: int) -> Weights:
    """Return twice the weight of lower ranks plus the weight of equal ones."""
    asked = own.astype(np.intp)
    return sums_below(rank, weight, upto, asked, levels) + sums_below(rank, weight, upto, asked + 1, levels)


def bounds(time: Floats, event: Codes) -> tuple[Integers, Integers, Integers]:
    """Return, for every row, where its group of equal times begins, where its censorings begin, and where it ends."""
    start = np.searchsorted(time, time, side="left")
    end = np.searchsorted(time, time, side="right")
    events = np.concatenate([[0], np.cumsum(event != 0)])
    return start, start + (events[end] - events[start]), end


def concordance_counts(time: Floats, event: Codes, rank: Ranks, levels: int, tau: float) -> tuple[int, int, int]:
    """Count concordant, discordant and tied pairs whose earlier row has the event up to `tau`."""
    _, censored, _ = bounds(time, event)
    anchors = np.flatnonzero((event == 1) & (time <= tau))
    back = np.ascontiguousarray(rank[::-1])
    upto = time.size - censored[anchors]
    ones = np.ones(time.size, dtype=np.int64)
    asked = rank[anchors].astype(np.intp)
    lower = int(sums_below(back, ones, upto, asked, levels).sum())
    least = int(sums_below(back, ones, upto, asked + 1, levels).sum())
    comparable = int(upto.sum())
    return lower, comparable - least, least - lower


def pair_sums(
    time: Floats, event: Codes, rank: Ranks, levels: int, weight: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Sum, for every row, over its comparable pairs as the earlier and as the later one."""
    n = time.size
    start, censored, _ = bounds(time, event)
    before_won, before_all = np.zeros(n), np.zeros(n)
    anchors = np.flatnonzero(weight > 0.0)
    upto = n - censored[anchors]
    before_won[anchors] = 0.5 * won_weights(np.ascontiguousarray(rank[::-1]), np.ones(n), upto, rank[anchors], levels)
    before_all[anchors] = upto
    upto = np.where(event == 0, censored, start)
    after_all = np.concatenate([[0.0], np.cumsum(weight)])[upto]
    after_won = after_all - 0.5 * won_weights(rank, weight, upto, rank, levels)
    return before_won, before_all, after_won, after_all


def other_cause_sums(
    time: Floats, rank: Ranks, levels: int, anchor: Floats, other: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Sum over pairs of a row with the event and a row that had the competing event no later."""
    n = time.size
    start = np.searchsorted(time, time, side="left")
    end = np.searchsorted(time, time, side="right")
    anchor_won, anchor_all, other_won, other_all = (np.zeros(n) for _ in range(4))
    rows = np.flatnonzero(anchor > 0.0)
    anchor_all[rows] = np.concatenate([[0.0], np.cumsum(other)])[end[rows]]
    anchor_won[rows] = 0.5 * won_weights(rank, other, end[rows], rank[rows], levels)
    rows = np.flatnonzero(other > 0.0)
    upto = n - start[rows]
    back = np.ascontiguousarray(anchor[::-1])
    other_all[rows] = np.concatenate([[0.0], np.cumsum(back)])[upto]
    other_won[rows] = other_all[rows] - 0.5 * won_weights(
        np.ascontiguousarray(rank[::-1]), back, upto, rank[rows], levels
    )
    return anchor_won, anchor_all, other_won, other_all


def squared_errors(time: Floats, case: Floats, predicted: Floats, horizon: float) -> tuple[float, float, float]:
    """Sum squared errors at a horizon: weighted cases, other-cause rows, survivors."""
    known = time <= horizon
    late = predicted[~known]
    value, weight = predicted[known], case[known]
    early = np.dot((1.0 - value) ** 2, np.maximum(weight, 0.0))
    other = np.dot(value**2, np.maximum(-weight, 0.0))
    return float(early), float(other), float(np.dot(late, late))


def auc_horizons(time: Floats, case: Floats, rank: Ranks, horizons: Floats) -> tuple[Floats, Floats, Floats]:
    """Sum over horizons at once, rows in order of score: weighted won pairs, weight of cases, number of controls."""
    start = np.flatnonzero(np.concatenate([[True], rank[1:] != rank[:-1]]))
    won, cases, controls = (np.zeros(horizons.size) for _ in range(3))
    for place, horizon in enumerate(horizons):
        known = time <= horizon
        weight = np.where(known, case, 0.0)
        by_rank = np.add.reduceat((~known).astype(np.float64), start)
        lower = np.cumsum(by_rank) - 0.5 * by_rank
        won[place] = np.dot(np.add.reduceat(weight, start), lower)
        # The half of a rank's own controls counts as ties; what is below it counts whole.
        cases[place], controls[place] = weight.sum(), by_rank.sum()
    return won, cases, controls


def efron_sums(
    time: Floats, event: Codes, relative: Floats, x: Floats, total: Floats, mean: Floats
) -> tuple[float, Floats]:
    """Walk through the risk sets of a Cox model with Efron's ties: fill `total` and `mean`, return log sum and information."""
    start = np.flatnonzero(np.concatenate([[True], time[1:] != time[:-1]]))
    dead = event == 1
    group = (np.searchsorted(start, np.arange(time.size), side="right") - 1)[dead]
    deaths = np.bincount(group, minlength=start.size)
    first = np.concatenate([[0], np.cumsum(deaths)[:-1]])
    share = (np.arange(group.size) - first[group]) / deaths[group]

    def at_steps(values: Floats) -> Floats:
        shape = (-1, *[1] * (values.ndim - 1))
        risk = np.cumsum(np.add.reduceat(values, start, axis=0)[::-1], axis=0)[::-1][group]
        dying = np.add.reduceat(np.where(dead.reshape(shape), values, 0.0), start, axis=0)[group]
        thinned: Floats = risk - share.reshape(shape) * dying
        return thinned

    total[:] = at_steps(relative)
    mean[:] = at_steps(relative[:, None] * x) / total[:, None]
    second = at_steps(relative[:, None, None] * x[:, :, None] * x[:, None, :]) / total[:, None, None]
    return float(np.log(total).sum()), second.sum(axis=0) - mean.T @ mean


def treated_survival(
    time: Floats, event: Codes, predicted: Floats, threshold: float, horizon: float
) -> tuple[int, float, int]:
    """Return, of the rows predicted at or above a threshold: how many, their Kaplan–Meier curve at the horizon, how many reach it."""
    chosen = predicted >= threshold
    time, event = time[chosen], event[chosen]
    when = np.unique(time[(event != 0) & (time <= horizon)])
    risk = time.size - np.searchsorted(time, when, side="left")
    died = time[event != 0]
    deaths = np.searchsorted(died, when, side="right") - np.searchsorted(died, when, side="left")
    return time.size, float(np.prod(1.0 - deaths / risk)), int((time >= horizon).sum())
