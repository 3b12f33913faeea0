"""Whole folders: ten planted flaws are ten findings with their places, fair folders of other data none."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import challenges
from tests.worker import small
from tests.worker.examination import test_checks as flaws
from tests.worker.examination.clean import CLEAN
from tests.worker.examination.sound import brief, found, sound
from worker import checking

SHIPPED = Path(challenges.__path__[0])


@pytest.mark.parametrize("name", CLEAN)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_fair_folder_of_other_data_has_no_finding(name: str, seed: int, tmp_path: Path):
    CLEAN[name](tmp_path, seed)
    result, code = checking.check(tmp_path)
    assert (code, result["ok"], result["mistakes"], result["warnings"]) == (0, True, [], [])
    assert {line["state"] for line in result["lines"]} == {"pass"}


def test_ten_planted_flaws_are_found_with_their_places(tmp_path: Path):
    it = sound()
    flaws.phones(it)
    flaws.filled_after_death(it)
    flaws.sorted_train(it)
    flaws.copies(it)
    flaws.marker_thousandfold(it)
    flaws.label_column(it)
    flaws.rare_stage(it)
    flaws.gap(it)
    it.change("challenge.toml", "tau = 1095", "tau = 365")
    it.change("challenge.toml", "horizon = 1095\nprimary", "horizon = 2480\nprimary")
    it.change("challenge.toml", "horizon = 1095\n", "horizon = 2480\n")
    it.change("challenge.toml", 'name = "uno_c"', 'name = "unos_c"')
    folder = it.write(tmp_path)
    lines = found(folder)
    toml = it.files["challenge.toml"].splitlines()
    expected = {
        ("fail", "row_order", "train.csv", None): 2,
        ("fail", "duplicates", "test.csv", None): 26,
        ("fail", "wrong_units", "test.csv", "marker"): 1,
        ("fail", "too_censored", "challenge.toml", "ipa@2480"): toml.index("horizon = 2480", toml.index("[[metrics]]"))
        + 1,
        ("fail", "definition", "challenge.toml", "metrics#2.name"): toml.index('name = "unos_c"') + 1,
        ("fail", "label_in_test", "test.csv", "Died"): 1,
        ("warn", "small_cell", "train.csv", "stage"): None,
        ("fail", "direct_identifier", "train.csv", "reach"): 2,
        ("fail", "missing_tells", "train.csv", "autopsy"): 1,
        ("warn", "text_gap", "rules.ko.md", None): 3,
    }
    for place, line in expected.items():
        same = [one for one in lines if (one["state"], one["code"], one["file"], one["column"]) == place]
        assert len(same) == 1, (place, brief(lines))
        assert line is None or same[0]["line"] == line, same[0]
        assert same[0]["remedy"] or place[1] == "definition"
    # One flaw does not hide the rest of the examination.
    assert {"id_order", "id_content", "single_column", "provenance"} <= {one["code"] for one in found(folder, "pass")}


def test_a_definition_that_cannot_be_repaired_says_that_the_data_were_not_examined(tmp_path: Path):
    it = sound()
    it.change("challenge.toml", 'kind = "survival"', 'kind = "revival"')
    result, code = checking.check(it.write(tmp_path))
    assert code == 1
    first = result["mistakes"][0]
    assert (first["file"], first["line"], first["column"], first["found"]) == (
        "challenge.toml",
        11,
        "kind",
        '"revival"',
    )
    assert "before the definition is mended" in result["lines"][-1]["message"]["en"]
    assert result["facts"] == {}


def test_the_shipped_trial_has_no_finding():
    result, code = checking.check(SHIPPED / "colon_adjuvant")
    assert (code, result["mistakes"], result["warnings"]) == (0, [], [])


def test_an_explained_warning_stands_with_its_reason_and_a_failure_stands_whatever_is_said(tmp_path: Path):
    it = sound()
    flaws.rare_stage(it)
    flaws.sorted_train(it)
    it.files["datasheet.toml"] = """
[[accepted]]
code = "small_cell"
column = "stage"
reason.ko = "드문 병기를 그대로 둡니다."
reason.en = "The rare stage is kept."

[[accepted]]
code = "row_order"
reason.ko = "괜찮습니다."
reason.en = "It is fine."
"""
    lines = found(it.write(tmp_path))
    cell = next(line for line in lines if line["code"] == "small_cell")
    assert (cell["state"], cell["accepted"]["en"]) == ("warn", "The rare stage is kept.")
    assert ("fail", "row_order", "train.csv", None) in brief(lines)
    stale = next(line for line in lines if line["code"] == "stale_reason")
    assert (stale["line"], stale["column"]) == (8, "row_order")
    result, code = checking.check(tmp_path)
    assert code == 1
    assert {one["code"]: one["accepted"] is None for one in result["warnings"]} == {
        "small_cell": False,
        "stale_reason": True,
    }


def test_no_line_tells_a_label(tmp_path: Path):
    """Whatever is wrong with the labels, no sentence quotes one of them."""
    it = sound()
    it.labels["days"] = RNG_DAYS.permutation(len(it.labels)) + 70_000
    it.labels.loc[it.labels.index[3], "died"] = 7771
    it.labels.loc[it.labels.index[4], "split"] = "secret-split"
    flaws.months(it)
    text = str(checking.check(it.write(tmp_path))[0]["lines"])
    assert "wrong_units" in text
    assert not any(value in text for value in (*it.labels["days"].astype(str), "7771", "secret-split"))
    it.labels["days"] = np.round(RNG_DAYS.uniform(1, 6.9, len(it.labels)), 5)
    text = str(checking.check(it.write(tmp_path))[0]["lines"])
    assert "the times look like years" in text
    assert not any(value in text for value in it.labels["days"].astype(str))


RNG_DAYS = np.random.default_rng(8)


def test_a_program_of_baselines_sees_no_labels_and_is_run_aside(tmp_path: Path):
    folder = tmp_path / "folder"
    small.write(folder, rows=300)
    for name in ("baseline_reference.csv", "baseline_reference_train.csv"):
        shutil.move(folder / name, tmp_path / name)
    program = f"""
import shutil
from pathlib import Path

def write(folder):
    print("not for standard output")
    Path({str(tmp_path / "seen.txt")!r}).write_text(" ".join(sorted(path.name for path in folder.iterdir())))
    for name in ("baseline_reference.csv", "baseline_reference_train.csv"):
        shutil.copy(Path({str(tmp_path)!r}) / name, folder / name)
"""
    (folder / "baseline.py").write_text(program, encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    lines = found(folder, "pass")
    assert "baselines" in {line["code"] for line in lines}
    assert "labels.csv" not in (tmp_path / "seen.txt").read_text()
    assert "train.csv" in (tmp_path / "seen.txt").read_text()
    assert [name for name in sorted(path.name for path in folder.iterdir()) if name != "__pycache__"] == before


def test_other_kinds_are_examined_with_what_applies_to_them(tmp_path: Path):
    for kind, write in {"competing": competing, "effect": effect, "report": report}.items():
        write(tmp_path / kind)
        result, code = checking.check(tmp_path / kind)
        assert (code, result["warnings"]) == (0, []), (kind, brief(result["lines"]))
        codes = {line["code"] for line in result["lines"]}
        assert ("follow_up" in codes) == (kind == "competing")
        assert ("few_estimands" in codes) == (kind == "effect")
        assert ("single_column" in codes) == (kind == "competing")
        assert {"identifiers", "values"} <= codes


def competing(folder: Path) -> None:
    it = sound()
    for table in (it.train, it.labels):
        table["died"] = np.where(table["died"] == 1, 1 + (np.arange(len(table)) % 3 == 0), 0)
    toml = it.files["challenge.toml"]
    toml = (
        toml.replace('kind = "survival"', 'kind = "competing"')
        .replace('"ipa"', '"brier_cr"')
        .replace('"uno_c"', '"wolbers_c"')
    )
    it.files["challenge.toml"] = toml.partition("[[baselines]]")[0]
    it.change("dictionary.csv", "0=no;1=yes", "0=no;1=cancer;2=other")
    it.write(folder)


def effect(folder: Path) -> None:
    it = sound()
    it.files["challenge.toml"] = EFFECT
    it.test = pd.DataFrame({"estimand": [f"overall_{n}" for n in range(20)], "contrast": RNG_DAYS.permutation(20)})
    it.labels = it.test[["estimand"]].assign(
        truth=np.round(RNG_DAYS.normal(size=20), 4), split=["public", "private"] * 10
    )
    order = RNG_DAYS.permutation(20)
    it.labels["split"] = np.array(["public", "private"] * 10)[order]
    it.sample = it.test[["estimand"]].assign(estimate=0.0)
    it.files["dictionary.csv"] += (
        "estimand,id,,,estimand,추정할 것,Estimand\ncontrast,integer,,,estimand,비교,Contrast\n"
    )
    it.write(folder)


def report(folder: Path) -> None:
    it = sound()
    it.files["challenge.toml"] = REPORT
    it.write(folder)
    for name in ("test.csv", "labels.csv", "sample_submission.csv"):
        (folder / name).unlink()


HEAD = flaws.sound().files["challenge.toml"].partition("kind =")[0]
EFFECT = (
    HEAD
    + """kind = "effect"
practice = true
[files]
train = "train.csv"
test = "test.csv"
dictionary = "dictionary.csv"
labels = "labels.csv"
sample = "sample_submission.csv"
[labels]
id = "estimand"
truth = "truth"
split = "split"
[[columns]]
name = "estimate"
is = "estimate"
[[metrics]]
name = "rmse"
primary = true
[leaderboard]
gate = "none"
"""
)
REPORT = (
    HEAD
    + """kind = "report"
[files]
train = "train.csv"
dictionary = "dictionary.csv"
[leaderboard]
reveal = "after_reviews"
[judging]
leaderboard_weight = 0
[[judging.criteria]]
name.ko = "독창성"
name.en = "Originality"
weight = 1
"""
)
