"""Curves at the ends of their range, where a division or a logarithm has no value."""

import math

import numpy as np
import pytest

from scorers.inputs import SurvivalTruth, Undefined
from scorers.sample import Sample

Z = 1.959963984540054


def curves(time, event):
    line = SurvivalTruth(np.array(time, dtype=float), np.array(event)).timeline
    return line.survival, line.censoring


def test_a_curve_of_one_or_zero_has_no_width():
    survival, _ = curves([1, 2, 3, 4], [0, 1, 1, 1])
    assert survival.band(0.5, Z) == (1.0, 1.0, 1.0)
    assert survival.band(1.0, Z) == (1.0, 1.0, 1.0)
    assert survival.band(4.0, Z) == (0.0, 0.0, 0.0)


def test_greenwoods_interval_by_hand():
    survival, _ = curves([1, 2, 3, 4], [1, 0, 1, 0])
    level, low, high = survival.band(3.0, Z)
    reach = Z * math.sqrt(1 / (4 * 3) + 1 / (2 * 1)) / abs(math.log(0.375))
    expected = (0.375, 0.375 ** math.exp(reach), 0.375 ** math.exp(-reach))
    assert (level, low, high) == pytest.approx(expected, rel=1e-14)


def test_a_curve_begins_at_its_first_time():
    survival, censoring = curves([1, 2, 2, 3], [1, 0, 1, 0])
    assert [survival.at(when) for when in (0.5, 1.0, 2.0, 3.0)] == pytest.approx([1.0, 0.75, 0.5, 0.5])
    assert [censoring.at(when) for when in (0.5, 1.0, 2.0, 3.0)] == pytest.approx([1.0, 1.0, 0.5, 0.0])
    assert survival.just_before(np.array([0.5, 1.0, 1.5, 2.0])) == pytest.approx([1.0, 1.0, 0.75, 0.75])


def test_nobody_is_weighed_by_a_curve_that_has_ended():
    sample = Sample.of(SurvivalTruth(np.array([1.0, 2.0, 3.0]), np.array([1, 0, 0])))
    assert sample.weight_at(2.0) == pytest.approx(2.0)
    with pytest.raises(Undefined) as refused:
        sample.weight_at(3.0)
    assert refused.value.code == "censoring_too_heavy"


def test_what_lies_beyond_a_curve_that_has_ended_moves_nothing():
    _, censoring = curves([1, 2, 3], [0, 1, 0])
    assert censoring.influence(3.0) == pytest.approx([0.0, 0.0, 0.0])
    assert np.isfinite(censoring.pull(np.ones(3), {3.0: 1.0})).all()


def test_the_first_step_of_a_curve_has_a_width():
    survival, _ = curves([1, 2, 3, 4], [1, 0, 1, 0])
    level, low, high = survival.band(1.0, Z)
    assert low < level == 0.75 < high
