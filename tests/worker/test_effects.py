"""The row effect bounds what one row can do, by brute force over everything that one row can be."""

import itertools

import numpy as np
import pytest

from challenges.definition import MetricEntry
from scorers.evaluation import Columns, evaluate
from scorers.inputs import BinaryTruth, EffectTruth, SurvivalTruth
from worker.columns import spec_of
from worker.effects import floor, round_up, row_effect

HORIZON = 3.0


def survival(n: int, seed: int, causes: int = 1) -> SurvivalTruth:
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 12, n).astype(float) / 2
    return SurvivalTruth(time, (rng.uniform(size=n) < 0.6) * rng.integers(1, causes + 1, n))


def entry(name: str) -> MetricEntry:
    parameters: dict[str, object] = {}
    if name in ("ipa", "brier", "auc_t", "auc_cr", "brier_cr"):
        parameters["horizon"] = HORIZON
    if name in ("uno_c", "wolbers_c"):
        parameters["tau"] = HORIZON
    if name == "ibs":
        parameters["grid"] = (1.0, 2.0, HORIZON)
    return MetricEntry(name=name, primary=True, **parameters)  # type: ignore[arg-type]


def columns(metric: MetricEntry, values: np.ndarray) -> Columns:
    if metric.name in ("roc_auc", "average_precision", "brier_binary"):
        return Columns(probability=values)
    return Columns(risk=values, event_probability=dict.fromkeys((1.0, 2.0, HORIZON), values))


def largest_move(metric: MetricEntry, truth: SurvivalTruth | BinaryTruth, seed: int) -> float:
    """Return how far the metric moves when one row's prediction goes from one end to the other."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.05, 0.95, len(truth))
    moves = []
    for row in range(len(truth)):
        found = []
        for extreme in (0.0, 1.0):
            changed = values.copy()
            changed[row] = extreme
            score = evaluate(truth, columns(metric, changed), [spec_of(metric)])[metric.key]
            assert score.value is not None
            found.append(score.value)
        moves.append(abs(found[1] - found[0]))
    return max(moves)


@pytest.mark.parametrize("name", ["harrell_c", "uno_c", "auc_t", "brier", "ipa", "ibs"])
def test_no_row_moves_a_survival_metric_further(name: str):
    metric = entry(name)
    for seed in range(5):
        truth = survival(60, seed)
        row = row_effect(metric, truth, len(truth))
        assert row is not None
        found = largest_move(metric, truth, seed)
        assert found <= row * 1.0000001
        # A bound that is many times too large would drown every improvement.
        assert found > row / 6


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "brier_binary"])
def test_no_row_moves_a_binary_metric_further(name: str):
    metric = entry(name)
    for seed in range(5):
        truth = BinaryTruth((np.random.default_rng(seed).uniform(size=50) < 0.3).astype(float))
        row = row_effect(metric, truth, len(truth))
        assert row is not None
        assert largest_move(metric, truth, seed) <= row * 1.0000001


@pytest.mark.parametrize("name", ["wolbers_c", "auc_cr", "brier_cr"])
def test_no_row_moves_a_competing_metric_further(name: str):
    metric = entry(name)
    for seed in range(5):
        truth = survival(60, seed, causes=2)
        row = row_effect(metric, truth, len(truth))
        assert row is not None
        assert largest_move(metric, truth, seed) <= row * 1.0000001


@pytest.mark.parametrize("name", ["rmse", "interval_score"])
def test_what_has_no_bound_has_no_row(name: str):
    assert row_effect(MetricEntry(name=name, primary=True), EffectTruth(np.arange(5.0)), 5) is None


def test_log_loss_has_no_row():
    assert row_effect(entry("log_loss"), BinaryTruth(np.array([0.0, 1.0])), 2) is None


@pytest.mark.parametrize("name", ["harrell_c", "uno_c", "auc_t", "brier", "ipa", "ibs"])
def test_the_effect_shrinks_with_the_rows_that_are_scored(name: str):
    truth = survival(200, 1)
    few, many = (row_effect(entry(name), truth, rows) for rows in (200, 2000))
    assert few is not None
    assert many is not None
    assert many == pytest.approx(few / 10, rel=0.12)
    assert many >= floor(entry(name), 2000)


def test_ipa_is_as_the_design_says():
    n = 14_000
    time = np.where(np.arange(n) < 0.19 * n, 500.0, 2000.0)
    truth = SurvivalTruth(time, (time == 500).astype(float))
    metric = MetricEntry(name="ipa", horizon=1095, primary=True)
    assert row_effect(metric, truth, n) == pytest.approx(1 / (n * 0.19 * 0.81), rel=0.02)


def test_an_undefined_effect_is_none():
    nobody = SurvivalTruth(np.array([1.0, 2.0, 3.0]), np.zeros(3))
    for name in ("harrell_c", "uno_c", "auc_t", "ipa"):
        assert row_effect(entry(name), nobody, 3) is None


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.00123, 0.0013), (0.0012, 0.0012), (1.0, 1.0), (99.1, 100.0), (0.0, 0.0)]
)
def test_rounding_up_keeps_two_digits(value: float, rounded: float):
    assert round_up(value) == rounded


def test_rounding_never_rounds_down():
    for digit, exponent in itertools.product(range(100, 1000, 7), (-6, -3, 0)):
        value = digit * 10.0**exponent
        assert round_up(value) >= value * (1 - 1e-8)
