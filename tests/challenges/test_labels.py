"""Hidden labels: what is read, and that no mistake in them quotes a value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges import sealed
from challenges.definition import parse
from challenges.labels import LabelsError, read_labels
from tests.challenges.conftest import BINARY, COMPETING, EFFECT, REPORT, SURVIVAL

LABELS = b"patient_id,days,died,split\n0012,812.5,1,public\nNA,1900,0,private\n"


def test_labels_of_each_kind_are_read_by_their_meaning():
    found = read_labels(LABELS, parse(SURVIVAL))
    assert found.ids == ("0012", "NA")
    assert {name: list(column) for name, column in found.columns.items()} == {"time": [812.5, 1900], "event": [1, 0]}
    assert found.split == ("public", "private")
    assert list(read_labels(LABELS.replace(b",1,", b",2,"), parse(COMPETING)).columns["event"]) == [2, 0]
    binary = read_labels(b"split,died_1y,patient_id\r\nprivate,1,a\r\n", parse(BINARY))
    assert (list(binary.columns["outcome"]), binary.ids) == ([1], ("a",))
    effect = read_labels(b"estimand,truth,split\na,-0.25,public\n", parse(EFFECT))
    assert list(effect.columns["truth"]) == [-0.25]


SECRET = "31337"
BAD = {
    "negative time": (LABELS.replace(b"812.5", b"-31337"), "bad_value", 2, "days"),
    "no number": (LABELS.replace(b"812.5", b"31337d"), "bad_value", 2, "days"),
    "underscore": (LABELS.replace(b"812.5", b"31_337"), "bad_value", 2, "days"),
    "not finite": (LABELS.replace(b"812.5", b"31337e999"), "bad_value", 2, "days"),
    "missing": (LABELS.replace(b"1900", b""), "bad_value", 3, "days"),
    "event": (LABELS.replace(b",0,", b",31337,"), "bad_value", 3, "died"),
    "competing event in survival": (LABELS.replace(b",0,", b",2,"), "bad_value", 3, "died"),
    "split": (LABELS.replace(b"public", b"31337"), "bad_split", 2, "split"),
    "id twice": (LABELS.replace(b"NA", b"0012"), "duplicate_id", 3, "patient_id"),
    "no id": (LABELS.replace(b"NA", b""), "duplicate_id", 3, "patient_id"),
    "fields": (LABELS.replace(b"1900", b"31337,31337"), "wrong_field_count", 3, None),
    "column": (LABELS.replace(b"died", b"dead"), "missing_column", 1, "died"),
    "column twice": (LABELS.replace(b"days", b"died"), "missing_column", 1, "days"),
    "quote": (LABELS.replace(b"812.5", b'"31337'), "not_csv", 2, None),
    "CP949": (LABELS.replace(b"NA", "가".encode("cp949")), "not_utf8", 3, None),
    "nothing": (b"", "missing_column", 1, "patient_id"),
    "header only": (LABELS[:27], "empty_file", None, None),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_names_its_place_and_no_value(name):
    content, code, line, column = BAD[name]
    with pytest.raises(LabelsError) as caught:
        read_labels(content, parse(SURVIVAL))
    error = caught.value
    assert (error.code, error.line, error.column) == (code, line, column)
    for words in (*error.message, str(error), repr(error)):
        assert SECRET not in words
        assert "812" not in words
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_a_report_has_no_labels():
    with pytest.raises(LabelsError):
        read_labels(LABELS, parse(REPORT))


def test_the_plaintext_to_seal_is_bound_to_its_definition():
    definition = parse(SURVIVAL)
    header, table = sealed.unpack(sealed.pack(definition, LABELS))
    assert table == LABELS
    ids = sealed.ids_digest(["NA", "0012"])
    assert header == sealed.Header(1, "small-challenge", "1.0.0", ids, definition.binding(ids))
    assert ids == sealed.ids_digest(["0012", "NA"]) != sealed.ids_digest(["12", "NA"])
    gateless = parse(SURVIVAL.replace('gate = "significant"', 'gate = "none"'))
    assert gateless.binding(ids) != header.binding


def test_labels_with_mistakes_are_not_packed():
    with pytest.raises(LabelsError):
        sealed.pack(parse(SURVIVAL), LABELS.replace(b"812.5", b"x"))


@pytest.mark.parametrize(
    "changed",
    [{"format": 2}, {"format": "1"}, {"slug": 3}, {"extra": "x"}, {"binding": None}],
    ids=str,
)
def test_another_header_is_refused(changed):
    first, _, table = sealed.pack(parse(SURVIVAL), LABELS).partition(b"\n")
    broken = json.dumps(json.loads(first) | changed).encode() + b"\n" + table
    with pytest.raises(sealed.SealedError, match="known format"):
        sealed.unpack(broken)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_a_word_of_them(content: bytes):
    with pytest.raises(sealed.SealedError) as caught:
        sealed.unpack(content)
    assert str(caught.value) == "not sealed labels of a known format"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
