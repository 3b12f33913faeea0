"""Orders and ranks of floats, the first half of every rank metric's time.

Sorting numbers is several times faster than sorting their places (vector instructions serve the one and hardly the other). So a place
is packed into the low bits of its number's key, and the keys are sorted. What the low bits held is lost to the sort; the few
neighbours that differ there alone are put right afterwards.
"""

import numpy as np
from numpy.typing import NDArray

from scorers import kernels

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Integers = NDArray[np.int64]
Ranks = NDArray[np.int32]

_NONE = np.empty(0, dtype=np.int8)


def order_of(values: Floats, second: Codes | None = None) -> Integers:
    """Return an order of values from low to high; among equal values by `second` (0 before 1).

    Parameters
    ----------
    values : array of float of shape (n,)
        Finite. 0.0 and -0.0 are equal.
    second : array of int8 of shape (n,), optional
        0 or 1.
    """
    place_bits = max((values.size - 1).bit_length(), 1)
    key: Integers = kernels.packed_keys(values, _NONE if second is None else second, place_bits)
    key.sort()
    if kernels.unpack_order(values, _NONE if second is None else second, key, place_bits):
        return key
    # Too many differ in the lost bits alone: numbers within a hair of each other.
    return np.argsort(values, kind="stable") if second is None else np.lexsort((second, values))


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
    ranks, levels = kernels.ranks_of(values, order_of(values))
    return ranks, int(levels)


def in_order(values: Floats) -> tuple[Integers, Ranks]:
    """Return the order of values from low to high, and the dense ranks in that order."""
    order = order_of(values)
    ranks, _ = kernels.ranks_of(values, order)
    return order, ranks[order]
