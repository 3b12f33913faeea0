"""How much an order, an id or a column tells of an outcome, with what chance alone would make of it."""

import math

import numpy as np

from scorers.evaluation import Columns, Spec, value
from scorers.inputs import BinaryTruth, SurvivalTruth, Undefined
from scorers.ranks import dense_ranks
from worker.examination.known import Known
from worker.examination.tables import Column, Flags, Floats, Integers

LEAST_ROWS = 20  # fewer rows tell nothing of an order
SEED = 20260101
SHRINK = 5.0  # a level's mean counts as if so many rows of the average stood beside it


def ranks(values: Floats) -> Floats:
    """Return mid-ranks; ties share one."""
    rank, levels = dense_ranks(values)
    counts = np.bincount(rank, minlength=levels)
    return np.asarray((np.cumsum(counts) - counts / 2.0)[rank])


def correlation(left: Floats, right: Floats) -> float:
    """Return the correlation of two columns; zero where one does not vary."""
    a, b = left - left.mean(), right - right.mean()
    size = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def trend(signal: Floats) -> tuple[float, float]:
    """Return the correlation of a signal with the place in the row, and in how many standard errors that is.

    Under a random order its standard error is 1/√(n−1) exactly, whatever the signal.
    """
    if signal.size < LEAST_ROWS:
        return 0.0, 0.0
    found = correlation(np.arange(signal.size, dtype=np.float64), signal)
    return found, found * math.sqrt(signal.size - 1)


def neighbours(signal: Floats) -> tuple[float, float]:
    """Return the correlation of each row's signal with the next one's, likewise: blocks and alternations show in it."""
    if signal.size < LEAST_ROWS:
        return 0.0, 0.0
    found = correlation(signal[:-1], signal[1:])
    return found, found * math.sqrt(signal.size - 1)


def encoded(codes: Integers, signal: Floats) -> Floats:
    """Return for each row the mean signal of the other half's rows with the same code: what the code alone foretells.

    Each half is foretold from the other, so that a code of one person foretells nothing.
    """
    half = np.random.default_rng(SEED).permutation(codes.size) % 2
    found = np.zeros(codes.size, dtype=np.float64)
    levels = int(codes.max()) + 1 if codes.size else 0
    for own in (0, 1):
        other = half != own
        total = np.bincount(codes[other], weights=signal[other], minlength=levels)
        count = np.bincount(codes[other], minlength=levels)
        average = float(signal[other].mean()) if other.any() else 0.0
        found[~other] = ((total + SHRINK * average) / (count + SHRINK))[codes[~other]]
    return found


def auc(score: Floats, happened: Flags) -> float | None:
    """Return the area under the ROC curve, at least 0.5 whatever the direction; none with fewer than 10 on a side."""
    cases = int(happened.sum())
    if min(cases, happened.size - cases) < 10:
        return None
    found = value(BinaryTruth(happened.astype(np.int8)), Columns(probability=_unit(score)), Spec("roc_auc"))
    return max(found, 1.0 - found)


def concordance(score: Floats, known: Known, rows: Flags) -> float | None:
    """Return Harrell's C of a score, at least 0.5 whatever the direction; none with fewer than 10 events."""
    if known.time is None or known.happened is None or int(known.happened[rows].sum()) < 10:
        return None
    truth = SurvivalTruth(known.time[rows], known.happened[rows].astype(np.int8))
    try:
        found = value(truth, Columns(risk=score), Spec("harrell_c"))
    except Undefined:
        return None
    return max(found, 1.0 - found)


def _unit(score: Floats) -> Floats:
    """Return the ranks of a score between 0 and 1, as a probability has to be."""
    rank, levels = dense_ranks(score)
    return np.asarray(rank / max(levels - 1, 1), dtype=np.float64)


def scored(column: Column, rows: Integers, signal: Floats) -> tuple[Floats, Flags] | None:
    """Return what a column foretells of each row and of which rows; none where it cannot foretell anything.

    Numbers of many values speak for themselves; codes, words and few values speak through the outcomes that go with them.
    """
    here = ~column.missing[rows]
    if int(here.sum()) < LEAST_ROWS or column.distinct < 2:
        return None
    if column.continuous:
        return column.numbers[rows][here], here
    if column.distinct > max(here.sum() / 5, 2):
        return None  # words of which nearly every one is different
    return encoded(column.codes[rows][here], signal[here]), here
