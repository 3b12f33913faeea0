"""The validation part as the examination sees it: a good one passes with its figure, and each fault has its place and remedy."""

import pytest

from challenges import definition, validation
from tests.worker.examination.sound import sound
from worker.examination import files, validating
from worker.examination.finding import Findings
from worker.examination.material import gather
from worker.examination.questions import QUESTIONS

NAMED = '[files]\ntrain = "train.csv"\nvalidation = "validation.csv"\n'


@pytest.fixture
def folder(tmp_path):
    it = sound()
    it.change("challenge.toml", '[files]\ntrain = "train.csv"\n', NAMED)
    it.write(tmp_path)
    validation.write(tmp_path, "patient_id")
    return tmp_path


def lines(folder, step=validating.examine):
    text = (folder / "challenge.toml").read_text("utf-8")
    findings = Findings()
    step(gather(folder, folder, definition.load(folder), text, findings), findings)
    return findings.lines


def test_a_fifth_passes_and_says_how_many_there_are(folder):
    (line,) = lines(folder)
    rows = len(validation.read(folder / "validation.csv", "patient_id"))
    assert (line.code, line.state, line.file) == ("validation", "pass", "validation.csv")
    assert line.figure.startswith(f"{rows} / ")
    assert line.code in QUESTIONS


def test_a_challenge_without_one_is_asked_nothing(folder):
    path = folder / "challenge.toml"
    path.write_text(path.read_text("utf-8").replace('validation = "validation.csv"\n', ""), "utf-8")
    assert lines(folder) == []


@pytest.mark.parametrize(
    ("spoil", "code", "state", "at"),
    [
        (lambda ids: [*ids[:9], "NOBODY", *ids[9:]], "not_in_train", "fail", 11),
        (lambda ids: [*ids, ids[0]], "duplicate_id", "fail", None),
        (lambda ids: ids[:49], "small_validation", "warn", None),
        (lambda ids: [f"{one},1" for one in ids], "not_only_ids", "fail", 1),
    ],
)
def test_each_fault_has_its_place(folder, spoil, code, state, at):
    path = folder / "validation.csv"
    ids = spoil(validation.read(path, "patient_id"))
    head = "patient_id,died" if code == "not_only_ids" else "patient_id"
    path.write_text("\n".join([head, *ids]) + "\n")
    (line,) = lines(folder)
    assert (line.code, line.state, line.file) == (code, state, "validation.csv")
    assert at is None or line.line == at
    assert line.remedy is not None
    assert line.code in QUESTIONS or code == "duplicate_id"


def test_the_whole_training_file_leaves_nobody_to_learn_from(folder):
    train = [row.partition(",")[0] for row in (folder / "train.csv").read_text().splitlines()]
    (folder / "validation.csv").write_text("\n".join(train) + "\n")
    assert [(one.code, one.state) for one in lines(folder)] == [("whole_train", "fail")]


def test_few_events_on_either_side_say_nothing(folder):
    import pandas as pd

    train = pd.read_csv(folder / "train.csv")
    alive = train[train["died"] == 0]["patient_id"].tolist()[:60]
    (folder / "validation.csv").write_text("\n".join(["patient_id", *alive]) + "\n")
    (line,) = lines(folder)
    assert (line.code, line.figure) == ("small_validation", "60 / <5")


def test_a_missing_file_is_told(folder):
    (folder / "validation.csv").unlink()
    assert ("missing_file", "validation.csv") in [(one.code, one.file) for one in lines(folder, files.examine)]
    assert lines(folder) == []
