"""Properties of concordance over data that hypothesis makes up: zeros of both signs, denormals, 1e300, ties of every sort."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scorers import survival
from scorers.inputs import SurvivalTruth
from scorers.ranks import dense_ranks, order_of
from scorers.sample import Sample
from tests.scorers.cases import cases

MANY = settings(max_examples=200, deadline=None)
TIMES = st.floats(0.0, 1e300, allow_nan=False, allow_subnormal=True)


def counts(time, event, risk):
    return survival.concordance_counts(Sample.of(SurvivalTruth(time, event)), np.asarray(risk, dtype=float))


@MANY
@given(cases())
def test_reversal_swaps_concordant_and_discordant(case):
    won, lost, tied = counts(case.time, case.event, case.risk)
    assert counts(case.time, case.event, -case.risk) == (lost, won, tied)


@MANY
@given(cases())
def test_ranks_are_enough(case):
    ranks, _ = dense_ranks(case.risk)
    assert counts(case.time, case.event, ranks) == counts(case.time, case.event, case.risk)


@MANY
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_rows(case, random):
    rows = list(range(len(case.time)))
    random.shuffle(rows)
    assert counts(case.time[rows], case.event[rows], case.risk[rows]) == counts(case.time, case.event, case.risk)


@MANY
@given(cases())
def test_every_pair_is_counted_once(case):
    comparable = sum(
        1
        for i in range(len(case.time))
        for j in range(len(case.time))
        if case.event[i] == 1 and (case.time[i] < case.time[j] or (case.time[i] == case.time[j] and case.event[j] == 0))
    )
    assert sum(counts(case.time, case.event, case.risk)) == comparable


@MANY
@given(cases(most=8), st.integers(2, 3))
def test_repetition_multiplies_counts(case, times):
    rows = np.repeat(np.arange(len(case.time)), times)
    once = counts(case.time, case.event, case.risk)
    assert counts(case.time[rows], case.event[rows], case.risk[rows]) == tuple(c * times * times for c in once)


@MANY
@given(st.lists(TIMES, min_size=1, max_size=20), st.data())
def test_the_order_of_every_time(times, data):
    censored = data.draw(st.lists(st.booleans(), min_size=len(times), max_size=len(times)))
    time = np.array(times)
    order = order_of(time, np.array(censored).astype(np.int8))
    placed = [(time[i], censored[i]) for i in order]
    assert placed == sorted(placed)
    assert sorted(order) == list(range(len(times)))


@MANY
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
def test_the_order_of_every_score(values):
    order = order_of(np.array(values))
    assert [values[i] for i in order] == sorted(values)
    assert sorted(order) == list(range(len(values)))


@pytest.mark.parametrize("n", [50, 5000])
def test_the_order_of_values_a_hair_apart(n):
    """They differ in the bits that the sort does not see, all of them, or some."""
    generator = np.random.default_rng(0)
    steps = generator.permutation(n)
    for values in (
        1.0 + steps * 2.0**-52,
        -1.0 - steps * 2.0**-52,
        np.where(steps % 50, generator.normal(size=n), 1.0 + steps * 2.0**-52),
    ):
        assert np.array_equal(values[order_of(values)], np.sort(values))
        ranks, levels = dense_ranks(values)
        assert levels == np.unique(values).size
        assert np.array_equal(np.unique(values)[ranks], values)


@MANY
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_dense_ranks(values):
    ranks, levels = dense_ranks(np.array(values))
    distinct = sorted({v + 0.0 for v in values})
    assert levels == len(distinct)
    assert [distinct[r] for r in ranks] == [v + 0.0 for v in values]


def test_zeros_of_both_signs_are_one_time_and_one_risk():
    assert counts([0.0, -0.0, 1.0], [1, 1, 0], [-0.0, 5.0, 0.0]) == (1, 0, 1)
    assert counts([-0.0, 0.0], [0, 1], [1.0, 2.0]) == (1, 0, 0)


def test_neighbouring_floats_are_no_ties():
    """scikit-survival's tied_tol, and timefix of R, would merge these."""
    near = np.nextafter(1.0, 2.0)
    assert counts([1.0, near], [1, 1], [1e-9, 2e-9]) == (0, 1, 0)
    assert counts([1.0, 1.0], [1, 1], [1e-9, 2e-9]) == (0, 0, 0)


@MANY
@given(cases())
def test_standard_error_does_not_depend_on_direction(case):
    assume(sum(counts(case.time, case.event, case.risk)))
    sample = Sample.of(SurvivalTruth(case.time, case.event))
    there, back = survival.harrell_c(sample, case.risk), survival.harrell_c(sample, -case.risk)
    assert np.allclose(there.influence, -back.influence, atol=1e-14)
