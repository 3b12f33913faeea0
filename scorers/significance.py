"""Which of many submissions are better than which, with the chance of any false claim held: Holm's tests, confidence sets for ranks."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.inputs import InputError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.intp]

_BLOCK = 32  # resamples at once: k × k × 32 numbers stay small for 500 submissions


def holm(p_values: ArrayLike) -> Floats:
    """Return Holm's adjusted p-values, of the shape given: rejecting those up to α holds the family-wise error at α.

    Parameters
    ----------
    p_values : array-like of float
        Between 0 and 1; NaN where there is no test, which stays NaN and counts for nothing.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65–70
    """
    given = np.asarray(p_values, dtype=np.float64)
    found = np.full(given.size, np.nan)
    flat = given.ravel()
    tested = np.flatnonzero(~np.isnan(flat))
    order = tested[np.argsort(flat[tested], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(flat[order] * factors), 1.0)
    return found.reshape(given.shape)


def one_sided(difference: ArrayLike, se: ArrayLike) -> Floats:
    """Return p-values of "row is better than column", shape (k, k).

    Parameters
    ----------
    difference : array-like of float of shape (k, k)
        Advantage of row over column: positive where the row is better, whatever the metric's direction.
    se : array-like of float of shape (k, k)
        Its standard error from paired influence values.

    Returns
    -------
    array of float of shape (k, k)
        NaN on the diagonal. A pair without standard error (the same predictions) has p = 1: nothing speaks for either.
    """
    gap, spread = np.asarray(difference, dtype=np.float64), np.asarray(se, dtype=np.float64)
    z = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0.0)
    normal = NormalDist()
    found = np.array([[normal.cdf(-one) for one in row] for row in z]).reshape(gap.shape)
    found[spread <= 0.0] = 1.0
    np.fill_diagonal(found, np.nan)
    return found


@dataclass(frozen=True)
class RankSets:
    """Simultaneous confidence sets: with the given confidence every submission's true rank lies within its own.

    Attributes
    ----------
    low, high : arrays of int of shape (k,)
        The set of each submission is low, low + 1, … high.
    better : array of bool of shape (k, k)
        Whether the row is better than the column, with all such claims right at once with the given confidence.
    """

    low: Integers
    high: Integers
    better: Flags


def rank_sets(advantage: ArrayLike, se: ArrayLike, replicates: Floats, *, level: float = 0.95) -> RankSets:
    r"""Return simultaneous confidence sets for ranks.

    Submission j ranks behind everybody who is significantly better and before everybody who is significantly worse:
    :math:`\{1 + \#\{k : k \succ j\}, \dots, p - \#\{k : j \succ k\}\}`. Claims come from one-sided studentised differences of all
    ordered pairs; their critical value is the quantile of the largest of the centred, resampled ones, stepped down
    (pairs that are claimed leave the family, until no more is).

    Parameters
    ----------
    advantage, se : array-like of float of shape (k, k)
        Advantage of row over column (positive: better) and its standard error.
    replicates : array of float of shape (k, r)
        Advantage-oriented scores (higher is better) on r paired resamples.
    level : float
        Confidence, between 0 and 1.

    Raises
    ------
    InputError
        ``wrong_length`` or ``bad_parameter``.

    References
    ----------
    Mogstad, Romano, Shaikh, Wilhelm (2024), Review of Economic Studies 91:476–518, doi:10.1093/restud/rdad006
    """
    gap, spread = np.asarray(advantage, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if not 0.0 < level < 1.0:
        raise InputError("bad_parameter", "level")
    if gap.shape != spread.shape or replicates.ndim != 2 or gap.shape != (len(replicates),) * 2:
        raise InputError("wrong_length", "replicates")
    tested = spread > 0.0
    np.fill_diagonal(tested, val=False)
    studentised = np.divide(gap, spread, out=np.full_like(gap, -np.inf), where=tested)
    better = np.zeros_like(tested)
    family = tested.copy()
    while family.any():
        claimed = family & (studentised > _critical(gap, spread, replicates, family, level))
        if not claimed.any():
            break
        better |= claimed
        family &= ~claimed
    k = len(gap)
    return RankSets(
        low=(1 + better.sum(axis=0)).astype(np.intp), high=(k - better.sum(axis=1)).astype(np.intp), better=better
    )


def _critical(gap: Floats, spread: Floats, replicates: Floats, family: Flags, level: float) -> float:
    """Return the quantile of the largest centred, studentised difference within a family of ordered pairs."""
    rows, columns = np.nonzero(family)
    centre, scale = gap[rows, columns][:, None], spread[rows, columns][:, None]
    largest = [
        (((block[rows] - block[columns]) - centre) / scale).max(axis=0)
        for block in np.array_split(replicates, max(1, replicates.shape[1] // _BLOCK), axis=1)
    ]
    return float(np.quantile(np.concatenate(largest), level, method="higher"))
