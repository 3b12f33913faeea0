"""Small tables: test ids and the dictionary."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest

from challenges import dictionary, tables
from challenges.dictionary import DictionaryError
from challenges.tables import TableError

DICTIONARY = """column,type,unit,codes,block,description.ko,description.en
patient_id,id,,,identifier,번호,Identifier
sex,category,,1=male;2=female,demography,"성별, 등록 때","Sex, as registered"
"""


@pytest.mark.parametrize(
    "content", [b"a,patient_id\n1,0012\n2,NA\n", b"\xef\xbb\xbfpatient_id,a\r\n0012,1\r\nNA,2\r\n\r\n"]
)
def test_ids_are_strings_in_the_order_of_the_file(content: bytes, tmp_path: Path):
    assert tables.read_ids(BytesIO(content), "patient_id") == ["0012", "NA"]
    assert tables.read_ids(BytesIO(gzip.compress(content)), "patient_id") == ["0012", "NA"]
    (tmp_path / "test.csv").write_bytes(content)
    assert tables.read_ids(tmp_path / "test.csv", "patient_id") == ["0012", "NA"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty_file", 1),
        (b"patient_id\n", "empty_file", 1),
        (b"id\nx\n", "missing_column", 1),
        (b"patient_id,patient_id\nx,y\n", "missing_column", 1),
        (b"patient_id,a\nx,1\n\ny\n", "wrong_field_count", 4),
        (b"patient_id,a\nx,1\nx,2\n", "duplicate_id", 3),
        (b"patient_id,a\n,1\n", "duplicate_id", 2),
        (b'patient_id,a\n"x,1\n', "not_csv", 2),
        (b"patient_id,a\nx,1\ny\xff,1\n", "not_utf8", 3),
    ],
)
def test_a_bad_table_names_its_line(content: bytes, code: str, line: int):
    with pytest.raises(TableError) as caught:
        tables.read_ids(BytesIO(content), "patient_id")
    assert (caught.value.code, caught.value.line) == (code, line)


def test_the_dictionary_is_read(tmp_path: Path):
    identifier, sex = dictionary.read(DICTIONARY)
    assert identifier.type == "id"
    assert sex.codes == {"1": "male", "2": "female"}
    assert sex.description == ("성별, 등록 때", "Sex, as registered")
    (tmp_path / "dictionary.csv").write_text("\ufeff" + DICTIONARY, encoding="utf-8")
    assert dictionary.read(tmp_path / "dictionary.csv") == (identifier, sex)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("unit,", "units,", 1),
        ("unit,", "type,", 1),
        ("sex,category", "sex,text", 3),
        ("sex,category", "patient_id,category", 3),
        ("sex,category", ",category", 3),
        ("1=male", "male", 3),
        ("2=female", "1=female", 3),
        ("id,,,identifier", "id,,identifier", 2),
    ],
)
def test_a_mistake_in_the_dictionary_has_its_line(old: str, new: str, line: int):
    with pytest.raises(DictionaryError) as caught:
        dictionary.read(DICTIONARY.replace(old, new, 1))
    assert caught.value.line == line
