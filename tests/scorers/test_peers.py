"""Other libraries as references: where they agree, and where they are known not to, with the reason.

They are used in tests alone; scikit-survival is GPL.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from lifelines import AalenJohansenFitter, CoxPHFitter, KaplanMeierFitter
from lifelines.utils import concordance_index
from pandas import DataFrame
from sklearn import metrics as sk
from sksurv.metrics import (
    brier_score,
    concordance_index_censored,
    concordance_index_ipcw,
    cumulative_dynamic_auc,
    integrated_brier_score,
)
from sksurv.util import Surv

from scorers import accuracy, calibration, classification, competing, cox, survival
from scorers.inputs import BinaryTruth, SurvivalTruth
from scorers.sample import Sample
from tests.scorers import settings


def made(seed=0, *, ties):
    truth, columns = settings.survival(seed, 300)
    if not ties:
        generator = np.random.default_rng(seed)
        truth = SurvivalTruth(truth.time + generator.uniform(0, 1e-3, 300), truth.event)
    return truth, columns, Surv.from_arrays(truth.event == 1, truth.time)


@pytest.mark.parametrize("ties", [True, False])
def test_concordance(ties):
    truth, columns, outcome = made(ties=ties)
    sample = Sample.of(truth)
    ours = survival.harrell_c(sample, columns.risk)
    # lifelines wants higher = longer survival: the risk itself gives one minus the index.
    assert ours.value == pytest.approx(concordance_index(truth.time, -columns.risk, truth.event), abs=1e-15)
    assert 1 - ours.value == pytest.approx(concordance_index(truth.time, columns.risk, truth.event), abs=1e-15)
    theirs = concordance_index_censored(outcome["event"], outcome["time"], columns.risk, tied_tol=0)
    assert survival.concordance_counts(sample, columns.risk) == theirs[1:4]


def test_tied_tol_of_scikit_survival_merges_small_risks():
    truth, columns, outcome = made(ties=False)
    tiny = np.exp(columns.risk) * 1e-9
    merged = concordance_index_censored(outcome["event"], outcome["time"], tiny)[0]
    assert merged == 0.5
    assert survival.harrell_c(Sample.of(truth), tiny).value > 0.6


def test_fast_cindex_returns_one_minus_the_index():
    fast_cindex = pytest.importorskip("fast_cindex")
    truth, columns, _ = made(ties=False)
    theirs = fast_cindex.cindex(truth.time, np.asarray(columns.risk), truth.event.astype(bool))
    assert survival.harrell_c(Sample.of(truth), columns.risk).value == pytest.approx(1 - theirs, abs=1e-12)


def test_uno_without_ties_of_events_and_censorings():
    truth, columns, outcome = made(ties=False)
    theirs = concordance_index_ipcw(outcome, outcome, columns.risk, tau=2.0, tied_tol=0)[0]
    # Without such ties G(T-) = G(T) for events.
    assert survival.uno_c(Sample.of(truth), columns.risk, 2.0).value == pytest.approx(theirs, abs=1e-12)


def test_scikit_survival_takes_g_from_the_right():
    """P(observed | event at T) = P(C >= T) = G(T-); scikit-survival weighs by G(T), which differs where times are tied."""
    truth, columns, outcome = made(ties=True)
    sample = Sample.of(truth)
    p = columns.event_probability[2.0]
    theirs = brier_score(outcome, outcome, 1 - p[:, None], [2.0])[1][0]
    ours = accuracy.brier(sample, p, 2.0).value
    assert 1e-5 < abs(ours - theirs) < 0.02
    early, known = truth.time <= 2.0, truth.event == 1
    right = np.array([truth.timeline.censoring.at(t) for t in truth.time])
    residual = np.where(~early, p**2 * sample.weight_at(2.0), 0)
    residual[early & known] += ((1 - p) ** 2)[early & known] / right[early & known]
    assert residual.mean() == pytest.approx(theirs, abs=1e-12)


def test_brier_ibs_and_auc_without_ties():
    truth, columns, outcome = made(ties=False)
    sample = Sample.of(truth)
    grid = np.array(settings.GRID)
    predicted = [columns.event_probability[t] for t in settings.GRID]
    survived = 1 - np.column_stack(predicted)
    assert accuracy.brier_curve(sample, predicted, grid) == pytest.approx(
        brier_score(outcome, outcome, survived, grid)[1], abs=1e-12
    )
    theirs = integrated_brier_score(outcome, outcome, survived, grid)
    assert accuracy.ibs(sample, predicted, grid).value == pytest.approx(theirs, abs=1e-12)
    areas = cumulative_dynamic_auc(outcome, outcome, columns.risk, grid, tied_tol=0)[0]
    assert survival.auc_curve(sample, columns.risk, grid) == pytest.approx(areas, abs=1e-12)
    for t, area in zip(grid, areas, strict=True):
        assert survival.auc_t(sample, columns.risk, t).value == pytest.approx(area, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_cox_equals_lifelines(seed):
    truth, columns, _ = made(seed, ties=True)
    x = calibration.cloglog(columns.event_probability[2.0])
    frame = DataFrame({"t": truth.time, "e": truth.event, "x": x, "y": np.maximum(x, 0) ** 2})
    fitted = CoxPHFitter().fit(frame, "t", "e", fit_options={"precision": 1e-12})
    line = truth.timeline
    ours = cox.fit(line, frame[["x", "y"]].to_numpy()[line.order])
    assert ours.beta == pytest.approx(fitted.params_.to_numpy(), abs=1e-8)
    assert np.linalg.inv(ours.information) == pytest.approx(fitted.variance_matrix_.to_numpy(), abs=1e-8)


def test_curves_equal_lifelines():
    truth, columns = settings.survival(3, 300, competing=True)
    fitted = KaplanMeierFitter().fit(truth.time, truth.event != 0)
    line = truth.timeline
    assert line.survival.levels == pytest.approx(fitted.predict(line.moments).to_numpy(), abs=1e-12)
    with pytest.warns(Warning, match="[Tt]ied|jitter"):
        incidence = AalenJohansenFitter(seed=1).fit(truth.time, truth.event, 1)
    # lifelines jitters tied times at random, so it only comes near.
    ours = competing.cumulative_incidence(line)
    theirs = incidence.cumulative_density_.iloc[:, 0]
    at = [theirs[theirs.index <= t + 0.04].iloc[-1] for t in line.moments]
    assert ours == pytest.approx(at, abs=0.02)
    assert columns.risk is not None


def test_interval_of_the_curve_equals_lifelines():
    truth, _ = settings.survival(4, 300)
    fitted = KaplanMeierFitter().fit(truth.time, truth.event)
    low, high = fitted.confidence_interval_.loc[:2.0].iloc[-1]
    found = truth.timeline.survival.band(2.0, 1.959963984540054)
    assert found[1:] == pytest.approx((low, high), abs=1e-10)


@pytest.mark.parametrize("decimals", [2, 17])
def test_binary_metrics_equal_scikit_learn_and_statsmodels(decimals):
    truth, columns = settings.binary(1, 500)
    p = np.round(columns.probability, decimals).clip(0.005, 0.995)
    y = truth.outcome
    assert classification.roc_auc(truth, p).value == pytest.approx(sk.roc_auc_score(y, p), abs=1e-14)
    assert classification.average_precision(truth, p).value == pytest.approx(
        sk.average_precision_score(y, p), abs=1e-14
    )
    assert classification.brier_binary(truth, p).value == pytest.approx(sk.brier_score_loss(y, p), abs=1e-15)
    assert classification.log_loss(truth, p).value == pytest.approx(sk.log_loss(y, p), abs=1e-13)
    fitted = sm.GLM(y, sm.add_constant(np.log(p / (1 - p))), family=sm.families.Binomial()).fit(tol=1e-14)
    slope, intercept = classification.recalibration(truth, p)
    assert (intercept.value, slope.value) == pytest.approx(tuple(fitted.params), abs=1e-8)
    robust = sm.GLM(y, sm.add_constant(np.log(p / (1 - p))), family=sm.families.Binomial()).fit(cov_type="HC0")
    ses = (np.linalg.norm(intercept.influence), np.linalg.norm(slope.influence))
    assert ses == pytest.approx(tuple(robust.bse), rel=1e-5)


def test_one_class_is_no_number():
    """scikit-learn answers nan, and 0.0, to what has no value."""
    truth = BinaryTruth(np.zeros(5))
    with pytest.warns(sk.UndefinedMetricWarning if hasattr(sk, "UndefinedMetricWarning") else Warning):
        assert np.isnan(sk.roc_auc_score(truth.outcome, np.arange(5)))


def test_net_benefit_without_censoring_counts():
    generator = np.random.default_rng(2)
    time = generator.exponential(2.0, 400)
    p = generator.uniform(size=400)
    sample = Sample.of(SurvivalTruth(time, np.ones(400)))
    treated, died = p >= 0.3, time <= 2.0
    expected = (treated & died).mean() - (treated & ~died).mean() * 0.3 / 0.7
    assert calibration.net_benefit(sample, p, 2.0, 0.3).value == pytest.approx(expected, abs=1e-12)


def test_without_censoring_survival_metrics_are_binary_metrics():
    generator = np.random.default_rng(2)
    time = generator.exponential(2.0, 400)
    p = generator.uniform(size=400)
    sample = Sample.of(SurvivalTruth(time, np.ones(400)))
    truth = BinaryTruth(time <= 2.0)
    for mine, theirs in (
        (survival.auc_t, classification.roc_auc),
        (accuracy.brier, classification.brier_binary),
        (accuracy.log_loss_t, classification.log_loss),
    ):
        assert mine(sample, p, 2.0).value == pytest.approx(theirs(truth, p).value, abs=1e-12)


@pytest.mark.parametrize("tau", [None, 2.0])
def test_with_one_cause_wolbers_is_uno(tau):
    truth, columns, _ = made(ties=True)
    sample = Sample.of(truth)
    mine, theirs = competing.wolbers_c(sample, columns.risk, tau), survival.uno_c(sample, columns.risk, tau)
    assert mine.value == pytest.approx(theirs.value, abs=1e-15)
    assert mine.influence == pytest.approx(theirs.influence, abs=1e-15)
