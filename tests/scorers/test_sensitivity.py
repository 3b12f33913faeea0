"""Other ways of ranking, and how far they are from the official one."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from scorers.sensitivity import (
    aggregate_then_rank,
    compare_then_rank,
    kendall_tau,
    rank_then_aggregate,
    scheme,
    stability,
)


@pytest.mark.parametrize("seed", range(5))
def test_kendall_equals_scipy(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.integers(0, 5, (2, 12))
    assert kendall_tau(a, b) == pytest.approx(kendalltau(a, b).statistic, abs=1e-14)
    assert kendall_tau(np.ones(4), a[:4]) is None


def test_a_scheme_says_whether_the_winner_changes():
    same = scheme([0.1, 0.2, 0.3], [1, 2, 3])
    assert (same.tau, same.winner_changes, same.rank.tolist()) == (1.0, False, [1, 2, 3])
    other = scheme([0.3, 0.2, 0.1], [1, 2, 3])
    assert (other.tau, other.winner_changes) == (-1.0, True)
    joint = scheme([0.1, 0.1, 0.3], [1, 2, 3])
    assert joint.winner_changes


def test_ranks_of_resamples_are_averaged_and_a_missing_score_ranks_last():
    replicates = np.array([[0.9, 0.1], [0.5, 0.5], [np.nan, 0.9]])
    assert rank_then_aggregate(replicates, "higher").tolist() == [2.0, 2.0, 2.0]
    assert rank_then_aggregate(np.array([[1.0], [1.0], [0.0]]), "higher").tolist() == [1.5, 1.5, 3.0]


def test_means_are_ranked():
    assert aggregate_then_rank(np.array([[0.2, 0.4], [0.1, 0.1]]), "higher") == pytest.approx([-0.3, -0.1])
    assert aggregate_then_rank(np.array([[1.2, 1.2], [0.9, 0.9]]), "one") == pytest.approx([0.2, 0.1])


def test_wins_are_counted():
    claims = np.array([[False, True, True], [False, False, False], [False, False, False]])
    assert compare_then_rank(claims).tolist() == [-1.0, 0.0, 0.0]
    assert compare_then_rank(np.zeros((1, 1), dtype=bool)).tolist() == [0.0]


def test_stability_is_one_where_resamples_agree():
    replicates = np.array([[3.0, 3.1], [2.0, 2.1], [1.0, 1.1]])
    assert stability(replicates, "higher", [1, 2, 3]) == 1.0
    assert stability(replicates, "higher", [3, 2, 1]) == -1.0
    assert stability(np.ones((2, 3)), "higher", [1, 2]) is None
