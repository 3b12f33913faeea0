"""Truths and predictions as checked arrays: whatever passes here is safe to hand to a kernel.

Errors
------
ValueError
├── InputError    an array or a parameter is refused; `code` says why, `where` the place of the first offender
└── Undefined     the arrays are fine, but the metric has no value on them; `code` says why
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.reasons import REASONS
from scorers.timeline import Timeline

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]
Kept = TypeVar("Kept")


class InputError(ValueError):
    """An input is refused.

    Parameters
    ----------
    code : str
        One of `scorers.reasons.REFUSED`.
    where : str
        The place of the first offending value, such as ``time[3]`` or ``event_probability@1095[17]``.
    """

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{where}: {REASONS[code].en}")
        self.code = code
        self.where = where


class Undefined(ValueError):
    """A metric has no value on this truth and these predictions; `code` is one of `scorers.reasons.UNDEFINED`."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code].en)
        self.code = code


def refuse(offends: Flags, code: str, name: str) -> None:
    """Raise an `InputError` at the first row that offends."""
    if offends.any():
        raise InputError(code, f"{name}[{int(np.argmax(offends))}]")


def floats(values: ArrayLike, name: str, *, length: int | None = None) -> Floats:
    """Return values as a contiguous float64 array of one dimension, finite and writable.

    Parameters
    ----------
    values : array-like of shape (n,)
        Integers, floats or booleans. Objects, strings, dates and complex numbers are refused: a silent conversion would guess.
    name : str
        What the error calls the array.
    length : int, optional
        The length that it must have.

    Raises
    ------
    InputError
        ``not_numeric``, ``wrong_shape``, ``empty``, ``wrong_length`` or ``not_finite``.
    """
    try:
        array = np.asarray(values)
    except ValueError as fault:
        raise InputError("wrong_shape", name) from fault
    if array.dtype.kind not in "fiub":
        raise InputError("empty" if array.size == 0 else "not_numeric", name)
    if array.ndim != 1:
        raise InputError("wrong_shape", name)
    if array.size == 0:
        raise InputError("empty", name)
    if length is not None and array.size != length:
        raise InputError("wrong_length", name)
    checked = np.require(array, dtype=np.float64, requirements=["C", "W"])
    # The extremes of an array with a nan are nan; the place of the offender is sought only if there is one. (A dot product would
    # be one pass instead of two, but BLAS threads wait for each other on a busy machine.)
    if not (math.isfinite(checked.min()) and math.isfinite(checked.max())):
        refuse(~np.isfinite(checked), "not_finite", name)
    return checked


def probabilities(values: ArrayLike, name: str, *, length: int | None = None) -> Floats:
    """Return finite floats, refusing with ``out_of_range`` what is not between 0 and 1."""
    checked = floats(values, name, length=length)
    if checked.min() < 0.0 or checked.max() > 1.0:
        refuse((checked < 0.0) | (checked > 1.0), "out_of_range", name)
    return checked


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def row_numbers(rows: ArrayLike | None, length: int) -> Rows | None:
    """Return which rows are scored as sorted row numbers without repetition; none stands for all of them.

    Parameters
    ----------
    rows : array-like of bool of shape (length,), or of int of shape (m,), or None
        Flags or row numbers.
    length : int
        How many rows there are.

    Raises
    ------
    InputError
        ``bad_rows``, or ``no_rows`` where none is left.
    """
    if rows is None:
        return None
    given = np.asarray(rows)
    if given.size == 0:
        raise InputError("no_rows", "rows")
    if given.ndim != 1:
        raise InputError("bad_rows", "rows")
    if given.dtype.kind == "b":
        if given.size != length:
            raise InputError("bad_rows", "rows")
        found = np.flatnonzero(given)
    elif given.dtype.kind in "iu":
        refuse((given < 0) | (given >= length), "bad_rows", "rows")
        found = np.unique(given.astype(np.intp))
        if found.size != given.size:
            raise InputError("bad_rows", "rows")
    else:
        raise InputError("bad_rows", "rows")
    if found.size == 0:
        raise InputError("no_rows", "rows")
    return None if found.size == length else found


class _Parts:
    """Remembers the truth of a split, so that its order and its risk sets are computed once a challenge, not once a file."""

    KEPT = 8

    def __init__(self) -> None:
        self._found: dict[bytes, Any] = {}

    def get(self, rows: Rows, make: Callable[[], Kept]) -> Kept:
        key = rows.tobytes()
        if key not in self._found:
            if len(self._found) >= self.KEPT:
                del self._found[next(iter(self._found))]
            self._found[key] = make()
        kept: Kept = self._found[key]
        return kept


@dataclass(frozen=True)
class SurvivalTruth:
    """Times and events of patients, right-censored.

    Parameters
    ----------
    time : array-like of shape (n,)
        Days (or any one unit), not negative; may be fractional.
    event : array-like of shape (n,)
        0 censored, 1 the event, 2 a competing event.

    Raises
    ------
    InputError
        ``negative_time``, ``unknown_event``, or what `floats` refuses.
    """

    time: Floats
    event: Codes
    _parts: _Parts = field(default_factory=_Parts, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Adding zero copies, and turns -0.0 into 0.0: the bits of -0.0 would sort it after every other time.
        time = floats(self.time, "time") + 0.0
        if time.min() < 0.0:
            refuse(time < 0.0, "negative_time", "time")
        event = floats(self.event, "event", length=time.size)
        known = (event == 0.0) | (event == 1.0)
        if not known.all():
            refuse(~(known | (event == 2.0)), "unknown_event", "event")
        object.__setattr__(self, "time", _frozen(time))
        object.__setattr__(self, "event", _frozen(event.astype(np.int8)))

    def __len__(self) -> int:
        return int(self.time.size)

    @cached_property
    def timeline(self) -> Timeline:
        """The rows in order of time with their risk sets; computed once."""
        return Timeline.of(self.time, self.event)

    def part(self, rows: Rows | None) -> "SurvivalTruth":
        """Return the truth of some rows; the same object for the same rows, with all that it has computed."""
        if rows is None:
            return self
        return self._parts.get(rows, lambda: SurvivalTruth(self.time[rows], self.event[rows]))

    @cached_property
    def competing(self) -> bool:
        """Whether there is a competing event."""
        return bool(self.event.max() > 1)

    def one_cause(self) -> None:
        """Raise ``competing_event`` where there is a competing event."""
        if self.competing:
            refuse(self.event > 1, "competing_event", "event")


@dataclass(frozen=True)
class BinaryTruth:
    """Outcomes of patients: 1 where it happened, 0 where not; shape (n,). Refuses others with ``unknown_outcome``."""

    outcome: Codes

    def __post_init__(self) -> None:
        outcome = floats(self.outcome, "outcome")
        refuse((outcome != 0.0) & (outcome != 1.0), "unknown_outcome", "outcome")
        object.__setattr__(self, "outcome", _frozen(outcome.astype(np.int8)))

    def __len__(self) -> int:
        return int(self.outcome.size)

    def part(self, rows: Rows | None) -> "BinaryTruth":
        """Return the truth of some rows."""
        return self if rows is None else BinaryTruth(self.outcome[rows])


@dataclass(frozen=True)
class EffectTruth:
    """True values of estimands, shape (n,), in the estimands' own unit."""

    truth: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", _frozen(floats(self.truth, "truth").copy()))

    def __len__(self) -> int:
        return int(self.truth.size)

    def part(self, rows: Rows | None) -> "EffectTruth":
        """Return the truth of some estimands."""
        return self if rows is None else EffectTruth(self.truth[rows])


Truth = SurvivalTruth | BinaryTruth | EffectTruth
