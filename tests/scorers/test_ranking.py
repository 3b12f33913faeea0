"""Tie groups, rank summaries and orders, against hand-worked examples and literal definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorers.inputs import InputError
from scorers.ranking import competition_ranks, costs, factor, rank_counts, summary, tie_groups


def resampled(*wins):
    """Costs of a leader (0) and of others that beat it in the given numbers of ten resamples."""
    rows = [np.zeros(10)]
    rows += [np.where(np.arange(10) < won, -1.0, 1.0) for won in wins]
    return np.array(rows)


def test_factor_counts_equal_resamples_for_nobody():
    leader = np.zeros(8)
    assert factor(leader, np.array([1, 1, 1, 1, 1, 1, -1, -1.0])) == 3.0
    assert factor(leader, np.array([1, 1, 1, 1, 1, 0, 0, -1.0])) == 3.0
    assert factor(leader, leader) == 1.0
    assert factor(leader, leader + 1) == float("inf")
    assert factor(leader, leader - 1) == 0.0


def test_tie_groups_of_a_worked_example():
    """A leads; B beats it in 3 of 10 (K = 2.33: tied), C in 2 (K = 4: opens the next), D never."""
    replicates = -resampled(3, 2, 0)
    # In order A, B, C, D. D against C: C's costs are 1 in eight resamples, as D's always are, and −1 in two: K = (2 + 4) / 4 = 1.5.
    found = tie_groups([0.9, 0.8, 0.7, 0.6], replicates, "higher")
    assert found.group.tolist() == [1, 1, 2, 2]
    assert found.factor == pytest.approx([1, 7 / 3, 1, 1.5])
    assert found.rank.tolist() == [1, 1, 3, 3]


def test_a_later_place_may_join_only_before_a_group_has_closed():
    """D could be tied with A, but C, which could not, has opened the next group already."""
    replicates = -resampled(5, 0, 4)
    found = tie_groups([0.9, 0.8, 0.7, 0.6], replicates, "higher")
    assert found.group.tolist() == [1, 1, 2, 2]
    assert found.factor[3] < 1.0


@pytest.mark.parametrize(("better", "sign"), [("higher", 1), ("lower", -1)])
def test_groups_follow_the_direction(better, sign):
    values = sign * np.array([0.9, 0.5])
    found = tie_groups(values, sign * np.array([[0.9] * 4, [0.5] * 4]), better)
    assert found.rank.tolist() == [1, 2]


def test_the_tie_break_orders_inside_a_group_alone():
    replicates = -resampled(5, 5, 0)
    second = -np.array([np.ones(10), np.zeros(10), np.ones(10), -np.ones(10)])
    tie_break = ([0.1, 0.9, 0.1, 1.0], second, "higher")
    found = tie_groups([0.9, 0.8, 0.7, 0.1], replicates, "higher", tie_break=tie_break)
    assert found.group.tolist() == [1, 1, 1, 2]
    # The second is better by the tie-break; the first and third are equal there, and share; the fourth stays behind.
    assert found.rank.tolist() == [2, 1, 2, 4]


def test_one_submission_and_equal_ones():
    assert tie_groups([0.5], np.array([[0.5, 0.4]]), "higher").rank.tolist() == [1]
    same = np.tile(np.random.default_rng(0).normal(size=20), (3, 1))
    found = tie_groups([0.5, 0.5, 0.5], same, "higher")
    assert found.rank.tolist() == [1, 1, 1]
    assert found.factor.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("value", "replicates", "code"),
    [
        ([0.1, np.nan], np.zeros((2, 3)), "not_finite"),
        ([0.1, 0.2], np.full((2, 3), np.nan), "not_finite"),
        ([0.1, 0.2], np.zeros((3, 3)), "wrong_length"),
        ([0.1, 0.2], np.zeros((2, 0)), "wrong_length"),
    ],
)
def test_what_is_no_number_is_no_rank(value, replicates, code):
    with pytest.raises(InputError) as refused:
        tie_groups(value, replicates, "higher")
    assert refused.value.code == code


def test_summary():
    counts = np.array([[60, 30, 10], [40, 50, 10], [0, 20, 80]])
    found = summary(counts)
    assert found.first.tolist() == [0.6, 0.4, 0.0]
    assert found.median.tolist() == [1, 2, 3]
    assert found.low.tolist() == [1, 1, 2]
    assert found.high.tolist() == [3, 3, 3]
    assert summary(np.array([[50, 50], [50, 50]])).median.tolist() == [1, 1]


def test_competition_ranks():
    assert competition_ranks([0.3, 0.1, 0.1, np.nan, 0.2]).tolist() == [4, 1, 1, 5, 3]


def test_costs():
    assert costs([1.2, 0.5], "one") == pytest.approx([0.2, 0.5])
    assert costs([-1.0, 2.0], "zero").tolist() == [1.0, 2.0]


def literal_groups(value, drawn, largest):
    """The rule as it is written, on costs."""
    order = sorted(range(len(value)), key=lambda place: value[place])
    groups, first = {}, None
    number = 0
    for place in order:
        if first is None:
            number, first = 1, place
        else:
            won = sum(
                1.0 if drawn[first][r] < drawn[place][r] else 0.5 if drawn[first][r] == drawn[place][r] else 0.0
                for r in range(len(drawn[0]))
            )
            lost = len(drawn[0]) - won
            if lost == 0 or won / lost > largest:
                number, first = number + 1, place
        groups[place] = number
    return [groups[place] for place in range(len(value))]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(1, 12))
def test_groups_equal_the_literal_rule(seed, k, r):
    generator = np.random.default_rng(seed)
    value = generator.normal(size=k)
    drawn = generator.integers(0, 4, (k, r)).astype(float)
    assert tie_groups(value, drawn, "lower").group.tolist() == literal_groups(value, drawn, 3.0)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_submissions_plays_no_part(seed):
    generator = np.random.default_rng(seed)
    value, drawn = generator.normal(size=6), generator.normal(size=(6, 40))
    second = (generator.normal(size=6), generator.normal(size=(6, 40)), "lower")
    shuffled = generator.permutation(6)
    one = tie_groups(value, drawn, "higher", tie_break=second)
    two = tie_groups(
        value[shuffled], drawn[shuffled], "higher", tie_break=(second[0][shuffled], second[1][shuffled], "lower")
    )
    assert one.rank[shuffled].tolist() == two.rank.tolist()
    assert rank_counts(drawn, "higher")[shuffled].tolist() == rank_counts(drawn[shuffled], "higher").tolist()
