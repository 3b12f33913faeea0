"""Every bad input is a named error with its place, and every undefined value a named reason; never a number."""

import numpy as np
import pytest

from scorers.evaluation import Columns, Spec, evaluate, influence, paired_difference, reports
from scorers.inputs import BinaryTruth, EffectTruth, InputError, SurvivalTruth, Undefined, row_numbers
from scorers.reasons import REASONS
from scorers.uncertainty import Resamples, bootstrap
from tests.scorers.settings import SPECS, binary, effect, survival

NAN, INF = float("nan"), float("inf")


def refused(action):
    with pytest.raises(InputError) as caught:
        action()
    assert REASONS[caught.value.code].en in str(caught.value)
    return caught.value.code, caught.value.where


@pytest.mark.parametrize(
    ("time", "event", "expected"),
    [
        ([1, NAN, 2], [1, 0, 1], ("not_finite", "time[1]")),
        ([1, 2, INF], [1, 0, 1], ("not_finite", "time[2]")),
        ([1, -INF, 2], [1, 0, 1], ("not_finite", "time[1]")),
        ([1, 2, -0.5], [1, 0, 1], ("negative_time", "time[2]")),
        ([1, 2, 3], [1, 0, 3], ("unknown_event", "event[2]")),
        ([1, 2, 3], [1, 0.5, 0], ("unknown_event", "event[1]")),
        ([1, 2, 3], [1, -1, 0], ("unknown_event", "event[1]")),
        ([1, 2, 3], [1, NAN, 0], ("not_finite", "event[1]")),
        ([1, 2, 3], [1, 0], ("wrong_length", "event")),
        ([], [], ("empty", "time")),
        ([[1, 2]], [1, 0], ("wrong_shape", "time")),
        ([[1], [2, 3]], [1, 0], ("wrong_shape", "time")),
        (5.0, [1], ("wrong_shape", "time")),
        (["1", "2"], [1, 0], ("not_numeric", "time")),
        (np.array([1, 2], dtype=object), [1, 0], ("not_numeric", "time")),
        (np.array([1, 2j]), [1, 0], ("not_numeric", "time")),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), [1], ("not_numeric", "time")),
        ([None, 1], [1, 0], ("not_numeric", "time")),
    ],
)
def test_survival_truth(time, event, expected):
    assert refused(lambda: SurvivalTruth(time, event)) == expected


def test_other_truths():
    assert refused(lambda: BinaryTruth([0, 1, 2])) == ("unknown_outcome", "outcome[2]")
    assert refused(lambda: BinaryTruth([0, NAN])) == ("not_finite", "outcome[1]")
    assert refused(lambda: BinaryTruth([])) == ("empty", "outcome")
    assert refused(lambda: EffectTruth([0.1, INF])) == ("not_finite", "truth[1]")


def with_value(columns, place, bad, column):
    risk = np.array(columns.risk)
    curves = {t: np.array(p) for t, p in columns.event_probability.items()}
    target = risk if column == "risk" else curves[2.0]
    target[place] = bad
    return Columns(risk=risk, event_probability=curves)


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("name", ["harrell_c", "uno_c"])
def test_risks_that_are_not_finite(name, bad):
    truth, columns = survival()
    broken = with_value(columns, 17, bad, "risk")
    assert refused(lambda: evaluate(truth, broken, [SPECS[name]])) == ("not_finite", "risk[17]")


@pytest.mark.parametrize(("bad", "code"), [(NAN, "not_finite"), (1.0001, "out_of_range"), (-1e-9, "out_of_range")])
@pytest.mark.parametrize(
    "name", ["auc_t", "brier", "ibs", "ipa", "oe_ratio", "ici", "net_benefit", "log_loss_t", "d_calibration"]
)
def test_bad_probabilities(name, bad, code):
    truth, columns = survival()
    broken = with_value(columns, 3, bad, "curve")
    assert refused(lambda: evaluate(truth, broken, [SPECS[name]])) == (code, "event_probability@2[3]")
    # Where in the file the value stands does not depend on the split that is scored.
    assert refused(lambda: evaluate(truth, broken, [SPECS[name]], rows=np.arange(4, 240))) == (
        code,
        "event_probability@2[3]",
    )


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "calibration_slope_binary"])
def test_bad_binary_probabilities(name):
    truth, columns = binary()
    p = np.array(columns.probability)
    p[8] = -0.1
    assert refused(lambda: evaluate(truth, Columns(probability=p), [SPECS[name]])) == ("out_of_range", "probability[8]")


def test_bad_intervals():
    truth, columns = effect()
    lower = np.array(columns.lower)
    lower[4] = 99.0
    broken = Columns(lower=lower, upper=columns.upper)
    assert refused(lambda: evaluate(truth, broken, [SPECS["coverage"]])) == ("lower_above_upper", "lower[4]")


def test_wrong_lengths_and_missing_columns():
    truth, columns = survival()
    assert refused(lambda: evaluate(truth, Columns(risk=[1.0, 2.0]), [Spec("harrell_c")])) == ("wrong_length", "risk")
    assert refused(lambda: evaluate(truth, Columns(), [Spec("harrell_c")])) == ("missing_column", "risk")
    missing = Spec("brier", horizon=1.5)
    assert refused(lambda: evaluate(truth, columns, [missing])) == ("missing_column", "event_probability@1.5")
    assert refused(lambda: evaluate(truth, Columns(), [Spec("d_calibration")])) == (
        "missing_column",
        "event_probability",
    )


def test_curves_that_fall():
    truth, columns = survival()
    curves = dict(columns.event_probability) | {3.0: np.zeros(len(truth))}
    broken = Columns(event_probability=curves)
    assert refused(lambda: evaluate(truth, broken, [Spec("d_calibration")])) == (
        "not_monotone",
        "event_probability@3[0]",
    )


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (Spec("concordance"), ("unknown_metric", "concordance")),
        (Spec("uno_c"), ("missing_parameter", "tau")),
        (Spec("brier"), ("missing_parameter", "horizon")),
        (Spec("ibs"), ("missing_parameter", "grid")),
        (Spec("net_benefit", horizon=2.0), ("missing_parameter", "threshold")),
        (Spec("brier", horizon=-1.0), ("bad_parameter", "horizon")),
        (Spec("brier", horizon=NAN), ("bad_parameter", "horizon")),
        (Spec("uno_c", tau=0.0), ("bad_parameter", "tau")),
        (Spec("net_benefit", horizon=2.0, threshold=1.0), ("bad_parameter", "threshold")),
        (Spec("net_benefit", horizon=2.0, threshold=0.0), ("bad_parameter", "threshold")),
        (Spec("ibs", grid=(2.0,)), ("bad_parameter", "grid")),
        (Spec("ibs", grid=(1.0, INF)), ("bad_parameter", "grid")),
        (Spec("ibs", grid=(3.0, 1.0, 2.0)), ("unsorted_grid", "grid")),
        (Spec("ibs", grid=(1.0, 1.0)), ("unsorted_grid", "grid")),
    ],
)
def test_parameters(spec, expected):
    truth, columns = survival()
    assert refused(lambda: evaluate(truth, columns, [spec])) == expected
    assert refused(lambda: bootstrap(truth, [columns], spec, Resamples(1, 64))) == expected


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5])
def test_level(level):
    truth, columns = survival()
    assert refused(lambda: evaluate(truth, columns, [Spec("harrell_c")], level=level)) == ("bad_parameter", "level")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ("no_rows", "rows")),
        (np.zeros(240, bool), ("no_rows", "rows")),
        (np.ones(239, bool), ("bad_rows", "rows")),
        ([0, 240], ("bad_rows", "rows[1]")),
        ([3, -1], ("bad_rows", "rows[1]")),
        ([3, 3], ("bad_rows", "rows")),
        ([0.5, 1.5], ("bad_rows", "rows")),
        ([[0, 1]], ("bad_rows", "rows")),
    ],
)
def test_rows(rows, expected):
    truth, columns = survival()
    assert refused(lambda: evaluate(truth, columns, [Spec("harrell_c")], rows=rows)) == expected


def test_row_numbers():
    assert row_numbers(None, 3) is None
    assert row_numbers([True, True, True], 3) is None
    assert row_numbers([2, 0], 3).tolist() == [0, 2]


# Undefined ------------------------------------------------------------------------------------------------------------------------


def reason(truth, columns, spec, rows=None):
    score = evaluate(truth, columns, [spec], rows=rows)[spec.key]
    assert score.value is score.se is score.ci is None
    assert paired_difference(truth, columns, columns, spec, rows=rows).reason == score.reason
    return score.reason


def flat(time, event, p=0.4):
    time = np.asarray(time, dtype=float)
    return SurvivalTruth(time, event), Columns(
        risk=np.arange(time.size), event_probability={t: np.full(time.size, p) for t in (1.0, 2.0, 3.0)}
    )


def test_one_row():
    assert reason(*flat([5.0], [1]), Spec("harrell_c")) == "no_comparable_pair"
    assert reason(*flat([5.0], [1]), SPECS["brier"]) == "too_few_at_risk"
    assert reason(BinaryTruth([1]), Columns(probability=[0.3]), Spec("roc_auc")) == "one_class"


def test_all_censored():
    truth, columns = flat(np.linspace(3, 9, 60), np.zeros(60))
    assert reason(truth, columns, Spec("harrell_c")) == "no_comparable_pair"
    assert reason(truth, columns, Spec("uno_c", tau=2.0)) == "no_comparable_pair"
    assert reason(truth, columns, SPECS["auc_t"]) == "no_case"
    assert reason(truth, columns, SPECS["ipa"]) == "null_is_perfect"
    assert reason(truth, columns, SPECS["calibration_slope"]) == "no_event"
    assert reason(truth, columns, SPECS["wolbers_c"]) == "no_comparable_pair"
    assert evaluate(truth, columns, [SPECS["brier"]])["brier@2"].value == pytest.approx(0.16)


def test_all_times_tied():
    truth, columns = flat(np.full(60, 4.0), np.ones(60))
    assert reason(truth, columns, Spec("harrell_c")) == "no_comparable_pair"


def test_all_risks_tied():
    truth, _ = survival()
    tied = Columns(risk=np.zeros(len(truth)), event_probability={2.0: np.full(len(truth), 0.5)})
    assert evaluate(truth, tied, [Spec("harrell_c")])["harrell_c"].value == 0.5
    assert evaluate(truth, tied, [Spec("harrell_c")])["harrell_c"].se == 0.0
    for name in ("calibration_slope", "ici", "e50", "e90"):
        assert reason(truth, tied, SPECS[name]) == "constant_prediction"


def test_too_few_at_risk_and_heavy_censoring():
    truth, columns = survival()
    few = np.flatnonzero(truth.time >= 2.0)[:19]
    many = np.concatenate([np.flatnonzero(truth.time < 2.0), few])
    for spec in (SPECS["brier"], SPECS["uno_c"], SPECS["auc_t"], SPECS["oe_ratio"]):
        assert reason(truth, columns, spec, rows=many) == "too_few_at_risk"
    early = np.concatenate([np.linspace(0.5, 1.5, 400), np.full(30, 5.0)])
    truth, columns = flat(early, np.arange(430) % 20 == 0)
    assert reason(truth, columns, SPECS["brier"]) == "censoring_too_heavy"


def test_nobody_is_a_control():
    truth = SurvivalTruth(np.full(40, 2.0), np.ones(40))
    columns = Columns(event_probability={2.0: np.linspace(0, 1, 40)})
    assert reason(truth, columns, SPECS["auc_t"]) == "no_control"
    assert reason(truth, columns, SPECS["ipa"]) == "null_is_perfect"


def test_nothing_expected():
    truth, _ = survival()
    nothing = Columns(event_probability={2.0: np.zeros(len(truth))})
    assert reason(truth, nothing, SPECS["oe_ratio"]) == "nothing_expected"


def test_follow_up_of_those_treated_is_too_short():
    truth, _ = survival()
    short = truth.time < 1.5
    censored = SurvivalTruth(truth.time, np.where(short, 0, truth.event))
    columns = Columns(event_probability={2.0: np.where(short, 0.9, 0.1)})
    assert reason(censored, columns, SPECS["net_benefit"]) in ("follow_up_too_short", "censoring_too_heavy")


@pytest.mark.parametrize("probability", [np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])])
def test_separated_outcomes(probability):
    truth = BinaryTruth([0, 0, 1, 1])
    for name in ("calibration_slope_binary", "calibration_intercept_binary"):
        assert reason(truth, Columns(probability=probability), Spec(name)) == "no_convergence"
    assert (
        reason(truth, Columns(probability=np.full(4, 0.5)), Spec("calibration_slope_binary")) == "constant_prediction"
    )


def test_events_in_the_order_of_the_prediction():
    time = np.arange(1.0, 61.0)
    truth = SurvivalTruth(time, np.ones(60))
    columns = Columns(event_probability={2.0: np.linspace(0.99, 0.01, 60)})
    assert reason(truth, columns, SPECS["calibration_slope"]) == "no_convergence"


def test_one_class_of_outcomes():
    truth = BinaryTruth(np.zeros(30))
    columns = Columns(probability=np.linspace(0.1, 0.9, 30))
    for name in ("roc_auc", "average_precision", "calibration_slope_binary"):
        assert reason(truth, columns, Spec(name)) == "one_class"


def test_undefined_is_raised_where_there_is_no_score_to_carry_it():
    truth, columns = flat(np.linspace(3, 9, 60), np.zeros(60))
    with pytest.raises(Undefined) as undefined:
        influence(truth, columns, Spec("harrell_c"))
    assert undefined.value.code == "no_comparable_pair"


def test_a_single_case_has_an_area_and_no_standard_error():
    truth = BinaryTruth([1, 0, 0, 0])
    score = evaluate(truth, Columns(probability=[0.9, 0.1, 0.2, 0.3]), [Spec("roc_auc")])["roc_auc"]
    assert (score.value, score.se, score.reason) == (1.0, None, None)


def test_resamples_that_are_mostly_undefined():
    truth = BinaryTruth([1, *[0] * 40])
    columns = Columns(probability=np.linspace(0, 1, 41))
    bootstrap(truth, [columns], Spec("brier_binary"), Resamples(1, 64))
    kept = bootstrap(truth, [columns], Spec("roc_auc"), Resamples(1, 64))
    assert kept.shape[1] < 64
    assert not np.isnan(kept).any()
    lonely = SurvivalTruth([1.0, *[9.0] * 40], [1, *[0] * 40])
    mostly = SurvivalTruth([2.0, 2.0, 1.0], [1, 1, 0])
    assert bootstrap(lonely, [Columns(risk=np.arange(41))], Spec("harrell_c"), Resamples(1, 64)).shape[1] < 64
    with pytest.raises(Undefined) as undefined:
        bootstrap(mostly, [Columns(risk=[1, 2, 3])], Spec("harrell_c"), Resamples(1, 64))
    assert undefined.value.code == "resamples_undefined"


def test_reports_refuse_what_evaluations_refuse():
    truth, columns = survival()
    broken = with_value(columns, 3, NAN, "curve")
    assert refused(lambda: reports(truth, broken, horizons=(1.0, 2.0))) == ("not_finite", "event_probability@2[3]")
