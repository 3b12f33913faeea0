"""`arena challenge new`: from other people's data sets to a folder that passes the check and can be scored."""

import json
import os
import pty
import select
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import challenges
from arena import cli
from challenges import definition
from worker import checking, folder_scores, folders

COLON = Path(challenges.__path__[0]) / "colon_adjuvant" / "source_colon.csv"


@pytest.fixture
def new(tmp_path, monkeypatch):
    """Call the command in this process: another one takes a second to start."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli.app, ["challenge", "new", *map(str, arguments)])


PREDICTION_FILES = {"survival": "baseline_cox.csv", "binary": "baseline_logistic.csv"}


def gbsg2(path):
    from lifelines.datasets import load_gbsg2

    load_gbsg2().to_csv(path, index=False)
    return ["--primary", "uno_c", "--stratify", "tgrade", "--subgroup", "menostat", "--license", "MIT"]


def breast_cancer(path):
    from sklearn.datasets import load_breast_cancer

    load_breast_cancer(as_frame=True).frame.to_csv(path)  # with the row numbers that pandas adds
    return ["--outcome", "target", "--event-value", "0"]


def colon(path):
    path.write_bytes(COLON.read_bytes())
    return ["--id", "id", "--keep", "etype=1", "--stratify", "extent"]


@pytest.mark.parametrize(("source", "kind"), [(colon, "survival"), (gbsg2, "survival"), (breast_cancer, "binary")])
def test_a_data_set_of_others_becomes_a_challenge(new, tmp_path, source, kind):
    flags = source(tmp_path / "data.csv")
    done = new("my-challenge", "--data", "data.csv", "--practice", "--seed", "one", *flags, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    folder = tmp_path / "my-challenge"
    assert set(told["files"]) == {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    found, code = checking.check(folder)
    assert (code, found["mistakes"]) == (0, [])
    # What only the organizer can say is left to say: nothing else is.
    assert {one["code"] for one in found["warnings"]} <= {"text_gap", "provenance"}
    assert stat.S_IMODE((folder / "private").stat().st_mode) == 0o700
    assert not list(tmp_path.glob(".my-challenge*"))

    def primary(name):
        scores, code = folder_scores.score(folder, folder / name)
        assert code == 0
        return scores["splits"]["all"][definition.load(folder).primary.key]["value"]

    better = primary(PREDICTION_FILES[kind]) - primary("sample_submission.csv")
    assert better > 0.05 if source is not breast_cancer else better < -0.15  # a Brier score
    made = folders.make(folder, tmp_path / "made", settings=None)
    assert made["facts"]["rows_public"] == told["rows"]["public"]
    assert not (tmp_path / "made" / "private").exists()


def test_a_folder_that_is_there_is_left_alone(new, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = new("mine", "--data", COLON, "--id", "id", "--keep", "etype=1", "--no-baselines")
    assert (done.exit_code, "not empty" in done.stderr) == (1, True)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("flags", "code", "words"),
    [
        ((), 2, "--data"),
        (("--data", "none.csv"), 2, "no file"),
        (("--data", COLON, "--id", "id"), 1, "--keep etype=1 / --keep etype=2"),
        (("--data", COLON, "--keep", "etype"), 2, "etype=1"),
        (("--data", COLON, "--shares", "50,50"), 2, "50,25,25"),
        (("--data", COLON, "--shares", "0,50,50"), 2, "50,25,25"),
        (("--data", COLON, "--time-unit", "decades"), 2, "months"),
        (("--data", COLON, "--opens", "tomorrow"), 2, "2026-11-01"),
        (("--data", COLON, "--id", "id", "--keep", "etype=1", "--primary", "auc", "--gate", "open"), 1, "Did you mean"),
        (("--data", COLON, "--kind", "ranking"), 2, "survival"),
        (("--data", COLON, "--drop", "weight"), 1, "no column weight"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_left(new, tmp_path, flags, code, words):
    done = new("mine", *flags, "--no-baselines")
    assert (
        done.exit_code,
        words in done.stderr,
        done.exception is not None and not isinstance(done.exception, SystemExit),
    ) == (code, True, False), done.stderr
    assert not any(tmp_path.glob("*mine*"))


def test_every_mistake_is_told_at_once(new):
    done = new(
        "mine", "--data", COLON, "--keep", "etype=1", "--slug", "No Slug", "--gate", "open",
        "--per-day", "99", "--subgroup", "study", "--no-baselines",
    )  # fmt: skip
    assert done.exit_code == 1
    for flag in ("--slug", "--gate", "--per-day", "--subgroup"):
        assert f"{flag}: " in done.stderr


def test_a_report_needs_no_table(new, tmp_path):
    done = new("essays", "--kind", "report", "--license", "x")
    assert done.exit_code == 0, done.stderr
    assert checking.check(tmp_path / "essays")[1] == 0


def test_a_short_folder_name_still_makes_a_slug(new, tmp_path):
    assert new("대장암", "--kind", "report").exit_code == 0
    assert definition.load(tmp_path / "대장암").slug == "challenge"
    assert new("v2", "--kind", "report").exit_code == 0
    assert definition.load(tmp_path / "v2").slug == "challenge-v2"


def test_on_a_terminal_it_asks_for_what_is_missing(tmp_path):
    """Answers typed on a real terminal: the kind, the columns, the texts, and which of a patient's rows to use."""
    answers = [
        "", "id", "nonsense", "time", "", "재발 예측", "Recurrence", "요약.", "Summary.", "LGPL", "y", "n", "uno_c", "1"
    ]  # fmt: skip
    command = [Path(sys.executable).with_name("arena"), "challenge", "new", "asked", "--data", COLON, "--no-baselines"]
    master, slave = pty.openpty()
    environ = {**os.environ, "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    process = subprocess.Popen(command, cwd=tmp_path, env=environ, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    os.write(master, "".join(f"{answer}\n" for answer in answers).encode())
    said = heard(master, process)
    assert process.wait(30) == 0, said
    found = definition.load(tmp_path / "asked")
    assert (found.title.ko, found.summary.en, found.practice, found.primary.name) == (
        "재발 예측",
        "Summary.",
        True,
        "uno_c",
    )
    assert "There is no such column." in said
    assert "929 patient(s) have several rows" in said
    key = (tmp_path / "asked" / "private" / "split.json").read_text(encoding="utf-8")
    assert json.loads(key)["keep"] == ["etype=1"]


def heard(master, process):
    """Return all that a process says on its terminal."""
    said, give_up = b"", time.monotonic() + 60
    while time.monotonic() < give_up:
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                said += os.read(master, 4096)
            except OSError:  # the other end is closed
                break
        elif process.poll() is not None:
            break
    os.close(master)
    return said.decode(errors="replace")
