"""How metrics are named and read on the pages: name, horizon, direction, decimals."""

import math

from arena.hosting import Hosted
from arena.web import formatting, reader
from arena.web.rendering import t
from challenges.definition import MetricEntry
from challenges.text import Text
from scorers.catalogue import METRICS, Metric

# The names that tables and axes have room for; the catalogue's titles are for the guide.
SHORT = {
    "harrell_c": Text("Harrell C", "Harrell C"),
    "uno_c": Text("Uno C", "Uno C"),
    "wolbers_c": Text("Wolbers C", "Wolbers C"),
    "auc_t": Text("시간의존 AUC", "Time-dependent AUC"),
    "auc_cr": Text("시간의존 AUC", "Time-dependent AUC"),
    "brier": Text("Brier 점수", "Brier score"),
    "brier_cr": Text("Brier 점수", "Brier score"),
    "brier_binary": Text("Brier 점수", "Brier score"),
    "ibs": Text("적분 Brier", "Integrated Brier"),
    "ipa": Text("IPA", "IPA"),
    "log_loss_t": Text("로그 손실", "Log loss"),
    "log_loss": Text("로그 손실", "Log loss"),
    "oe_ratio": Text("관찰 / 예측 비", "Observed / expected"),
    "calibration_slope": Text("보정 기울기", "Calibration slope"),
    "calibration_slope_binary": Text("보정 기울기", "Calibration slope"),
    "calibration_intercept_binary": Text("보정 절편", "Calibration intercept"),
    "ici": Text("ICI", "ICI"),
    "e50": Text("E50", "E50"),
    "e90": Text("E90", "E90"),
    "d_calibration": Text("D-보정 p값", "D-calibration p"),
    "net_benefit": Text("순이득", "Net benefit"),
    "roc_auc": Text("ROC AUC", "ROC AUC"),
    "average_precision": Text("평균 정밀도", "Average precision"),
    "rmse": Text("RMSE", "RMSE"),
    "coverage": Text("포함률", "Coverage"),
    "interval_score": Text("구간 점수", "Interval score"),
    "bias": Text("치우침", "Bias"),
}
ARROWS = {"higher": "↑", "lower": "↓"}


def metric(entry: MetricEntry) -> Metric:
    return METRICS[entry.name]


def name(entry: MetricEntry) -> str:
    """Return the metric's short name with its time: "IPA, 3년", "IPA at 3 years"."""
    short, where = t(SHORT[entry.name]), span(entry)
    if not where:
        return short
    joined = " at " if entry.horizon is not None else " "
    return t(f"{short}, {where}", f"{short}{joined}{where}")


def span(entry: MetricEntry) -> str:
    """Return the time a metric speaks of, with its threshold where it has one."""
    language = reader.language()
    parts = []
    if entry.horizon is not None:
        parts.append(formatting.horizon(entry.horizon, language))
    elif entry.tau is not None:
        until = formatting.horizon(entry.tau, language)
        parts.append(t(f"{until}까지", f"up to {until}"))
    elif entry.grid:
        parts.append(formatting.horizons(entry.grid[0], entry.grid[-1], language))
    if entry.threshold is not None:
        threshold = formatting.percent(entry.threshold, 0)
        parts.append(t(f"문턱 {threshold}", f"threshold {threshold}"))
    return ", ".join(parts)


def direction(found: Metric) -> str:
    """Return in which direction the metric is better, in words."""
    words = {
        "higher": Text("클수록 좋음", "higher is better"),
        "lower": Text("작을수록 좋음", "lower is better"),
        "one": Text("1에 가까울수록 좋음", "closer to 1 is better"),
        "zero": Text("0에 가까울수록 좋음", "closer to 0 is better"),
    }
    return t(words[found.better])


def arrow(found: Metric) -> str:
    return ARROWS.get(found.better, "")


def axis(entry: MetricEntry) -> str:
    """Return the words at an axis's end: name, horizon and direction."""
    where = span(entry)
    named = f"{t(SHORT[entry.name])} ({where})" if where else t(SHORT[entry.name])
    return f"{named}, {direction(metric(entry))}"


def decimals(hosted: Hosted) -> int:
    """Return how many decimals tell apart two shown values of the primary metric."""
    usual = metric(hosted.definition.primary).decimals
    step = hosted.facts.get("step")
    if not hosted.gated or not step:
        return usual
    return max(usual, 1 - math.floor(math.log10(float(step))))
