"""datasheet.toml: what an organizer adds to the examination, every mistake with its line."""

from pathlib import Path

import pytest

from challenges import annotations
from challenges.definition import DefinitionError

WHOLE = """quasi_identifiers = ["age", "sex"]

[provenance]
source = { ko = "출처", en = "The source" }
permission = { ko = "허락", en = "The permission" }

[[accepted]]
code = "small_cell"
column = "stage"
reason.ko = "까닭"
reason.en = "The reason"
"""


def load(folder: Path, text: str) -> annotations.Annotations:
    (folder / annotations.FILE).write_text(text, encoding="utf-8")
    return annotations.load(folder)[0]


def test_a_folder_without_the_file_has_nothing_annotated(tmp_path: Path):
    found, lines = annotations.load(tmp_path)
    assert (found.quasi_identifiers, found.provenance, found.accepted, dict(lines)) == (None, None, (), {})


def test_all_of_it_is_read(tmp_path: Path):
    found = load(tmp_path, WHOLE)
    assert found.quasi_identifiers == ("age", "sex")
    assert found.provenance is not None
    assert found.provenance.source.text.en == "The source"
    assert [(one.code, one.file, one.column, one.reason.ko) for one in found.accepted] == [
        ("small_cell", None, "stage", "까닭")
    ]
    assert annotations.load(tmp_path)[1]["accepted", 0] == 7


def test_an_empty_list_is_not_the_same_as_none(tmp_path: Path):
    assert load(tmp_path, "quasi_identifiers = []\n").quasi_identifiers == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "where"),
    [
        ('reason.en = "The reason"\n', "", 10, "accepted#1.reason.en"),
        ('code = "small_cell"', 'code = "Small cell"', 8, "accepted#1.code"),
        ("permission =", "permit =", 3, "provenance.permission"),
        ('["age", "sex"]', '"age"', 1, "quasi_identifiers"),
        ("[[accepted]]", "[[accept]]", 7, "accept"),
    ],
)
def test_mistakes_have_their_line(tmp_path: Path, old: str, new: str, line: int, where: str):
    with pytest.raises(DefinitionError) as found:
        load(tmp_path, WHOLE.replace(old, new, 1))
    assert (line, where) in [(one.line, one.where) for one in found.value.mistakes]
