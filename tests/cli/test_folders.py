"""Checking and scoring a plain folder: no server, no key, the worker's arithmetic."""

import json
import random
from pathlib import Path

import pytest

import challenges
from tests.arena.conftest import write_folder
from tests.worker.examination import test_checks as flaws
from tests.worker.examination.sound import sound


@pytest.fixture
def folder(tmp_path):
    """A small complete folder with its labels."""
    made = tmp_path / "small"
    ids = write_folder(made)
    draw = random.Random(3)
    rows = [
        f"{one},{draw.randint(30, 4000)},{int(draw.random() < 0.5)},{'public' if number % 2 else 'private'}"
        for number, one in enumerate(ids)
    ]
    (made / "labels.csv").write_text("patient_id,days,died,split\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return made


def test_a_file_is_scored_on_each_split_and_on_all(arena, folder):
    done = arena("challenge", "score", folder, folder / "baseline_simple.csv", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["rows"], set(found["splits"])) == (60, {"public", "private", "all"})
    for scores in found["splits"].values():
        score = scores["ipa@1095"]
        assert score["ci"][0] < score["value"] < score["ci"][1]
        assert (score["se"] > 0, score["reason"]) == (True, None)
    table = arena("challenge", "score", folder, folder / "baseline_simple.csv", language="ko_KR.UTF-8").stdout
    assert table.splitlines()[0].split() == ["자료", "지표", "값", "표준오차", "95", "%", "구간"]
    assert table.count("ipa@1095") == 3


def test_a_bad_file_is_told_by_line(arena, folder, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("patient_id,p_3y\nP0000,2\n", encoding="utf-8")
    done = arena("challenge", "score", folder, bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert "2:p_3y" in done.stderr
    assert "[out_of_range]" in done.stderr
    as_json = arena("challenge", "score", folder, bad, "--json")
    assert (as_json.returncode, json.loads(as_json.stdout)["problems"][0]["code"]) == (1, "out_of_range")


def test_a_mistake_of_the_definition_is_told_with_its_line(arena, folder):
    path = folder / "challenge.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("per_day = 3", 'per_day = "three"'), encoding="utf-8")
    wanted = path.read_text(encoding="utf-8").splitlines().index('per_day = "three"') + 1
    done = arena("challenge", "check", folder)
    assert done.returncode == 1
    assert f"challenge.toml:{wanted}:" in done.stdout
    assert json.loads(arena("challenge", "check", folder, "--json").stdout)["mistakes"][0]["line"] == wanted


def test_the_examination_is_a_table_with_fails_first_and_a_count(arena, tmp_path):
    it = sound()
    flaws.sorted_train(it)
    flaws.rare_stage(it)
    folder = it.write(tmp_path / "sound")
    done = arena("challenge", "check", folder, "--report", tmp_path / "sheet.html")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    marks = [line.split()[0] for line in lines if line.startswith(("FAIL", "WARN", "pass"))]
    assert marks == sorted(marks, key=["FAIL", "WARN", "pass"].index)
    assert lines[0].split()[:3] == ["FAIL", "row_order", "train.csv:2"]
    assert any(line.strip().startswith("→ Shuffle the rows") for line in lines)
    assert lines[-1] == f"1 failed, 1 warned (0 explained), {marks.count('pass')} passed."
    assert "duplicates …" in done.stderr
    assert "1 of" in (tmp_path / "sheet.html").read_text(encoding="utf-8")
    korean = arena("challenge", "check", folder, "--report", tmp_path / "sheet.json", language="ko_KR.UTF-8")
    assert korean.stdout.splitlines()[-1].startswith("실패 1건, 주의 1건")
    assert json.loads((tmp_path / "sheet.json").read_text(encoding="utf-8"))["lines"][0]["state"] == "fail"


def test_a_report_of_another_form_is_refused(arena, tmp_path):
    done = arena("challenge", "check", sound().write(tmp_path / "sound"), "--report", tmp_path / "sheet.pdf")
    assert done.returncode == 1
    assert "ends in .html or .json" in done.stderr
    assert not (tmp_path / "sheet.pdf").exists()


def test_a_folder_that_is_not_there_is_a_usage_error(arena, tmp_path):
    assert arena("challenge", "check", tmp_path / "none").returncode == 2
    assert arena("challenge", "score", tmp_path, tmp_path / "none.csv").returncode == 2


def test_a_challenge_of_reports_is_checked_and_has_nothing_to_score(arena, tmp_path):
    folder = Path(challenges.__path__[0]) / "fitness_report"
    checked = arena("challenge", "check", folder)
    assert (checked.returncode, "fail" in checked.stdout.split()) == (0, False), checked.stdout
    (tmp_path / "p.csv").write_text("patient_id,risk\n", encoding="utf-8")
    scored = arena("challenge", "score", folder, tmp_path / "p.csv")
    assert (scored.returncode, scored.stdout) == (2, "")
    assert "there is nothing to score. [nothing_to_score]" in scored.stderr
