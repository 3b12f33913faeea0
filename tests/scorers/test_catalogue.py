import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from scorers.catalogue import METRICS, metric_key
from scorers.reasons import REASONS, REFUSED, UNDEFINED

DESIGN = [
    "harrell_c",
    "uno_c",
    "auc_t",
    "brier",
    "ibs",
    "ipa",
    "log_loss_t",
    "oe_ratio",
    "calibration_slope",
    "ici",
    "e50",
    "e90",
    "d_calibration",
    "net_benefit",
    "wolbers_c",
    "brier_cr",
    "auc_cr",
    "roc_auc",
    "average_precision",
    "brier_binary",
    "log_loss",
    "calibration_slope_binary",
    "calibration_intercept_binary",
    "rmse",
    "coverage",
    "interval_score",
    "bias",
]
HANGUL = re.compile("[가-힣]")


def test_every_name_in_its_order():
    assert list(METRICS) == DESIGN


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_facts_are_complete(metric):
    assert metric.kinds[0] in ("survival", "competing", "binary", "effect")
    assert set(metric.needs) <= {"risk", "event_probability", "probability", "estimate", "lower", "upper"}
    assert set(metric.parameters) <= {"horizon", "tau", "grid", "threshold", "level"}
    assert metric.better in ("higher", "lower", "one", "zero")
    assert metric.reference
    assert re.fullmatch(r"10\.\d{4,}/\S+", metric.doi)
    worst = {"higher": metric.low, "lower": metric.high}.get(metric.better)
    assert metric.worst in (worst, None)
    assert metric.has_pair_test == metric.has_se


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_words_in_both_languages(metric):
    for part in ("title", "meaning", "reading", "caution"):
        korean, english = getattr(metric, f"{part}_ko"), getattr(metric, f"{part}_en")
        assert not HANGUL.search(english)
        assert korean != english
        if part != "title":
            assert HANGUL.search(korean)
            assert korean.endswith(("다.", "오."))
            assert english.endswith(".")


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_formulas_are_mathml(metric):
    root = ET.fromstring(metric.mathml)
    assert root.tag == "math"
    allowed = {
        "math",
        "mrow",
        "mi",
        "mo",
        "mn",
        "msub",
        "msup",
        "mfrac",
        "mover",
        "munder",
        "munderover",
        "msqrt",
        "mspace",
    }
    children = {"msub": 2, "msup": 2, "mfrac": 2, "mover": 2, "munder": 2, "munderover": 3}
    for element in root.iter():
        assert element.tag in allowed
        assert len(element) == children.get(element.tag, len(element))


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
def test_reasons_are_sentences(reason):
    assert HANGUL.search(reason.ko)
    assert reason.ko.endswith(".")
    assert reason.en.endswith(".")
    assert set(REASONS) == UNDEFINED | REFUSED
    assert not UNDEFINED & REFUSED


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("harrell_c", {}), "harrell_c"),
        (("uno_c", {"tau": 1095}), "uno_c@1095"),
        (("ipa", {"horizon": 1095.0}), "ipa@1095"),
        (("ipa", {"horizon": 0.5}), "ipa@0.5"),
        (("ibs", {"grid": (365, 1095, 1825)}), "ibs@365-1825"),
        (("net_benefit", {"horizon": 1095, "threshold": 0.2}), "net_benefit@1095:0.20"),
        (("net_benefit", {"horizon": 1095, "threshold": 0.125}), "net_benefit@1095:0.125"),
    ],
)
def test_keys(arguments, key):
    assert metric_key(arguments[0], **arguments[1]) == key


def test_the_catalogue_needs_the_standard_library_alone():
    code = "import sys, scorers.catalogue, scorers.reasons; print([m for m in ('numpy', 'numba', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
