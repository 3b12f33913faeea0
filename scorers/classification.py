"""Binary outcomes: ROC AUC, average precision, Brier score, log loss, recalibration slope and intercept.

Outcomes are 0/1, probabilities those of outcome 1. Influence values are defined in `scorers.sample.Estimate`; those of the ROC AUC
are scaled so that they give DeLong's variance and covariance exactly.
"""

import contextlib

import numpy as np
from numpy.typing import NDArray

from scorers.inputs import BinaryTruth, Undefined
from scorers.ranks import dense_ranks
from scorers.sample import Estimate

Floats = NDArray[np.float64]

# As in scorers.accuracy: a certain and wrong prediction costs 34.5.
CLIP = 1e-15
_STEPS = 60
_BLOCK = 16_384
_MANY = 100_000
# A slope beyond this is not on its way anywhere: the outcomes are separated.
_STEEPEST = 1e4


def roc_auc(truth: BinaryTruth, probability: Floats, *, influence: bool = True) -> Estimate:
    """Area under the ROC curve: the probability that a case has the higher prediction; ties count half.

    Higher is better, between 0 and 1; 0.5 is chance.

    Parameters
    ----------
    truth : BinaryTruth
        Outcomes.
    probability : array of float of shape (n,)
        Any score that is higher for cases.
    influence : bool
        Whether influence values (DeLong) are wanted too; none where there is only one case or one control.

    Raises
    ------
    Undefined
        ``one_class``.

    References
    ----------
    DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44:837–845, doi:10.2307/2531595
    """
    positive = truth.outcome == 1
    cases = int(positive.sum())
    controls = positive.size - cases
    if not cases or not controls:
        raise Undefined("one_class")
    rank, levels = dense_ranks(probability)
    case_at = np.bincount(rank[positive], minlength=levels).astype(np.float64)
    control_at = np.bincount(rank, minlength=levels) - case_at
    beaten = np.cumsum(control_at) - 0.5 * control_at
    value = float((case_at * beaten).sum()) / (cases * controls)
    if not influence or min(cases, controls) < 2:
        return Estimate(value, None)
    beating = cases - np.cumsum(case_at) + 0.5 * case_at
    as_case = (beaten / controls - value) / np.sqrt(cases * (cases - 1.0))
    as_control = (beating / cases - value) / np.sqrt(controls * (controls - 1.0))
    return Estimate(value, np.where(positive, as_case[rank], as_control[rank]))


def average_precision(truth: BinaryTruth, probability: Floats, *, influence: bool = True) -> Estimate:
    r"""Average precision: the mean, over cases, of the precision at the threshold that just includes the case.

    .. math:: AP = \frac1P \sum_{i: y_i = 1} \frac{\#\{j: p_j \ge p_i, y_j = 1\}}{\#\{j: p_j \ge p_i\}}

    Higher is better; a useless score reaches the share of cases. Equal to scikit-learn's ``average_precision_score``.

    Parameters
    ----------
    truth : BinaryTruth
        Outcomes.
    probability : array of float of shape (n,)
        Any score that is higher for cases.
    influence : bool
        Whether influence values are wanted too.

    Raises
    ------
    Undefined
        ``one_class``.

    References
    ----------
    Boyd, Eng, Page (2013), ECML PKDD, doi:10.1007/978-3-642-40994-3_29
    """
    positive = truth.outcome == 1
    cases = int(positive.sum())
    if not cases or cases == positive.size:
        raise Undefined("one_class")
    rank, levels = dense_ranks(probability)
    case_at = np.bincount(rank[positive], minlength=levels).astype(np.float64)
    all_at = np.bincount(rank, minlength=levels).astype(np.float64)
    caught = np.cumsum(case_at[::-1])[::-1]
    flagged = np.cumsum(all_at[::-1])[::-1]
    precision = caught / flagged
    value = float((case_at * precision).sum()) / cases
    if not influence:
        return Estimate(value, None)
    # A row that is flagged together with a case moves that case's precision by (y - precision) / flagged.
    share = np.cumsum(case_at / flagged)
    loss = np.cumsum(case_at * precision / flagged)
    moved = positive * (precision[rank] - value + share[rank]) - loss[rank]
    return Estimate(value, moved / cases)


def brier_binary(truth: BinaryTruth, probability: Floats, *, influence: bool = True) -> Estimate:
    """Brier score: the mean squared difference between probability and outcome. Lower is better, between 0 and 1.

    Parameters
    ----------
    truth : BinaryTruth
        Outcomes.
    probability : array of float of shape (n,)
        Between 0 and 1.
    influence : bool
        Whether influence values are wanted too.

    References
    ----------
    Brier (1950), Monthly Weather Review 78:1–3, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
    """
    errors = (probability - truth.outcome) ** 2
    return _mean(errors, influence=influence)


def log_loss(truth: BinaryTruth, probability: Floats, *, influence: bool = True) -> Estimate:
    """Logarithmic loss: the mean of -log of the probability given to what happened. Lower is better; 0 is perfect.

    Probabilities are held between 1e-15 and 1 - 1e-15 in float64, so that a certain and wrong prediction costs 34.5.

    Parameters
    ----------
    truth : BinaryTruth
        Outcomes.
    probability : array of float of shape (n,)
        Between 0 and 1.
    influence : bool
        Whether influence values are wanted too.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14:107–114, doi:10.1111/j.2517-6161.1952.tb00104.x
    """
    held = np.clip(probability, CLIP, 1.0 - CLIP)
    return _mean(np.where(truth.outcome == 1, -np.log(held), -np.log1p(-held)), influence=influence)


def _mean(losses: Floats, *, influence: bool) -> Estimate:
    value = float(losses.mean())
    return Estimate(value, (losses - value) / losses.size if influence else None)


def recalibration(truth: BinaryTruth, probability: Floats, *, influence: bool = True) -> tuple[Estimate, Estimate]:
    """Slope and intercept of the logistic regression of the outcome on the logit of the prediction.

    Well calibrated: slope 1, intercept 0. A slope below 1 says that predictions are too extreme. Maximum likelihood by Newton's
    method; influence values are those of the estimating equations (the sandwich variance).

    Parameters
    ----------
    truth : BinaryTruth
        Outcomes.
    probability : array of float of shape (n,)
        Between 0 and 1; held between 1e-15 and 1 - 1e-15 before the logit.
    influence : bool
        Whether influence values are wanted too.

    Returns
    -------
    slope, intercept : Estimate

    Raises
    ------
    Undefined
        ``one_class``, ``constant_prediction``, or ``no_convergence`` where the predictions separate the outcomes.

    References
    ----------
    Cox (1958), Biometrika 45:562–565, doi:10.1093/biomet/45.3-4.562
    """
    outcome = truth.outcome.astype(np.float64)
    if outcome.min() == outcome.max():
        raise Undefined("one_class")
    held = np.clip(probability, CLIP, 1.0 - CLIP)
    logit = np.log(held / (1.0 - held))
    if logit.min() == logit.max():
        raise Undefined("constant_prediction")
    centre = float(logit.mean())
    scale = float(logit.std())
    x = (logit - centre) / scale
    # Most predictions are near calibration: start at slope 1 and intercept 0.
    a, b = centre, scale
    if x.size >= _MANY:
        # Every sixteenth row tells nearly where the others will lead, for a sixteenth of a step's work.
        with contextlib.suppress(Undefined):
            a, b = _newton(x[::16].copy(), outcome[::16].copy(), a, b, enough=1e-3)
    a, b = _newton(x, outcome, a, b, enough=1e-6)
    if abs(b) > _STEEPEST:
        raise Undefined("no_convergence")
    slope, intercept = b / scale, a - b * centre / scale
    if not influence:
        return Estimate(slope, None), Estimate(intercept, None)
    _, _, h0, h1, h2 = _logistic_sums(x, outcome, a, b)
    determinant = h0 * h2 - h1 * h1
    residual = outcome - _chance(a + b * x)
    of_a = residual * (h2 - h1 * x) / determinant
    of_b = residual * (h0 * x - h1) / determinant
    return Estimate(slope, of_b / scale), Estimate(intercept, of_a - of_b * centre / scale)


def recalibrated(truth: BinaryTruth, probability: Floats) -> Floats:
    """Return what the logistic recalibration makes of each prediction, shape (n,).

    Parameters are those of `recalibration`, and so is what is undefined.
    """
    slope, intercept = recalibration(truth, probability, influence=False)
    held = np.clip(probability, CLIP, 1.0 - CLIP)
    return _chance(intercept.value + slope.value * np.log(held / (1.0 - held)))


def _newton(x: Floats, outcome: Floats, a: float, b: float, *, enough: float) -> tuple[float, float]:
    """Return the maximum of the likelihood of a + b x by Newton's method from a start, to a last step of `enough`.

    Newton's error is squared at each step: after one of 1e-6 what is left is beyond float64.
    """
    for _ in range(_STEPS):
        g0, g1, h0, h1, h2 = _logistic_sums(x, outcome, a, b)
        determinant = h0 * h2 - h1 * h1
        if determinant <= 1e-12 * h0 * h2 or h0 < 1e-9:
            raise Undefined("no_convergence")
        step_a, step_b = (h2 * g0 - h1 * g1) / determinant, (h0 * g1 - h1 * g0) / determinant
        longest = max(abs(step_a), abs(step_b))
        # A long step from far away overshoots the logistic curve's flat ends.
        damping = min(1.0, 5.0 / longest) if longest else 1.0
        a, b = a + damping * step_a, b + damping * step_b
        if longest <= enough * (1.0 + abs(a) + abs(b)):
            return a, b
    raise Undefined("no_convergence")


def _chance(predictor: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(predictor, -700.0, 700.0)))
    return found


def _logistic_sums(x: Floats, outcome: Floats, a: float, b: float) -> tuple[float, float, float, float, float]:
    """Return gradient (2) and information (3) of the logistic likelihood; in blocks that stay in the processor's cache."""
    totals = np.zeros(5)
    held, beside = np.empty(_BLOCK), np.empty(_BLOCK)
    for begin in range(0, x.size, _BLOCK):
        part = x[begin : begin + _BLOCK]
        chance, other = held[: part.size], beside[: part.size]
        np.multiply(part, -b, out=chance)
        chance -= a
        # Beyond 700 the exponential overflows, and the chance is 0 to every digit long before.
        np.exp(np.minimum(chance, 700.0, out=chance), out=chance)
        chance += 1.0
        np.reciprocal(chance, out=chance)
        residual = np.subtract(outcome[begin : begin + _BLOCK], chance, out=other)
        g0, g1 = residual.sum(), np.dot(residual, part)
        spread = np.multiply(chance, np.subtract(1.0, chance, out=other), out=chance)
        h0 = spread.sum()
        spread *= part
        totals += (g0, g1, h0, spread.sum(), np.dot(spread, part))
    g0, g1, h0, h1, h2 = totals.tolist()
    return g0, g1, h0, h1, h2
