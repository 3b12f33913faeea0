"""Estimates of effects against their true values: bias, root mean squared error, coverage, interval score.

The rows are estimands, a fixed list and no sample, so these have no standard error.
"""

import numpy as np
from numpy.typing import NDArray

from scorers.inputs import EffectTruth
from scorers.sample import Estimate

Floats = NDArray[np.float64]


def rmse(truth: EffectTruth, estimate: Floats) -> Estimate:
    """Root of the mean squared error, in the estimands' unit. Lower is better.

    References
    ----------
    Morris, White, Crowther (2019), Statistics in Medicine 38:2074–2102, doi:10.1002/sim.8086
    """
    return Estimate(float(np.sqrt(np.mean((estimate - truth.truth) ** 2))), None)


def bias(truth: EffectTruth, estimate: Floats) -> Estimate:
    """Mean of estimate minus truth, in the estimands' unit. Best at 0.

    References
    ----------
    Morris, White, Crowther (2019), Statistics in Medicine 38:2074–2102, doi:10.1002/sim.8086
    """
    return Estimate(float(np.mean(estimate - truth.truth)), None)


def coverage(truth: EffectTruth, lower: Floats, upper: Floats) -> Estimate:
    """Share of intervals that hold the truth, their ends included. Best at the nominal level of the intervals.

    References
    ----------
    Morris, White, Crowther (2019), Statistics in Medicine 38:2074–2102, doi:10.1002/sim.8086
    """
    return Estimate(float(np.mean((lower <= truth.truth) & (truth.truth <= upper))), None)


def interval_score(truth: EffectTruth, lower: Floats, upper: Floats, level: float = 0.95) -> Estimate:
    r"""Mean interval score: the width, and 2/α for each unit by which an interval misses the truth.

    .. math:: IS = \frac1n \sum_i (u_i - l_i) + \frac2\alpha (l_i - \theta_i)_+ + \frac2\alpha (\theta_i - u_i)_+,
              \quad \alpha = 1 - \text{level}

    In the estimands' unit. Lower is better: narrow intervals that hold the truth.

    References
    ----------
    Gneiting, Raftery (2007), Journal of the American Statistical Association 102:359–378, doi:10.1198/016214506000001437
    """
    missed = np.maximum(lower - truth.truth, 0.0) + np.maximum(truth.truth - upper, 0.0)
    return Estimate(float(np.mean(upper - lower + 2.0 / (1.0 - level) * missed)), None)
