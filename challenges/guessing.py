"""What a column of an organizer's table is, guessed from its name and values; the organizer corrects it in the dictionary."""

import re
from collections import Counter
from collections.abc import Sequence

from challenges.answers import Answers, ColumnAnswer
from challenges.checking import NUMBER
from challenges.text import Text

FEW_LEVELS = 6  # whole numbers with no more values than these are codes
MOST_LEVELS = 30  # texts with more values than these are no categories
IDENTIFIERS = re.compile(
    r"(?:.*_)?(?:id|pid|ptid|patient|patientid|patient_id|patient_no|subject|subject_id|record_id|no|환자번호|등록번호|연구번호|대상자번호|번호)",
    re.IGNORECASE,
)
TIMES = re.compile(
    r"(?:.*_)?(?:time|days?|futime|os_time|survival_time|follow_?up|rectime|cens_time|duration|관찰기간|생존기간|기간|일수)",
    re.IGNORECASE,
)
EVENTS = re.compile(
    r"(?:.*_)?(?:status|event|died|dead|death|cens|censor|fustat|사망|사망여부|사건|재발여부)", re.IGNORECASE
)
OUTCOMES = re.compile(r"(?:.*_)?(?:outcome|target|label|class|diagnosis|y|결과|진단)", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d{2}[-./년 ]{1,2}\d{1,2}[-./월 ]{1,2}\d{1,2}(?:일|[T ].*)?")
_COMPACT_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# Whoever finds one of these in a table finds a person.
_PERSONAL = re.compile(r"\d{6}-?[1-8]\d{6}|01[016789]-?\d{3,4}-?\d{4}|[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
MOST = 0.8


def column(name: str, values: Sequence[str]) -> ColumnAnswer:
    """Return a line of the dictionary."""
    held = [value for value in values if value]
    levels = sorted(set(held), key=_order)
    if all(NUMBER.fullmatch(value) for value in held):
        whole = all(float(value).is_integer() for value in levels)
        if whole and 0 < len(levels) <= FEW_LEVELS:
            return ColumnAnswer(name, "category", codes=";".join(f"{level}=?" for level in levels))
        return ColumnAnswer(name, "integer" if whole else "number")
    plain = not any(sign in level for level in levels for sign in ";=")
    return ColumnAnswer(name, "category", codes=";".join(f"{one}={one}" for one in levels) if plain else "")


def why_left_out(name: str, values: Sequence[str]) -> Text | None:
    """Say why a column should not be released; nothing if it may."""
    held = [value for value in values if value]
    levels = set(held)
    if len(levels) < 2:
        return Text("값이 하나뿐입니다", "it has one value only")
    if _mostly(_PERSONAL, held):
        return Text("개인을 식별하는 번호나 주소로 보입니다", "it looks like a number or address that names a person")
    if _mostly(_DATE, held) or _mostly(_COMPACT_DATE, held):
        return Text(
            "날짜는 사람을 식별할 수 있고 시간 0 뒤일 수 있습니다",
            "it holds dates, which identify people and may lie after time zero",
        )
    numbers = all(NUMBER.fullmatch(value) for value in held)
    if not numbers and len(levels) > MOST_LEVELS:
        return Text(
            f"서로 다른 글이 {len(levels):,}개입니다. 이름이거나 자유롭게 적은 글로 보입니다",
            f"it has {len(levels):,} different texts, which look like names or free text",
        )
    whole = numbers and all(float(value).is_integer() for value in levels)
    if whole and len(levels) == len(values) > MOST_LEVELS and (IDENTIFIERS.fullmatch(name) or _counts(levels)):
        return Text("줄마다 다른 번호입니다", "it numbers the rows")
    return None


def named(names: Sequence[str], pattern: re.Pattern[str]) -> str | None:
    """Return the first column whose name says what it is."""
    return next((name for name in names if pattern.fullmatch(name)), None)


def _mostly(pattern: re.Pattern[str], held: Sequence[str]) -> bool:
    return sum(1 for value in held if pattern.fullmatch(value)) > MOST * len(held)


def _counts(levels: set[str]) -> bool:
    numbers = {float(level) for level in levels}
    return max(numbers) - min(numbers) == len(numbers) - 1


def _order(value: str) -> tuple[float, str]:
    return (float(value), value) if NUMBER.fullmatch(value) else (float("inf"), value)


def repeated(ids: Sequence[str]) -> Counter[str]:
    """Return how often each id stands that stands more than once."""
    return Counter({one: times for one, times in Counter(ids).items() if times > 1})


def outcome(answers: Answers, names: Sequence[str]) -> Answers:
    """Return the answers with the kind and the outcome's columns filled in where their names tell them."""
    kind = answers.kind
    if not kind:
        timed = answers.time or answers.event or (not answers.outcome and not answers.truth and named(names, TIMES))
        kind = "survival" if timed else "effect" if answers.truth else "binary"
    wanted = {"survival": {"time": TIMES, "event": EVENTS}, "binary": {"outcome": OUTCOMES}}
    wanted["competing"] = wanted["survival"]
    found = {
        field: getattr(answers, field) or named(names, pattern) or ""
        for field, pattern in {"id": IDENTIFIERS, **wanted.get(kind, {})}.items()
    }
    return answers.but(kind=kind, **found)
