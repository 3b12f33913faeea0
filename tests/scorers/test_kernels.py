"""Both ways of counting, compiled and in numpy, give the same; and without numba the package still works."""

import subprocess
import sys

import numpy as np
import pytest

from scorers import compiled, compiled_lanes, fallback, fallback_lanes, kernels
from scorers.ranks import dense_ranks, in_order, order_of
from tests.scorers.cases import drawn


def placed(seed, n, *, times, levels):
    case = drawn(seed, n, competing=True, times=times, levels=levels)
    order = order_of(case.time, (case.event == 0).astype(np.int8))
    rank, count = dense_ranks(case.risk[order])
    return case.time[order], case.event[order].astype(np.int8), rank, count


SHAPES = [(1, 5, 3), (2, 4, 3), (7, 3, 2), (64, 8, 5), (200, 30, 40), (333, 0, 0), (50, 1, 4), (50, 6, 1)]


@pytest.fixture(params=range(4))
def seed(request):
    return request.param


@pytest.fixture(params=SHAPES, ids=str)
def rows(request, seed):
    n, times, levels = request.param
    return placed(seed, n, times=times, levels=levels)


@pytest.mark.parametrize("coded", [False, True])
def test_keys(seed, coded):
    generator = np.random.default_rng(seed)
    values = np.concatenate([generator.normal(size=20), [0.0, -0.0, 5e-324, -1e300, 1.0]])
    second = generator.integers(0, 2, values.size if coded else 0).astype(np.int8)
    keys = compiled.packed_keys(values, second, 5)
    assert keys.tolist() == fallback.packed_keys(values, second, 5).tolist()
    keys.sort()
    assert compiled.unpack_order(values, second, keys, 5)
    assert keys.tolist() == np.lexsort((second, values) if coded else (values,)).tolist()


@pytest.mark.parametrize("coded", [False, True])
def test_any_order_is_put_right(seed, coded):
    """Whatever the lost bits hid; and equal rows stay as they came."""
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 3, 16).astype(float)
    second = generator.integers(0, 2, 16 if coded else 0).astype(np.int8)
    key = generator.permutation(16)
    expected = key[np.lexsort((second[key], values[key]) if coded else (values[key],))]
    assert compiled.unpack_order(values, second, key, 4)
    assert key.tolist() == expected.tolist()


@pytest.mark.parametrize(("n", "mended"), [(33, True), (34, False)])
def test_mending_gives_up_after_sixteen_moves_a_row(n, mended):
    """Another sort is quicker then; 33 rows the wrong way round take 16 moves each exactly."""
    key = np.arange(n)[::-1].copy()
    assert compiled.unpack_order(np.arange(float(n)), np.empty(0, np.int8), key, 6) is mended


@pytest.mark.parametrize("tau", [np.inf, 3.0])
def test_counts(rows, tau):
    assert compiled.concordance_counts(*rows, tau) == fallback.concordance_counts(*rows, tau)


def weights(event, seed):
    generator = np.random.default_rng(seed)
    return np.where(event == 1, generator.uniform(1, 3, event.size), 0.0), np.where(
        event == 2, generator.uniform(1, 3, event.size), 0.0
    )


def test_pair_sums(rows, seed):
    anchor, _ = weights(rows[1], seed)
    for mine, other in zip(compiled.pair_sums(*rows, anchor), fallback.pair_sums(*rows, anchor), strict=True):
        assert mine == pytest.approx(other, rel=1e-12, abs=1e-9)


def test_other_cause_sums(rows, seed):
    time, event, rank, levels = rows
    anchor, other = weights(event, seed)
    arguments = (time, rank, levels, anchor, other)
    pairs = zip(compiled.other_cause_sums(*arguments), fallback.other_cause_sums(*arguments), strict=True)
    for mine, theirs in pairs:
        assert mine == pytest.approx(theirs, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("tau", [np.inf, 3.0])
def test_lanes_are_exact_integers_and_equal_repetition(rows, seed, tau):
    time, event, rank, levels = rows
    drawn_times = np.random.default_rng(seed).multinomial(time.size, np.full(time.size, 1 / time.size), 64).T
    drawn_times = np.ascontiguousarray(drawn_times.astype(np.int32))
    mine = compiled_lanes.concordance_lanes(time, event, rank, levels, drawn_times, tau)
    other = fallback_lanes.concordance_lanes(time, event, rank, levels, drawn_times, tau)
    assert [a.tolist() for a in mine] == [a.tolist() for a in other]
    for lane in (0, 63):
        again = np.repeat(np.arange(time.size), drawn_times[:, lane])
        part, count = dense_ranks(rank[again].astype(float))
        won, lost, tied = compiled.concordance_counts(time[again], event[again], part, count, tau)
        assert (mine[0][lane], mine[1][lane]) == (2 * won + tied, won + lost + tied)


@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_tally_adds_to_what_was_drawn_before(seed, kind):
    drawn = np.random.default_rng(seed).integers(0, 7, 50, dtype=np.int32)
    for module in (compiled_lanes, fallback_lanes):
        times_drawn = np.full(9, 2, kind)
        module.tally(drawn, times_drawn)
        assert times_drawn.tolist() == [2 + int((drawn == row).sum()) for row in range(9)]


def drawings(n, seed):
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), 64).T


@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_weighted_lanes_equal_pair_sums_of_repeated_rows(rows, seed, kind):
    time, event, rank, levels = rows
    drawn_times = np.ascontiguousarray(drawings(time.size, seed).astype(kind))
    anchor, _ = weights(event, seed)
    weight = np.ascontiguousarray(anchor[:, None] * drawn_times)
    mine = compiled_lanes.weighted_concordance_lanes(time, event, rank, levels, drawn_times, weight)
    other = fallback_lanes.weighted_concordance_lanes(time, event, rank, levels, drawn_times, weight)
    for a, b in zip(mine, other, strict=True):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-9)
    for lane in (0, 63):
        again = np.repeat(np.arange(time.size), drawn_times[:, lane])
        part, count = dense_ranks(rank[again].astype(float))
        won, compared, _, _ = compiled.pair_sums(time[again], event[again], part, count, anchor[again])
        expected = (anchor[again] * won).sum(), (anchor[again] * compared).sum()
        assert (mine[0][lane], mine[1][lane]) == pytest.approx(expected, rel=1e-12, abs=1e-9)


def test_areas_in_lanes(rows, seed):
    _, event, rank, _ = rows
    generator = np.random.default_rng(seed)
    case, control = generator.uniform(size=(2, event.size, 64))
    order, placed = in_order(rank.astype(float))
    mine = compiled_lanes.auc_lanes(order, placed, case, control)
    other = fallback_lanes.auc_lanes(order, placed, case, control)
    for a, b in zip(mine, other, strict=True):
        assert a == pytest.approx(b, rel=1e-12)
    higher, same = rank[:, None] > rank[None, :], rank[:, None] == rank[None, :]
    expected = np.einsum("il,jl,ij->l", case, control, higher + 0.5 * same)
    assert mine[0] == pytest.approx(expected, rel=1e-12)


def test_squared_errors(rows, seed):
    time, event, _, _ = rows
    anchor, other = weights(event, seed)
    predicted = np.random.default_rng(seed).uniform(size=time.size)
    arguments = (time, anchor - other, predicted, 3.0)
    assert compiled.squared_errors(*arguments) == pytest.approx(fallback.squared_errors(*arguments), rel=1e-13)


@pytest.mark.parametrize("levels", [20, 100, 0])
def test_areas_at_many_horizons(seed, levels):
    """Ranks that are all shared, some of one row, all of one row: rows alone and groups go different ways."""
    case = drawn(seed, 150, times=12, levels=levels)
    order, rank = in_order(case.risk)
    anchor, _ = weights(case.event, seed)
    arguments = (case.time[order], anchor[order], rank, np.arange(0.0, 13.0))
    for mine, other in zip(compiled.auc_horizons(*arguments), fallback.auc_horizons(*arguments), strict=True):
        assert mine == pytest.approx(other, rel=1e-13, abs=1e-12)


@pytest.mark.parametrize("p", [1, 2])
def test_risk_sets_of_a_cox_model(rows, seed, p):
    time, event, _, _ = rows
    generator = np.random.default_rng(seed)
    relative, x = generator.uniform(0.5, 2, time.size), generator.normal(size=(time.size, p))
    deaths = int((event == 1).sum())
    if not deaths:
        return
    found = []
    for module in (compiled, fallback):
        total, mean = np.empty(deaths), np.empty((deaths, p))
        logarithms, information = module.efron_sums(time, event, relative, x, total, mean)
        found.append((total, mean, logarithms, information))
    for mine, other in zip(*found, strict=True):
        assert mine == pytest.approx(other, rel=1e-10, abs=1e-10)


def test_survival_of_those_treated(rows, seed):
    time, event, _, _ = rows
    predicted = np.random.default_rng(seed).integers(0, 5, time.size) / 4
    for threshold in (0.0, 0.5, 1.0, 2.0):
        arguments = (time, event, predicted, threshold, 3.0)
        assert compiled.treated_survival(*arguments) == pytest.approx(fallback.treated_survival(*arguments), abs=1e-13)


# Of the fallback's own, which its second module uses too.
HELPERS = {"sums_below", "won_weights", "bounds"}


def test_both_have_the_same_kernels():
    def functions(module):
        return {
            name
            for name, found in vars(module).items()
            if not name.startswith("_") and getattr(found, "__module__", None) == module.__name__
        }

    for slow, fast in ((fallback, compiled), (fallback_lanes, compiled_lanes)):
        assert functions(slow) - HELPERS == functions(fast)
        for name in functions(fast):
            assert getattr(kernels, name) is getattr(fast, name)
    assert kernels.COMPILED
    assert kernels.LANES == fallback_lanes.LANES


WITHOUT = """
import sys
sys.modules["numba"] = None
from scorers import kernels
assert not kernels.COMPILED
kernels.warm()
import numpy as np
from scorers.evaluation import evaluate
sys.path.insert(0, ".")
from tests.scorers.settings import MAKERS, SPECS
from scorers.catalogue import METRICS
for name, spec in SPECS.items():
    truth, columns = MAKERS[METRICS[name].kinds[0]](3)
    score = evaluate(truth, columns, [spec])[spec.key]
    print(name, score.value.hex(), score.se.hex() if score.se is not None else "-")
"""


def test_without_numba_every_metric_is_the_same():
    from scorers.catalogue import METRICS
    from scorers.evaluation import evaluate
    from tests.scorers.settings import MAKERS, SPECS

    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    lines = done.stdout.split("\n")[:-1]
    assert len(lines) == len(SPECS)
    for line in lines:
        name, value, se = line.split()
        truth, columns = MAKERS[METRICS[name].kinds[0]](3)
        score = evaluate(truth, columns, [SPECS[name]])[SPECS[name].key]
        assert float.fromhex(value) == pytest.approx(score.value, abs=1e-13)
        assert (se == "-") == (score.se is None)
        if score.se is not None:
            assert float.fromhex(se) == pytest.approx(score.se, rel=1e-11)


COMPILED_AGAIN = """
from scorers import kernels
kernels.warm()
from scorers import compiled, compiled_lanes
from scorers.evaluation import evaluate
from scorers.uncertainty import Resamples, bootstrap
from scorers.catalogue import METRICS
from tests.scorers.settings import MAKERS, SPECS
dispatchers = [f for f in (*vars(compiled).values(), *vars(compiled_lanes).values()) if hasattr(f, "signatures")]
before = [list(f.signatures) for f in dispatchers]
for name, spec in SPECS.items():
    truth, columns = MAKERS[METRICS[name].kinds[0]](3)
    evaluate(truth, columns, [spec])
    evaluate(truth, columns, [spec], rows=range(0, len(truth), 2)) if len(truth) > 200 else None
truth, columns = MAKERS["survival"](3)
for name in ("harrell_c", "uno_c", "auc_t"):
    bootstrap(truth, [columns], SPECS[name], Resamples(1, 64))
print([list(f.signatures) for f in dispatchers] == before)
print(sum(sum(f.stats.cache_misses.values()) for f in dispatchers))
"""


def test_a_warm_process_compiles_nothing():
    """After `warm`, no evaluation needs another signature; and what a first process compiled, a second one loads."""
    kernels.warm()
    done = subprocess.run([sys.executable, "-c", COMPILED_AGAIN], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "0"]
