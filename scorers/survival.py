"""Discrimination of a time to one event: Harrell's C, Uno's C, time-dependent AUC.

Risks point one way in the whole package: higher means an earlier event. Every function takes a `Sample` and checked arrays, and
returns an `Estimate`; `scorers.evaluation` is the door for unchecked ones.
"""

import math

import numpy as np
from numpy.typing import NDArray

from scorers import kernels
from scorers.inputs import Undefined
from scorers.ranks import dense_ranks, in_order
from scorers.sample import Estimate, Sample

Floats = NDArray[np.float64]


def concordance_counts(sample: Sample, risk: Floats, tau: float | None = None) -> tuple[int, int, int]:
    """Count comparable pairs of patients: concordant, discordant, tied in risk.

    A pair is comparable if the earlier of the two has the event (up to `tau`, that time included) and the other is observed
    longer, or is censored at the same time.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    risk : array of float of shape (n,)
        Higher means an earlier event; exact equality is a tie.
    tau : float, optional
        Events after it start no pair.
    """
    sample.truth.one_cause()
    line = sample.truth.timeline
    rank, levels = dense_ranks(risk[line.order])
    found = kernels.concordance_counts(line.time, line.event, rank, levels, math.inf if tau is None else float(tau))
    return int(found[0]), int(found[1]), int(found[2])


def harrell_c(sample: Sample, risk: Floats, tau: float | None = None, *, influence: bool = True) -> Estimate:
    r"""Harrell's concordance index, truncated at `tau` if given.

    .. math:: C = \frac{\#\text{concordant} + \tfrac12\,\#\text{tied in risk}}{\#\text{comparable}}

    Higher is better, between 0 and 1; 0.5 is chance. It depends on the censoring of the study.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    risk : array of float of shape (n,)
        Higher means an earlier event.
    tau : float, optional
        In the unit of the times; an event at `tau` counts.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``no_comparable_pair``.
    InputError
        ``competing_event``.

    References
    ----------
    Harrell, Lee, Mark (1996), Statistics in Medicine 15:361–387, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4
    """
    if not influence:
        won, lost, tied = concordance_counts(sample, risk, tau)
        if won + lost + tied == 0:
            raise Undefined("no_comparable_pair")
        return Estimate((won + tied / 2) / (won + lost + tied), None)
    sample.truth.one_cause()
    anchors = sample.truth.timeline.event == 1
    return _concordance(sample, risk, tau, anchors.astype(np.float64), through_censoring=False, influence=True)


def uno_c(sample: Sample, risk: Floats, tau: float | None, *, influence: bool = True) -> Estimate:
    r"""Uno's concordance index: pairs weigh :math:`1/\hat G(T_i-)^2` of their earlier row, which undoes the censoring.

    .. math:: C_\tau = \frac{\sum_{i,j} \Delta_i \hat G(T_i-)^{-2} 1\{T_i \le \tau,\, T_i < T_j\}
              (1\{r_i > r_j\} + \tfrac12 1\{r_i = r_j\})}{\sum_{i,j} \Delta_i \hat G(T_i-)^{-2} 1\{T_i \le \tau,\, T_i < T_j\}}

    A row censored at :math:`T_i` is comparable too. Higher is better, between 0 and 1; 0.5 is chance. Equal to R's
    ``concordance(timewt = "n/G2", ymax = tau)``: an event at `tau` counts, and G is continuous from the left.

    Parameters
    ----------
    sample : Sample
        Scored rows, weighted by G of the whole hidden set.
    risk : array of float of shape (n,)
        Higher means an earlier event.
    tau : float or None
        In the unit of the times.
    influence : bool
        Whether influence values are wanted too; they include the estimation of G.

    Raises
    ------
    Undefined
        ``no_comparable_pair``.
    InputError
        ``competing_event``.

    References
    ----------
    Uno et al. (2011), Statistics in Medicine 30:1105–1117, doi:10.1002/sim.4154
    """
    sample.truth.one_cause()
    weight = sample.known[sample.truth.timeline.order] ** 2
    return _concordance(sample, risk, tau, weight, through_censoring=True, influence=influence)


def _concordance(
    sample: Sample,
    risk: Floats,
    tau: float | None,
    weight: Floats,
    *,
    through_censoring: bool,
    influence: bool,
) -> Estimate:
    """Weigh pairs by their earlier row; `weight` comes in order of time."""
    line = sample.truth.timeline
    if tau is not None:
        weight = np.where(line.time <= tau, weight, 0.0)
    rank, levels = dense_ranks(risk[line.order])
    before_won, before_all, after_won, after_all = kernels.pair_sums(line.time, line.event, rank, levels, weight)
    total = float((weight * before_all).sum())
    if total <= 0.0:
        raise Undefined("no_comparable_pair")
    value = float((weight * before_won).sum()) / total
    if not influence:
        return Estimate(value, None)
    started = weight * (before_won - value * before_all)
    moved = line.to_rows(started + after_won - value * after_all)
    if through_censoring:
        # The weight is squared: it moves twice as fast as the curve.
        moved += 2.0 * line.censoring.pull(line.to_rows(started), {})
    return Estimate(value, moved / total)


def auc_t(sample: Sample, score: Floats, horizon: float, *, influence: bool = True) -> Estimate:
    r"""Cumulative/dynamic area under the ROC curve at a horizon.

    The probability that a patient with the event by :math:`t` has a higher score than one who is free of it after :math:`t`;
    cases weigh :math:`1/\hat G(T_i-)`. Higher is better, between 0 and 1; 0.5 is chance. With competing events the controls are
    those who are free of any event, and those who had the competing one, weighted as cases are.

    Parameters
    ----------
    sample : Sample
        Scored rows, weighted by G of the whole hidden set.
    score : array of float of shape (n,)
        Event probabilities at the horizon, or risks: higher means more likely.
    horizon : float
        In the unit of the times; an event at it is a case.
    influence : bool
        Whether influence values are wanted too; they include the estimation of G.

    Raises
    ------
    Undefined
        ``no_case``, ``no_control`` or ``censoring_too_heavy``.

    References
    ----------
    Blanche, Dartigues, Jacqmin-Gadda (2013), Statistics in Medicine 32:5381–5397, doi:10.1002/sim.5958
    """
    early = sample.time <= horizon
    known = np.where(early, sample.known, 0.0)
    case = np.maximum(known, 0.0)
    control = np.maximum(-known, 0.0)
    if not case.any():
        raise Undefined("no_case")
    if not early.all():
        control[~early] = sample.weight_at(horizon)
    if not control.any():
        raise Undefined("no_control")
    rank, levels = dense_ranks(score)
    cases, controls = float(case.sum()), float(control.sum())
    by_rank = np.bincount(rank, control, levels)
    beaten = (np.cumsum(by_rank) - 0.5 * by_rank)[rank] / controls
    value = float((case * beaten).sum()) / cases
    if not influence:
        return Estimate(value, None)
    by_rank = np.bincount(rank, case, levels)
    beating = (cases - np.cumsum(by_rank) + 0.5 * by_rank)[rank] / cases
    moved = case * (beaten - value) / cases + control * (beating - value) / controls
    pulled = sample.truth.timeline.censoring.pull(np.where(early, moved, 0.0), {horizon: float(moved[~early].sum())})
    return Estimate(value, moved + pulled)


def auc_curve(sample: Sample, score: Floats, horizons: Floats) -> Floats:
    """Return the AUC of one score at many horizons, shape (k,): one sort serves all of them.

    Parameters
    ----------
    sample : Sample
        Scored rows.
    score : array of float of shape (n,)
        Higher means more likely.
    horizons : array of float of shape (k,)
        Increasing.

    Raises
    ------
    Undefined
        ``no_case`` or ``no_control``, at any of the horizons.
    InputError
        ``competing_event``.
    """
    sample.truth.one_cause()
    order, rank = in_order(score)
    won, cases, controls = kernels.auc_horizons(sample.time[order], sample.known[order], rank, horizons)
    if not cases.all():
        raise Undefined("no_case")
    if not controls.all():
        raise Undefined("no_control")
    found: Floats = won / (cases * controls)
    return found
