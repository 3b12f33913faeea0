"""`arena check` with a downloaded folder: the server's reader, no server and no part of one."""

import json
import sys

import pytest

from tests.challenges.conftest import SURVIVAL
from tests.challenges.prediction_files import GOOD, HEADER, ROWS, with_cell


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "small"
    made.mkdir()
    (made / "challenge.toml").write_text(SURVIVAL, encoding="utf-8")
    ids = "\n".join(row.partition(",")[0] for row in ROWS)
    (made / "test.csv").write_text(f"patient_id\n{ids}\n", encoding="utf-8")
    return made


def test_a_good_file_is_told_good_without_a_login(arena, folder, tmp_path):
    (tmp_path / "mine.csv").write_text(GOOD)
    done = arena("check", "small", "mine.csv")
    assert (done.returncode, "6 rows, nothing to mend" in done.stderr) == (0, True), done.stderr
    assert json.loads(arena("check", "small/", "mine.csv", "--json").stdout) == {
        "rows": 6,
        "advice": [],
        "companion_rows": None,
    }


def test_every_problem_is_told_as_the_server_tells_it(arena, folder, tmp_path):
    (tmp_path / "mine.csv").write_text(with_cell("97.2"))
    done = arena("check", folder, "mine.csv")
    assert done.returncode == 1
    assert "mine.csv has 1 problem." in done.stderr
    assert "line 4 p_5y: A probability lies between 0 and 1. It looks like a percentage" in done.stderr
    korean = arena("check", folder, "mine.csv", language="ko_KR.UTF-8")
    assert "4행 p_5y: 확률은 0과 1 사이여야 합니다" in korean.stderr


def test_a_broken_folder_says_how_to_mend_it(arena, folder, tmp_path):
    (tmp_path / "mine.csv").write_text(GOOD)
    second = arena("check", folder, "mine.csv", "--companion", "mine.csv")
    assert (second.returncode, "takes no second file" in second.stderr) == (1, True)
    (folder / "test.csv").unlink()
    done = arena("check", folder, "mine.csv")
    assert (done.returncode, "arena download small" in done.stderr) == (1, True), done.stderr
    (folder / "challenge.toml").write_text("schema = 1\nslug = ")
    done = arena("check", folder, "mine.csv")
    assert (done.returncode, "line 2" in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_is_still_asked_of_the_server(arena, tmp_path):
    (tmp_path / "mine.csv").write_text(HEADER)
    (tmp_path / "small").mkdir()
    done = arena("check", "small", "mine.csv")
    assert (done.returncode, "arena login URL" in done.stderr) == (1, True)


def test_the_light_client_can_do_it():
    """A fresh interpreter: checking a folder loads nothing that `pip install .` without extras does not bring."""
    import subprocess

    code = "import sys, arena.cli.offline; print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {
        "flask",
        "sqlalchemy",
        "sqlmodel",
        "redis",
        "rq",
        "numpy",
        "pandas",
        "scipy",
        "markdown_it",
        "nh3",
        "boto3",
    }
    assert {"pydantic", "challenges"} <= loaded
