"""Submissions against each other: every pairwise difference with its standard error, and their scores in paired resamples."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scorers.asking import Columns, Spec
from scorers.evaluation import influence
from scorers.inputs import Truth
from scorers.uncertainty import Resamples, bootstrap

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """What is known of k submissions on the same rows; holds nothing of a single row.

    Attributes
    ----------
    value, se : arrays of float of shape (k,)
        Each submission's score and standard error.
    difference, difference_se : arrays of float of shape (k, k)
        Row minus column, and its standard error from paired influence values.
    scores : array of float of shape (k, r)
        The scores in the r resamples in which the metric was defined, the same rows drawn for all.
    """

    value: Floats
    se: Floats
    difference: Floats
    difference_se: Floats
    scores: Floats


def compare(
    truth: Truth,
    submissions: Sequence[Columns],
    spec: Spec,
    resamples: Resamples,
    *,
    rows: ArrayLike | None = None,
) -> Comparison:
    """Compare submissions on the scored rows.

    Parameters
    ----------
    truth : SurvivalTruth or BinaryTruth
        The whole hidden set.
    submissions : sequence of k Columns
        At least one.
    spec : Spec
        A metric with standard errors.
    resamples : Resamples
        Which resamples.
    rows : array-like, optional
        The scored split.

    Raises
    ------
    Undefined
        The metric has no value here.
    InputError
        An input is refused.
    """
    found = [influence(truth, columns, spec, rows=rows) for columns in submissions]
    value = np.array([one[0] for one in found])
    moved = np.vstack([one[1] for one in found])
    # Differences first, squares after: two files that differ in one row keep all digits of their standard error.
    difference_se = np.vstack([np.linalg.norm(moved - one, axis=1) for one in moved])
    return Comparison(
        value=value,
        se=np.linalg.norm(moved, axis=1),
        difference=value[:, None] - value[None, :],
        difference_se=difference_se,
        scores=bootstrap(truth, submissions, spec, resamples, rows=rows),
    )
