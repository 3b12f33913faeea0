"""The datasheet: what everybody may read, masked, the same whatever the hidden outcomes are."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from arena.errors import Invalid
from challenges.datasheet import LARGEST, Datasheet, DatasheetError, read
from tests.worker.examination import test_checks as flaws
from tests.worker.examination.sound import Sound, sound
from worker import checking, folders


def sheet(it: Sound, tmp_path: Path, name: str = "sheet.json") -> Datasheet:
    """Return the datasheet of a folder, as the command writes it."""
    checking.check(it.write(tmp_path / "folder"), report_to=tmp_path / name)
    return read((tmp_path / name).read_bytes())


def test_it_holds_the_design_the_rules_and_the_verdicts(tmp_path: Path):
    it = sound()
    found = sheet(it, tmp_path)
    assert (found.slug, found.version, found.primary, found.synthetic) == ("sound-challenge", "1.0.0", "ipa@1095", True)
    assert found.sizes.model_dump() == {"train": 600, "public": 300, "private": 300}
    assert {block.name: block.variables for block in found.blocks} == {"demography": 2, "tumour": 2, "screening": 3}
    three = found.horizons[1]
    dead = int(((it.train["days"] <= 1095) & (it.train["died"] == 1)).sum())
    assert (three.day, three.events, three.at_risk) == (1095, dead, int((it.train["days"] >= 1095).sum()))
    assert three.public == three.private == float(f"{dead / 600 * 300:.2g}")
    assert "private patients" in found.rules.ranking.en
    assert "time of submission decides nothing" in found.rules.ties.en
    assert "uno_c@1095" in found.rules.ties.en
    assert {one.split: (one.se or 0) > 0 and (one.difference or 0) > 0 for one in found.precision} == {
        "public": True,
        "private": True,
    }
    assert "Age and stage" in (found.basis.en if found.basis else "")
    assert [(one.title.en, one.reference) for one in found.baselines] == [("Age", True), ("Age and stage", False)]
    assert found.counted("pass") == len(found.lines) > 15
    assert found.counted("fail") == found.counted("warn") == 0


def test_it_is_the_same_whatever_the_hidden_outcomes_are(tmp_path: Path):
    first, second = sound(), sound()
    for split in ("public", "private"):
        rows = np.flatnonzero(second.labels["split"] == split)
        shuffled = np.random.default_rng(4).permutation(rows)
        for name in ("days", "died"):
            second.labels.iloc[rows, second.labels.columns.get_loc(name)] = second.labels[name].to_numpy()[shuffled]
    # The events of the whole hidden part change too, by a tenth.
    dead = np.flatnonzero(second.labels["died"] == 1)[::10]
    second.labels.iloc[dead, second.labels.columns.get_loc("died")] = 0
    sheet(first, tmp_path / "one")
    sheet(second, tmp_path / "two")
    assert (tmp_path / "one" / "sheet.json").read_bytes() == (tmp_path / "two" / "sheet.json").read_bytes()


@pytest.fixture(autouse=True)
def places(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()


def test_small_cells_are_masked_and_cannot_be_subtracted(tmp_path: Path):
    it = sound()
    it.train.loc[it.train.index[:7], "sex"] = 3
    it.change("dictionary.csv", "2=female", "2=female;3=other")
    found = sheet(it, tmp_path)
    groups = {group.value: group for group in found.subgroups[0].groups}
    assert groups["other"].model_dump() == {"value": "other", "rows": None, "events": None, "masked": True}
    assert [group.masked for group in groups.values()].count(True) == 2  # what is left over would give it back
    text = (tmp_path / "sheet.json").read_text()
    assert json.loads(text)["subgroups"][0]["groups"][2]["rows"] is None
    assert next(line for line in found.lines if line.code == "small_cell").state == "warn"


def test_sizes_and_groups_too_small_to_be_told_are_left_out(tmp_path: Path):
    it = sound()
    private = np.flatnonzero(it.labels["split"] == "private")[6:]
    it.labels.iloc[private, it.labels.columns.get_loc("split")] = "public"
    it.files["datasheet.toml"] = 'quasi_identifiers = ["age", "sex", "stage"]\n'
    found = sheet(it, tmp_path)
    assert found.sizes.private is None
    assert (found.privacy.least_group, found.privacy.small_group) == (None, True)


def test_events_and_people_at_a_day_too_few_to_be_told_are_left_out(tmp_path: Path):
    it = sound()
    flaws.too_early(it)
    found = sheet(it, tmp_path)
    assert [one.events for one in found.horizons] == [None, None]
    assert [one.public for one in found.horizons] == [None, None]


def test_a_reason_stands_beside_its_warning_and_how_often_it_was_found_does_not(tmp_path: Path):
    it = sound()
    flaws.rare_stage(it)
    flaws.gap(it)
    flaws.english_gap(it)
    it.files["datasheet.toml"] = """
[provenance]
source.ko = "생성함"
source.en = "Generated"
permission.ko = "필요 없음"
permission.en = "None is needed"
[[accepted]]
code = "small_cell"
reason.ko = "까닭"
reason.en = "It is the stage's own."
"""
    found = sheet(it, tmp_path)
    lines = {line.code: line for line in found.lines if line.state == "warn"}
    assert set(lines) == {"text_gap", "small_cell"}
    assert lines["small_cell"].reason is not None
    assert lines["small_cell"].reason.en == "It is the stage's own."
    assert found.provenance is not None
    assert sum(line.code == "text_gap" for line in found.lines) == 1


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_is_whole_in_either_language_and_runs_nothing(language: str, tmp_path: Path):
    it = sound()
    it.change("challenge.toml", 'title.en = "A sound challenge"', 'title.en = "<script>alert(1)</script>"')
    it.change("challenge.toml", 'title.ko = "흠 없는 챌린지"', 'title.ko = "<img src=x onerror=alert(1)>"')
    checking.check(it.write(tmp_path / "folder"), report_to=tmp_path / "sheet.html", language=language)
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in text
    assert "<script" not in text
    assert "<img" not in text
    assert "http" not in text
    words = re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", text)
    assert bool(re.search(r"[가-힣]", words)) == (language == "ko")
    assert words.count("ipa@1095") > 1
    headline = {"ko": "모두 통과했습니다", "en": "checks passed"}[language]
    assert headline in words


def test_a_report_of_another_form_is_refused_before_anything_is_examined(tmp_path: Path):
    with pytest.raises(Invalid) as refused:
        checking.check(tmp_path / "nowhere", report_to=tmp_path / "sheet.pdf")
    assert refused.value.code == "bad_report"


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path):
    with pytest.raises(Invalid) as refused:
        checking.check(sound().write(tmp_path / "folder"), report_to=tmp_path / "none" / "sheet.json")
    assert refused.value.code == "bad_report"


def test_a_mistaken_definition_has_no_datasheet(tmp_path: Path):
    it = sound()
    flaws.no_such_metric(it)
    checking.check(it.write(tmp_path / "folder"), report_to=tmp_path / "sheet.json")
    assert not (tmp_path / "sheet.json").exists()


def test_making_a_folder_writes_its_datasheet(tmp_path: Path):
    folders.make(sound().write(tmp_path / "folder"), tmp_path / "out", settings=None)
    found = read((tmp_path / "out" / "datasheet.json").read_bytes())
    facts = json.loads((tmp_path / "out" / "facts.json").read_text())
    assert found.baselines[0].value == pytest.approx(facts["baselines"]["age"], rel=1e-3)
    assert found.counted("fail") == 0
    assert {line.code for line in found.lines} >= {"row_order", "undefined_metric"}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"format": 2}', b"\xff\xfe", b"[" * 100_000, b" " * (LARGEST + 1)],
    ids=["empty", "list", "nothing", "other format", "not UTF-8", "deep", "large"],
)
def test_what_is_no_datasheet_is_refused_without_quoting_it(content: bytes):
    with pytest.raises(DatasheetError):
        read(content)


def test_a_datasheet_with_something_more_in_it_is_refused(tmp_path: Path):
    sheet(sound(), tmp_path)
    held = json.loads((tmp_path / "sheet.json").read_text())
    with pytest.raises(DatasheetError):
        read(json.dumps(held | {"labels": [1, 0, 1]}).encode())
    assert read(json.dumps(held).encode()).slug == "sound-challenge"
