"""Slow, literal definitions of every metric, with a weight per row: what the fast code must equal.

Nothing here is shared with the package. Loops follow the formulas; a weight of 2 means the row twice, and derivatives with respect to
weights are the influence values.
"""

import math

import numpy as np


def ones(values):
    return np.ones(len(values))


def survival_curve(time, event, when, weight=None, *, before=False):
    """Kaplan–Meier at a time (or just before it)."""
    weight = ones(time) if weight is None else weight
    level = 1.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e != 0}):
        if t < when or (t == when and not before):
            died = sum(w for s, e, w in zip(time, event, weight, strict=True) if s == t and e != 0)
            risk = sum(w for s, w in zip(time, weight, strict=True) if s >= t)
            level *= 1.0 - died / risk
    return level


def censoring_curve(time, event, when, weight=None, *, before=False):
    """Reverse Kaplan–Meier: events leave the risk set before the censorings of their time."""
    weight = ones(time) if weight is None else weight
    level = 1.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e == 0}):
        if t < when or (t == when and not before):
            left = sum(w for s, e, w in zip(time, event, weight, strict=True) if s == t and e == 0)
            risk = sum(w for s, e, w in zip(time, event, weight, strict=True) if s > t or (s == t and e == 0))
            level *= 1.0 - left / risk
    return level


def _half(mine, other):
    return 1.0 if mine > other else 0.5 if mine == other else 0.0


def _concordance(time, event, risk, pair_weight, weight):
    won = total = 0.0
    n = len(time)
    for i in range(n):
        for j in range(n):
            w = pair_weight(i, j) * weight[i] * weight[j] if i != j else 0.0
            if w:
                won += w * _half(risk[i], risk[j])
                total += w
    return won / total if total else None


def harrell_c(time, event, risk, tau=math.inf, weight=None):
    weight = ones(time) if weight is None else weight

    def pair(i, j):
        return float(event[i] == 1 and time[i] <= tau and (time[i] < time[j] or (time[i] == time[j] and event[j] == 0)))

    return _concordance(time, event, risk, pair, weight)


def uno_c(time, event, risk, tau=math.inf, weight=None):
    weight = ones(time) if weight is None else weight
    left = [censoring_curve(time, event, t, weight, before=True) for t in time]

    def pair(i, j):
        if event[i] == 1 and time[i] <= tau and (time[i] < time[j] or (time[i] == time[j] and event[j] == 0)):
            return 1.0 / left[i] ** 2
        return 0.0

    return _concordance(time, event, risk, pair, weight)


def wolbers_c(time, event, risk, tau=math.inf, weight=None):
    weight = ones(time) if weight is None else weight
    left = [censoring_curve(time, event, t, weight, before=True) for t in time]

    def pair(i, j):
        if event[i] != 1 or time[i] > tau:
            return 0.0
        if time[i] < time[j] or (time[i] == time[j] and event[j] == 0):
            return 1.0 / left[i] ** 2
        if event[j] == 2 and time[j] <= time[i]:
            return 1.0 / (left[i] * left[j])
        return 0.0

    return _concordance(time, event, risk, pair, weight)


def ipcw(time, event, horizon, weight=None):
    """Weights and outcomes at a horizon: (weight, outcome) per row; weight 0 where the state is not known."""
    kept = censoring_curve(time, event, horizon, weight)
    found = []
    for t, e in zip(time, event, strict=True):
        if t > horizon:
            found.append((1.0 / kept, 0))
        elif e != 0:
            found.append((1.0 / censoring_curve(time, event, t, weight, before=True), int(e == 1)))
        else:
            found.append((0.0, 0))
    return found


def auc_t(time, event, score, horizon, weight=None):
    weight = ones(time) if weight is None else weight
    at = ipcw(time, event, horizon, weight)
    won = total = 0.0
    for i, (wi, yi) in enumerate(at):
        for j, (wj, yj) in enumerate(at):
            if yi == 1 and yj == 0:
                pair = wi * wj * weight[i] * weight[j]
                won += pair * _half(score[i], score[j])
                total += pair
    return won / total if total else None


def brier(time, event, probability, horizon, weight=None):
    weight = ones(time) if weight is None else weight
    at = ipcw(time, event, horizon, weight)
    return sum(m * w * (y - p) ** 2 for m, (w, y), p in zip(weight, at, probability, strict=True)) / sum(weight)


def log_loss_t(time, event, probability, horizon, weight=None):
    weight = ones(time) if weight is None else weight
    at = ipcw(time, event, horizon, weight)
    total = 0.0
    for m, (w, y), p in zip(weight, at, probability, strict=True):
        held = min(max(p, 1e-15), 1 - 1e-15)
        total -= m * w * (math.log(held) if y else math.log1p(-held))
    return total / sum(weight)


def ipa(time, event, probability, horizon, weight=None):
    null = 1.0 - survival_curve(time, event, horizon, weight)
    return 1.0 - brier(time, event, probability, horizon, weight) / brier(
        time, event, [null] * len(time), horizon, weight
    )


def ibs(time, event, probabilities, grid, weight=None):
    scores = [brier(time, event, p, t, weight) for p, t in zip(probabilities, grid, strict=True)]
    area = sum((grid[k] - grid[k - 1]) * (scores[k] + scores[k - 1]) / 2 for k in range(1, len(grid)))
    return area / (grid[-1] - grid[0])


def oe_ratio(time, event, probability, horizon, weight=None):
    weight = ones(time) if weight is None else weight
    return (1.0 - survival_curve(time, event, horizon, weight)) / (
        sum(w * p for w, p in zip(weight, probability, strict=True)) / sum(weight)
    )


def net_benefit(time, event, probability, horizon, threshold, weight=None):
    weight = ones(time) if weight is None else weight
    treated = [i for i, p in enumerate(probability) if p >= threshold]
    if not treated:
        return 0.0
    share = sum(weight[i] for i in treated) / sum(weight)
    free = survival_curve(
        [time[i] for i in treated], [event[i] for i in treated], horizon, [weight[i] for i in treated]
    )
    return share * ((1.0 - free) - free * threshold / (1.0 - threshold))


def d_calibration(time, event, knots, curves):
    """Counts by tenth, censored rows spread; `knots` begin at 0, `curves[k][i]` is row i's survival at knot k."""
    counts = [0.0] * 10
    for i, (t, e) in enumerate(zip(time, event, strict=True)):
        last = knots[-1]
        s = float(np.interp(min(t, last), knots, [curve[i] for curve in curves]))
        if e == 1 and t <= last:
            counts[min(int(s * 10), 9)] += 1.0
            continue
        own = min(int(s * 10), 9)
        for k in range(own):
            counts[k] += 0.1 / s
        counts[own] += (s - own / 10) / s if own else 1.0
    return counts


def efron(time, event, x, beta, weight=None):
    """Log partial likelihood of one covariate with Efron's ties; tied events share their mean weight."""
    weight = ones(time) if weight is None else weight
    total = 0.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e == 1}):
        dead = [i for i in range(len(time)) if time[i] == t and event[i] == 1]
        risk = sum(weight[i] * math.exp(beta * x[i]) for i in range(len(time)) if time[i] >= t)
        dying = sum(weight[i] * math.exp(beta * x[i]) for i in dead)
        mean = sum(weight[i] for i in dead) / len(dead)
        total += sum(weight[i] * beta * x[i] for i in dead)
        total -= sum(mean * math.log(risk - k / len(dead) * dying) for k in range(len(dead)))
    return total


def cumulative_incidence(time, event, when):
    level = 0.0
    for t in sorted({t for t, e in zip(time, event, strict=True) if e == 1 and t <= when}):
        free = survival_curve(time, event, t, before=True)
        level += (
            free
            * sum(1 for s, e in zip(time, event, strict=True) if s == t and e == 1)
            / sum(1 for s in time if s >= t)
        )
    return level


def roc_auc(outcome, score, weight=None):
    weight = ones(outcome) if weight is None else weight
    won = total = 0.0
    for i, yi in enumerate(outcome):
        for j, yj in enumerate(outcome):
            if yi == 1 and yj == 0:
                won += weight[i] * weight[j] * _half(score[i], score[j])
                total += weight[i] * weight[j]
    return won / total


def average_precision(outcome, score, weight=None):
    weight = ones(outcome) if weight is None else weight
    total = 0.0
    for i, yi in enumerate(outcome):
        if yi == 1:
            flagged = sum(w for w, s in zip(weight, score, strict=True) if s >= score[i])
            caught = sum(w for w, s, y in zip(weight, score, outcome, strict=True) if s >= score[i] and y == 1)
            total += weight[i] * caught / flagged
    return total / sum(w for w, y in zip(weight, outcome, strict=True) if y == 1)


def logistic(outcome, x, weight=None):
    """Slope and intercept by plain Newton steps from zero."""
    weight = ones(outcome) if weight is None else np.asarray(weight)
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.zeros(2)
    for _ in range(200):
        chance = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weight * (np.asarray(outcome) - chance))
        hessian = design.T @ (design * (weight * chance * (1 - chance))[:, None])
        beta = beta + np.linalg.solve(hessian, gradient)
    return beta[1], beta[0]


def derivative(function, n, step=1e-5):
    """Derivative of a function of row weights with respect to each of them, at ones."""
    found = np.empty(n)
    for i in range(n):
        up, down = np.ones(n), np.ones(n)
        up[i] += step
        down[i] -= step
        found[i] = (function(up) - function(down)) / (2 * step)
    return found
