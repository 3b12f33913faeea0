"""What is wrong with a prediction file is said by code, line, column and sentence."""

import gzip
import io
import zipfile

import pytest

from challenges.definition import parse
from challenges.lines import LONGEST_LINE
from challenges.problems import CODES
from tests.challenges.conftest import IDS, SURVIVAL
from tests.challenges.prediction_files import GOOD, HEADER, ROWS, with_cell, with_row


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


# name: (file, [(line, column, code)], a piece of the Korean sentence, a piece of the English one)
BAD = {
    "CP949": (
        GOOD.encode().replace(b"NA,", "가나,".encode("cp949")),
        [(4, None, "not_utf8")],
        "CP949",
        "CP949",
    ),
    "UTF-16": (GOOD.encode("utf-16"), [(1, None, "not_utf8")], "UTF-16", "UTF-16"),
    "Latin-1": (GOOD.encode().replace(b"C2", b"\xff\xfe"), [(3, None, "not_utf8")], "UTF-8", "UTF-8"),
    "workbook": (
        zipped({"[Content_Types].xml": "<Types/>", "xl/a.xml": "<a/>"}),
        [(1, None, "not_csv")],
        "xlsx",
        "xlsx",
    ),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(100), [(1, None, "not_csv")], "(xls)", "(xls)"),
    "zip": (zipped({"mine.csv": GOOD}), [(1, None, "not_csv")], "zip 압축", "Unpack it"),
    "PDF": (b"%PDF-1.7\n" + bytes(100), [(1, None, "not_csv")], "PDF", "a PDF"),
    "whole lines quoted": (
        "\n".join(f'"{line}"' for line in GOOD.split()),
        [(1, None, "not_csv")],
        "줄 전체를 따옴표로",
        "The whole line",
    ),
    "id as a date": (
        with_row(1, "2026-02-01,0.1,0.2,0.4"),
        [(3, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "번호를 날짜로",
        "into a date",
    ),
    "value as a date": (with_cell("05-Jan"), [(4, "p_5y", "not_a_number")], "숫자를 날짜로", "into a date"),
    "bars": (GOOD.replace(",", "|"), [(1, None, "not_csv")], "세로줄", "vertical bars"),
    "NUL": (GOOD.replace("C2", "C\0"), [(3, None, "not_csv")], "NUL", "NUL"),
    "damaged gzip": (gzip.compress(GOOD.encode())[:-9], [(None, None, "not_csv")], "gzip", "gzip"),
    "quote not closed": (
        with_row(1, '"C2,0.1,0.2,0.4'),
        [(3, None, "not_csv"), (7, "patient_id", "missing_id")],
        "따옴표",
        "quotation",
    ),
    "text after a quote": (
        with_row(1, '"C2"x,0.1,0.2,0.4'),
        [(3, None, "not_csv"), (7, "patient_id", "missing_id")],
        "따옴표",
        "quotation",
    ),
    "semicolons": (GOOD.replace(",", ";").replace(".", ","), [(1, None, "not_csv")], "쌍반점", "semicolons"),
    "tabs": (GOOD.replace(",", "\t"), [(1, None, "not_csv")], "탭", "tabs"),
    "long line": (
        gzip.compress((GOOD + "x" * (LONGEST_LINE + 1)).encode()),
        [(8, None, "not_csv")],
        "한 줄",
        "A line is longer",
    ),
    "empty": ("", [(1, None, "empty_file")], "비어", "empty"),
    "only blanks": ("\ufeff\n \r\n", [(1, None, "empty_file")], "비어", "empty"),
    "only a header": (HEADER + "\n", [(1, None, "empty_file")], "머리글만", "header"),
    "no header": ("\n".join(ROWS), [(1, "patient_id", "missing_column")], "머리글이 없습니다", "no header"),
    "missing column": (
        GOOD.replace("p_3y", "p_3year"),
        [(1, "p_3year", "unknown_column"), (1, "p_3y", "missing_column")],
        "혹시 p_3y입니까",
        "Did you mean p_3y",
    ),
    "header's case": (
        GOOD.replace("p_3y", " P_3Y"),
        [(1, " P_3Y", "unknown_column"), (1, "p_3y", "missing_column")],
        "대소문자",
        "same case",
    ),
    "row numbers": (
        "\n".join(f"{'' if number == 0 else number},{row}" for number, row in enumerate(GOOD.split())),
        [(1, "", "unknown_column")],
        "이름 없는 열",
        "no name",
    ),
    "duplicate header": (
        GOOD.replace("\n", ",0.5\n").replace("p_5y,0.5", "p_5y,p_5y"),
        [(1, "p_5y", "duplicate_column")],
        "두 번",
        "more than once",
    ),
    "one field too many": (
        with_row(0, ROWS[0] + ",0.9"),
        [(2, None, "wrong_field_count"), (7, "patient_id", "missing_id")],
        "칸이 5개",
        "5 fields",
    ),
    "one field too few": (
        with_row(0, "0012,0.1,0.2"),
        [(2, None, "wrong_field_count"), (7, "patient_id", "missing_id")],
        "칸이 3개",
        "3 fields",
    ),
    "a line end too late": (
        GOOD.replace("0.3\nC2,", "0.3,C2\n"),
        [(2, None, "wrong_field_count"), (3, None, "wrong_field_count"), (7, "patient_id", "missing_id")],
        "칸이 5개",
        "5 fields",
    ),
    "commas at the end": (
        with_row(0, ROWS[0] + ",,"),
        [(2, None, "wrong_field_count"), (7, "patient_id", "missing_id")],
        "줄 끝",
        "at its end",
    ),
    "unquoted decimal commas": (
        with_row(0, "0012,0,1,0,2,0,3"),
        [(2, None, "wrong_field_count"), (7, "patient_id", "missing_id")],
        "쉼표",
        "commas",
    ),
    "blank line inside": (with_row(0, "\n" + ROWS[0]), [(2, None, "wrong_field_count")], "빈 줄", "blank"),
    "missing ids": (
        "\n".join([HEADER, *ROWS[:4]]),
        [(5, "patient_id", "missing_id")],
        "2개가 파일에 없습니다",
        "2 ids",
    ),
    "unknown id": (GOOD + "C999,0,0,0\n", [(8, "patient_id", "unknown_id")], "시험 자료에 없는", "no such id"),
    "power of ten": (
        with_row(3, "1.04E+05,0.1,0.2,0.6"),
        [(5, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "지수 꼴",
        "power of ten",
    ),
    "zeros lost": (
        with_row(0, "12,0.1,0.2,0.3"),
        [(2, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "0012",
        "0012",
    ),
    "decimal id": (
        with_row(3, "104000.0,0.1,0.2,0.6"),
        [(5, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "104000",
        "Remove the .0",
    ),
    "blank around an id": (
        with_row(1, " C2,0.1,0.2,0.4"),
        [(3, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "빈칸",
        "blanks",
    ),
    "id of another case": (
        with_row(1, "c2,0.1,0.2,0.4"),
        [(3, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "C2",
        "C2",
    ),
    "empty id": (GOOD + ",0,0,0\n", [(8, "patient_id", "unknown_id")], "비어", "empty"),
    "id as NaN": (
        with_row(2, "nan,0.1,0.2,0.5"),
        [(4, "patient_id", "unknown_id"), (7, "patient_id", "missing_id")],
        "글자 그대로",
        "exactly",
    ),
    "duplicate id": (GOOD + "C2,0,0,0\n", [(8, "patient_id", "duplicate_id")], "3번째 줄", "line 3"),
    "no value": (with_cell(""), [(4, "p_5y", "not_a_number")], "비어", "empty"),
    "word": (with_cell("high"), [(4, "p_5y", "not_a_number")], "숫자가 아닙니다", "not a number"),
    "NA": (with_cell("NA"), [(4, "p_5y", "not_a_number")], "빠진 값", "Missing values"),
    "decimal comma": (with_cell('"0,412"'), [(4, "p_5y", "not_a_number")], "0.412", "0.412"),
    "thousands": (with_cell('"1,000.5"'), [(4, "p_5y", "not_a_number")], "1000.5", "1000.5"),
    "percent sign": (with_cell("41.2%"), [(4, "p_5y", "not_a_number")], "백분율", "percentage"),
    "underscore": (with_cell("0.2_5"), [(4, "p_5y", "not_a_number")], "밑줄", "underscore"),
    "hexadecimal": (with_cell("0x1p-2"), [(4, "p_5y", "not_a_number")], "16진수", "Hexadecimal"),
    "full width": (with_cell("０.５"), [(4, "p_5y", "not_a_number")], "전각", "full-width"),
    "no-break space": (with_cell("\u00a00.5"), [(4, "p_5y", "not_a_number")], "앞뒤의 빈칸", "blanks around"),
    "NaN": (with_cell("NaN"), [(4, "p_5y", "not_finite")], "유한한", "finite"),
    "infinity": (with_cell("-inf"), [(4, "p_5y", "not_finite")], "유한한", "finite"),
    "1e400": (with_cell("1e400"), [(4, "p_5y", "not_finite")], "배정밀도", "double-precision"),
    "percentages": (with_cell("97.2"), [(4, "p_5y", "out_of_range")], "백분율", "percentage"),
    "little over one": (with_cell("1.0001"), [(4, "p_5y", "out_of_range")], "1에서 자르", "cut"),
    "negative": (with_cell("-0.1"), [(4, "p_5y", "out_of_range")], "위험 점수", "risk score"),
    "falling": (with_cell("0.15"), [(4, "p_5y", "not_monotone")], "p_5y의 확률 0.15이 p_3y의 0.2보다", "p_5y (0.15)"),
    "survival": (
        "\n".join([HEADER, *(f"{one},0.9,0.8,0.7" for one in IDS)]),
        [(line, column, "not_monotone") for line in range(2, 8) for column in ("p_3y", "p_5y")],
        "생존 확률로 보입니다",
        "survival probabilities",
    ),
    "columns reversed": (
        "\n".join([HEADER, *(f"{one},0.3,0.2,0.1" for one in IDS)]),
        [(line, column, "not_monotone") for line in range(2, 8) for column in ("p_3y", "p_5y")],
        "거꾸로",
        "reversed",
    ),
    "columns swapped": (
        "\n".join([HEADER, *(f"{one},0.2,0.1,0.3" for one in IDS)]),
        [(line, "p_3y", "not_monotone") for line in range(2, 8)],
        "바뀐 것으로",
        "swapped",
    ),
    "too large": ("x" * 90_000 + "\n" + "y" * 20_000, [(None, None, "too_large")], "100,000바이트", "100,000 bytes"),
    "gzip bomb": (
        gzip.compress(b"0" * 80 + b"\n" * 2_000_000),
        [(None, None, "too_large")],
        "풀면",
        "unpacks",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_by_code_line_and_sentence(name, refuse):
    content, places, korean, english = BAD[name]
    caught = refuse(content)
    assert [(one.line, one.column, one.code) for one in caught.problems] == places
    assert caught.total == len(places)
    assert korean in caught.problems[0].message.ko
    assert english in caught.problems[0].message.en
    for one in caught.problems:
        assert any("가" <= sign <= "힣" for sign in one.message.ko)
        assert not any("가" <= sign <= "힣" for sign in one.message.en)
        assert one.found is None or len(one.found) <= 61


def test_every_code_is_tried():
    assert {code for _, places, _, _ in BAD.values() for _, _, code in places} == set(CODES)


def test_header_and_rows_are_told_of_together(refuse):
    caught = refuse(with_cell("97.2").replace("p_3y", "p_3year"))
    assert {one.code for one in caught.problems} == {"unknown_column", "missing_column", "out_of_range"}


def test_problems_travel_in_one_language_or_both(refuse):
    caught = refuse(with_cell("NaN"))
    (korean,), (both,) = caught.as_dicts("ko"), caught.as_dicts()
    assert korean == {**both, "message": both["message"]["ko"]}
    assert both["found"] == "NaN"


def test_fifty_are_kept_and_all_are_counted(refuse):
    ids = tuple(f"P{number}" for number in range(400))
    text = "\n".join([HEADER, *(f"{one},2,2,2" for one in ids)])
    caught = refuse(text, parse(SURVIVAL), ids)
    assert (len(caught.problems), caught.total) == (50, 1200)
    assert [one.line for one in caught.problems[:4]] == [2, 2, 2, 3]


def test_the_line_itself_comes_with_the_problem(refuse):
    """A page shows the line as it stands in the file, the field in question marked."""
    (alone,) = refuse(with_cell("97.2")).problems
    assert alone.excerpt.fields == ("NA", "0", "0.2", "97.2")
    assert alone.excerpt.marked == 3
    wrong = refuse(GOOD.replace("p_3y", "p_3year")).problems[0]
    assert wrong.excerpt.fields[wrong.excerpt.marked] == "p_3year"
    long, missing = refuse(with_row(0, ROWS[0] + ",0.9")).problems
    assert long.excerpt.fields == (*ROWS[0].split(","), "0.9")
    assert long.excerpt.marked is None
    assert missing.excerpt is None
    (unreadable, _) = refuse(with_row(1, '"C2,0.1,0.2,0.4')).problems
    assert unreadable.excerpt.fields == ('"C2,0.1,0.2,0.4',)


def test_of_a_wide_row_the_fields_around_are_shown(refuse):
    extra = [f"x{number}" for number in range(30)]
    header = ",".join(["patient_id", *extra, "p_1y", "p_3y", "p_5y"])
    rows = [f"{one},{','.join('1' * 30)},0.1,0.2,{'oh' * 100 if one == 'C2' else '0.3'}" for one in IDS]
    found = refuse("\n".join([header, *rows])).problems[-1]
    assert (found.line, found.column) == (3, "p_5y")
    assert len(found.excerpt.fields) < 15
    assert len(found.excerpt.fields[found.excerpt.marked]) < 70
    assert found.excerpt.first + found.excerpt.marked == 33
    assert not found.excerpt.more
