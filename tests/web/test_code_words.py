"""Codes and units of the data dictionaries are told in the page's language."""

import re
from pathlib import Path

import pytest

import challenges
from arena.web import code_words
from challenges import dictionary
from tests.support.languages import HANGUL

FOLDERS = sorted(path.parent for path in Path(challenges.__path__[0]).glob("*/dictionary.csv"))
SAME = {"I", "II", "III", "IV"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_code_and_unit_of_a_shipped_challenge_is_told_in_both_languages(world, folder):
    found = dictionary.read(folder / "dictionary.csv")
    for language in ("ko", "en"):
        with world.app.test_request_context("/", headers={"Accept-Language": language}):
            for variable in found:
                for label in set(variable.codes.values()) - SAME:
                    said = code_words.meaning(label)
                    korean = bool(HANGUL.search(said)) or not re.search("[a-z]{2}", said)
                    assert "<span" not in said
                    assert korean == (language == "ko") or said == "65-74", (variable.column, label, said)
                if re.fullmatch("[a-z]{3,}", variable.unit) and variable.unit != "fmol":
                    assert bool(HANGUL.search(code_words.unit(variable.unit))) == (language == "ko")


def test_an_unusual_word_stays_as_it_is_and_says_its_language(world):
    with world.app.test_request_context("/", headers={"Accept-Language": "ko"}):
        assert code_words.meaning("<b>frail</b>") == '<span lang="en">&lt;b&gt;frail&lt;/b&gt;</span>'
        assert code_words.meaning("남") == "남"
        assert code_words.plain("frail") == "frail"
        assert code_words.unit("mmHg") == "mmHg"
        assert code_words.unit("years", "age") == "세"
        assert code_words.unit("years", "followed") == "년"
    with world.app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert code_words.meaning("허약") == '<span lang="ko">허약</span>'
        assert code_words.meaning("male") == "male"
        assert code_words.unit("years", "age") == "years"


def test_the_data_page_tells_them(world):
    world.publish()
    korean, english = (world.visitor(language).get("/challenges/small/data").text for language in ("ko", "en"))
    assert "남성 51%" in korean.replace("\xa0", " ")
    assert "<small>세</small>" in korean
    assert "male 51%" in english.replace("\xa0", " ")
