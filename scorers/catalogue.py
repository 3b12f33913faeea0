"""Every metric with its facts: one visible table, from the standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass

SURVIVAL = ("survival",)


@dataclass(frozen=True, slots=True)
class Metric:
    """The facts of one metric that the site, the definition checker and the scorers share."""

    name: str
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    parameters: tuple[str, ...]
    better: str
    decimals: int
    may_be_primary: bool
    title_ko: str
    title_en: str
    public: bool = True


def _metric(
    name: str,
    kind: str,
    needs: str,
    parameters: str,
    better: str,
    title_ko: str,
    title_en: str,
    *,
    primary: bool = False,
    decimals: int = 3,
    public: bool = True,
) -> Metric:
    return Metric(
        name,
        (kind,),
        tuple(needs.split()),
        tuple(parameters.split()),
        better,
        decimals,
        primary,
        title_ko,
        title_en,
        public,
    )


_TABLE = (
    _metric("harrell_c", "survival", "risk", "", "higher", "Harrell C", "Harrell’s C", primary=True),
    _metric("uno_c", "survival", "risk", "tau", "higher", "Uno C", "Uno’s C", primary=True, decimals=4),
    _metric(
        "auc_t", "survival", "event_probability", "horizon", "higher", "시점별 AUC", "Time-dependent AUC", primary=True
    ),
    _metric("brier", "survival", "event_probability", "horizon", "lower", "Brier 점수", "Brier score", primary=True),
    _metric(
        "ibs",
        "survival",
        "event_probability",
        "grid",
        "lower",
        "통합 Brier 점수",
        "Integrated Brier score",
        primary=True,
    ),
    _metric(
        "ipa",
        "survival",
        "event_probability",
        "horizon",
        "higher",
        "예측 정확도 지수 (IPA)",
        "Index of prediction accuracy (IPA)",
        primary=True,
    ),
    _metric(
        "log_loss_t",
        "survival",
        "event_probability",
        "horizon",
        "lower",
        "로그 손실",
        "Log loss at a horizon",
        public=False,
    ),
    _metric(
        "oe_ratio",
        "survival",
        "event_probability",
        "horizon",
        "one",
        "관찰/예측 비",
        "Observed/expected ratio",
        decimals=2,
    ),
    _metric(
        "calibration_slope",
        "survival",
        "event_probability",
        "horizon",
        "one",
        "보정 기울기",
        "Calibration slope",
        decimals=2,
    ),
    _metric(
        "ici",
        "survival",
        "event_probability",
        "horizon",
        "lower",
        "통합 보정 지수 (ICI)",
        "Integrated calibration index (ICI)",
    ),
    _metric(
        "e50",
        "survival",
        "event_probability",
        "horizon",
        "lower",
        "보정 오차의 중앙값 (E50)",
        "Median calibration error (E50)",
    ),
    _metric(
        "e90",
        "survival",
        "event_probability",
        "horizon",
        "lower",
        "보정 오차의 90백분위수 (E90)",
        "90th percentile of calibration error (E90)",
    ),
    _metric("d_calibration", "survival", "event_probability", "", "higher", "D-보정 p값", "D-calibration p-value"),
    _metric("net_benefit", "survival", "event_probability", "horizon threshold", "higher", "순이익", "Net benefit"),
    _metric("wolbers_c", "competing", "event_probability", "tau", "higher", "Wolbers C", "Wolbers’ C", primary=True),
    _metric(
        "brier_cr",
        "competing",
        "event_probability",
        "horizon",
        "lower",
        "경쟁 위험 Brier 점수",
        "Competing-risks Brier score",
        primary=True,
    ),
    _metric(
        "auc_cr",
        "competing",
        "event_probability",
        "horizon",
        "higher",
        "경쟁 위험 AUC",
        "Competing-risks AUC",
        primary=True,
    ),
    _metric("roc_auc", "binary", "probability", "", "higher", "ROC AUC", "ROC AUC", primary=True),
    _metric(
        "average_precision", "binary", "probability", "", "higher", "평균 정밀도", "Average precision", primary=True
    ),
    _metric("brier_binary", "binary", "probability", "", "lower", "Brier 점수", "Brier score", primary=True),
    _metric("log_loss", "binary", "probability", "", "lower", "로그 손실", "Log loss", primary=True, public=False),
    _metric(
        "calibration_slope_binary", "binary", "probability", "", "one", "보정 기울기", "Calibration slope", decimals=2
    ),
    _metric(
        "calibration_intercept_binary",
        "binary",
        "probability",
        "",
        "zero",
        "보정 절편",
        "Calibration intercept",
        decimals=2,
    ),
    _metric("rmse", "effect", "estimate", "", "lower", "평균 제곱근 오차", "Root mean squared error", primary=True),
    _metric("coverage", "effect", "lower upper", "", "higher", "구간의 포함률", "Interval coverage", decimals=2),
    _metric("interval_score", "effect", "lower upper", "", "lower", "구간 점수", "Interval score", primary=True),
    _metric("bias", "effect", "estimate", "", "zero", "치우침", "Bias"),
)

METRICS = {metric.name: metric for metric in _TABLE}


def number(value: float) -> str:
    """Return a parameter as keys write it: whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def metric_key(
    name: str,
    *,
    horizon: float | None = None,
    tau: float | None = None,
    grid: Sequence[float] | None = None,
    threshold: float | None = None,
) -> str:
    """Return the key of a metric with its parameters: `ipa@1095`, `ibs@365-1825`, `net_benefit@1095:0.20`."""
    key = name
    if grid:
        key += f"@{number(grid[0])}-{number(grid[-1])}"
    elif horizon is not None or tau is not None:
        key += f"@{number(horizon if horizon is not None else tau or 0.0)}"
    if threshold is not None:
        key += f":{threshold:.2f}" if round(threshold, 2) == threshold else f":{threshold!r}"
    return key
