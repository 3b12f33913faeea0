"""Mistakes of a definition in words: where, what was found, what is allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from challenges import locating
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake with its place; lines count from 1."""

    file: str
    line: int
    where: str
    found: str
    message: Text

    @classmethod
    def of_syntax(cls, file: str, error: str) -> "Mistake":
        line = error.rpartition("(at line ")[2].partition(",")[0]
        text = Text(f"TOML로 읽을 수 없습니다: {error}", f"This cannot be read as TOML: {error}")
        return cls(file, int(line) if line.isdigit() else 1, "", "", text)

    @classmethod
    def of_absence(cls, file: str) -> "Mistake":
        return cls(file, 1, "", "", Text(f"폴더에 {file} 파일이 없습니다.", f"The folder has no {file}."))

    @classmethod
    def of_encoding(cls, file: str) -> "Mistake":
        return cls(file, 1, "", "", Text(f"{file} 파일을 UTF-8로 저장하십시오.", f"Save {file} as UTF-8."))

    def in_words(self, language: str) -> str:
        """Return one line: file, line, place, sentence."""
        place = f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.where, self.message.pick(language)) if part)


class DefinitionError(ValueError):
    """A definition that cannot be used, with every mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda one: (one.file, one.line)))
        super().__init__("\n".join(mistake.in_words("en") for mistake in self.mistakes))


# What pydantic calls a mistake → what we say of it. {…} are filled from the error's own context.
_SENTENCES = {
    "missing": Text("이 항목이 있어야 합니다.", "This entry is needed."),
    "extra_forbidden": Text(
        "이런 항목은 없습니다. 철자를 확인하십시오.", "There is no such entry. Check its spelling."
    ),
    "literal_error": Text("{expected} 가운데 하나여야 합니다.", "It must be one of {expected}."),
    "string_type": Text("따옴표로 두른 글이어야 합니다.", "It must be text in quotation marks."),
    "string_too_short": Text("비어 있습니다.", "It is empty or too short."),
    "string_too_long": Text("{max_length}자까지 쓸 수 있습니다.", "At most {max_length} characters are allowed."),
    "string_pattern_mismatch": Text(
        "모양이 맞지 않습니다. 허용하는 모양: {pattern}", "Its form is not allowed. Allowed: {pattern}"
    ),
    "bool_type": Text("true 또는 false여야 합니다.", "It must be true or false."),
    "bool_parsing": Text("true 또는 false여야 합니다.", "It must be true or false."),
    "int_type": Text("정수여야 합니다.", "It must be a whole number."),
    "int_parsing": Text("정수여야 합니다.", "It must be a whole number."),
    "int_from_float": Text("정수여야 합니다.", "It must be a whole number."),
    "float_type": Text("숫자여야 합니다.", "It must be a number."),
    "float_parsing": Text("숫자여야 합니다.", "It must be a number."),
    "finite_number": Text("유한한 숫자여야 합니다.", "It must be a finite number."),
    "greater_than": Text("{gt}보다 커야 합니다.", "It must be greater than {gt}."),
    "greater_than_equal": Text("{ge} 이상이어야 합니다.", "It must be at least {ge}."),
    "less_than": Text("{lt}보다 작아야 합니다.", "It must be less than {lt}."),
    "less_than_equal": Text("{le} 이하여야 합니다.", "It must be at most {le}."),
    "tuple_type": Text("[ ]로 두른 목록이어야 합니다.", "It must be a list in [ ]."),
    "timezone_aware": Text(
        "시간대가 있어야 합니다. 예: 2026-12-11T18:00:00+09:00",
        "It needs a time zone, such as 2026-12-11T18:00:00+09:00",
    ),
    "datetime_parsing": Text(
        "시각이어야 합니다. 예: 2026-12-11T18:00:00+09:00", "It must be a moment, such as 2026-12-11T18:00:00+09:00"
    ),
    "datetime_type": Text(
        "시각이어야 합니다. 예: 2026-12-11T18:00:00+09:00", "It must be a moment, such as 2026-12-11T18:00:00+09:00"
    ),
    "datetime_from_date_parsing": Text(
        "시각이어야 합니다. 예: 2026-12-11T18:00:00+09:00", "It must be a moment, such as 2026-12-11T18:00:00+09:00"
    ),
    "model_type": Text("표(table)여야 합니다.", "It must be a table."),
    "model_attributes_type": Text("표(table)여야 합니다.", "It must be a table."),
}
# What the model's own checks raise.
_OWN = {
    "unknown_timezone": Text(
        "IANA 시간대 이름이어야 합니다. 예: Asia/Seoul", "It must be an IANA time zone, such as Asia/Seoul."
    ),
    "closes_before_it_opens": Text("closes는 opens보다 뒤여야 합니다.", "`closes` must come after `opens`."),
    "weights_must_sum_to_one": Text(
        "기준의 weight를 모두 더하면 1이어야 합니다.", "The weights of the criteria must add up to 1."
    ),
}
_OTHER = Text("값이 맞지 않습니다: {reason}", "This value is not allowed: {reason}")


def explain(error: Mapping[str, Any], file: str, lines: dict[locating.Path, int]) -> Mistake:
    """Turn one error of pydantic into a mistake with its line."""
    path: locating.Path = tuple(error["loc"])
    context = {"reason": error["msg"], **error.get("ctx", {})}
    kind = str(error["type"])
    message = _OWN.get(str(context.get("error", "")), _OTHER) if kind == "value_error" else _SENTENCES.get(kind, _OTHER)
    found = "" if kind == "missing" else _shown(error.get("input"))
    return Mistake(file, locating.nearest(lines, path), locating.dotted(path), found, message.format(**context))


def _shown(value: object) -> str:
    text = "{…}" if isinstance(value, dict) else repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
