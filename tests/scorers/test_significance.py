"""Claims of "better than" and confidence sets for ranks: closed forms, and simulated contests whose true order is known."""

import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from scorers.inputs import InputError
from scorers.significance import holm, one_sided, rank_sets

CONTESTS = 1000


def contest(generator, means, *, spread=1.0, shared=0.8, replicates=300):
    """Scores of submissions on the same patients: correlated errors, replicates around what was seen, known standard errors."""
    k = len(means)
    covariance = spread**2 * (shared * np.ones((k, k)) + (1 - shared) * np.eye(k))
    root = np.linalg.cholesky(covariance)
    seen = np.asarray(means) + root @ generator.normal(size=k)
    drawn = seen[:, None] + root @ generator.normal(size=(k, replicates))
    diagonal = np.diag(covariance)
    se = np.sqrt(np.maximum(diagonal[:, None] + diagonal[None, :] - 2 * covariance, 0))
    return seen[:, None] - seen[None, :], se, drawn


def test_holm_equals_statsmodels():
    generator = np.random.default_rng(0)
    for size in (1, 2, 30):
        p = generator.uniform(size=size) ** 3
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-15)
    assert holm([]).size == 0


def test_holm_leaves_out_what_is_no_test():
    found = holm(np.array([[np.nan, 0.01], [0.4, np.nan]]))
    assert np.isnan(found[0, 0])
    assert found[0, 1] == pytest.approx(0.02)
    assert found[1, 0] == pytest.approx(0.4)


def test_one_sided_p_values():
    gap = np.array([[0.0, 1.959963984540054], [-1.959963984540054, 0.0]])
    found = one_sided(gap, np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert found[0, 1] == pytest.approx(0.025)
    assert found[1, 0] == pytest.approx(0.975)
    assert np.isnan(found[0, 0])
    assert one_sided(np.zeros((2, 2)), np.zeros((2, 2)))[0, 1] == 1.0


def test_a_clear_order_is_found_and_equal_files_are_not_told_apart():
    generator = np.random.default_rng(1)
    gap, se, drawn = contest(generator, [30.0, 20.0, 10.0])
    found = rank_sets(gap, se, drawn)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 2, 3], [1, 2, 3])
    same = rank_sets(np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 50)))
    assert (same.low.tolist(), same.high.tolist()) == ([1, 1], [2, 2])


def test_two_submissions_are_a_t_test():
    """With one pair the critical value is the quantile of its own centred, studentised resamples, in both directions."""
    generator = np.random.default_rng(2)
    drawn = generator.normal(size=(2, 4000))
    se = math.sqrt(2) * np.ones((2, 2))
    np.fill_diagonal(se, 0)
    largest = np.abs(drawn[0] - drawn[1]) / math.sqrt(2)
    critical = np.quantile(largest, 0.95, method="higher")
    for scale, claimed in ((critical * 1.0001, True), (critical * 0.9999, False)):
        gap = np.array([[0.0, scale], [-scale, 0.0]]) * math.sqrt(2)
        moved = drawn + np.array([[gap[0, 1]], [0.0]])
        assert rank_sets(gap, se, moved).better[0, 1] == claimed


def test_stepping_down_finds_no_less():
    generator = np.random.default_rng(3)
    gap, se, drawn = contest(generator, [9.0, 2.0, 1.5, 0.0, 0.0], replicates=500)
    found = rank_sets(gap, se, drawn)
    family = se > 0
    np.fill_diagonal(family, val=False)
    largest = np.array(
        [
            max((drawn[i, r] - drawn[j, r] - gap[i, j]) / se[i, j] for i in range(5) for j in range(5) if i != j)
            for r in range(500)
        ]
    )
    once = gap / np.where(se > 0, se, np.inf) > np.quantile(largest, 0.95, method="higher")
    assert (found.better | ~once).all()


@pytest.mark.parametrize(
    "means", [[0, 0, 0, 0, 0], [0, 0, 0.5, 0.5, 2], [0, 1, 2, 3, 4, 5]], ids=["equal", "mixed", "ordered"]
)
def test_rank_sets_hold_every_true_rank_as_often_as_they_say(means):
    """Simultaneous coverage over simulated contests is at least nominal, but for Monte Carlo error."""
    generator = np.random.default_rng(7)
    true = np.asarray(means, dtype=float)
    best = 1 + (true[None, :] > true[:, None]).sum(axis=1)
    worst = len(true) - (true[None, :] < true[:, None]).sum(axis=1)
    held = 0
    for _ in range(CONTESTS):
        found = rank_sets(*contest(generator, true), level=0.95)
        # Submissions that are truly equal share the ranks from `best` to `worst`: the set must hold all of them.
        held += bool(((found.low <= best) & (found.high >= worst)).all())
    error = math.sqrt(0.95 * 0.05 / CONTESTS)
    print(f"\nrank sets, true scores {means}: simultaneous coverage {held / CONTESTS:.3f} ± {error:.3f} (at least .95)")
    assert held / CONTESTS >= 0.95 - 3 * error


@pytest.mark.parametrize("means", [[0, 0, 0, 0, 0], [0, 0, 0, 2, 2]], ids=["equal", "mixed"])
def test_holm_holds_the_family_wise_error(means):
    generator = np.random.default_rng(8)
    true = np.asarray(means, dtype=float)
    false = true[:, None] <= true[None, :]
    wrong = 0
    for _ in range(CONTESTS):
        gap, se, _ = contest(generator, true, replicates=2)
        claims = holm(one_sided(gap, se)) <= 0.05
        wrong += bool((claims & false).any())
    error = math.sqrt(0.05 * 0.95 / CONTESTS)
    print(f"\nHolm, true scores {means}: family-wise error {wrong / CONTESTS:.3f} ± {error:.3f} (at most .05)")
    assert wrong / CONTESTS <= 0.05 + 3 * error


def test_bad_input():
    with pytest.raises(InputError) as refused:
        rank_sets(np.zeros((2, 2)), np.ones((2, 2)), np.zeros((3, 5)))
    assert refused.value.code == "wrong_length"
    with pytest.raises(InputError) as refused:
        rank_sets(np.zeros((2, 2)), np.ones((2, 2)), np.zeros((2, 5)), level=1.0)
    assert refused.value.code == "bad_parameter"
