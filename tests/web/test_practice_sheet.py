"""The report that lies on a reader's own computer: every kind, both languages, and nothing in it that is fetched."""

import re

import pytest

from arena.web import formatting, practice_sheet
from scorers.catalogue import METRICS
from tests.support import practising as cases
from worker import folder_reports


@pytest.fixture(scope="module", params=cases.KINDS)
def case(request, tmp_path_factory):
    return cases.write(request.param, tmp_path_factory.mktemp("sheet") / request.param)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_it_shows_what_the_scorers_say_and_fetches_nothing(case, language, tmp_path):
    hostile = tmp_path / "<b>one.csv"
    hostile.write_bytes(case.first)
    (tmp_path / "other.csv").write_bytes(case.second)
    found, code = folder_reports.report(case.folder, hostile, tmp_path / "other.csv")
    assert code == 0
    page = practice_sheet.write(case.folder, case.definition, found, language)
    assert f'<html lang="{language}">' in page
    assert {"ko": "검증 부분의 점수입니다", "en": "These are scores on the validation part"}[language] in page
    scores, apart = case.expected()
    for entry in case.definition.metrics:
        decimals = METRICS[entry.name].decimals
        assert formatting.number(scores[entry.key].value, decimals) in page
        assert formatting.signed(apart[entry.key].value, decimals + 1) in page
    assert page.count("<svg") >= 3
    assert page.count("<details") >= 1  # a figure's numbers
    assert "<b>one" not in page
    assert not re.search(
        r"<(script|link|iframe|img|object|embed|form)\b|@import|url\(|href=|https?://(?!www\.w3\.org/)", page
    )
    other = {"ko": "Scores on", "en": "검증"}[language]
    assert other not in re.sub(r"(?s)<style>.*?</style>", "", page)
