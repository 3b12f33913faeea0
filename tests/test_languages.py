"""Every sentence stands in both languages, wherever it is written: in Python, in a template, in a script."""

import re
from pathlib import Path

import pytest

from tests.support.languages import HANGUL, LATIN, Pair, python_pairs, script_pairs, template_pairs

ROOT = Path(__file__).parents[1]
PYTHON = [path for name in ("arena", "challenges", "scorers", "worker") for path in sorted((ROOT / name).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "arena/web/templates").rglob("*.html"))
SCRIPTS = [path for path in sorted((ROOT / "arena/web/static").rglob("*.js")) if "vendor" not in path.parts]
# What is called the same in Korean.
PROPER = {"Harrell", "Uno", "Wolbers", "AUC", "ROC", "IPA", "ICI", "RMSE", "PDF", "Parquet", "CSV", "JSON", "KST"}
# Korean inside an English sentence: what a field is to be filled with.
SAMPLES = ("학생 | Student",)
# Longer than a counter or a particle, a half that has no other would be a sentence that one language lacks.
FRAGMENT = 14


def faults(pair: Pair, *, strict: bool = False) -> list[str]:
    ko, en = pair.ko, pair.en
    english = en.text
    for sample in SAMPLES:
        english = english.replace(sample, "")
    found = []
    if HANGUL.search(english):
        found.append("Hangul in the English half")
    if not HANGUL.search(ko.text) and (alone := set(LATIN.findall(ko.text)) - PROPER):
        found.append(f"no Hangul in the Korean half, but {sorted(alone)}")
    if ko.empty != en.empty and (len((ko.text + en.text).strip()) > FRAGMENT or strict):
        found.append("one half is empty")
    if ko.places != en.places:
        found.append(f"placeholders differ: {sorted(ko.places ^ en.places)}")
    return found


def told(pairs: list[Pair]) -> list[str]:
    return [f"{one.where}: {', '.join(wrong)}: {one.ko.text[:40]} | {one.en.text[:40]}" for one in pairs if (wrong := faults(one))]  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "read", "least"),
    [(PYTHON, python_pairs, 1_800), (TEMPLATES, template_pairs, 1_000), (SCRIPTS, script_pairs, 90)],
    ids=["python", "templates", "scripts"],
)
def test_every_sentence_has_both_halves_in_their_own_language(paths, read, least):
    pairs = [pair for path in paths for pair in read(ROOT, path)]
    assert len(pairs) >= least
    assert told(pairs) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "arena/web/templates")))
def test_a_template_says_nothing_outside_of_a_pair(path):
    source = path.read_text(encoding="utf-8")
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    elsewhere = r'<(\w+)[^>]*\blang="(?:ko|en)"[^>]*>[^<]*</\1>|<input[^>]*\blang="(?:ko|en)"[^>]*>'
    code = r'<pre.*?</pre>|<code.*?</code>|<text[^>]*class="[^"]*mono.*?</text>'
    bare = re.sub(f"{elsewhere}|{code}", "", bare, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:aria-label|title|alt|placeholder|data-label)="([^"]+)"', bare)
    words = re.sub(r"<[^>]*>|&\w+;", " ", bare)
    assert not HANGUL.search(bare), re.search(f".{{0,30}}{HANGUL.pattern}.{{0,30}}", bare)
    alone = set(LATIN.findall(" ".join([words, *spoken]))) - PROPER - SAME_IN_BOTH
    assert alone == set(), f"{path.name}: {sorted(alone)}"


# Names and signs that a template may hold as they are.
SAME_IN_BOTH = {"Arena", "SHA", "sha", "challenge", "schema", "json", "datasheet", "doi", "no", "yes"}


def test_the_check_of_pairs_can_fail(tmp_path):
    (tmp_path / "a.py").write_text(
        'Text("안녕", "안녕")\nText("Hello there", "Hello there")\nt("긴 문장이 여기 하나 있습니다.", "")\n'
        'said("{name} 없음", "no {nam}")\nmake("한 쪽만", 3)\nText("좋습니다.", "Good.")\nself.option("말", "word", "x")\n'
    )
    found = [pair for pair in python_pairs(tmp_path, tmp_path / "a.py") if faults(pair)]
    assert [pair.where for pair in found] == ["a.py:1", "a.py:2", "a.py:3", "a.py:4"]
    (tmp_path / "a.html").write_text(
        "{{ t('안녕', '안녕') }}{{ t('한 문장이 여기 더 있습니다.', '') }}{{ t('끝', 'end') }}"
    )
    assert len([pair for pair in template_pairs(tmp_path, tmp_path / "a.html") if faults(pair)]) == 2
    (tmp_path / "a.js").write_text('say("같다", "같다"); say(`${n}개`, plural(n, "one")); show("외롭다");')
    assert len([pair for pair in script_pairs(tmp_path, tmp_path / "a.js") if faults(pair, strict=True)]) == 2
