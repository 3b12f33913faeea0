"""Competing risks: Wolbers' C and the Aalen–Johansen cumulative incidence.

Code 1 is the event of interest, code 2 a competing one. Brier score and AUC with competing events are those of
`scorers.accuracy` and `scorers.survival`, which treat code 2 as known not to have the event.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scorers import kernels
from scorers.inputs import Undefined
from scorers.ranks import dense_ranks
from scorers.sample import Estimate, Sample
from scorers.timeline import Timeline

Floats = NDArray[np.float64]


def wolbers_c(sample: Sample, risk: Floats, tau: float | None, *, influence: bool = True) -> Estimate:
    r"""Wolbers' concordance index for the first cause.

    A patient i with the event (by `tau`, that time included) is compared with every j who is observed longer, or censored at the
    same time (weight :math:`1/\hat G(T_i-)^2`), and with every j who had the competing event no later
    (:math:`1/\{\hat G(T_i-)\hat G(T_j-)\}`): j will never have the event. Concordant if i has the higher risk; ties in risk count
    half. Higher is better, between 0 and 1; 0.5 is chance.

    Parameters
    ----------
    sample : Sample
        Scored rows, weighted by G of the whole hidden set.
    risk : array of float of shape (n,)
        Cumulative incidence of the event by `tau`, or any score that is higher for patients at higher risk.
    tau : float or None
        In the unit of the times.
    influence : bool
        Whether influence values are wanted too; they include the estimation of G.

    Raises
    ------
    Undefined
        ``no_comparable_pair``.

    References
    ----------
    Wolbers et al. (2014), Biostatistics 15:526–539, doi:10.1093/biostatistics/kxt059
    """
    line = sample.truth.timeline
    known = sample.known[line.order]
    anchor = np.maximum(known, 0.0)
    if tau is not None:
        anchor = np.where(line.time <= tau, anchor, 0.0)
    other = np.maximum(-known, 0.0)
    rank, levels = dense_ranks(risk[line.order])
    weight = anchor**2
    won, compared, late_won, late_compared = kernels.pair_sums(line.time, line.event, rank, levels, weight)
    anchor_won, anchor_all, other_won, other_all = kernels.other_cause_sums(line.time, rank, levels, anchor, other)
    total = float((weight * compared + anchor * anchor_all).sum())
    if total <= 0.0:
        raise Undefined("no_comparable_pair")
    value = float((weight * won + anchor * anchor_won).sum()) / total
    if not influence:
        return Estimate(value, None)
    longer = weight * (won - value * compared)
    as_anchor = anchor * (anchor_won - value * anchor_all)
    as_other = other * (other_won - value * other_all)
    moved = longer + as_anchor + as_other + late_won - value * late_compared
    pulled = line.censoring.pull(line.to_rows(2.0 * longer + as_anchor + as_other), {})
    return Estimate(value, (line.to_rows(moved) + pulled) / total)


def cumulative_incidence(line: Timeline) -> Floats:
    """Return the Aalen–Johansen cumulative incidence of the first cause at each distinct time, shape (k,).

    References
    ----------
    Aalen, Johansen (1978), Scandinavian Journal of Statistics 5:141–150
    """
    curve = line.survival
    first = np.add.reduceat((line.event == 1).astype(np.float64), line.start)
    found: Floats = np.cumsum(curve.before * first / curve.risk)
    return found


def incidence_band(line: Timeline, times: Sequence[float], z: float) -> list[tuple[float, float, float]]:
    r"""Return the cumulative incidence of the first cause at some times with its interval: (incidence, low, high).

    The variance is the delta method's (Marubini and Valsecchi), the interval on the complementary log-log scale; where the
    incidence is 0 or 1 there is none, and its ends are the incidence itself.

    Parameters
    ----------
    line : Timeline
        Rows in order of time.
    times : sequence of float
        In the unit of the times.
    z : float
        Normal quantile of the interval.

    References
    ----------
    Marubini, Valsecchi (1995), Analysing Survival Data from Clinical Trials and Observational Studies, Wiley, section 10.4
    """
    curve = line.survival
    first = np.add.reduceat((line.event == 1).astype(np.float64), line.start)
    risk = curve.risk.astype(np.float64)
    rest = risk - curve.drops
    level = np.cumsum(curve.before * first / risk)
    lost = np.divide(curve.drops, risk * rest, out=np.zeros_like(risk), where=rest > 0.0)
    own = curve.before**2 * first * (risk - first) / risk**3
    crossed = curve.before * first / risk**2
    found = []
    for when in times:
        place = int(np.searchsorted(line.moments, when, side="right"))
        value = float(level[place - 1]) if place else 0.0
        if not 0.0 < value < 1.0:
            found.append((value, value, value))
            continue
        gap = value - level[:place]
        variance = float((gap**2 * lost[:place] + own[:place] - 2.0 * gap * crossed[:place]).sum())
        reach = z * math.sqrt(max(variance, 0.0)) / abs((1.0 - value) * math.log1p(-value))
        low, high = (1.0 - (1.0 - value) ** math.exp(sign * reach) for sign in (-1.0, 1.0))
        found.append((value, low, high))
    return found
