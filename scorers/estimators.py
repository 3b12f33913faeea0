"""The estimator of every metric of the catalogue, one line each, fed from checked columns."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from scorers import accuracy, calibration, classification, competing, effects, survival
from scorers.asking import Case, parameter
from scorers.inputs import InputError
from scorers.sample import Estimate

Estimator = Callable[[Case], Estimate]


def _auc_t(case: Case) -> Estimate:
    case.s.truth.one_cause()
    known = case.horizon in case.given.columns.event_probability
    score = case.p if known else case.given.risk(None)
    return survival.auc_t(case.s, score, case.horizon, influence=case.influence)


def _brier(case: Case) -> Estimate:
    case.s.truth.one_cause()
    return accuracy.brier(case.s, case.p, case.horizon, influence=case.influence)


def _log_loss_t(case: Case) -> Estimate:
    case.s.truth.one_cause()
    return accuracy.log_loss_t(case.s, case.p, case.horizon, influence=case.influence)


def _ibs(case: Case) -> Estimate:
    case.s.truth.one_cause()
    grid = case.spec.grid
    if not grid:
        raise InputError("missing_parameter", "grid")
    return accuracy.ibs(case.s, [case.given.by(float(t)) for t in grid], grid, influence=case.influence)


def _d_calibration(case: Case) -> Estimate:
    return Estimate(calibration.d_calibration(case.s, case.given.curves()).p_value, None)


def _recalibrated(case: Case) -> calibration.Recalibrated:
    # G plays no part in it: one fit serves three metrics, their values and the standard error.
    name = f"recalibrated@{case.horizon:g}"
    return case.given.once(name, lambda: calibration.recalibrate(case.s, case.p, case.horizon))


def _net_benefit(case: Case) -> Estimate:
    threshold = parameter(case.spec.threshold, "threshold")
    return calibration.net_benefit(case.s, case.p, case.horizon, threshold, influence=case.influence)


def _interval_score(case: Case) -> Estimate:
    return effects.interval_score(case.effect, *case.interval, case.spec.level or 0.95)


# One line per metric of the catalogue.
ESTIMATORS: Mapping[str, Estimator] = MappingProxyType(
    {
        "harrell_c": lambda c: survival.harrell_c(c.s, c.given.risk(None), c.spec.tau, influence=c.influence),
        "uno_c": lambda c: survival.uno_c(c.s, c.given.risk(c.tau), c.tau, influence=c.influence),
        "auc_t": _auc_t,
        "brier": _brier,
        "ibs": _ibs,
        "ipa": lambda c: accuracy.ipa(c.s, c.p, c.horizon, influence=c.influence),
        "log_loss_t": _log_loss_t,
        "oe_ratio": lambda c: calibration.oe_ratio(c.s, c.p, c.horizon, influence=c.influence),
        "calibration_slope": lambda c: calibration.calibration_slope(c.s, c.p, influence=c.influence),
        "ici": lambda c: _recalibrated(c).ici,
        "e50": lambda c: _recalibrated(c).quantile(0.5),
        "e90": lambda c: _recalibrated(c).quantile(0.9),
        "d_calibration": _d_calibration,
        "net_benefit": _net_benefit,
        "wolbers_c": lambda c: competing.wolbers_c(c.s, c.given.by(c.tau), c.tau, influence=c.influence),
        "brier_cr": lambda c: accuracy.brier(c.s, c.p, c.horizon, influence=c.influence),
        "auc_cr": lambda c: survival.auc_t(c.s, c.p, c.horizon, influence=c.influence),
        "roc_auc": lambda c: classification.roc_auc(c.binary, c.probability, influence=c.influence),
        "average_precision": lambda c: classification.average_precision(c.binary, c.probability, influence=c.influence),
        "brier_binary": lambda c: classification.brier_binary(c.binary, c.probability, influence=c.influence),
        "log_loss": lambda c: classification.log_loss(c.binary, c.probability, influence=c.influence),
        "calibration_slope_binary": lambda c: classification.recalibration(
            c.binary, c.probability, influence=c.influence
        )[0],
        "calibration_intercept_binary": lambda c: classification.recalibration(
            c.binary, c.probability, influence=c.influence
        )[1],
        "rmse": lambda c: effects.rmse(c.effect, c.estimate),
        "coverage": lambda c: effects.coverage(c.effect, *c.interval),
        "interval_score": _interval_score,
        "bias": lambda c: effects.bias(c.effect, c.estimate),
    }
)
