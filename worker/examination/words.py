"""What names of columns say: split into words, in either language."""

import re
from itertools import pairwise

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[가-힣]+")

# Events that only the future knows. Words that also name what is known at time zero (stage, status, history) are left out.
AFTER = (
    frozenset({"death", "died", "dead", "deceased", "dod", "followup", "fu", "survival", "censored", "censoring"})
    | frozenset({"relapse", "relapsed", "recurrence", "recur", "recurred", "progression"})
    | frozenset({"사망", "사망일", "재발", "재발일", "추적", "추적일", "생존", "생존일"})
)
AFTER_PAIRS = frozenset({("follow", "up"), ("last", "contact"), ("last", "visit"), ("last", "seen"), ("date", "death")})
ZERO = (
    frozenset({"dx", "diag", "diagnosis", "diagnosed", "op", "operation", "surgery", "index", "entry", "start"})
    | frozenset({"enrol", "enroll", "enrolment", "enrollment", "registration", "randomisation", "randomization"})
    | frozenset({"baseline", "진단", "진단일", "수술", "수술일", "등록", "등록일"})
)
IDENTIFYING = {
    "name": frozenset(("surname", "firstname", "lastname", "fullname", "patientname", "성명", "이름", "환자명")),
    "number": frozenset(("ssn", "rrn", "jumin", "주민", "주민번호", "주민등록번호", "passport", "여권번호"))
    | frozenset(("mrn", "chart", "차트번호", "병록번호", "등록번호", "hospitalno")),
    "contact": frozenset(
        ("phone", "mobile", "tel", "telephone", "email", "mail", "전화", "전화번호", "휴대전화", "연락처")
    ),
    "place": frozenset(("address", "addr", "street", "zipcode", "postcode", "zip", "latitude", "longitude"))
    | frozenset(("주소", "우편번호", "위도", "경도")),
    "birth": frozenset(("birthdate", "dob", "birthday", "생년월일", "생일")),
}


def words(name: str) -> list[str]:
    """Return the words of a name in small letters: lastContact_date → last, contact, date."""
    return [one.lower() for one in _WORDS.findall(name)]


def says(name: str, wanted: frozenset[str], pairs: frozenset[tuple[str, str]] = frozenset()) -> bool:
    """Whether a name holds one of the words, or two of them together."""
    held = words(name)
    whole = "".join(held)
    return not wanted.isdisjoint({*held, whole}) or not pairs.isdisjoint(pairwise(held))


def identifying(name: str) -> str | None:
    """Return what kind of identifier a name promises, if any."""
    held = words(name)
    if held == ["name"]:  # in other company it may be that of a drug
        return "name"
    if ("birth" in held and "date" in held) or ("date" in held and "born" in held):
        return "birth"
    return next((kind for kind, wanted in IDENTIFYING.items() if says(name, wanted)), None)
