"""Every page, rendered: in Korean it holds no English word that is no name, in English no Hangul."""

import re

import pytest

from tests.support.languages import HANGUL, LATIN
from tests.support.reading import Page
from tests.web import everywhere, scored
from tests.web.test_access_map import staffed  # noqa: F401 (a fixture: one object of every kind, one person of every kind)

# Names and signs that are the same in Korean. A word of another page is added here only if a Korean reader would write it so.
PROPER = set(
    """
    Arena API AUC Brier CIF Cox CSV GZ HTML Harrell ICI IPA ISO JSON KB KST Kaplan MB Meier Markdown NA NaN PDF PNG PyPI Python
    ROC SHA SVG UTC UTF Uno Wolbers XLSX zip gzip cloglog curl doi lifelines ASCII CP Ed Aalen Johansen GB Bearer URL ID Excel
    Schoenfeld Charlson K-CURE Asia Seoul logit tau
    """.split()
)
# Whatever a person, a folder or a form's example says is theirs, in whichever language.
DATA = [
    *(
        r"\S+@\S+",
        r"https?://\S+",
        r"doi:\S+",
        r"\*@[\w.]+",
        r"<script>alert\(1\)</script> \[x\]\S+",
        r"<[^>]*>",
        r"‘[^’]*’",
        r"“[^”]*”",
    ),
    *(
        r"[\w./-]+\.(?:csv|json|md|toml|zip|gz|py|R|ipynb|pdf|png|svg)(?![A-Za-z])\S*",
        r"CC0-1\.0",
        r"\b[a-z]+_[a-z_]+\b",
    ),
    *(r"\bCC-BY-4\.0|\bLGPL-2\.0-or-later", r"colon-recurrence", r"0=no;1=yes", r"학생 \| Student", r"\bcreator\b"),
]
# What the worlds themselves are made of.
NAMES = r"participant|asker|judge|organizer|administrator|creator|withdrawn-organizer|other-organizer|Participants|first|second"
DATA.append(
    rf"\b(?:{NAMES}|because|small-challenge|small|other)\b|\b(?:overview|data|evaluation|rules|agreement)의 한국어 글"
)
# Blocks of a dictionary that has none of the usual ones, and a column in a drawing, where code has no element of its own.
DATA.append(r"^(?:id|main|sex)$")
DATA.append(r"^[가나다라]$|\b[abcd]$")


def foreign(text: str, language: str) -> list[str]:
    """Return what a page in this language says in the other."""
    found = []
    for said in Page(text, language).words():
        left = said
        for pattern in DATA:
            left = re.sub(pattern, " ", left)
        if language == "en" and HANGUL.search(left):
            found.append(said[:100])
        if language == "ko" and (words := set(LATIN.findall(left)) - PROPER):
            found.append(f"{sorted(words)} in {said[:100]}")
    return found


def mixed(pages: list[tuple[str, str, str, str]]) -> list[str]:
    found: dict[str, str] = {}
    for address, who, language, text in pages:
        if "<html" in text:
            assert f'<html lang="{language}"' in text, (address, who)
        for one in foreign(text, language):
            found.setdefault(one, f"{language} {address} ({who}): {one}")
    return list(found.values())


def test_no_page_of_the_map_is_mixed(staffed):  # noqa: F811
    pages = list(everywhere.visits(staffed, ("ko", "en")))
    assert len(pages) > 300
    found = mixed(pages)
    assert not found, "\n".join(found)


def test_no_page_with_everything_that_a_worker_computes_is_mixed(tmp_path):
    with scored.revealed(tmp_path) as world:
        pages = []
        for language in ("ko", "en"):
            visitor = world.visitor(language)
            for tail in ("/", *(f"/challenges/{{slug}}{tail}" for tail in TAILS), "/submissions/{public_id}"):
                address = tail.format(**world.objects)
                answer = visitor.get(address)
                assert answer.status_code == 200, address
                pages.append((address, "first", language, answer.text))
        assert "<svg" in pages[-1][3]
        found = mixed(pages)
        assert not found, "\n".join(found)


TAILS = ("", "/data", "/evaluation", "/rules", "/leaderboard", "/leaderboard?split=public", "/team", "/submissions")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", "Overview"),
        ("ko", "제출 limit에 닿았습니다"),
        ("ko", '<span aria-label="Copy">복사</span>'),
        ("en", "Rank 순위"),
        ("en", '<img alt="순위">'),
    ],
)
def test_a_word_of_the_other_language_is_found(language, said):
    page = '<html lang="{}"><body><p>{}</p></body></html>'
    assert foreign(page.format(language, said), language)
    other = "en" if language == "ko" else "ko"
    assert not foreign(page.format(language, f'<span lang="{other}"><code>Overview 순위</code></span>'), language)
