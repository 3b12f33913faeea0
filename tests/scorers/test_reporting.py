import json

import numpy as np
import pytest

from scorers.curves import LEAST, roc_curve, thirds
from scorers.evaluation import Columns, reports, value
from scorers.inputs import SurvivalTruth
from tests.scorers import oracles
from tests.scorers.settings import GRID, MAKERS, SPECS, binary, effect, survival

H = (1.0, 2.0, 3.0)


def test_a_survival_report():
    truth, columns = survival(1, 600)
    found = reports(truth, columns, horizons=H)
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["survival", "calibration", "roc", "decision"]
    groups = thirds(columns.event_probability[2.0])
    assert [group["rows"] for group in found["survival"]] == [rows.size for rows in groups]
    for group, rows in zip(found["survival"], groups, strict=True):
        for t, level, low, high in group["steps"][::7]:
            assert level == pytest.approx(oracles.survival_curve(truth.time[rows], truth.event[rows], t), abs=1e-12)
            assert low <= level <= high
            assert (truth.time[rows] >= t).sum() >= LEAST
        assert group["predicted"][2] == [2.0, pytest.approx(1 - columns.event_probability[2.0][rows].mean())]
        assert group["at_risk"][0] == [0.0, rows.size]
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
    curve = {t: (own, everybody) for t, own, everybody in reports(truth, columns, horizons=H)["decision"]["2"]}
    p, everybody = columns.event_probability[2.0], np.ones(600)
    for threshold in (0.11, 0.31):
        expected = [oracles.net_benefit(truth.time, truth.event, f, 2.0, threshold) for f in (p, everybody)]
        assert curve[threshold] == pytest.approx(tuple(expected), abs=1e-12)


def test_competing_events():
    truth, columns = MAKERS["competing"](1, 600)
    found = reports(truth, columns, horizons=H)
    assert list(found) == ["incidence", "roc"]
    rows = thirds(columns.event_probability[2.0])[2]
    group = found["incidence"][2]
    assert group["rows"] == rows.size
    t, level = group["steps"][20]
    assert level == pytest.approx(oracles.cumulative_incidence(truth.time[rows], truth.event[rows], t), abs=1e-12)
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
