"""What of a folder is published, and what is found wrong with it without labels."""

from pathlib import Path

import pytest

from challenges import published
from challenges.definition import load
from tests.worker import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder", rows=40)
    return tmp_path / "folder"


def test_a_whole_folder_has_no_flaw(folder: Path):
    definition = load(folder)
    assert published.flaws(folder, definition) == []
    assert published.missing(folder, definition) == []
    roles = published.roles(folder, definition)
    assert "labels.csv" not in roles
    assert "baseline_reference_train.csv" not in roles, "nobody downloads it"
    assert set(roles.values()) == {"train", "test", "dictionary", "sample", "baseline", "text"}


def test_every_flaw_is_told_at_once(folder: Path):
    definition = load(folder)
    (folder / "agreement.en.md").unlink()
    (folder / "rules.ko.md").write_bytes("규칙".encode("cp949"))
    (folder / "dictionary.csv").write_text("column,type\nx,number\n")
    test = (folder / "test.csv").read_text().splitlines()
    (folder / "test.csv").write_text("\n".join([test[0] + ",died", *(line + ",0" for line in test[1:])]) + "\n")
    sample = (folder / "sample_submission.csv").read_text().replace("0.300000", "30%")
    (folder / "sample_submission.csv").write_text(sample)
    (folder / "baseline_reference_train.csv").write_bytes((folder / "baseline_reference.csv").read_bytes())
    found = published.flaws(folder, definition)
    assert {(one.file, one.code) for one in found} >= {
        ("agreement.en.md", "missing_file"),
        ("rules.ko.md", "not_utf8"),
        ("dictionary.csv", "bad_dictionary"),
        ("test.csv", "label_in_test"),
        ("sample_submission.csv", "not_a_number"),
        ("baseline_reference_train.csv", "unknown_id"),
    }
    # Forty rows with the same problem are five lines and a count.
    assert sum(one.file == "sample_submission.csv" for one in found) == published.SHOWN + 1
    assert all(any("가" <= sign <= "힣" for sign in one.message.ko) for one in found)


def test_a_patient_in_both_files_is_a_flaw(folder: Path):
    definition = load(folder)
    train = (folder / "train.csv").read_text().replace("T000003", "P000003")
    (folder / "train.csv").write_text(train)
    assert ("train.csv", "same_patient") in [(one.file, one.code) for one in published.flaws(folder, definition)]
