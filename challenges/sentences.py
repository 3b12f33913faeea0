"""What is said of each problem in a prediction file, and the guess at how it came about."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from itertools import chain

from challenges.text import Text

_POWER = re.compile(r"\d+([.,]\d+)?[eE][+-]?\d+")
_DATE = re.compile(r"\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2}|\d{1,2}월 \d{1,2}일|\d{4}-\d{2}-\d{2}")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_WORDS_FOR_NOTHING = {"na", "n/a", "#n/a", "null", "none", "nil", ".", "-", "?", "missing"}

EMPTY = Text("파일이 비어 있습니다.", "The file is empty.")
HEADER_ONLY = Text("머리글만 있고 예측이 한 줄도 없습니다.", "The file has a header and not one prediction.")
SEPARATOR = Text(
    "칸을 쉼표가 아니라 {ko}(으)로 나누었습니다. 쉼표로 나누고 소수점은 마침표로 적으십시오.",
    "The fields are separated by {en}, not by commas. Separate them with commas and write decimal points.",
)
QUOTED = Text(
    "줄 전체를 따옴표로 둘러싸서 한 칸이 되었습니다. 줄의 처음과 끝에 있는 따옴표를 지우십시오.",
    "The whole line stands in quotation marks and so is one field. Remove the marks at its beginning and end.",
)
SEPARATORS = {";": Text("쌍반점(;)", "semicolons"), "\t": Text("탭", "tabs"), "|": Text("세로줄(|)", "vertical bars")}
NOT_FINITE = Text(
    "유한한 숫자여야 합니다. 빠진 값이나 무한대는 받지 않습니다. 그 환자에게도 예측을 적으십시오.",
    "A finite number is expected: missing values and infinities are not accepted. Predict for this row too.",
)
OVERFLOW = Text(
    "배정밀도 실수로 나타낼 수 없을 만큼 큰 값입니다.",
    "The value is too large for a double-precision number.",
)
TOO_MANY_ROWS = Text(
    "시험 자료의 두 배가 넘는 줄이 있어 여기서 읽기를 멈추었습니다. 파일을 여러 번 이어 붙였는지 보십시오.",
    "The file has more than twice the rows of the test file, so reading stopped here. Was it appended to itself?",
)
SURVIVAL = Text(
    "거의 모든 줄에서 기간이 길수록 값이 작습니다. 생존 확률로 보입니다. 1에서 뺀 사건 확률을 적으십시오.",
    "In nearly every row the value falls with time. These look like survival probabilities: write 1 minus them.",
)
REVERSED = Text(
    "거의 모든 줄에서 기간이 길수록 값이 작습니다. 열의 순서가 거꾸로 된 것으로 보입니다.",
    "In nearly every row the value falls with time. The columns look reversed.",
)
EXACTLY = Text(
    "번호는 글자 그대로 같아야 합니다. 시험 자료의 번호만 적으십시오.",
    "Ids are compared exactly. Give the ids of the test file only.",
)
NO_NUMBER = Text("숫자가 아닙니다. 0.25처럼 적으십시오.", "This is not a number. Write it like 0.25.")
SWAPPED = Text(
    "거의 모든 줄이 이렇습니다. {earlier}와 {later} 두 열이 서로 바뀐 것으로 보입니다.",
    "Nearly every row is like this: {earlier} and {later} look swapped.",
)


def no_header(wanted: Sequence[str]) -> Text:
    line = ",".join(wanted)
    return Text(
        f"머리글이 없습니다. 첫 줄에 다음을 적으십시오: {line}",
        f"There is no header. Make this the first line: {line}",
    )


def unknown_column(name: str, wanted: Sequence[str]) -> Text:
    """Say which column was probably meant."""
    listed = ", ".join(wanted)
    if not name.strip() or name.startswith("Unnamed:"):
        return Text(
            f"이름 없는 열이 있습니다. 줄 번호를 함께 저장했거나 줄 끝에 쉼표가 남았습니다. 그 열을 지우십시오. 필요한 열: {listed}.",
            f"A column has no name: row numbers were saved along, or lines end in a comma. Remove it. Needed: {listed}.",
        )
    shown = name if len(name) <= 60 else name[:60] + "…"
    bare = unicodedata.normalize("NFKC", name).strip().strip("\ufeff\"'").lower()
    exact = [one for one in wanted if one.lower() == bare]
    if exact:
        return Text(
            f"‘{shown}’ 열은 이 챌린지에 없습니다. 빈칸 없이, 대소문자까지 똑같이 적으십시오: {exact[0]}.",
            f"This challenge has no column “{shown}”. Write {exact[0]} exactly: same case, no blanks.",
        )
    close = get_close_matches(bare[:60], wanted, 1)
    if close:
        return Text(
            f"‘{shown}’ 열은 이 챌린지에 없습니다. 혹시 {close[0]}입니까? 필요한 열: {listed}.",
            f"This challenge has no column “{shown}”. Did you mean {close[0]}? Needed: {listed}.",
        )
    return Text(
        f"‘{shown}’ 열은 이 챌린지에 없습니다. 지우십시오. 필요한 열: {listed}.",
        f"This challenge has no column “{shown}”. Remove it. Needed: {listed}.",
    )


def missing_column(name: str) -> Text:
    return Text(f"{name} 열이 없습니다. 머리글에 더하십시오.", f"The column {name} is missing. Add it to the header.")


def duplicate_column(name: str) -> Text:
    return Text(
        f"{name} 열이 두 번 이상 있습니다. 하나만 남기십시오.",
        f"The column {name} is there more than once. Keep one of them.",
    )


def wrong_field_count(row: Sequence[str], wanted: int) -> Text:
    """Say how many fields a row has, and guess at blank lines, decimal commas and commas at the end."""
    found = len(row)
    if found == 0:
        return Text("파일 가운데에 빈 줄이 있습니다. 지우십시오.", "This line is blank. Remove it.")
    base = Text(
        f"칸이 {found}개입니다. {wanted}개여야 합니다.",
        f"The row has {found} field{'s' if found != 1 else ''}; it needs {wanted}.",
    )
    if found == 2 * wanted - 1 and all(cell.strip().lstrip("+-").isdigit() for cell in row[1:]):
        advice = Text(
            "소수점에 쉼표를 쓴 것으로 보입니다. 마침표로 바꾸십시오.",
            "The decimal marks look like commas. Use points.",
        )
    elif found > wanted and not any(cell.strip() for cell in row[wanted:]):
        advice = Text("줄 끝에 남은 쉼표를 지우십시오.", "Remove the commas at its end.")
    elif found == 1 and any(sign in row[0] for sign in SEPARATORS):
        advice = Text("칸을 쉼표로 나누십시오.", "Separate the fields with commas.")
    elif found > wanted:
        advice = Text("남는 칸을 지우십시오.", "Remove what is too much.")
    else:
        advice = Text("빠진 칸을 채우십시오.", "Fill in what is missing.")
    return Text(f"{base.ko} {advice.ko}", f"{base.en} {advice.en}")


def unknown_id(value: str, known: Collection[str]) -> Text:
    """Say what a spreadsheet or a program has probably done to an id."""
    base = Text("시험 자료에 없는 번호입니다.", "The test file has no such id.")
    bare = unicodedata.normalize("NFKC", value).strip().strip("'\"\ufeff\u200b")
    advice = next(chain(_by_spreadsheet(bare), _nearly_known(value, bare, known)), EXACTLY)
    return Text(f"{base.ko} {advice.ko}", f"{base.en} {advice.en}")


def _by_spreadsheet(bare: str) -> Iterator[Text]:
    if not bare:
        yield Text(
            "번호가 비어 있습니다. 번호를 적거나 줄을 지우십시오.", "The id is empty. Give it, or remove the row."
        )
    if _POWER.fullmatch(bare):
        yield Text(
            "스프레드시트가 번호를 지수 꼴로 바꾼 것으로 보입니다. 그 열을 문자로 저장하십시오.",
            "A spreadsheet seems to have turned it into a power of ten. Save that column as text.",
        )
    if _DATE.fullmatch(bare):
        yield Text(
            "스프레드시트가 번호를 날짜로 바꾼 것으로 보입니다. 그 열을 문자로 저장하십시오.",
            "A spreadsheet seems to have turned it into a date. Save that column as text.",
        )


def _nearly_known(value: str, bare: str, known: Collection[str]) -> Iterator[Text]:
    if bare != value and bare in known:
        yield Text(
            f"앞뒤의 빈칸이나 따옴표를 지우고 반각으로 적으십시오: {bare}.",
            f"Remove blanks and quotes around it, and write it in plain characters: {bare}.",
        )
    whole = re.sub(r"\.0+$", "", bare)
    if whole != bare and whole in known:
        yield Text(
            f"번호가 소수로 바뀌었습니다. 끝의 .0을 지우십시오: {whole}.",
            f"It was turned into a decimal number. Remove the .0 at its end: {whole}.",
        )
    padded = [whole.zfill(width) for width in range(len(whole) + 1, 21) if whole.isdigit()]
    yield from (
        Text(
            f"번호 앞의 0이 지워진 것으로 보입니다: {one}. 그 열을 문자로 다루십시오.",
            f"Its leading zeros seem to be lost: {one}. Treat that column as text.",
        )
        for one in padded
        if one in known
    )
    yield from (
        Text(f"번호는 글자 그대로 같아야 합니다: {one}.", f"Ids are compared exactly: {one}.")
        for one in (bare.upper(), bare.lower(), bare.replace(",", ""))
        if one in known
    )


def duplicate_id(line: int) -> Text:
    return Text(
        f"{line:,}번째 줄에 이미 있는 번호입니다. 번호마다 한 줄만 적으십시오.",
        f"This id stands on line {line:,} already. Give one row for each id.",
    )


def missing_id(some: Sequence[str], total: int) -> Text:
    """Say how many ids are missing and name a few; the test file's ids are no secret."""
    listed = ", ".join(some) + (" …" if total > len(some) else "")
    return Text(
        f"시험 자료의 번호 {total:,}개가 파일에 없습니다. 더하십시오: {listed}",
        f"{total:,} id{'s' if total != 1 else ''} of the test file {'are' if total != 1 else 'is'} not in the file. Add: {listed}",
    )


def not_a_number(text: str) -> Text:
    """Say why a value is no number, and what it should probably be."""
    return next(chain(_no_value(text), _with_marks(text.strip()), _odd_digits(text)), NO_NUMBER)


def _no_value(text: str) -> Iterator[Text]:
    value = text.strip()
    if not value:
        yield Text(
            "값이 비어 있습니다. 모든 번호에 예측을 적으십시오.", "The value is empty. Every id needs a prediction."
        )
    if value.lower() in _WORDS_FOR_NOTHING:
        yield Text(
            "숫자가 아닙니다. 빠진 값은 받지 않습니다. 모든 번호에 예측을 적으십시오.",
            "This is not a number. Missing values are not accepted: every id needs a prediction.",
        )


def _with_marks(value: str) -> Iterator[Text]:
    if _DECIMAL_COMMA.fullmatch(value):
        point = value.replace(",", ".")[:40]
        yield Text(
            f"소수점에 쉼표를 썼습니다. 쉼표를 마침표로 바꾸십시오: {point}",
            f"The decimal mark is a comma. Make it a point: {point}",
        )
    if _THOUSANDS.fullmatch(value):
        bare = value.replace(",", "")[:40]
        yield Text(f"자릿수를 나누는 쉼표를 지우십시오: {bare}", f"Remove the commas between the digits: {bare}")
    if _DATE.fullmatch(value):
        yield Text(
            "스프레드시트가 숫자를 날짜로 바꾼 것으로 보입니다. 그 열을 숫자나 문자로 저장하십시오.",
            "A spreadsheet seems to have turned the number into a date. Save that column as numbers or as text.",
        )
    if value.endswith(("%", "％")):
        yield Text(
            "백분율로 적었습니다. %를 떼고 100으로 나누십시오.",
            "This is a percentage. Drop the sign and divide by 100.",
        )
    if "_" in value and value.replace("_", "").replace(".", "").isdigit():
        yield Text("숫자 사이의 밑줄(_)을 지우십시오.", "Remove the underscore between the digits.")


def _odd_digits(text: str) -> Iterator[Text]:
    plain = unicodedata.normalize("NFKC", text).strip()
    if text.strip().lower().lstrip("+-").startswith("0x"):
        yield Text("16진수는 받지 않습니다. 0.25처럼 적으십시오.", "Hexadecimal is not accepted. Write it like 0.25.")
    if _NUMBER.fullmatch(plain) and plain != text.strip():
        yield Text(
            f"전각 글자로 적은 숫자입니다. 반각으로 적으십시오: {plain[:40]}",
            f"The digits are full-width characters. Write plain ones: {plain[:40]}",
        )
    if _NUMBER.fullmatch(plain):
        yield Text(f"숫자 앞뒤의 빈칸을 지우십시오: {plain[:40]}", f"Remove the blanks around the number: {plain[:40]}")


def out_of_range(value: float) -> Text:
    """Say why a probability is out of its range."""
    base = Text("확률은 0과 1 사이여야 합니다.", "A probability lies between 0 and 1.")
    if value < 0:
        advice = Text("위험 점수를 적은 것은 아닌지 보십시오.", "Is this a risk score rather than a probability?")
    elif value < 1.5:
        advice = Text(
            "1을 조금 넘었습니다. 모형의 출력을 1에서 자르십시오.",
            "It is a little over 1: cut your model's output at 1.",
        )
    elif value <= 100:
        advice = Text("백분율로 보입니다. 100으로 나누십시오.", "It looks like a percentage. Divide by 100.")
    else:
        advice = Text("위험 점수나 날수를 적은 것은 아닌지 보십시오.", "Is this a risk score or a number of days?")
    return Text(f"{base.ko} {advice.ko}", f"{base.en} {advice.en}")


def not_monotone(earlier: str, before: str, later: str, after: str) -> Text:
    """Say which two horizons contradict each other."""
    return Text(
        f"{later}의 확률 {after}이 {earlier}의 {before}보다 작습니다. 기간이 길수록 확률이 같거나 커야 합니다.",
        f"{later} ({after}) is smaller than {earlier} ({before}). Event probabilities must not fall with time.",
    )


def crossed(lower: str, before: str, upper: str, after: str) -> Text:
    """Say that an interval ends before it begins."""
    return Text(
        f"구간의 위 끝 {upper}({after})이 아래 끝 {lower}({before})보다 작습니다. 두 값을 바꾸십시오.",
        f"The upper end {upper} ({after}) is smaller than the lower end {lower} ({before}). Swap them.",
    )
