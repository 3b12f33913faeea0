"""One data set of each kind with everything that every metric needs."""

import numpy as np

from scorers.evaluation import Columns, Spec
from scorers.inputs import BinaryTruth, EffectTruth, SurvivalTruth

GRID = (1.0, 2.0, 3.0)
ROWS = 240


def specs():
    """Every metric of the catalogue, once."""
    at = {"horizon": 2.0}
    survival = [Spec("harrell_c"), Spec("uno_c", tau=2.0), Spec("ibs", grid=GRID), Spec("d_calibration")]
    survival += [
        Spec(name, **at)
        for name in ("auc_t", "brier", "ipa", "log_loss_t", "oe_ratio", "calibration_slope", "ici", "e50", "e90")
    ]
    survival.append(Spec("net_benefit", horizon=2.0, threshold=0.3))
    competing = [Spec("wolbers_c", tau=2.0), Spec("brier_cr", **at), Spec("auc_cr", **at)]
    binary = ["roc_auc", "average_precision", "brier_binary", "log_loss"]
    binary += ["calibration_slope_binary", "calibration_intercept_binary"]
    effect = ["rmse", "coverage", "bias"]
    found = [*survival, *competing, *map(Spec, binary), *map(Spec, effect), Spec("interval_score", level=0.9)]
    return {spec.name: spec for spec in found}


SPECS = specs()


def survival(seed=0, n=ROWS, *, competing=False):
    """Patients whose hazard follows a covariate; a third are censored; times on a grid of tenths, so with ties."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=n)
    hazard = 0.4 * np.exp(0.8 * x)
    death = generator.exponential(1 / hazard)
    censoring = generator.uniform(0.5, 6.0, n)
    time = np.ceil(np.minimum(death, censoring) * 10) / 10
    event = (death <= censoring).astype(int)
    if competing:
        event = np.where((event == 1) & (generator.uniform(size=n) < 0.3), 2, event)
    noisy = 0.4 * np.exp(0.8 * (x + generator.normal(0, 0.4, n)))
    curves = {t: 1 - np.exp(-noisy * t) for t in GRID}
    return SurvivalTruth(time, event), Columns(risk=np.log(noisy), event_probability=curves)


def binary(seed=0, n=ROWS):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=n)
    outcome = (generator.uniform(size=n) < 1 / (1 + np.exp(1 - x))).astype(int)
    return BinaryTruth(outcome), Columns(probability=1 / (1 + np.exp(1 - x + generator.normal(0, 0.5, n))))


def effect(seed=0, n=24):
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=n)
    estimate = truth + generator.normal(0, 0.2, n)
    return EffectTruth(truth), Columns(estimate=estimate, lower=estimate - 0.3, upper=estimate + 0.3)


MAKERS = {
    "survival": survival,
    "competing": lambda seed=0, n=ROWS: survival(seed, n, competing=True),
    "binary": binary,
    "effect": effect,
}
