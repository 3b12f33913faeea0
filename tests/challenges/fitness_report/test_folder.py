"""The challenge of reports ships as a folder: judged by people, checked, nothing to score, not seeded."""

from pathlib import Path

import pytest

import challenges
from arena.running import seeding
from challenges import bundle, definition
from worker import folder_scores

FOLDER = Path(challenges.__path__[0]) / "fitness_report"


def test_the_criteria_are_those_of_the_contest():
    found = definition.load(FOLDER)
    assert [one.name.ko for one in found.judging.criteria] == [
        "활용 필요성",
        "독창성",
        "연구 우수성",
        "발표 능력",
        "기대 효과",
    ]
    assert (found.judging.leaderboard_weight, found.judging.document.required) == (0, True)
    assert (found.columns, found.metrics, found.files.labels) == ((), (), None)
    with pytest.raises(LookupError):
        _ = found.primary


def test_there_is_nothing_to_score(tmp_path: Path):
    (tmp_path / "p.csv").write_text("patient_id,risk\n", encoding="utf-8")
    found, code = folder_scores.score(FOLDER, tmp_path / "p.csv")
    assert (code, found["errors"][0]["code"]) == (2, "nothing_to_score")


def test_it_packs_and_comes_back(tmp_path: Path):
    packed = tmp_path / "report.zip"
    packed.write_bytes(bundle.pack(FOLDER))
    (tmp_path / "out").mkdir()
    with packed.open("rb") as stream:
        assert bundle.unpack(stream, tmp_path / "out") == definition.load(FOLDER)


def test_it_is_not_seeded_while_nobody_could_hand_anything_in():
    assert (FOLDER / "challenge.toml").is_file()
    assert "fitness-report" not in {one.definition.slug for one in seeding.shipped()}
    assert "colorectal-fitness" in {one.definition.slug for one in seeding.shipped()}
