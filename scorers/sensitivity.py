"""Whether a ranking depends on how it was made: other metrics, other ways of putting scores together, other resamples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.ranking import competition_ranks, costs

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Scheme:
    """One way of ranking k submissions, beside the official one.

    Attributes
    ----------
    rank : array of int of shape (k,)
        Standard competition ranks (1, 2, 2, 4).
    tau : float or None
        Kendall's τ_b with the official ranks; None where either ranks everybody alike.
    winner_changes : bool
        Whether somebody else stands first than officially.
    """

    rank: Integers
    tau: float | None
    winner_changes: bool


def kendall_tau(first: ArrayLike, second: ArrayLike) -> float | None:
    r"""Return Kendall's τ_b of two rankings: 1 for the same order, −1 for the reverse; None where one has no order at all.

    .. math:: \tau_b = \frac{n_c - n_d}{\sqrt{(n_0 - n_1)(n_0 - n_2)}}

    with :math:`n_1` and :math:`n_2` the pairs tied in the one and in the other.

    References
    ----------
    Kendall (1945), Biometrika 33:239–251, doi:10.1093/biomet/33.3.239
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    signs_a, signs_b = np.sign(a[:, None] - a[None, :]), np.sign(b[:, None] - b[None, :])
    untied = float((signs_a != 0).sum()) * float((signs_b != 0).sum())
    return float((signs_a * signs_b).sum() / np.sqrt(untied)) if untied > 0.0 else None


def scheme(cost: ArrayLike, official: ArrayLike) -> Scheme:
    """Compare the ranking by some costs, shape (k,), with the official ranks."""
    rank, given = competition_ranks(cost), np.asarray(official)
    changes = not np.array_equal(rank == rank.min(), given == given.min())
    return Scheme(rank, kendall_tau(rank, given), changes)


def rank_then_aggregate(replicates: Floats, better: str) -> Floats:
    """Return mean ranks over resamples as costs, shape (k,): rank in each, then average; a missing score ranks last.

    Parameters
    ----------
    replicates : array of float of shape (k, r)
        Scores; NaN where a resample has none.
    better : str
        Direction of the metric.
    """
    cost = costs(replicates, better)
    cost = np.where(np.isnan(cost), np.inf, cost)
    below = np.stack([(cost < one).sum(axis=0) for one in cost])
    equal = np.stack([(cost == one).sum(axis=0) for one in cost])
    found: Floats = (below + (equal + 1) / 2.0).mean(axis=1)
    return found


def aggregate_then_rank(replicates: Floats, better: str) -> Floats:
    """Return the cost of mean scores over resamples, shape (k,): average, then rank."""
    return costs(np.nanmean(replicates, axis=1), better)


def compare_then_rank(claims: Flags) -> Floats:
    """Return minus the share of significant wins as costs, shape (k,).

    Parameters
    ----------
    claims : array of bool of shape (k, k)
        Whether the row is significantly better than the column.
    """
    found: Floats = -claims.sum(axis=1, dtype=np.float64) / max(len(claims) - 1, 1)
    return found


def stability(replicates: Floats, better: str, official: ArrayLike, *, most: int = 500) -> float | None:
    """Return the mean Kendall τ_b between the official ranks and those of resamples (the first `most` of them)."""
    cost = costs(replicates, better)[:, :most]
    found = [kendall_tau(cost[:, place], official) for place in range(cost.shape[1])]
    known = [tau for tau in found if tau is not None]
    return float(np.mean(known)) if known else None
