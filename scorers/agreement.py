"""Judges' marks: what they say of the teams once severity is taken out, and how far the judges agree.

Marks come as a table of teams by judges, NaN where a judge has not marked a team (recused, or absent). Only because recusals make the
table incomplete does severity matter: with every mark there, the plain mean orders the teams just as the model does.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.inputs import InputError, Undefined

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True)
class Additive:
    r"""The least-squares fit of :math:`y_{tj} = \mu + \text{team}_t + \text{judge}_j + \varepsilon`, judges summing to zero.

    Attributes
    ----------
    team : array of float of shape (t,)
        The mark that each team would have from an average judge; NaN for a team that nobody has marked.
    team_se : array of float of shape (t,)
        Its standard error; NaN where there are no degrees of freedom left.
    judge : array of float of shape (j,)
        How much higher than the average each judge marks; NaN for a judge without a mark.
    spread : float
        The residual standard deviation; NaN without degrees of freedom.
    connected : bool
        Whether all marks hang together. If not, teams of different panels cannot be compared by their marks.
    """

    team: Floats
    team_se: Floats
    judge: Floats
    spread: float
    connected: bool


def additive(marks: ArrayLike) -> Additive:
    """Fit the additive model of teams and judges.

    Parameters
    ----------
    marks : array-like of float of shape (t, j)
        NaN where there is no mark.

    Raises
    ------
    InputError
        ``wrong_shape`` or ``not_finite``.
    Undefined
        ``no_marks``.
    """
    given = _table(marks)
    known = ~np.isnan(given)
    teams, judges = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    rows, columns = np.nonzero(known[np.ix_(teams, judges)])
    observed = given[np.ix_(teams, judges)][rows, columns]
    design = np.zeros((observed.size, teams.size + judges.size))
    design[np.arange(observed.size), rows] = 1.0
    design[np.arange(observed.size), teams.size + columns] = 1.0
    # The pseudo-inverse settles what the marks leave open; the shift between teams and judges is put right below.
    normal = np.linalg.pinv(design.T @ design, hermitian=True)
    fitted = normal @ design.T @ observed
    residual = observed - design @ fitted
    # Team t as an average judge would mark it: its own effect and the mean of the judges'.
    pick = np.zeros((teams.size, design.shape[1]))
    pick[:, : teams.size] = np.eye(teams.size)
    pick[:, teams.size :] = 1.0 / judges.size
    rank = int(np.linalg.matrix_rank(design))
    freedom = observed.size - rank
    spread = float(np.sqrt(residual @ residual / freedom)) if freedom > 0 else float("nan")
    judge = fitted[teams.size :]
    return Additive(
        team=_spread_out(pick @ fitted, teams, given.shape[0]),
        team_se=_spread_out(spread * np.sqrt(np.einsum("ij,jk,ik->i", pick, normal, pick)), teams, given.shape[0]),
        judge=_spread_out(judge - judge.mean(), judges, given.shape[1]),
        spread=spread,
        connected=rank == teams.size + judges.size - 1,
    )


def means(marks: ArrayLike) -> Floats:
    """Return each team's plain mean, shape (t,); NaN for a team without a mark."""
    return _row_means(_table(marks))


def z_means(marks: ArrayLike) -> Floats:
    """Return each team's mean of marks standardised within judges, shape (t,); a judge who marks everybody alike counts as zero.

    NaN for a team without a mark.
    """
    given = _table(marks)
    found = np.full(given.shape, np.nan)
    for judge in range(given.shape[1]):
        own = given[:, judge]
        seen = ~np.isnan(own)
        if seen.any():
            spread = own[seen].std(ddof=1) if seen.sum() > 1 else 0.0
            found[seen, judge] = (own[seen] - own[seen].mean()) / spread if spread > 0.0 else 0.0
    return _row_means(found)


def krippendorff_alpha(marks: ArrayLike) -> float:
    r"""Return Krippendorff's α for ordinal marks: 1 is full agreement, 0 what chance gives, below that worse than chance.

    .. math:: \alpha = 1 - \frac{D_o}{D_e}

    Parameters
    ----------
    marks : array-like of float of shape (t, j)
        NaN where there is no mark; teams with a single mark say nothing of agreement and are left out.

    Raises
    ------
    Undefined
        ``no_marks`` where no team has two marks, ``no_variation`` where all marks are the same.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania
    """
    given = _table(marks)
    given = given[(~np.isnan(given)).sum(axis=1) >= 2]
    if given.size == 0:
        raise Undefined("no_marks")
    values, places = np.unique(given[~np.isnan(given)], return_inverse=True)
    if values.size == 1:
        raise Undefined("no_variation")
    coincidence = np.zeros((values.size, values.size))
    at = 0
    for row in given:
        own = places[at : at + int((~np.isnan(row)).sum())]
        at += own.size
        held = np.bincount(own, minlength=values.size).astype(np.float64)
        coincidence += (np.outer(held, held) - np.diag(held)) / (own.size - 1)
    margin = coincidence.sum(axis=1)
    upto = np.cumsum(margin)
    # Ordinal distance: the marks that lie between two values, their own counted half.
    between = np.abs(upto[:, None] - upto[None, :] - (margin[:, None] - margin[None, :]) / 2.0)
    distance = between**2
    total = margin.sum()
    expected = (np.outer(margin, margin) * distance).sum() / (total - 1)
    return float(1.0 - (coincidence * distance).sum() / expected)


def icc_average(marks: ArrayLike) -> float:
    r"""Return ICC(A,k): how reliable the mean of these judges is, in absolute marks.

    .. math:: \frac{MS_R - MS_E}{MS_R + (MS_C - MS_E) / n}

    Parameters
    ----------
    marks : array-like of float of shape (t, j)
        Only teams that every judge with a mark has marked are taken.

    Raises
    ------
    Undefined
        ``no_marks`` with fewer than two complete teams or two judges, ``no_variation`` where all marks are the same.

    References
    ----------
    McGraw, Wong (1996), Psychological Methods 1:30–46, doi:10.1037/1082-989X.1.1.30
    """
    given = _table(marks)
    given = given[:, (~np.isnan(given)).any(axis=0)]
    given = given[~np.isnan(given).any(axis=1)]
    n, k = given.shape
    if n < 2 or k < 2:
        raise Undefined("no_marks")
    whole, rows, columns = given.mean(), given.mean(axis=1), given.mean(axis=0)
    between = k * ((rows - whole) ** 2).sum() / (n - 1)
    severity = n * ((columns - whole) ** 2).sum() / (k - 1)
    error = ((given - rows[:, None] - columns[None, :] + whole) ** 2).sum() / ((n - 1) * (k - 1))
    below = between + (severity - error) / n
    if below <= 0.0:
        raise Undefined("no_variation")
    return float((between - error) / below)


def bootstrap_interval(
    marks: ArrayLike,
    statistic: Callable[[Floats], float],
    *,
    seed: int,
    replicates: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile interval of a statistic over resampled teams.

    Parameters
    ----------
    marks : array-like of float of shape (t, j)
        The table.
    statistic : callable
        `krippendorff_alpha` or `icc_average`.
    seed : int
        The same seed gives the same interval.
    replicates : int
        How many resamples.
    level : float
        Of the interval.

    Raises
    ------
    Undefined
        ``resamples_undefined`` where the statistic has no value in more than half of the resamples.
    """
    given = _table(marks)
    generator = np.random.Generator(np.random.PCG64(seed))
    found = []
    for _ in range(replicates):
        try:
            found.append(statistic(given[generator.integers(0, len(given), len(given))]))
        except Undefined:
            continue
    if 2 * len(found) < replicates:
        raise Undefined("resamples_undefined")
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(found, [tail, 1.0 - tail])
    return float(low), float(high)


def _table(marks: ArrayLike) -> Floats:
    given = np.asarray(marks, dtype=np.float64)
    if given.ndim != 2:
        raise InputError("wrong_shape", "marks")
    if np.isinf(given).any():
        raise InputError("not_finite", "marks")
    if not (~np.isnan(given)).any():
        raise Undefined("no_marks")
    return given


def _row_means(table: Floats) -> Floats:
    seen = ~np.isnan(table)
    count = seen.sum(axis=1)
    total = np.where(seen, table, 0.0).sum(axis=1)
    found: Floats = np.divide(total, count, out=np.full(len(table), np.nan), where=count > 0)
    return found


def _spread_out(values: Floats, places: Integers, size: int) -> Floats:
    found = np.full(size, np.nan)
    found[places] = values
    return found
