"""Ranks of scores: exact ties share one, so that a rank is all that a rank metric has to know."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ranks = NDArray[np.int32]


def dense_ranks(values: Floats) -> tuple[Ranks, int]:
    """Return ranks from 0 without gaps, and how many there are; equal values (0.0 and -0.0 too) share a rank.

    Parameters
    ----------
    values : array of float of shape (n,)
        Finite.

    Returns
    -------
    ranks : array of int32 of shape (n,)
    levels : int
    """
    order = np.argsort(values)
    return _ranks(values, order)


def _ranks(values: Floats, order: NDArray[np.intp]) -> tuple[Ranks, int]:
    ordered = values[order]
    steps = np.zeros(values.size, dtype=np.int32)
    np.not_equal(ordered[1:], ordered[:-1], out=steps[1:], casting="unsafe")
    np.cumsum(steps, out=steps)
    ranks = np.empty_like(steps)
    ranks[order] = steps
    return ranks, int(steps[-1]) + 1


def in_order(values: Floats) -> tuple[NDArray[np.intp], Ranks]:
    """Return the order of values from low to high, and the dense ranks in that order."""
    order = np.argsort(values)
    ordered = values[order]
    steps = np.zeros(values.size, dtype=np.int32)
    np.not_equal(ordered[1:], ordered[:-1], out=steps[1:], casting="unsafe")
    return order, np.cumsum(steps, dtype=np.int32)
