"""`arena report` as a process, on folders of every kind: table, JSON, comparison in words, and one HTML file without a network."""

import json

import pytest

from tests.support import practising as cases


def test_the_report_of_a_folder(arena, tmp_path):
    case = cases.write("competing", tmp_path / "folder")
    (tmp_path / "one.csv").write_bytes(case.first)
    (tmp_path / "other.csv").write_bytes(case.second)
    done = arena(
        "report", "folder", "one.csv", "--against", "other.csv", "--out", "report.html", "--language", "ko", "--json"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    scores, apart = case.expected()
    for key, score in scores.items():
        told = found["splits"]["validation"][key]
        assert told["value"] == pytest.approx(score.value, abs=1e-12, rel=0), key
        assert told["se"] == pytest.approx(score.se, abs=1e-12, rel=0), key
    for key, one in found["against"].items():
        assert one["value"] == pytest.approx(apart[key].value, abs=1e-12, rel=0), key
    assert str(tmp_path / "report.html") in done.stderr
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="ko">' in page
    assert "검증 부분의 점수입니다" in page
    assert page.count("<svg") >= 2


def test_the_table_says_whose_rows_these_are(arena, tmp_path):
    case = cases.write("survival", tmp_path / "folder")
    (tmp_path / "one.csv").write_bytes(case.first)
    (tmp_path / "other.csv").write_bytes(case.second)
    done = arena("report", "folder", "one.csv", "--against", "other.csv")
    assert done.returncode == 0, done.stderr
    assert "patients in validation.csv" in done.stderr
    assert done.stdout.splitlines()[0].split() == "metric value SE 95 % interval difference its 95 % interval".split()
    assert "Difference from other.csv in ipa@1095: +" in done.stdout
    assert "It is better by more than chance explains." in done.stdout
    bad = arena("report", "folder", "folder/sample_submission.csv")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "each id of the validation part" in bad.stderr
    assert "[unknown_id]" in bad.stderr
    (tmp_path / "folder" / "challenge.toml").unlink()
    gone = arena("report", "folder", "one.csv", language="ko_KR.UTF-8")
    assert gone.returncode == 1
    assert "arena download" in gone.stderr
