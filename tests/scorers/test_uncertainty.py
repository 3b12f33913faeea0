import numpy as np
import pytest

from scorers.catalogue import METRICS
from scorers.comparison import compare
from scorers.evaluation import Columns, Spec, evaluate, paired_difference, value
from scorers.inputs import BinaryTruth, InputError, SurvivalTruth
from scorers.ranking import rank_counts
from scorers.uncertainty import Resamples, bootstrap, interval, standard_error
from tests.scorers.settings import MAKERS, SPECS, effect, survival

MANY = 1000
WITH_SE = sorted(name for name in METRICS if METRICS[name].has_se)


def again(truth, columns, rows):
    curves = {t: p[rows] for t, p in columns.event_probability.items()}
    return SurvivalTruth(truth.time[rows], truth.event[rows]), Columns(
        risk=columns.risk[rows], event_probability=curves
    )


def worse(columns, seed=9):
    """The same predictions with noise."""
    generator = np.random.default_rng(seed)

    def shake(p):
        return 1 / (1 + np.exp(-np.log(p / (1 - p)) + generator.normal(0, 0.6, p.size)))

    curves = {t: shake(p) for t, p in columns.event_probability.items()}
    risk = None if columns.risk is None else columns.risk + generator.normal(0, 0.5, len(columns.risk))
    probability = None if columns.probability is None else shake(columns.probability)
    return Columns(risk=risk, event_probability=curves, probability=probability)


@pytest.mark.parametrize(
    "name", ["harrell_c", "brier", "ipa", "ibs", "uno_c", "auc_t", "brier_cr", "auc_cr", "oe_ratio"]
)
def test_a_resample_is_the_rows_repeated(name):
    """The definition, for the fast ways too: draw rows, fit everything again on them."""
    truth, columns = MAKERS[METRICS[name].kinds[0]](1, 120)
    spec = SPECS[name]
    resamples = Resamples(42, 70)
    found = bootstrap(truth, [columns], spec, resamples)
    assert found.shape == (1, 70)
    drawn = np.hstack(list(resamples.blocks(120)))[:, :70]
    assert (drawn.sum(axis=0) == 120).all()
    from scorers.asking import Case, Given
    from scorers.estimators import ESTIMATORS
    from scorers.sample import Sample

    for lane in (0, 63, 64, 69):
        part, its = again(truth, columns, np.repeat(np.arange(120), drawn[:, lane]))
        # The guards on risk sets are for what is shown, not for resamples.
        estimate = ESTIMATORS[name](Case(Given(part, None, its), spec, part, Sample.of(part), influence=False))
        assert found[0, lane] == pytest.approx(estimate.value, abs=1e-12)


@pytest.mark.parametrize("name", ["roc_auc", "brier_binary", "average_precision"])
def test_a_resample_of_outcomes_is_the_rows_repeated(name):
    truth, columns = MAKERS["binary"](1, 120)
    resamples = Resamples(42, 70)
    found = bootstrap(truth, [columns], SPECS[name], resamples)
    drawn = np.hstack(list(resamples.blocks(120)))[:, :70]
    for lane in (0, 63, 64, 69):
        rows = np.repeat(np.arange(120), drawn[:, lane])
        its = Columns(probability=columns.probability[rows])
        assert found[0, lane] == pytest.approx(value(BinaryTruth(truth.outcome[rows]), its, SPECS[name]), abs=1e-12)


def test_seeds_decide_and_prefixes_agree():
    truth, columns = survival(1, 100)
    spec = Spec("harrell_c")
    first = bootstrap(truth, [columns], spec, Resamples(3, 100))
    assert np.array_equal(first, bootstrap(truth, [columns], spec, Resamples(3, 100)))
    assert np.array_equal(first[:, :30], bootstrap(truth, [columns], spec, Resamples(3, 30)))
    assert not np.array_equal(first, bootstrap(truth, [columns], spec, Resamples(4, 100)))


def test_all_submissions_meet_the_same_resamples():
    truth, columns = survival(1, 100)
    other = worse(columns)
    for spec in (SPECS["harrell_c"], SPECS["ipa"], SPECS["auc_t"]):
        both = bootstrap(truth, [columns, other], spec, Resamples(3, 64))
        for mine, file in zip(both, (columns, other), strict=True):
            assert mine == pytest.approx(bootstrap(truth, [file], spec, Resamples(3, 64))[0], abs=1e-13)


def test_a_split_is_resampled_alone():
    truth, columns = survival(1, 200)
    rows = np.arange(200) % 2 == 0
    part, its = again(truth, columns, np.flatnonzero(rows))
    for spec in (SPECS["harrell_c"], SPECS["ibs"], SPECS["uno_c"]):
        inside = bootstrap(truth, [columns], spec, Resamples(3, 64), rows=rows)
        assert np.array_equal(inside, bootstrap(part, [its], spec, Resamples(3, 64)))


# The calibration index is an absolute value: near perfect calibration its distribution is no normal one.
@pytest.mark.parametrize("name", [name for name in WITH_SE if name != "ici"])
def test_standard_errors_agree_with_the_bootstrap(name):
    truth, columns = MAKERS[METRICS[name].kinds[0]](5, 400)
    other, spec = worse(columns), SPECS[name]
    replicates = bootstrap(truth, [columns, other], spec, Resamples(11, 400))
    # Four hundred resamples know a standard deviation to 3.5 %; three times that, and what a jackknife's linearity costs.
    score = evaluate(truth, columns, [spec])[spec.key]
    assert score.se == pytest.approx(replicates[0].std(ddof=1), rel=0.13)
    difference = paired_difference(truth, columns, other, spec)
    assert difference.se == pytest.approx((replicates[0] - replicates[1]).std(ddof=1), rel=0.15)
    low, high = interval(replicates[0])
    assert low < score.value < high


def test_standard_error_of_the_calibration_index_far_from_calibration():
    truth, columns = survival(5, 400)
    off = Columns(event_probability={2.0: columns.event_probability[2.0] ** 2 * 0.6})
    replicates = bootstrap(truth, [off], SPECS["ici"], Resamples(11, 200))
    score = evaluate(truth, off, [SPECS["ici"]])["ici@2"]
    assert score.se == pytest.approx(replicates[0].std(ddof=1), rel=0.18)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """The area under the curve at 2 over many data sets, each with its own interval."""
    spec = SPECS["auc_t"]
    truth, columns = survival(99, 20_000)
    expected = value(truth, columns, spec)
    held = 0
    for seed in range(200):
        truth, columns = survival(1000 + seed, 200)
        low, high = evaluate(truth, columns, [spec], level=0.9)[spec.key].ci
        held += low <= expected <= high
    assert 0.83 * 200 <= held <= 0.96 * 200


def test_interval_and_standard_error():
    assert interval(np.arange(101.0), 0.9) == pytest.approx((5.0, 95.0))
    assert standard_error(np.array([3.0, 4.0])) == 5.0


def test_levels_of_intervals():
    truth, columns = survival()
    narrow, wide = (evaluate(truth, columns, [Spec("harrell_c")], level=level)["harrell_c"] for level in (0.5, 0.99))
    assert (narrow.ci[1] - narrow.value) == pytest.approx(0.6744897501960817 * narrow.se)
    assert (wide.ci[1] - wide.value) == pytest.approx(2.5758293035489 * wide.se)
    ratio = evaluate(truth, columns, [SPECS["oe_ratio"]])["oe_ratio@2"]
    assert ratio.ci[0] * ratio.ci[1] == pytest.approx(ratio.value**2)


def test_intervals_stay_inside_the_range():
    truth = SurvivalTruth(np.arange(1.0, 40.0), np.ones(39))
    risk = -np.arange(1.0, 40.0)
    risk[[3, 4]] = risk[[4, 3]]
    score = evaluate(truth, Columns(risk=risk), [Spec("harrell_c")])["harrell_c"]
    assert score.ci[1] == 1.0


def test_effects_are_no_sample():
    truth, columns = effect()
    with pytest.raises(InputError) as refused:
        bootstrap(truth, [columns], Spec("rmse"), Resamples(1, 64))
    assert refused.value.code == "bad_parameter"


# Comparison ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ipa", "harrell_c", "roc_auc", "brier_cr"])
def test_compare(name):
    truth, columns = MAKERS[METRICS[name].kinds[0]](2)
    files = [columns, worse(columns), worse(columns, 10), columns]
    found = compare(truth, files, SPECS[name], Resamples(1, 128))
    for i, a in enumerate(files):
        assert found.value[i] == pytest.approx(value(truth, a, SPECS[name]), abs=1e-13)
        for j, b in enumerate(files):
            pair = paired_difference(truth, a, b, SPECS[name])
            assert found.difference[i, j] == pytest.approx(pair.value, abs=1e-13)
            assert found.difference_se[i, j] == pytest.approx(pair.se, rel=1e-12, abs=1e-15)
    assert found.difference_se[0, 3] == 0.0
    counts = rank_counts(found.scores, METRICS[name].better)
    assert counts.sum(axis=1).tolist() == [128] * 4
    assert np.array_equal(counts[0], counts[3])
    assert counts[0, 0] > counts[1, 0]


@pytest.mark.parametrize(
    ("better", "first"), [("higher", [1, 0, 0]), ("lower", [0, 0, 1]), ("one", [0, 1, 0]), ("zero", [0, 0, 1])]
)
def test_rank_counts_by_direction(better, first):
    assert rank_counts(np.array([[2.0], [0.9], [0.5]]), better)[:, 0].tolist() == first


def test_equal_scores_share_the_better_rank():
    counts = rank_counts(np.array([[3.0, 1.0], [3.0, 2.0], [1.0, 3.0]]), "higher")
    assert counts.tolist() == [[1, 0, 1], [1, 1, 0], [1, 0, 1]]
