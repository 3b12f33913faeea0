import json
from itertools import pairwise

import numpy as np
import pytest

from scorers.competing import incidence_band
from scorers.curves import LEAST, grid, thirds
from scorers.evaluation import Columns, reports, value
from scorers.inputs import BinaryTruth, SurvivalTruth
from scorers.thresholds import FEWEST, distribution, roc_curve, steps
from tests.scorers import oracles
from tests.scorers.settings import GRID, MAKERS, SPECS, binary, effect, survival

H = (1.0, 2.0, 3.0)


def test_a_survival_report():
    truth, columns = survival(1, 600)
    found = reports(truth, columns, horizons=H)
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["survival", "calibration", "predictions", "roc", "decision"]
    groups = thirds(columns.event_probability[2.0])
    assert [group["rows"] for group in found["survival"]] == [rows.size for rows in groups]
    for group, rows in zip(found["survival"], groups, strict=True):
        for t, level, low, high in group["steps"][::7]:
            assert level == pytest.approx(oracles.survival_curve(truth.time[rows], truth.event[rows], t), abs=1e-12)
            assert low <= level <= high
            assert (truth.time[rows] >= t).sum() >= LEAST
        assert group["predicted"][2] == [2.0, pytest.approx(1 - columns.event_probability[2.0][rows].mean())]
        assert group["at_risk"][0] == [0.0, rows.size]
        for t, level, *_ in group["observed"]:
            assert level == pytest.approx(oracles.survival_curve(truth.time[rows], truth.event[rows], t), abs=1e-12)
    ends = [group["steps"][-1][1] for group in found["survival"]]
    assert ends == sorted(ends, reverse=True)


def test_calibration_bins_are_kaplan_meier():
    truth, columns = survival(1, 600)
    p = columns.event_probability[2.0]
    found = reports(truth, columns, horizons=H)["calibration"]["2"]
    rows = thirds(p, 10)[4]
    predicted, observed, low, high = found["bins"][4]
    assert predicted == pytest.approx(p[rows].mean())
    assert observed == pytest.approx(1 - oracles.survival_curve(truth.time[rows], truth.event[rows], 2.0))
    assert low < observed < high
    assert found["rows"][4] == rows.size
    smooth = np.array(found["smooth"])
    assert (np.diff(smooth[:, 0]) >= 0).all()
    assert np.abs(smooth[2:-2, 0] - smooth[2:-2, 1]).max() < 0.2


def test_the_area_of_the_curve_is_the_metric():
    truth, columns = survival(1, 3000)
    points = np.array(reports(truth, columns, horizons=H)["roc"]["2"])
    area = np.trapezoid(points[:, 1], points[:, 0])
    assert area == pytest.approx(value(truth, columns, SPECS["auc_t"]), abs=2e-3)
    outcome = binary(1, 3000)
    points = np.array(reports(*outcome)["roc"])
    assert np.trapezoid(points[:, 1], points[:, 0]) == pytest.approx(value(*outcome, SPECS["roc_auc"]), abs=2e-3)
    assert points[0, 0] == 0.0
    assert points[-1].tolist() == [1.0, 1.0]


def test_decision_curve_is_net_benefit():
    truth, columns = survival(1, 600)
    curve = reports(truth, columns, horizons=H)["decision"]["2"]
    p, everybody = columns.event_probability[2.0], np.ones(600)
    assert len(curve) > 8
    for threshold, *found in curve:
        expected = [oracles.net_benefit(truth.time, truth.event, f, 2.0, threshold) for f in (p, everybody)]
        assert found == pytest.approx(expected, abs=1e-12)


def test_competing_events():
    truth, columns = MAKERS["competing"](1, 600)
    found = reports(truth, columns, horizons=H)
    assert list(found) == ["incidence", "calibration", "predictions", "roc"]
    rows = thirds(columns.event_probability[2.0])[2]
    group = found["incidence"][2]
    assert group["rows"] == rows.size
    for t, level, low, high in (group["steps"][10], group["observed"][1]):
        assert level == pytest.approx(oracles.cumulative_incidence(truth.time[rows], truth.event[rows], t), abs=1e-12)
        assert low < level < high
    bins = found["calibration"]["2"]
    p = columns.event_probability[2.0]
    tenths = {float(p[tenth].mean()): tenth for tenth in thirds(p, 10)}
    for predicted, level, *_ in bins["bins"]:
        tenth = tenths[predicted]
        observed = oracles.cumulative_incidence(truth.time[tenth], truth.event[tenth], 2.0)
        assert level == pytest.approx(observed, abs=1e-12)
    assert bins["smooth"] == []
    assert group["predicted"] == [[t, pytest.approx(columns.event_probability[t][rows].mean())] for t in H]


def test_a_binary_report():
    truth, columns = binary(1, 600)
    found = reports(truth, columns)
    tenths = thirds(columns.probability, 10)
    events = [int(truth.outcome[rows].sum()) for rows in tenths]
    shown = [rows for rows, count in zip(tenths, events, strict=True) if 5 <= count <= rows.size - 5]
    bins = found["calibration"]["bins"]
    assert 0 < len(shown) < 10
    assert len(bins) == len(shown)
    for rows, (predicted, observed, low, high) in zip(shown, bins, strict=True):
        assert observed == pytest.approx(truth.outcome[rows].mean())
        assert predicted == pytest.approx(columns.probability[rows].mean())
        assert 0 <= low < observed < high <= 1


def test_effects_have_no_curves():
    assert reports(*effect()) == {}
    truth, columns = survival()
    assert reports(truth, columns) == {}


def test_a_split_is_reported_alone():
    truth, columns = survival(1, 600)
    rows = np.arange(600) % 2 == 0
    found = reports(truth, columns, horizons=H, rows=rows)
    assert sum(group["rows"] for group in found["survival"]) == 300


def test_nothing_rests_on_fewer_than_ten():
    truth, columns = survival(1, 27)
    found = reports(truth, columns, horizons=H)
    assert found["survival"] == []
    assert all(part["bins"] == [] and part["smooth"] == [] for part in found["calibration"].values())
    truth, columns = survival(1, 60)
    for group in reports(truth, columns, horizons=H)["survival"]:
        assert all(count is None or count >= LEAST for _, count in group["at_risk"])
    assert roc_curve(np.arange(20.0), np.r_[np.ones(9), np.zeros(11)], np.r_[np.zeros(9), np.ones(11)]) == []
    assert reports(*binary(1, 50))["calibration"]["bins"] == []


def test_curves_end_where_ten_are_left():
    truth, columns = survival(1, 90)
    for group, rows in zip(
        reports(truth, columns, horizons=H)["survival"], thirds(columns.event_probability[2.0]), strict=True
    ):
        left = (truth.time[rows] >= group["steps"][-1][0]).sum()
        assert left >= LEAST


def test_constant_predictions_are_one_group():
    truth, _ = survival(1, 100)
    flat = Columns(event_probability={t: np.full(100, 0.3) for t in GRID})
    found = reports(truth, flat, horizons=H)
    assert [group["rows"] for group in found["survival"]] == [100]
    assert found["calibration"]["2"]["smooth"] == []


def test_risk_alone_has_survival_and_roc():
    truth, columns = survival(1, 600)
    found = reports(truth, Columns(risk=columns.risk), horizons=H)
    assert found["calibration"] == {}
    assert found["survival"][0]["predicted"] == []
    assert found["roc"]["2"]


def test_an_undefined_curve_is_empty():
    truth = SurvivalTruth(np.full(60, 5.0), np.zeros(60))
    found = reports(truth, Columns(risk=np.arange(60.0)), horizons=(1.0, 6.0))
    assert found["roc"] == {"1": [], "6": []}


def test_a_curve_lies_on_a_grid_of_thirty_days():
    assert grid(1825.0) == [30.0 * place for place in range(61)]
    assert grid(360.0)[-1] == 360.0
    assert grid(90.0) == [3.75 * place for place in range(25)]
    assert grid(2.5)[-1] == pytest.approx(2.5)
    truth, columns = survival(1, 600)
    days = SurvivalTruth(truth.time * 365.25, truth.event)
    in_days = Columns(event_probability={t * 365.0: p for t, p in columns.event_probability.items()})
    for group in reports(days, in_days, horizons=(365.0, 730.0, 1095.0))["survival"]:
        assert all(step[0] % 30.0 == 0.0 for step in group["steps"])
        assert group["steps"][-1][0] <= 1095.0
        assert [mark[0] for mark in group["at_risk"]] == [0.0, 365.0, 730.0, 1095.0]


def test_the_interval_of_an_incidence_covers_as_often_as_it_says():
    drawn = np.random.default_rng(5)
    truth = 0.6 * (1 - np.exp(-0.5))
    inside = 0
    for _ in range(400):
        time, cause = drawn.exponential(2.0, 150), np.where(drawn.random(150) < 0.6, 1, 2)
        censored = drawn.exponential(6.0, 150)
        seen = SurvivalTruth(np.minimum(time, censored), np.where(time <= censored, cause, 0))
        low, high = incidence_band(seen.timeline, [1.0], 1.959964)[0][1:]
        inside += low <= truth <= high
    assert 0.92 <= inside / 400 <= 0.98


def test_an_incidence_without_competing_events_has_greenwoods_interval():
    truth, _ = survival(3, 200)
    once = SurvivalTruth(truth.time, truth.event == 1)
    value_, low, high = incidence_band(once.timeline, [1.5], 1.96)[0]
    free, below, above = once.timeline.survival.band(1.5, 1.96)
    assert (value_, low, high) == pytest.approx((1 - free, 1 - above, 1 - below), abs=1e-12)
    assert incidence_band(once.timeline, [0.0], 1.96) == [(0.0, 0.0, 0.0)]


def test_a_step_of_a_curve_over_thresholds_holds_enough_of_both():
    draw = np.random.default_rng(2)
    for n in (40, 300, 3000):
        score = -np.sort(-np.round(draw.normal(size=n), 1))
        case = (draw.random(n) < 0.3).astype(float)
        places = steps(score, case, 1 - case)
        for begin, end in pairwise([0, *places]):
            assert end - begin >= LEAST
            assert min(case[begin:end].sum(), (1 - case)[begin:end].sum()) >= FEWEST
            assert end == n or score[end - 1] > score[end]
    assert steps(np.arange(9.0)[::-1], np.ones(9), np.ones(9)) == []


@pytest.mark.parametrize("place", [3, 77, 299])
def test_one_row_between_two_thresholds_shows_nothing_of_its_label(place):
    """The attack for which these curves were once left out: every threshold has one row of its own above the one before."""
    outcome = np.random.default_rng(8).random(300) < 0.4
    alone = np.full(300, 0.005)
    alone[place] = 0.305
    for own in (True, False):
        outcome[place] = own
        found = reports(BinaryTruth(outcome), Columns(probability=alone))
        assert found["decision"] == []
        assert found["roc"] == []
        assert found["predictions"]["rows"] == [300]
    ladder = np.round(np.linspace(0.005, 0.995, 300), 3)
    found = reports(BinaryTruth(outcome), Columns(probability=ladder))
    assert 3 < len(found["decision"]) < 30
    for (low, *_), (high, *_) in pairwise(found["decision"]):
        between = (ladder >= low) & (ladder < high)
        assert between.sum() >= LEAST
        assert FEWEST <= outcome[between].sum() <= between.sum() - FEWEST


def test_a_binary_decision_curve_is_net_benefit():
    truth, columns = binary(1, 600)
    curve = reports(truth, columns)["decision"]
    assert len(curve) > 10
    for threshold, own, everybody in curve:
        odds = threshold / (1 - threshold)
        for treated, found in ((columns.probability >= threshold, own), (np.ones(600, bool), everybody)):
            hits = (treated & (truth.outcome == 1)).mean()
            assert found == pytest.approx(hits - (treated & (truth.outcome == 0)).mean() * odds, abs=1e-12)


def test_the_logistic_recalibration_is_the_smooth_curve():
    truth, columns = binary(1, 3000)
    smooth = np.array(reports(truth, columns)["calibration"]["smooth"])
    fit = [value(truth, columns, SPECS[name]) for name in ("calibration_slope_binary", "calibration_intercept_binary")]
    logit = np.log(smooth[:, 0] / (1 - smooth[:, 0]))
    assert smooth[:, 1] == pytest.approx(1 / (1 + np.exp(-(fit[1] + fit[0] * logit))), abs=1e-12)


@pytest.mark.parametrize("few", [1, 3, 9])
def test_no_span_of_a_distribution_holds_a_few(few):
    scored = np.r_[np.full(300, 0.12), np.full(few, 0.31), np.full(40, 0.52), np.full(few, 0.93)]
    found = distribution(scored, scored)
    assert sum(found["rows"]) == scored.size
    assert len(found["edges"]) == len(found["rows"]) + 1
    assert all(count == 0 or count >= LEAST for count in found["rows"])
    assert (found["edges"][0], found["edges"][-1]) == (0.0, 1.0)
    exact = np.histogram(scored, found["edges"])[0]
    assert exact.tolist() == found["rows"]
    assert distribution(scored[:9], scored) == {"edges": [], "rows": []}


def test_the_ends_of_a_distribution_are_those_of_the_file():
    whole = np.r_[np.full(50, 0.1), 0.9]
    assert distribution(whole[:50], whole)["edges"][-1] == 1.0
    assert distribution(np.arange(40.0), np.arange(-5.0, 60.0), probabilities=False)["edges"][::99] == [-5.0]
