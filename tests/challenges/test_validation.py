"""The validation part of a training file: which ids it names, and what may stand in it."""

import hashlib
from io import BytesIO

import pytest

from challenges import definition, published, validation
from challenges.lines import TableError
from tests.challenges.test_shipped import PUBLIC, SHIPPED

TOML = """schema = 1
slug = "a-small-one"
title = { ko = "가", en = "A" }
summary = { ko = "가", en = "A" }
version = "1"
license = "x"
kind = "binary"
[files]
train = "train.csv"
test = "test.csv"
labels = "labels.csv"
validation = "validation.csv"
[labels]
id = "id"
outcome = "dead"
split = "split"
[[columns]]
name = "p"
is = "probability"
[[metrics]]
name = "brier_binary"
primary = true
"""


def test_a_fifth_is_chosen_by_the_digest_of_the_id_alone():
    ids = [f"P{n:04d}" for n in range(103)]
    found = validation.chosen(ids)
    assert len(found) == 20
    assert found == [one for one in ids if one in set(found)]
    rest = set(ids) - set(found)

    def digest(one):
        return hashlib.sha256(one.encode()).hexdigest()

    assert max(map(digest, found)) < min(map(digest, rest))
    assert set(validation.chosen(ids[::-1])) == set(found)


def test_what_is_written_is_read_again():
    ids = ["0012", "NA", 'a "b", c']
    content = validation.written("patient id", ids).encode()
    assert validation.read(BytesIO(content), "patient id") == ids


@pytest.mark.parametrize("content", [b"id,dead\nA,1\n", b"other\nA\n", b"dead\n1\n"])
def test_a_file_that_holds_more_than_ids_is_refused(content):
    with pytest.raises(TableError) as caught:
        validation.read(BytesIO(content), "id")
    assert (caught.value.code, caught.value.line) == ("not_only_ids", 1)


def test_a_challenge_that_names_none_keeps_the_digest_that_it_had():
    named = definition.parse(TOML)
    without = definition.parse(TOML.replace('validation = "validation.csv"\n', ""))
    assert "validation" not in without.stored()["files"]
    assert named.digest() != without.digest()
    assert named.binding("x") == without.binding("x")  # labels sealed before are labels still


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('train = "train.csv"\n', "", "train file"),
        ('validation = "validation.csv"', 'validation = "validation.txt"', ".csv"),
        ('validation = "validation.csv"', 'validation = "train.csv"', "same file"),
    ],
)
def test_a_definition_says_what_is_wrong_with_it(old, new, said):
    with pytest.raises(definition.DefinitionError) as caught:
        definition.parse(TOML.replace(old, new))
    assert [said in one.message.en for one in caught.value.mistakes] == [True]


def test_challenges_without_training_rows_to_predict_have_none():
    for folder in SHIPPED:
        defined = definition.load(folder)
        assert bool(defined.files.validation) == (defined.kind in validation.KINDS)
    effect = (SHIPPED[[one.name for one in SHIPPED].index("fitness_effect")] / "challenge.toml").read_text("utf-8")
    with pytest.raises(definition.DefinitionError) as caught:
        definition.parse(effect.replace("[files]\n", '[files]\nvalidation = "validation.csv"\n'))
    assert "no training rows" in caught.value.mistakes[0].message.en


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ("A,B", None),
        ("A,X", "not_in_train"),
        ("A,B,C,D", "whole_train"),
        ("A,A", "duplicate_id"),
        (None, "missing_file"),
    ],
)
def test_a_folder_is_told_what_is_wrong_with_its_file(tmp_path, ids, code):
    (tmp_path / "train.csv").write_text("id,dead\nA,1\nB,0\nC,1\nD,0\n")
    (tmp_path / "test.csv").write_text("id\nE\nF\n")
    if ids is not None:
        (tmp_path / "validation.csv").write_text("id\n" + ids.replace(",", "\n") + "\n")
    defined = definition.parse(TOML)
    assert published.roles(tmp_path, defined)["validation.csv"] == "validation"
    assert [one.code for one in published.flaws(tmp_path, defined) if one.file == "validation.csv"] == [code] * bool(
        code
    )


@pytest.mark.parametrize("public", PUBLIC, ids=lambda one: one.folder.name)
def test_the_committed_parts_are_a_fifth_of_their_training_files(public):
    ids = validation.read(public.folder / "validation.csv", "patient_id")
    from challenges.tables import read_ids

    assert ids == validation.chosen(read_ids(public.folder / "train.csv", "patient_id"))
