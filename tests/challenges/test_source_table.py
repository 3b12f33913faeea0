"""An organizer's table as it comes: encodings, separators, commas, words for nothing, and what cannot be read."""

import gzip

import pytest

from challenges import source_table
from challenges.lines import TableError


def read(text, encoding="utf-8"):
    return source_table.read(text.encode(encoding))


def said(source):
    return " ".join(note.en for note in source.notes)


def test_a_plain_table_is_taken_as_it_is():
    source = read("id,age\n1,70\n2,\n")
    assert (source.names, source.rows, source.notes) == (["id", "age"], [["1", "70"], ["2", ""]], [])
    packed = source_table.read(gzip.compress(b"id,age\r\n1,70\r\n"))
    assert packed.rows == [["1", "70"]]


def test_cp949_is_read_and_said():
    source = read("환자번호,성별\n1,남\n2,여\n", "cp949")
    assert source.names == ["환자번호", "성별"]
    assert source.column("성별") == ["남", "여"]
    assert "CP949" in said(source)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 something", "not_csv"),
        ("id,age\n1,2\n".encode("utf-16"), "not_utf8"),
        (b"id,name\n1,\xff\xfe\xfd\n", "not_utf8"),
        (b"id,age\n1,2,3\n", "wrong_field_count"),
        (b'id,age\n1,"2\n', "not_csv"),
        (b"id,age\n", "empty_file"),
        (b"", "empty_file"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(content, code):
    with pytest.raises(TableError) as caught:
        source_table.read(content)
    assert caught.value.code == code
    assert caught.value.line is not None


def test_a_semicolon_file_has_decimal_commas():
    source = read("id;marker;days\n1;1,521;10\n2;0,5;20\n")
    assert source.column("marker") == ["1.521", "0.5"]
    assert "semicolons" in said(source)
    assert "decimal commas" in said(source)


def test_commas_between_digits_are_taken_out_and_decimal_commas_are_turned():
    source = read('id,days,marker,name\n1,"1,521","0,5","Kim, A"\n2,90,"12,75",Lee\n')
    assert source.column("days") == ["1521", "90"]
    assert source.column("marker") == ["0.5", "12.75"]
    assert source.column("name") == ["Kim, A", "Lee"]
    assert "1,521 → 1521" in said(source)


def test_words_for_nothing_become_empty_cells():
    source = read("id,grade,sign\n1,NA,-\n2,n/a,none\n3,결측,.\n")
    assert source.column("grade") == ["", "", ""]
    assert source.column("sign") == ["", "none", ""]  # "none" may be a category
    assert "5 word(s)" in said(source)


def test_names_are_made_tidy_and_each_stands_once():
    source = read(',mean radius,"=cmd()",Age,age,관찰 기간(월)\n1,2,3,4,5,6\n')
    assert source.names == ["mean_radius", "cmd", "Age", "age_2", "관찰_기간_월"]
    assert source.rows == [["2", "3", "4", "5", "6"]]
    assert "row numbers" in said(source)


def test_a_name_that_is_taken_by_a_number_gets_the_next():
    assert read("a,a,a_2,A\n1,2,3,4\n").names == ["a", "a_2", "a_2_2", "A_3"]
