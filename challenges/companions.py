"""Which metric ranks, which breaks ties and which stand beside: recommended for each kind of question.

Order alone or size alone misleads, so each primary metric gets companions that look at what it does not see: a rank metric gets
one of calibration, a squared error gets one of order. Proper scores come first, because nobody gains by a probability that is
not meant (Kattan and Gerds 2018, doi 10.1186/s41512-018-0029-2; Blanche et al. 2019, doi 10.1093/biostatistics/kxy006).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scorers.catalogue import METRICS

LEVEL = 0.95
NO_TIE_BREAK = "none"
Entry = dict[str, Any]


class Companions(NamedTuple):
    """What goes with a primary metric."""

    tie_break: str
    shown: tuple[str, ...]


PRIMARY: Mapping[str, str] = {
    "survival": "ipa",
    "competing": "brier_cr",
    "binary": "brier_binary",
    "effect": "interval_score",
}
COMPANIONS: Mapping[str, Companions] = {
    "ipa": Companions("uno_c", ("harrell_c", "auc_t", "brier", "ibs", "oe_ratio", "ici")),
    "brier": Companions("uno_c", ("ipa", "harrell_c", "auc_t", "ibs", "oe_ratio", "ici")),
    "ibs": Companions("uno_c", ("ipa", "auc_t", "oe_ratio", "ici")),
    "uno_c": Companions("ipa", ("harrell_c", "auc_t", "brier", "ibs", "oe_ratio", "ici")),
    "harrell_c": Companions("uno_c", ("auc_t", "brier", "ipa", "ibs", "oe_ratio")),
    "auc_t": Companions("ipa", ("uno_c", "brier", "ibs", "oe_ratio", "ici")),
    "brier_cr": Companions("auc_cr", ("wolbers_c",)),
    "auc_cr": Companions("brier_cr", ("wolbers_c",)),
    "wolbers_c": Companions("brier_cr", ("auc_cr",)),
    "brier_binary": Companions(
        "roc_auc", ("average_precision", "calibration_slope_binary", "calibration_intercept_binary", "log_loss")
    ),
    "log_loss": Companions(
        "roc_auc", ("brier_binary", "average_precision", "calibration_slope_binary", "calibration_intercept_binary")
    ),
    "roc_auc": Companions(
        "brier_binary", ("average_precision", "calibration_slope_binary", "calibration_intercept_binary", "log_loss")
    ),
    "average_precision": Companions(
        "brier_binary", ("roc_auc", "calibration_slope_binary", "calibration_intercept_binary", "log_loss")
    ),
    "interval_score": Companions("rmse", ("coverage", "bias")),
    "rmse": Companions("interval_score", ("coverage", "bias")),
}


def chosen(
    kind: str, horizons: Sequence[float], *, primary: str = "", metrics: Sequence[str] = (), tie_break: str = ""
) -> list[Entry]:
    """Return the metrics of a definition, the primary first; what is left empty is taken from what is recommended.

    Nothing is refused here: a metric that does not exist or lacks a time is an entry that the definition's own check names.
    """
    if kind == "report":
        return []
    days = sorted(set(horizons))
    first = parsed(primary or PRIMARY.get(kind, ""), days)
    # Companions look at the primary's own time, where it has one.
    main = first.get("horizon") or first.get("tau") or _middle(days)
    known = COMPANIONS.get(first["name"], Companions("", ()))
    breaks = tie_break or known.tie_break
    entries = [first | {"primary": True}]
    if breaks and breaks != NO_TIE_BREAK and (tie_break or _possible(breaks, days, main)):
        entries.append(parsed(breaks, days, main) | {"tie_break": True})
    shown = metrics or [name for name in known.shown if _possible(name, days, main)]
    taken = {_identity(entry) for entry in entries}
    for entry in (parsed(key, days, main) for key in shown):
        if _identity(entry) not in taken:
            taken.add(_identity(entry))
            entries.append(entry)
    return entries


def parsed(key: str, horizons: Sequence[float], main: float | None = None) -> Entry:
    """Return a metric from its name or key, with the times that its key leaves out taken from the horizons asked for."""
    name, _, rest = key.strip().partition("@")
    metric = METRICS.get(name)
    if metric is None:
        return {"name": key.strip()}
    entry: Entry = {"name": name}
    place, _, threshold = rest.partition(":")
    ends = [number for number in map(_number, place.split("-")) if number is not None]
    main = main if main is not None else _middle(sorted(horizons))
    for parameter in ("horizon", "tau"):
        if parameter in metric.parameters and (ends or main is not None):
            entry[parameter] = ends[0] if ends else main
    if "grid" in metric.parameters:
        low, high = (min(ends), max(ends)) if ends else (float("-inf"), float("inf"))
        entry["grid"] = [day for day in sorted(horizons) if low <= day <= high]
    if "threshold" in metric.parameters and (given := _number(threshold)) is not None:
        entry["threshold"] = given
    if {"lower", "upper"} <= set(metric.needs):
        entry["level"] = LEVEL
    return entry


def _middle(days: Sequence[float]) -> float | None:
    return days[len(days) // 2] if days else None


def _possible(name: str, days: Sequence[float], main: float | None) -> bool:
    """Whether a recommended companion can be computed from what is asked for."""
    parameters = METRICS[name].parameters
    if "grid" in parameters:
        return len(days) > 1
    if "horizon" in parameters or "event_probability" in METRICS[name].needs:
        return main in days
    return "tau" not in parameters or main is not None


def _identity(entry: Entry) -> tuple[object, ...]:
    return tuple(str(entry.get(name)) for name in ("name", "horizon", "tau", "grid", "threshold"))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
