"""What names a person outright: resident numbers, telephones, e-mail addresses, names, addresses; and free text."""

import re
from collections.abc import Callable

import numpy as np

from challenges.text import Text
from worker.examination.finding import FAIL, WARN, Findings, places
from worker.examination.material import Material
from worker.examination.tables import Column, Table
from worker.examination.words import identifying

# 900101-1234567, also masked as 900101-1******; without its hyphen only where the check digit fits.
_RESIDENT = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\s*-\s*[1-8](?:\d{6}|[*xX]{6})(?!\d)")
_BARE_RESIDENT = re.compile(r"(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[1-8]\d{6}")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+82[- ]?|0)(?:1[016789]|2|[3-6]\d|70)[- .]\d{3,4}[- .]\d{4}(?!\d)|(?<!\d)010\d{8}(?!\d)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_ADDRESS = re.compile(r"[가-힣]+(?:시|도)\s+[가-힣]+(?:시|군|구)\s+[가-힣0-9]+(?:동|읍|면|로|길)")
_SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
_KOREAN_NAME = re.compile(f"[{_SURNAMES}][가-힣]{{1,2}}|(?:남궁|황보|제갈|선우|독고|사공)[가-힣]{{1,2}}")
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z]\.?)?[ ,]+[A-Z][a-z]+(?:-[A-Z]?[a-z]+)?")
_CHECK = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

MOSTLY = 0.5  # of the distinct values of a column, where one alone could be a coincidence
VARIED = 0.3  # names differ from row to row; words that recur are categories
LEAST_NAMES = 10
LONG = 30  # characters from which words are sentences


def _valid(text: str) -> bool:
    digits = [int(one) for one in text]
    return (11 - sum(a * b for a, b in zip(digits, _CHECK, strict=False)) % 11) % 10 == digits[12]


# What one value alone betrays.
OUTRIGHT: tuple[tuple[Text, Callable[[str], bool]], ...] = (
    (Text("주민등록번호", "resident numbers"), lambda text: _RESIDENT.search(text) is not None),
    (Text("전화번호", "telephone numbers"), lambda text: _PHONE.search(text) is not None),
    (Text("전자우편 주소", "e-mail addresses"), lambda text: _EMAIL.search(text) is not None),
    (Text("주소", "addresses"), lambda text: _ADDRESS.search(text) is not None),
)
# What a column betrays if most of its values have the form.
MOSTLY_SO: tuple[tuple[Text, Callable[[str], bool]], ...] = (
    (Text("주민등록번호", "resident numbers"), lambda text: bool(_BARE_RESIDENT.fullmatch(text)) and _valid(text)),
    (Text("사람 이름", "names"), lambda text: _KOREAN_NAME.fullmatch(text) is not None),
    (Text("사람 이름", "names"), lambda text: _LATIN_NAME.fullmatch(text) is not None),
)
REMEDY = Text(
    "그 열을 모든 파일에서 지우십시오. 번호는 뜻 없는 것으로 새로 붙이십시오.",
    "Delete the column from every file. Give out new ids that mean nothing.",
)
KINDS = {
    "name": Text("사람의 이름", "people's names"),
    "number": Text("사람의 번호", "people's numbers"),
    "contact": Text("연락처", "contacts"),
    "place": Text("사는 곳", "where people live"),
    "birth": Text("생년월일", "dates of birth"),
}


def examine(material: Material, findings: Findings) -> None:
    """Look into every value of every file that is given out, ids included."""
    before = len(findings.lines)
    told: set[str] = set()
    tables = [material.tables[role] for role in ("train", "test", "sample") if role in material.tables]
    for table in tables:
        for name, column in table.columns.items():
            if name not in told and _column(table, column, findings):
                told.add(name)
    if tables and len(findings.lines) == before:
        findings.passed(
            "identifiers",
            Text(
                "주민등록번호, 전화번호, 전자우편, 이름, 주소를 찾지 못했습니다.",
                "No resident number, telephone number, e-mail address, name or address was found.",
            ),
        )


def _column(table: Table, column: Column, findings: Findings) -> bool:
    found = _outright(column) or _mostly(column)
    kind = identifying(column.name)
    if found is None and kind == "birth" and column.days is not None:
        found = KINDS["birth"], np.ones(len(column.levels), dtype=bool)
    if found is not None:
        what, flags = found
        rows = int(column.counts[flags].sum())
        extra = places(rows)
        findings.add(
            FAIL,
            "direct_identifier",
            Text(
                f"{column.name} 열에 {what.ko}로 보이는 값이 있습니다.{extra.ko}",
                f"The column {column.name} holds what look like {what.en}.{extra.en}",
            ),
            figure=f"{rows:,}",
            remedy=REMEDY,
            file=table.name,
            line=table.line(column.first(flags)),
            column=column.name,
        )
        return True
    if kind is not None and column.name != table.id_column and column.distinct > 1:
        what = KINDS[kind]
        findings.add(
            WARN,
            "identifying_name",
            Text(
                f"{column.name}이라는 이름은 {what.ko}을(를) 담은 열로 보입니다.",
                f"The name {column.name} promises {what.en}.",
            ),
            remedy=Text("그 열을 지우거나 이름을 바꾸십시오.", "Delete the column, or rename it."),
            file=table.name,
            line=1,
            column=column.name,
        )
        return True
    return _free_text(table, column, findings)


Found = tuple[Text, "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"]


def _outright(column: Column) -> Found | None:
    if column.numeric and not _long(column, 11):
        return None  # plain numbers have none of the signs below, but for 010 and eight digits
    for what, fits in OUTRIGHT:
        flags = np.array([fits(one) for one in column.levels], dtype=bool)
        if flags.any() and not column.numeric:
            return what, flags
        if flags.mean() > MOSTLY:
            return what, flags
    return None


def _long(column: Column, digits: int) -> bool:
    """Whether the first numbers of a column have as many digits as an identifier."""
    return any(len(one) == digits for one in column.levels[:50])


def _mostly(column: Column) -> Found | None:
    there = ~column.level_missing & (column.counts > 0)
    if column.numeric and not _long(column, 13):
        return None
    if there.sum() < LEAST_NAMES or column.distinct < VARIED * column.codes.size:
        return None
    for what, fits in MOSTLY_SO:
        flags = np.array([fits(one.strip()) for one in column.levels], dtype=bool)
        if (flags & there).sum() > MOSTLY * there.sum():
            return what, flags & there
    return None


def _free_text(table: Table, column: Column, findings: Findings) -> bool:
    if column.numeric or column.distinct < LEAST_NAMES or column.distinct < VARIED * column.codes.size:
        return False
    there = [one for one, gone in zip(column.levels, column.level_missing.tolist(), strict=True) if not gone]
    spoken = [one for one in there if " " in one.strip()]
    if len(spoken) < MOSTLY * len(there) or sum(map(len, there)) / len(there) < LONG:
        return False
    findings.add(
        WARN,
        "free_text",
        Text(
            f"{column.name} 열은 손으로 적은 글로 보입니다. 이름이나 병원이 섞여 있을 수 있습니다.",
            f"The column {column.name} looks like free text; names or places may stand in it.",
        ),
        remedy=Text("글을 범주로 바꾸거나 빼십시오.", "Turn it into categories, or take it out."),
        file=table.name,
        line=1,
        column=column.name,
    )
    return True
