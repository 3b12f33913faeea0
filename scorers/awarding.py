"""From places on a leaderboard and judges' marks to one total, and whether the winner depends on how the two are weighed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.ranking import competition_ranks

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


def leaderboard_points(rank: ArrayLike) -> Floats:
    r"""Return points between 0 and 100 from leaderboard ranks, equal inside a tie: :math:`100 (1 - (\text{midrank} - 1)/(N - 1))`.

    Parameters
    ----------
    rank : array-like of float of shape (n,)
        Ranks in which equals share one; NaN for a team without a rank, which gets no point.
    """
    given = np.asarray(rank, dtype=np.float64)
    ranked = ~np.isnan(given)
    placed = given[ranked]
    below = (placed[None, :] < placed[:, None]).sum(axis=1)
    equal = (placed[None, :] == placed[:, None]).sum(axis=1)
    middle = below + (equal + 1) / 2.0
    found = np.zeros(given.size)
    found[ranked] = 100.0 * (1.0 - (middle - 1.0) / (placed.size - 1)) if placed.size > 1 else 100.0
    return found


def rubric_points(marks: ArrayLike, *, lowest: float = 1.0, highest: float = 5.0) -> Floats:
    """Return points between 0 and 100 from marks on a scale, shape kept; NaN (no mark) gets no point."""
    given = (np.asarray(marks, dtype=np.float64) - lowest) / (highest - lowest) * 100.0
    return np.clip(np.where(np.isnan(given), 0.0, given), 0.0, 100.0)


@dataclass(frozen=True)
class Totals:
    """Totals of n teams at one weight of the leaderboard.

    Attributes
    ----------
    weight : float
        Of the leaderboard, between 0 and 1; the rubric has the rest.
    total : array of float of shape (n,)
        Between 0 and 100.
    rank : array of int of shape (n,)
        Standard competition ranks.
    """

    weight: float
    total: Floats
    rank: Integers

    @property
    def winners(self) -> list[int]:
        """The places of those who stand first."""
        return np.flatnonzero(self.rank == 1).tolist()


def totals(leaderboard: ArrayLike, rubric: ArrayLike, weight: float) -> Totals:
    """Weigh leaderboard points and rubric points, both of shape (n,), into totals."""
    total = weight * np.asarray(leaderboard, dtype=np.float64) + (1.0 - weight) * np.asarray(rubric, dtype=np.float64)
    # Sums of decimals: a hair's difference between two teams is no difference.
    rounded = np.round(total, 9)
    return Totals(weight, rounded, competition_ranks(-rounded))


def by_weight(leaderboard: ArrayLike, rubric: ArrayLike, weights: Sequence[float] = WEIGHTS) -> list[Totals]:
    """Return the totals at each of several weights, to see whether the winner changes."""
    return [totals(leaderboard, rubric, weight) for weight in weights]
