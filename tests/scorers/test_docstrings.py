"""Docstrings say what a statistician needs, and their examples run."""

import doctest
import inspect

import pytest

from scorers import accuracy, calibration, classification, competing, cox, effects, evaluation, survival, uncertainty
from scorers.inputs import SurvivalTruth

MODULES = (accuracy, calibration, classification, competing, effects, survival)


def public(module):
    return {
        name: found
        for name, found in vars(module).items()
        if inspect.isfunction(found) and not name.startswith("_") and found.__module__ == module.__name__
    }


METRICS = {
    f"{module.__name__}.{name}": found
    for module in MODULES
    for name, found in public(module).items()
    if inspect.signature(found).return_annotation in (calibration.Estimate, calibration.DCalibration)
    or name in ("recalibration", "recalibrate")
}


def test_there_are_metrics():
    assert len(METRICS) >= 20


@pytest.mark.parametrize("function", METRICS.values(), ids=METRICS)
def test_a_metric_names_its_source(function):
    text = inspect.getdoc(function)
    assert "References\n----------" in text
    assert "doi:" in text or "arXiv:" in text or "Journal of Machine Learning Research" in text


@pytest.mark.parametrize("function", METRICS.values(), ids=METRICS)
def test_arrays_have_a_shape_and_every_parameter_a_line(function):
    text = inspect.getdoc(function)
    if function.__module__ == "scorers.effects":
        assert "unit" in text or "nominal level" in text
        return
    parameters = text.partition("Parameters\n----------")[2]
    for name in inspect.signature(function).parameters:
        assert f"\n{name} : " in parameters
    assert "of shape (n,)" in parameters


@pytest.mark.parametrize("module", [*MODULES, cox, evaluation, uncertainty])
def test_examples_run(module):
    assert doctest.testmod(module).failed == 0


def test_what_is_prepared_is_there_for_every_evaluation():
    truth = SurvivalTruth([5.0, 8.0, 12.0, 3.0, 9.0], [1, 0, 1, 1, 0])
    rows = [True, True, False, True, True]
    evaluation.prepare(truth, rows=rows)
    part = truth.part(evaluation.row_numbers(rows, 5))
    assert len(part) == 4
    for line in (truth.timeline, part.timeline):
        for curve in (line.survival, line.censoring):
            assert "levels" in vars(curve)
        assert {"group", "start", "moments"} <= set(vars(line))
