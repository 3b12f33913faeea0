"""The crude risk against lifelines and the project's own scorers."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from challenges import crude
from scorers.inputs import SurvivalTruth


@pytest.fixture(scope="module")
def drawn():
    draw = np.random.default_rng(4)
    times = draw.integers(1, 400, 300).astype(float)  # many ties
    return times, draw.integers(0, 3, 300)


def test_one_cause_is_the_kaplan_meier_curve(drawn):
    times, causes = drawn
    events = (causes == 1).astype(int)
    curve = KaplanMeierFitter().fit(times, events)
    for horizon in (0.5, 50, 200, 399, 1000):
        assert crude.incidence(times, events, horizon) == pytest.approx(1 - curve.predict(horizon), abs=1e-12)


def test_two_causes_are_the_aalen_johansen_curve(drawn):
    times, causes = drawn
    both = crude.incidence(times, causes, 200) + crude.incidence(times, [(0, 2, 1)[one] for one in causes], 200)
    assert both == pytest.approx(crude.incidence(times, [int(one > 0) for one in causes], 200), abs=1e-12)
    assert crude.incidence(times, causes, 200) < crude.incidence(times, [int(one == 1) for one in causes], 200)


def test_how_far_patients_are_followed_is_what_the_check_computes(drawn):
    times, causes = drawn
    line = SurvivalTruth(times, (causes == 1).astype(np.int8)).timeline
    for horizon in (50.0, 200.0, 390.0):
        found = crude.followed(times, [int(one == 1) for one in causes], horizon)
        assert found.uncensored == pytest.approx(line.censoring.at(horizon), abs=1e-12)
        assert found.at_risk == pytest.approx(line.at_risk(horizon), abs=4)
        assert found.events == int(np.sum((times <= horizon) & (causes == 1)))


def test_horizons_are_those_at_which_enough_is_known():
    times = [float(day) for day in range(1, 1001)]
    events = [day % 2 for day in range(1, 1001)]
    assert crude.horizons(times, events, 0.25) == (365.0,)
    assert crude.horizons(times, events, 0.01) == ()
    assert crude.horizons([time / 5 for time in times], events, 0.25) == (30.0, 90.0, 180.0)
    assert crude.horizons(times, [0] * 1000, 0.25) == ()
    # Nobody has had the event by the first horizon.
    assert crude.horizons([time + 400 for time in times], events, 0.25) == (1095.0,)
