"""Compiled inner loops of the bootstrap: 64 resamples side by side, so that one walk through time serves all of them.

As in `scorers.compiled`; a function of its own for each, since a call inside a lane loop costs more than the loop.
"""

# ruff: noqa: ANN001, ANN201 (numba finds the types itself, at the first call)
# ruff: noqa: C901, PLR0912 (a call inside a lane loop costs more than the loop: kernels are written out)

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

LANES = 64


@njit(cache=True, nogil=True)
def tally(drawn, times_drawn):
    """Add to `times_drawn`, shape (n,), how often each row's number stands in `drawn`."""
    for i in range(drawn.size):
        times_drawn[drawn[i]] += 1


@njit(cache=True, nogil=True)
def concordance_lanes(time, event, rank, levels, times_drawn, tau):
    """Count pairs in 64 resamples at once; `times_drawn` of shape (n, 64) says how often each row was drawn.

    Its integer type carries the counts: int16 halves the traffic and holds up to 32,767 rows. Returns, per resample, twice the
    concordant pairs plus the tied ones, and the comparable pairs: exact integers.
    """
    tree = np.zeros((levels + 1, LANES), times_drawn.dtype)
    # Only a rank that several rows share can tie; without ties this table stays empty.
    shared = np.zeros(levels, np.int64)
    for i in range(time.size):
        shared[rank[i]] += 1
    slots = 0
    for level in range(levels):
        slots += shared[level] > 1
        shared[level] = slots if shared[level] > 1 else 0
    same = np.zeros((slots + 1, LANES), times_drawn.dtype)
    inside = np.zeros(LANES, np.int64)
    doubled = np.zeros(LANES, np.int64)
    comparable = np.zeros(LANES, np.int64)
    below = np.zeros(LANES, times_drawn.dtype)
    i = time.size - 1
    while i >= 0:
        first = i
        while first >= 0 and event[i] != 0 and time[first] == time[i] and event[first] != 0:
            if event[first] == 1 and time[first] <= tau:
                for lane in range(LANES):
                    below[lane] = 0
                place = rank[first]
                while place > 0:
                    for lane in range(LANES):
                        below[lane] += tree[place, lane]
                    place -= place & -place
                slot = shared[rank[first]]
                for lane in range(LANES):
                    drawn = np.int64(times_drawn[first, lane])
                    doubled[lane] += drawn * 2 * np.int64(below[lane])
                    comparable[lane] += drawn * inside[lane]
                if slot > 0:
                    for lane in range(LANES):
                        doubled[lane] += np.int64(times_drawn[first, lane]) * np.int64(same[slot, lane])
            first -= 1
        if event[i] == 0:
            first = i - 1
        for j in range(first + 1, i + 1):
            place = rank[j] + 1
            while place <= levels:
                for lane in range(LANES):
                    tree[place, lane] += times_drawn[j, lane]
                place += place & -place
            slot = shared[rank[j]]
            if slot > 0:
                for lane in range(LANES):
                    same[slot, lane] += times_drawn[j, lane]
            for lane in range(LANES):
                inside[lane] += times_drawn[j, lane]
        i = first
    return doubled, comparable


@njit(cache=True, nogil=True)
def weighted_concordance_lanes(time, event, rank, levels, times_drawn, weight):
    """Sum pairs in 64 resamples at once; a pair weighs what its earlier row weighs in that resample times how often the later was drawn.

    `weight` of shape (n, 64) is zero for rows that start no pair. Returns, per resample, the weight of the concordant pairs (ties a half)
    and of all comparable ones.
    """
    tree = np.zeros((levels + 1, LANES), times_drawn.dtype)
    same = np.zeros((levels, LANES), times_drawn.dtype)
    inside = np.zeros(LANES, np.float64)
    won = np.zeros(LANES, np.float64)
    comparable = np.zeros(LANES, np.float64)
    below = np.zeros(LANES, times_drawn.dtype)
    i = time.size - 1
    while i >= 0:
        first = i
        while first >= 0 and event[i] != 0 and time[first] == time[i] and event[first] != 0:
            if event[first] == 1:
                for lane in range(LANES):
                    below[lane] = 0
                place = rank[first]
                while place > 0:
                    for lane in range(LANES):
                        below[lane] += tree[place, lane]
                    place -= place & -place
                for lane in range(LANES):
                    won[lane] += weight[first, lane] * (below[lane] + 0.5 * same[rank[first], lane])
                    comparable[lane] += weight[first, lane] * inside[lane]
            first -= 1
        if event[i] == 0:
            first = i - 1
        for j in range(first + 1, i + 1):
            place = rank[j] + 1
            while place <= levels:
                for lane in range(LANES):
                    tree[place, lane] += times_drawn[j, lane]
                place += place & -place
            for lane in range(LANES):
                same[rank[j], lane] += times_drawn[j, lane]
                inside[lane] += times_drawn[j, lane]
        i = first
    return won, comparable


@njit(cache=True, nogil=True)
def auc_lanes(order, rank, case, control):
    """Sum won pairs in 64 resamples at once, rows in order of score; `case` and `control` of shape (n, 64) weigh each row, by row.

    `order` lists rows from the lowest score to the highest, `rank` their dense ranks in that order. Returns, per resample, the weight of
    the won pairs (ties a half), of the cases and of the controls.
    """
    won, cases, controls = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    tied_cases, tied_controls = np.zeros(LANES), np.zeros(LANES)
    i = 0
    while i < order.size:
        for lane in range(LANES):
            tied_cases[lane] = 0.0
            tied_controls[lane] = 0.0
        last = i
        while last < order.size and rank[last] == rank[i]:
            row = order[last]
            for lane in range(LANES):
                tied_cases[lane] += case[row, lane]
                tied_controls[lane] += control[row, lane]
            last += 1
        for lane in range(LANES):
            won[lane] += tied_cases[lane] * (controls[lane] + 0.5 * tied_controls[lane])
            cases[lane] += tied_cases[lane]
            controls[lane] += tied_controls[lane]
        i = last
    return won, cases, controls
