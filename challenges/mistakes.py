"""Mistakes of a definition: found all at once, each with its line and a sentence in both languages."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from challenges import consistency, locating
from challenges.locating import Place
from challenges.text import Text

MAX_BYTES = 1_000_000  # a definition is a page or two; a book is a mistake of its own
_SYNTAX = re.compile(
    r"^(?P<what>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)
_LONGEST_FOUND = 80

M = TypeVar("M", bound=BaseModel)
Noted = tuple[Place, str, Text]

NAMES = Text(
    "이름은 영문 소문자로 시작하고 소문자, 숫자, 밑줄(_)만 씁니다.",
    "A name starts with a small letter and holds small letters, digits and underscores only.",
)
FILE_NAMES = Text(
    "파일 이름만 적으십시오. 폴더 구분자 없이 영문자, 숫자, 점, 밑줄, 붙임표로 100자까지입니다.",
    "Give a plain file name: letters, digits, dots, underscores and hyphens, no folders, at most 100 characters.",
)
COLUMN_NAMES = Text(
    "열 이름은 글자, 숫자, 밑줄, 점, 붙임표로 64자까지이며 빈칸이 없어야 합니다.",
    "A column's name holds letters, digits, underscores, dots and hyphens, at most 64, and no blanks.",
)
SENTENCES = Text("1자에서 500자까지 적어야 합니다.", "Between 1 and 500 characters are expected.")
# What a string may hold, by the last step of its place.
PATTERNS = {
    "slug": Text(
        "영문 소문자로 시작해 소문자와 숫자를 붙임표로 이은 3–60자입니다. colorectal-fitness처럼 적으십시오.",
        "3 to 60 small letters and digits joined by single hyphens, a letter first, such as colorectal-fitness.",
    ),
    "version": Text(
        "영문자나 숫자로 시작해 영문자, 숫자, 점, 더하기표, 붙임표로 32자까지입니다. 1.0.0처럼 적으십시오.",
        "At most 32 letters, digits, dots, plus signs and hyphens, a letter or digit first, such as 1.0.0.",
    ),
    "ko": SENTENCES,
    "en": SENTENCES,
    "license": SENTENCES,
}
TYPES = {
    "string_type": Text("따옴표로 두른 글자열이어야 합니다.", "A string in quotes is expected."),
    "int_type": Text("정수여야 합니다.", "A whole number is expected."),
    "int_from_float": Text("정수여야 합니다.", "A whole number is expected."),
    "float_type": Text("따옴표 없는 숫자여야 합니다.", "A number without quotes is expected."),
    "finite_number": Text("유한한 숫자여야 합니다.", "A finite number is expected."),
    "bool_type": Text("true나 false여야 합니다.", "Either true or false is expected."),
    "tuple_type": Text("목록이어야 합니다.", "A list is expected."),
    "model_type": Text("값이 아니라 표여야 합니다.", "A table is expected, not a value."),
    "model_attributes_type": Text("값이 아니라 표여야 합니다.", "A table is expected, not a value."),
    "timezone_aware": Text(
        "시각에 시간대를 붙여 2026-11-01T00:00:00+09:00처럼 적으십시오.",
        "Give the time with its offset, such as 2026-11-01T00:00:00+09:00.",
    ),
    "missing": Text("이 값이 없습니다. 반드시 적어야 합니다.", "This is missing and must be given."),
}
MOMENT = Text(
    "시간대가 붙은 날짜와 시각이어야 합니다. 2026-11-01T00:00:00+09:00처럼 적으십시오.",
    "A date and time with an offset is expected, such as 2026-11-01T00:00:00+09:00.",
)
TYPES |= dict.fromkeys(
    ("moment", "datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"), MOMENT
)
BOUNDS = {
    "greater_than": ("gt", Text("{bound}보다 커야 합니다.", "It must be greater than {bound}.")),
    "greater_than_equal": ("ge", Text("{bound} 이상이어야 합니다.", "It must be at least {bound}.")),
    "less_than": ("lt", Text("{bound}보다 작아야 합니다.", "It must be less than {bound}.")),
    "less_than_equal": ("le", Text("{bound} 이하여야 합니다.", "It must be at most {bound}.")),
    "too_short": ("min_length", Text("적어도 {bound}개여야 합니다.", "At least {bound} are expected.")),
}
OTHERWISE = Text("받아들일 수 없는 값입니다.", "This value cannot be accepted.")
SYNTAX = Text(
    "TOML로 읽을 수 없습니다: {what}. 여기까지만 검사했습니다.", "Not TOML: {what}. Nothing beyond it has been checked."
)
SYNTAX_KO = {
    "Expected '=' after a key in a key/value pair": "이름 뒤에 = 이 없습니다",
    "Invalid statement": "문장의 꼴이 아닙니다",
    "Invalid value": "값의 꼴이 아닙니다",
    "Cannot overwrite a value": "같은 이름을 두 번 적었습니다",
    "Unclosed array": "목록을 닫지 않았습니다",
    "Unterminated string": "따옴표를 닫지 않았습니다",
    "Expected newline or end of document after a statement": "값 뒤에 다른 글자가 있습니다",
    "Expected ']' at the end of a table declaration": "표 이름을 ]로 닫지 않았습니다",
    "Expected ']]' at the end of an array declaration": "표 이름을 ]]로 닫지 않았습니다",
    "Illegal character '\\n'": "한 줄 안에서 따옴표를 닫지 않았습니다",
}


class Mistake(NamedTuple):
    """One mistake: where it is, what was found there and what is allowed."""

    file: str
    line: int
    where: str
    found: str
    message: Text


class DefinitionError(Exception):
    """A definition that cannot be used, with every mistake in it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(f"{one.file}:{one.line}: {one.where}: {one.message.en}" for one in mistakes))

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the mistakes as JSON has them."""
        return [one._asdict() | {"message": one.message._asdict()} for one in self.mistakes]


def read_source(path: Path) -> str:
    """Return the text of a definition file; a file that is not there or not UTF-8 is a mistake in its first line."""
    try:
        content = path.read_bytes()
    except OSError:
        raise _alone(path.name, 1, "", Text(f"{path.name} 파일이 없습니다.", f"There is no {path.name}.")) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _alone(
            path.name,
            line,
            "",
            Text("UTF-8로 저장한 파일이 아닙니다.", "The file is not saved as UTF-8."),
        ) from None


def validated(model: type[M], text: str, source: str) -> M:
    """Parse TOML into the model, or raise DefinitionError with every mistake."""
    data = parsed(text, source)
    lines = locating.lines(text)
    result, noted = checked(model, data)
    if result is not None:
        return result
    found = [_mistake(source, lines, *one) for one in noted]
    raise DefinitionError(sorted(found, key=lambda one: (one.line, one.where)))


def checked(model: type[M], data: dict[str, Any]) -> tuple[M | None, list[Noted]]:
    """Return the model that a parsed document makes, or every mistake in it: its place, what stands there, a sentence."""
    found: dict[tuple[Place, str], Noted] = {}

    def note(place: Place, value: str, message: Text) -> None:
        found.setdefault((place, message.en), (place, value, message))

    for finding in consistency.find(data):
        note(*finding)
    try:
        result = model.model_validate(data)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if one["type"] == "inconsistent":  # found above, unless it takes a default to see it
                note(*one["ctx"]["finding"])
            else:
                place, message = _sentence(model, one)
                note(place, "" if one["type"] == "missing" else shown(_at(data, place)), message)
    else:
        if not found:
            return result, []
    return None, list(found.values())


def parsed(text: str, source: str) -> dict[str, Any]:
    """Return the TOML document as plain tables; what is no TOML is one mistake."""
    if len(text) > MAX_BYTES:
        raise _alone(source, 1, "", Text("정의가 1 MB를 넘습니다.", "The definition is larger than 1 MB."))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _syntax(text, source, "too deeply nested (at line 1, column 1)") from None
    except ValueError as error:  # TOMLDecodeError is one; so is what an impossible date raises
        raise _syntax(text, source, str(error)) from None


def written(place: Place) -> str:
    """Return a place as people read it; entries of a list are counted from one: metrics#2.horizon."""
    steps = ""
    for step in place:
        steps += f"#{step + 1}" if isinstance(step, int) else f".{step}"
    return steps.removeprefix(".")


def shown(value: object) -> str:
    """Return a value as the file has it, cut where it is long."""
    if isinstance(value, datetime | date | time):
        text = value.isoformat()
    else:
        try:
            text = json.dumps(value, ensure_ascii=False, default=str)
        except (ValueError, RecursionError):
            text = type(value).__name__
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"


def _mistake(source: str, lines: Mapping[Place, int], place: Place, found: str, message: Text) -> Mistake:
    return Mistake(source, locating.line_of(lines, place), written(place), found, message)


def _alone(source: str, line: int, where: str, message: Text) -> DefinitionError:
    return DefinitionError([Mistake(source, line, where, "", message)])


def _syntax(text: str, source: str, said: str) -> DefinitionError:
    match = _SYNTAX.match(said)
    what = match["what"] if match else said
    line = int(match["line"]) if match and match["line"] else text.count("\n") + (not text.endswith("\n"))
    korean = SYNTAX_KO.get(what, what)
    content = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
    message = Text(SYNTAX.ko.format(what=korean), SYNTAX.en.format(what=what))
    return DefinitionError([Mistake(source, max(line, 1), "", content[:_LONGEST_FOUND], message)])


def _at(data: object, place: Place) -> object:
    for step in place:
        try:
            data = data[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _place(model: type[BaseModel], steps: tuple[int | str, ...]) -> Place:
    # Unions and validators add steps of their own, such as "constrained-str"; only what a TOML file can hold is kept.
    kept = [step for step in steps if isinstance(step, int) or re.fullmatch(r"[\w-]+|.*\s.*", step)]
    if kept[:1] == ["labels"]:
        kept = kept[:2]
    return tuple(kept) if model else ()


def _sentence(model: type[BaseModel], error: ErrorDetails) -> tuple[Place, Text]:
    place, kind, context = _place(model, error["loc"]), error["type"], error.get("ctx", {})
    last = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return place, _unknown(model, place, last)
    if kind == "literal_error" and place[0] != "labels":
        allowed = str(context["expected"]).replace("'", '"').replace(" or ", ", ")
        return place, Text(f"다음 가운데 하나여야 합니다: {allowed}.", f"It must be one of: {allowed}.")
    if kind in BOUNDS:
        name, sentence = BOUNDS[kind]
        return place, sentence.format(bound=f"{context[name]:,}")
    if kind in TYPES:
        return place, TYPES[kind]
    if kind in ("string_pattern_mismatch", "string_too_long", "string_too_short", "literal_error"):
        return place, _string(place, last)
    return place, OTHERWISE


def _string(place: Place, last: str) -> Text:
    if last in PATTERNS:
        return PATTERNS[last]
    if place[0] == "files" or last in ("file", "train_file"):
        return FILE_NAMES
    if place[0] in ("labels", "columns", "subgroups", "figure"):
        return COLUMN_NAMES
    return NAMES


def _unknown(model: type[BaseModel], place: Place, last: str) -> Text:
    allowed = _names(model, place[:-1])
    close = get_close_matches(last, allowed, 1)
    hint = Text(f" 혹시 {close[0]}입니까?", f" Did you mean {close[0]}?") if close else Text("", "")
    listed = ", ".join(allowed)
    return Text(
        f"{last}라는 이름은 여기에 없습니다.{hint.ko} 쓸 수 있는 이름: {listed}.",
        f"There is no {last} here.{hint.en} Allowed: {listed}.",
    )


def _names(model: type[BaseModel], place: Place) -> list[str]:
    """Return the names that the table at this place may hold."""
    schema = model.model_json_schema(by_alias=True)
    node: dict[str, Any] = schema
    for step in place:
        node = _resolved(node, schema)
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    return list(_resolved(node, schema).get("properties", {}))


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for option in (node, *node.get("anyOf", ())):
        if "$ref" in option:
            found: dict[str, Any] = schema["$defs"][str(option["$ref"]).rpartition("/")[2]]
            return found
        if option.get("type") in ("array", "object"):
            return dict(option)
    return node
