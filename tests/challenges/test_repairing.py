"""A definition with mistakes still tells which files, labels and horizons to look at."""

import pytest

from challenges.repairing import repaired
from tests.challenges.conftest import BINARY, COMPETING, SURVIVAL


@pytest.mark.parametrize(
    ("text", "old", "new", "metrics"),
    [
        (SURVIVAL, "", "", ["ipa@1095", "uno_c@1095", "ibs@365-1825", "net_benefit@1095:0.20"]),
        (SURVIVAL, 'name = "uno_c"', 'name = "unos_c"', ["ipa@1095", "ibs@365-1825", "net_benefit@1095:0.20"]),
        (SURVIVAL, 'name = "ipa"', 'name = "ippa"', ["uno_c@1095", "ibs@365-1825", "net_benefit@1095:0.20", "ipa@1095"]),
        (SURVIVAL, "per_day = 3", 'per_day = "three"', ["ipa@1095", "uno_c@1095", "ibs@365-1825", "net_benefit@1095:0.20"]),
        (SURVIVAL, 'slug = "small-challenge"', 'slug = "Small"', ["ipa@1095", "uno_c@1095", "ibs@365-1825", "net_benefit@1095:0.20"]),
        (SURVIVAL, 'title.ko = "작은 챌린지"', 'title.kr = "작은 챌린지"', ["ipa@1095", "uno_c@1095", "ibs@365-1825", "net_benefit@1095:0.20"]),
        (SURVIVAL, "weight = 0.6", "weight = 7", ["ipa@1095", "uno_c@1095", "ibs@365-1825", "net_benefit@1095:0.20"]),
        (COMPETING, 'name = "wolbers_c"', 'name = "harrell_c"', ["brier_cr@1095"]),
        (BINARY, 'name = "roc_auc"', 'name = "auc"', None),
    ],
)  # fmt: skip
def test_mistaken_parts_are_left_out(text: str, old: str, new: str, metrics: list[str] | None):
    assert old in text
    found = repaired(text.replace(old, new, 1))
    assert found is not None
    assert found.primary.primary
    if metrics is not None:
        assert [one.key for one in found.metrics] == metrics


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "survival"', 'kind = "revival"'),
        ('time = "days"\n', ""),
        ("[labels]", "[labels"),
        ('test = "test.csv"\n', ""),
    ],
)
def test_what_leaves_too_little_is_not_repaired(old: str, new: str):
    assert old in SURVIVAL
    assert repaired(SURVIVAL.replace(old, new, 1)) is None
