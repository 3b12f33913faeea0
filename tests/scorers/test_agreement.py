"""Judges' marks against statsmodels, literal definitions and a simulated panel with recusals."""

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import spearmanr

from scorers.agreement import additive, bootstrap_interval, icc_average, krippendorff_alpha, means, z_means
from scorers.awarding import by_weight, leaderboard_points, rubric_points, totals
from scorers.inputs import InputError, Undefined

NAN = float("nan")
# Krippendorff's own worked example (4 observers, 12 units), its ordinal α given there as .815.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T
# Shrout and Fleiss (1979), six targets and four judges: ICC(A,k) = ICC(2,k) = .62.
SHROUT = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)


def panel(seed, teams=10, judges=5, recused=0.25):
    generator = np.random.default_rng(seed)
    quality, severity = generator.normal(0, 0.6, teams), generator.normal(0, 0.5, judges)
    marks = np.clip(
        np.round(2 * (3 + quality[:, None] + severity[None, :] + generator.normal(0, 0.5, (teams, judges)))) / 2, 1, 5
    )
    marks[generator.uniform(size=marks.shape) < recused] = NAN
    return quality, marks


@pytest.mark.parametrize("seed", range(6))
def test_the_additive_model_equals_statsmodels(seed):
    _, marks = panel(seed, 8, 4)
    rows, columns = np.nonzero(~np.isnan(marks))
    # Dummies with judges summing to zero: the last judge is minus the sum of the others.
    design = np.zeros((rows.size, 8 + 3))
    design[np.arange(rows.size), rows] = 1
    for place, column in enumerate(columns):
        if column < 3:
            design[place, 8 + column] = 1
        else:
            design[place, 8:] = -1
    fitted = sm.OLS(marks[rows, columns], design).fit()
    found = additive(marks)
    assert found.connected
    assert found.team == pytest.approx(fitted.params[:8], abs=1e-10)
    assert found.team_se == pytest.approx(fitted.bse[:8], abs=1e-10)
    assert found.judge[:3] == pytest.approx(fitted.params[8:], abs=1e-10)
    assert found.spread == pytest.approx(np.sqrt(fitted.scale), abs=1e-10)


def test_without_recusals_the_model_is_the_mean():
    _, marks = panel(1, recused=0.0)
    assert additive(marks).team == pytest.approx(means(marks), abs=1e-12)


def test_with_recusals_the_model_orders_teams_better_than_means():
    """As the reference study found: additive above z-scores above raw means."""
    found = {"mean": [], "z": [], "additive": []}
    for seed in range(400):
        quality, marks = panel(seed)
        if np.isnan(marks).all(axis=1).any():
            continue
        for name, values in (("mean", means(marks)), ("z", z_means(marks)), ("additive", additive(marks).team)):
            found[name].append(spearmanr(values, quality).statistic)
    mean, z, model = (float(np.mean(found[name])) for name in ("mean", "z", "additive"))
    print(f"\nrank correlation with true quality, 25 % recused: mean {mean:.3f}, z-score {z:.3f}, additive {model:.3f}")
    assert model > z > mean


def test_parts_of_a_panel_that_do_not_hang_together():
    found = additive([[3, NAN], [4, NAN], [NAN, 2], [NAN, 5]])
    assert not found.connected
    alone = additive([[3.0, NAN], [NAN, NAN]])
    assert alone.team[0] == pytest.approx(3.0)
    assert np.isnan([alone.team[1], alone.team_se[0], alone.judge[1], alone.spread]).all()


def test_krippendorffs_own_example():
    assert krippendorff_alpha(OBSERVERS) == pytest.approx(0.815, abs=5e-4)


def literal_alpha(marks):
    """Every pair of marks of a team against every pair of marks at all, by the ordinal distance as it is written."""
    units = [[v for v in row if not np.isnan(v)] for row in marks]
    units = [unit for unit in units if len(unit) > 1]
    everything = sorted(v for unit in units for v in unit)
    n = {value: everything.count(value) for value in set(everything)}

    def distance(a, b):
        low, high = min(a, b), max(a, b)
        return (sum(n[g] for g in n if low <= g <= high) - (n[low] + n[high]) / 2) ** 2

    observed = sum(
        sum(distance(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units
    ) / len(everything)
    pairs = list(itertools.permutations(everything, 2))
    return 1 - observed / (sum(distance(a, b) for a, b in pairs) / len(pairs))


@pytest.mark.parametrize("seed", range(5))
def test_alpha_equals_its_definition(seed):
    _, marks = panel(seed, 7, 4)
    assert krippendorff_alpha(marks) == pytest.approx(literal_alpha(marks), abs=1e-12)


def test_alpha_of_full_agreement_and_of_none():
    assert krippendorff_alpha([[1, 1], [2, 2], [5, 5]]) == 1.0
    assert krippendorff_alpha([[1, 5], [5, 1], [1, 5]]) < 0.0


def test_icc_of_shrout_and_fleiss():
    assert icc_average(SHROUT) == pytest.approx(0.6200505, abs=1e-6)


def test_icc_takes_complete_teams_only():
    more = np.vstack([SHROUT, [1, NAN, 5, 5]])
    assert icc_average(more) == icc_average(SHROUT)
    assert icc_average(np.hstack([SHROUT, np.full((6, 1), NAN)])) == icc_average(SHROUT)


def test_intervals_are_reproducible_and_hold_the_value():
    low, high = bootstrap_interval(OBSERVERS, krippendorff_alpha, seed=1, replicates=300)
    assert low < 0.815 < high <= 1.0
    assert (low, high) == bootstrap_interval(OBSERVERS, krippendorff_alpha, seed=1, replicates=300)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: additive(np.full((2, 2), NAN)), "no_marks"),
        (lambda: krippendorff_alpha([[1, NAN], [2, NAN]]), "no_marks"),
        (lambda: krippendorff_alpha([[3, 3], [3, 3]]), "no_variation"),
        (lambda: icc_average([[1, 2]]), "no_marks"),
        (lambda: icc_average([[3, 3], [3, 3]]), "no_variation"),
        (
            lambda: bootstrap_interval([[3, 3], [3, 3]], krippendorff_alpha, seed=1, replicates=10),
            "resamples_undefined",
        ),
    ],
)
def test_undefined_is_no_number(act, code):
    with pytest.raises(Undefined) as undefined:
        act()
    assert undefined.value.code == code


def test_bad_tables():
    for table, code in (([1, 2], "wrong_shape"), ([[1, float("inf")]], "not_finite")):
        with pytest.raises(InputError) as refused:
            additive(table)
        assert refused.value.code == code


def test_points():
    assert leaderboard_points([1, 1, 3, 4]) == pytest.approx([100 * (1 - 0.5 / 3), 100 * (1 - 0.5 / 3), 100 / 3, 0])
    assert leaderboard_points([1]).tolist() == [100.0]
    assert leaderboard_points([1, NAN, 2]).tolist() == [100.0, 0.0, 0.0]
    assert rubric_points([1, 3, 5, NAN]).tolist() == [0.0, 50.0, 100.0, 0.0]


def test_whether_the_winner_depends_on_the_weight():
    board, rubric = [100.0, 50.0, 0.0], [40.0, 80.0, 90.0]
    found = by_weight(board, rubric)
    assert [one.winners for one in found] == [[2], [1], [0], [0], [0]]
    assert totals(board, rubric, 0.5).total.tolist() == [70.0, 65.0, 45.0]
    assert totals([100, 100], [0.1 + 0.2, 0.3], 0.5).winners == [0, 1]
