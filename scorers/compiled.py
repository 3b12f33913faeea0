"""The inner loops, compiled by numba: one thread, without the interpreter's lock, kept on disk between processes.

Every function here has a twin of the same name and meaning in `scorers.fallback`; `scorers.kernels` chooses. Rows come in order of
time, events before the censorings of the same time (`scorers.timeline.key_order`), scores as ranks from 0 without gaps. Nothing is
checked here: callers pass what `scorers.inputs` has let through.

A Fenwick tree over ranks holds the rows that may be compared with the present one; walking through time from its end fills it.
Rows that have the event at the same time are not comparable with each other, so a group of them asks before it enters.
"""

# ruff: noqa: ANN001, ANN201, ANN202 (numba finds the types itself, at the first call)
# ruff: noqa: C901, PLR0912 (a call inside a lane loop costs more than the loop: kernels are written out)

# mypy: disable-error-code="no-untyped-def"

import numpy as np
from numba import njit

_BLOCK = 16


@njit(cache=True, nogil=True, inline="always")
def _add(tree, place, amount):
    place += 1
    while place < tree.size:
        tree[place] += amount
        place += place & -place


@njit(cache=True, nogil=True, inline="always")
def _below(tree, place):
    total = tree[0]
    while place > 0:
        total += tree[place]
        place -= place & -place
    return total


@njit(cache=True, nogil=True)
def packed_keys(values, second, place_bits):
    """Return integers that sort as the values do, but for their lowest bits, which hold `second` (if it is not empty) and the place."""
    key = np.empty(values.size, np.int64)
    # Adding zero makes -0.0 into 0.0. Bits of floats sort as the floats do, once those of negative ones are turned round.
    bits = (values + 0.0).view(np.int64)
    lost = place_bits + (second.size > 0)
    for i in range(values.size):
        turned = bits[i] ^ ((bits[i] >> 63) & 0x7FFFFFFFFFFFFFFF)
        key[i] = ((turned >> lost) << lost) | i
        if second.size > 0:
            key[i] |= np.int64(second[i]) << place_bits
    return key


@njit(cache=True, nogil=True)
def unpack_order(values, second, key, place_bits):
    """Make sorted keys into the order of the values, in place, and put right what the lost bits hid; False if that took long."""
    mask = (1 << place_bits) - 1
    left = 16 * key.size
    for i in range(key.size):
        row = key[i] & mask
        value = values[row]
        j = i - 1
        while j >= 0:
            other = values[key[j]]
            if other < value or (other == value and (second.size == 0 or second[key[j]] <= second[row])):
                break
            key[j + 1] = key[j]
            j -= 1
            left -= 1
            if left < 0:
                return False
        key[j + 1] = row
    return True


@njit(cache=True, nogil=True)
def ranks_of(values, order):
    """Return dense ranks of values whose order is known, and how many there are."""
    ranks = np.empty(order.size, np.int32)
    rank = 0
    ranks[order[0]] = 0
    for i in range(1, order.size):
        rank += values[order[i]] != values[order[i - 1]]
        ranks[order[i]] = rank
    return ranks, rank + 1


@njit(cache=True, nogil=True)
def concordance_counts(time, event, rank, levels, tau):
    """Count concordant, discordant and tied pairs whose earlier row has the event up to `tau`.

    The tree counts blocks of 16 ranks, so that of a million rows it stays in the processor's cache (twice as fast there); what is below
    within a row's own block is counted one by one.
    """
    same = np.zeros(levels, np.int32)
    tree = np.zeros(levels // _BLOCK + 2, np.int32)
    concordant, comparable, tied, inside = 0, 0, 0, 0
    i = time.size - 1
    while i >= 0:
        first = i
        while first >= 0 and event[i] != 0 and time[first] == time[i] and event[first] != 0:
            if event[first] == 1 and time[first] <= tau:
                block = rank[first] // _BLOCK
                concordant += _below(tree, block)
                for other in range(block * _BLOCK, rank[first]):
                    concordant += same[other]
                tied += same[rank[first]]
                comparable += inside
            first -= 1
        if event[i] == 0:
            first = i - 1
        for j in range(first + 1, i + 1):
            _add(tree, rank[j] // _BLOCK, 1)
            same[rank[j]] += 1
            inside += 1
        i = first
    return concordant, comparable - concordant - tied, tied


@njit(cache=True, nogil=True)
def pair_sums(time, event, rank, levels, weight):
    """Sum, for every row, over its comparable pairs; a pair weighs what its earlier row weighs.

    `weight` is zero for rows that start no pair. Returns four arrays of shape (n,): for the row as the earlier one its concordant
    pairs (ties a half) and its pairs, unweighted; for the row as the later one the weights of the concordant pairs and of all.
    """
    n = time.size
    tree = np.zeros(levels + 1, np.float64)
    same = np.zeros(levels, np.float64)
    before_won, before_all = np.zeros(n), np.zeros(n)
    after_won, after_all = np.zeros(n), np.zeros(n)
    inside = 0.0
    i = n - 1
    while i >= 0:
        first = i
        while first >= 0 and event[i] != 0 and time[first] == time[i] and event[first] != 0:
            if weight[first] > 0.0:
                before_won[first] = _below(tree, rank[first]) + 0.5 * same[rank[first]]
                before_all[first] = inside
            first -= 1
        if event[i] == 0:
            first = i - 1
        for j in range(first + 1, i + 1):
            _add(tree, rank[j], 1.0)
            same[rank[j]] += 1.0
            inside += 1.0
        i = first
    tree[:] = 0.0
    same[:] = 0.0
    total = 0.0
    i = 0
    while i < n:
        last = i
        while last < n and time[last] == time[i] and (last == i or event[last] != 0):
            # The rows before that have a higher risk are concordant with this one.
            after_won[last] = total - _below(tree, rank[last]) - 0.5 * same[rank[last]]
            after_all[last] = total
            last += 1
        for j in range(i, last):
            if weight[j] > 0.0:
                _add(tree, rank[j], weight[j])
                same[rank[j]] += weight[j]
                total += weight[j]
        i = last
    return before_won, before_all, after_won, after_all


@njit(cache=True, nogil=True)
def other_cause_sums(time, rank, levels, anchor, other):
    """Sum over pairs of a row with the event (weight `anchor`) and a row that had the competing event no later (`other`).

    A pair weighs anchor times other. Returns four arrays of shape (n,): for a row as the anchor the weight of concordant partners
    (ties a half) and of all partners; for a row as the partner the same of anchors. Own weights are left out of both.
    """
    n = time.size
    tree = np.zeros(levels + 1, np.float64)
    same = np.zeros(levels, np.float64)
    anchor_won, anchor_all = np.zeros(n), np.zeros(n)
    other_won, other_all = np.zeros(n), np.zeros(n)
    total = 0.0
    i = 0
    while i < n:
        last = i
        while last < n and time[last] == time[i]:
            if other[last] > 0.0:
                _add(tree, rank[last], other[last])
                same[rank[last]] += other[last]
                total += other[last]
            last += 1
        for j in range(i, last):
            if anchor[j] > 0.0:
                anchor_won[j] = _below(tree, rank[j]) + 0.5 * same[rank[j]]
                anchor_all[j] = total
        i = last
    tree[:] = 0.0
    same[:] = 0.0
    total = 0.0
    i = n - 1
    while i >= 0:
        first = i
        while first >= 0 and time[first] == time[i]:
            if anchor[first] > 0.0:
                _add(tree, rank[first], anchor[first])
                same[rank[first]] += anchor[first]
                total += anchor[first]
            first -= 1
        for j in range(first + 1, i + 1):
            if other[j] > 0.0:
                other_won[j] = total - _below(tree, rank[j]) - 0.5 * same[rank[j]]
                other_all[j] = total
        i = first
    return anchor_won, anchor_all, other_won, other_all


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def squared_errors(time, case, predicted, horizon):
    """Sum squared errors at a horizon over the rows whose outcome is known: weighted cases, other-cause rows, survivors.

    `case` is 1/G(T-) for the event of interest, minus that for a competing one, 0 for a censoring.
    """
    early, other, late = 0.0, 0.0, 0.0
    for i in range(time.size):
        value = predicted[i]
        weight = case[i]
        known = time[i] <= horizon
        early += (1.0 - value) * (1.0 - value) * weight if known and weight > 0.0 else 0.0
        other += value * value * weight if known and weight < 0.0 else 0.0
        late += 0.0 if known else value * value
    return early, -other, late


@njit(cache=True, nogil=True)
def auc_horizons(time, case, rank, horizons):
    """Sum over horizons at once, rows in order of score: weighted won pairs, weight of cases, number of controls.

    `case` is 1/G(T-) for events and 0 for censorings. Horizons increase. Returns three arrays of shape (k,).
    """
    k = horizons.size
    won, cases, controls, tied = np.zeros(k), np.zeros(k), np.zeros(k), np.zeros(k)
    i = 0
    while i < time.size:
        last = i + 1
        while last < time.size and rank[last] == rank[i]:
            last += 1
        if last == i + 1:
            since = np.searchsorted(horizons, time[i])
            weight = case[i]
            if weight > 0.0:
                for h in range(since, k):
                    won[h] += weight * controls[h]
                    cases[h] += weight
            for h in range(since):
                controls[h] += 1.0
        else:
            tied[:] = 0.0
            for j in range(i, last):
                for h in range(np.searchsorted(horizons, time[j])):
                    tied[h] += 1.0
            for j in range(i, last):
                weight = case[j]
                if weight > 0.0:
                    for h in range(np.searchsorted(horizons, time[j]), k):
                        won[h] += weight * (controls[h] + 0.5 * tied[h])
                        cases[h] += weight
            for h in range(k):
                controls[h] += tied[h]
        i = last
    return won, cases, controls


@njit(cache=True, nogil=True)
def efron_sums(time, event, relative, x, total, mean):
    """Walk through the risk sets of a Cox model with Efron's ties; `relative` of shape (n,) is the hazard ratio, `x` of shape (n, p).

    Fills `total` of shape (d,) and `mean` of shape (d, p), one step per event in order of time; returns the sum of the logarithms of
    the totals and the information, shape (p, p).
    """
    n, p = x.shape
    risk1, dead1, risk2, dead2 = np.zeros(p), np.zeros(p), np.zeros((p, p)), np.zeros((p, p))
    information = np.zeros((p, p))
    logarithms, risk0 = 0.0, 0.0
    step = total.size
    i = n - 1
    while i >= 0:
        first = i
        deaths, dead0 = 0, 0.0
        dead1[:] = 0.0
        dead2[:, :] = 0.0
        while first >= 0 and time[first] == time[i]:
            r = relative[first]
            risk0 += r
            for a in range(p):
                risk1[a] += r * x[first, a]
                for b in range(p):
                    risk2[a, b] += r * x[first, a] * x[first, b]
            if event[first] == 1:
                deaths += 1
                dead0 += r
                for a in range(p):
                    dead1[a] += r * x[first, a]
                    for b in range(p):
                        dead2[a, b] += r * x[first, a] * x[first, b]
            first -= 1
        step -= deaths
        for k in range(deaths):
            share = k / deaths
            thinned = risk0 - share * dead0
            total[step + k] = thinned
            logarithms += np.log(thinned)
            for a in range(p):
                mean[step + k, a] = (risk1[a] - share * dead1[a]) / thinned
            for a in range(p):
                for b in range(p):
                    information[a, b] += (risk2[a, b] - share * dead2[a, b]) / thinned - mean[step + k, a] * mean[
                        step + k, b
                    ]
        i = first
    return logarithms, information


@njit(cache=True, nogil=True)
def treated_survival(time, event, predicted, threshold, horizon):
    """Return, of the rows predicted at or above a threshold: how many, their Kaplan–Meier curve at the horizon, how many reach it."""
    treated, reaching = 0, 0
    for i in range(time.size):
        if predicted[i] >= threshold:
            treated += 1
            reaching += time[i] >= horizon
    level, risk = 1.0, treated
    i = 0
    while i < time.size and time[i] <= horizon:
        last, deaths, leaving = i, 0, 0
        while last < time.size and time[last] == time[i]:
            if predicted[last] >= threshold:
                leaving += 1
                deaths += event[last] != 0
            last += 1
        if deaths > 0:
            level *= 1.0 - deaths / risk
        risk -= leaving
        i = last
    return treated, level, reaching
