"""Problems of a prediction file in words: every code with its sentence and, where we can guess, its mending."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from challenges.text import Text

SHOWN = 50
CODES = (
    "not_utf8",
    "not_csv",
    "missing_column",
    "unknown_column",
    "duplicate_column",
    "empty_file",
    "wrong_field_count",
    "missing_id",
    "unknown_id",
    "duplicate_id",
    "not_a_number",
    "not_finite",
    "out_of_range",
    "not_monotone",
    "too_large",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: where it is, what was found, what it means and how to mend it."""

    line: int | None
    column: str | None
    code: str
    message: Text
    found: str | None = None

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """Return what the API and the shell print."""
        words = {"ko": self.message.ko, "en": self.message.en} if language is None else self.message.pick(language)
        return {"line": self.line, "column": self.column, "code": self.code, "message": words, "found": self.found}


class PredictionProblems(ValueError):
    """A file with problems: the first fifty, and how many there are."""

    def __init__(self, problems: Iterable[Problem], total: int) -> None:
        self.problems = list(problems)
        self.total = total
        super().__init__(f"{total} problems: " + "; ".join(f"{one.line}:{one.code}" for one in self.problems[:5]))

    def as_dicts(self, language: str | None = None) -> list[dict[str, Any]]:
        """Return the problems as the API and the shell print them."""
        return [problem.as_dict(language) for problem in self.problems]


class Findings:
    """Collects problems: counts all, keeps the first fifty in order of their lines."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.total = 0

    def add(self, line: int | None, column: str | None, code: str, message: Text, found: str | None = None) -> None:
        """Add one problem; long values are cut, since they come from a stranger's file."""
        self.total += 1
        if len(self.kept) < SHOWN:
            short = None if found is None else found if len(found) <= 60 else found[:59] + "…"
            self.kept.append(Problem(line, column, code, message, short))

    def first(self, code: str, message: Text) -> None:
        """Put one advice about the whole file before everything else."""
        self.total += 1
        self.kept = [Problem(1, None, code, message), *self.kept][:SHOWN]

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if self.total:
            raise PredictionProblems(self.kept, self.total)


_MANGLED = re.compile(r"^[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+$")
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+\s*$")


def unknown_column(name: str, wanted: Iterable[str]) -> Text:
    """Say which column was probably meant."""
    meant = next((one for one in wanted if one.casefold() == name.strip().casefold()), None)
    shown = name if len(name) <= 60 else name[:59] + "…"
    if meant is not None:
        return Text(
            f"‘{shown}’ 열은 없습니다. 빈칸과 대소문자까지 {meant}로 적으십시오.",
            f"There is no column “{shown}”. Write {meant} exactly, without spaces and in this case.",
        )
    return Text(
        f"‘{shown}’ 열은 이 챌린지에 없습니다. 지우십시오.", f"This challenge has no column “{shown}”. Remove it."
    )


def unknown_id(value: str, known: Any) -> Text:
    """Say what a spreadsheet has probably done to an id."""
    if _MANGLED.match(value):
        return Text(
            "시험 자료에 없는 번호입니다. 스프레드시트가 지수 꼴로 바꾼 것으로 보입니다. 번호 열을 ‘텍스트’로 두고 다시 저장하십시오.",
            "The test file has no such id. A spreadsheet seems to have written it as a power of ten: set the column to text and save again.",
        )
    if value.endswith(".0") and value[:-2] in known:
        return Text(
            "시험 자료에 없는 번호입니다. 끝의 ‘.0’을 지우십시오.",
            "The test file has no such id. Remove the “.0” at its end.",
        )
    if value.strip() in known:
        return Text("번호 앞뒤의 빈칸을 지우십시오.", "Remove the spaces around the id.")
    if value.isdigit() and any(value.zfill(width) in known for width in range(len(value) + 1, 13)):
        return Text(
            "시험 자료에 없는 번호입니다. 앞의 0이 지워진 것으로 보입니다. 번호 열을 ‘텍스트’로 다루십시오.",
            "The test file has no such id. Its leading zeros seem to be lost: treat the column as text.",
        )
    return Text(
        "시험 자료에 없는 번호입니다. 번호는 글자 그대로 같아야 합니다.",
        "The test file has no such id. Ids are compared exactly.",
    )


def not_a_number(value: str) -> Text:
    """Say why a value is no number."""
    if not value.strip():
        return Text(
            "값이 비어 있습니다. 모든 환자에게 예측이 있어야 합니다.",
            "The value is empty. Every patient needs a prediction.",
        )
    if _DECIMAL_COMMA.match(value):
        return Text("소수점에 쉼표를 썼습니다. 점으로 바꾸십시오.", "The decimal mark is a comma. Use a point.")
    if value.strip().endswith("%"):
        return Text(
            "백분율로 적었습니다. %를 떼고 100으로 나누십시오.",
            "This is a percentage. Drop the sign and divide by 100.",
        )
    return Text("숫자가 아닙니다. 0.25처럼 적으십시오.", "This is not a number. Write it like 0.25.")


NOT_FINITE = Text(
    "유한한 숫자여야 합니다. NaN과 무한대는 받지 않습니다.",
    "It must be a finite number; NaN and infinities are not accepted.",
)


def out_of_range(value: float) -> Text:
    """Say why a probability is out of its range."""
    if 1 < value <= 100:
        return Text(
            "확률은 0과 1 사이여야 합니다. 백분율이면 100으로 나누십시오.",
            "A probability lies between 0 and 1. If this is a percentage, divide by 100.",
        )
    return Text("확률은 0과 1 사이여야 합니다.", "A probability lies between 0 and 1.")


def not_monotone(earlier: str, later: str) -> Text:
    """Say which two horizons contradict each other."""
    return Text(
        f"{later}의 확률이 {earlier}보다 작습니다. 사건 확률은 시간이 지나며 줄지 않습니다.",
        f"The probability in {later} is smaller than in {earlier}. Event probabilities never fall with time.",
    )


SURVIVAL = Text(
    "행의 절반 넘게 확률이 시간에 따라 줄어듭니다. 생존 확률을 적었다면 1에서 빼고, 열의 순서가 바뀌었다면 바로잡으십시오.",
    "In more than half of the rows the probability falls with time. If these are survival probabilities, take them "
    "from 1; if the columns are swapped, put them right.",
)
CONSTANT = Text(
    "{column} 열의 값이 거의 모두 같습니다. 뜻한 것인지 확인하십시오.",
    "Nearly all values in {column} are the same. Check that this is meant.",
)


def wrong_field_count(found: int, wanted: int, numbers: int) -> Text:
    """Say how many fields a row has, and guess decimal commas."""
    if found == wanted + numbers:
        return Text(
            f"칸이 {found}개입니다. {wanted}개여야 합니다. 소수점에 쉼표를 쓴 것으로 보입니다. 점으로 바꾸십시오.",
            f"The row has {found} fields, not {wanted}. The decimal marks seem to be commas: use points.",
        )
    return Text(f"칸이 {found}개입니다. {wanted}개여야 합니다.", f"The row has {found} fields; it needs {wanted}.")


def missing_ids(missing: list[str], total: int) -> Text:
    """Say how many of the test file's ids are missing, and name a few (they are public)."""
    some = ", ".join(missing)
    more = " …" if total > len(missing) else ""
    return Text(
        f"시험 자료의 환자 {total:,}명이 파일에 없습니다: {some}{more}",
        f"{total:,} of the test file's ids are not in the file: {some}{more}",
    )
