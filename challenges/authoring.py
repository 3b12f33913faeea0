"""A complete draft of a challenge's texts from an organizer's answers: definition, pages, agreement, dictionary.

The shell (`arena challenge new`) and the page (/organize/new) both call this, so that both write the same folder. Nothing is
computed from data here and nothing is read or written: text in, text out.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping

from challenges import definition, dictionary, drafted_definition, drafted_overview, drafted_rules, gaps, schema
from challenges.answers import Answers, BaselineAnswer, ColumnAnswer
from challenges.text import Text

__all__ = ["Answers", "BaselineAnswer", "ColumnAnswer", "gaps", "problems", "write"]

# Where a mistake of the definition stands, and the answer that it comes from; the first that matches counts.
FIELDS = (
    (r"title\.(ko|en)", r"title_\1"),
    (r"summary\.(ko|en)", r"summary_\1"),
    (r"labels\.(\w+)", r"\1"),
    (r"calendar\.(\w+)", r"\1"),
    (r"limits\.(\w+)", r"\1"),
    (r"leaderboard\.gate", "gate"),
    (r"metrics#1(\..*)?|metrics", "primary"),
    (r"metrics#.*", "metrics"),
    (r"columns.*", "horizons"),
    (r"subgroups.*", "subgroups"),
    (r"baselines.*", "baselines"),
    (r"agreement.*", "agreement"),
    (r"judging.*", "kind"),
)
LABEL_WORDS: Mapping[str, Text] = {
    "id": Text("뜻이 없는 무작위 번호.", "A random number without meaning."),
    "time": Text(
        "시간 0부터 사건 또는 마지막 관찰까지. 학습 자료에만 있습니다.",
        "From time zero to the event or the last observation. In the training file only.",
    ),
    "event": Text(
        "사건이 일어났는지. 학습 자료에만 있습니다.", "Whether the event happened. In the training file only."
    ),
    "outcome": Text("맞혀야 하는 결과. 학습 자료에만 있습니다.", "The outcome to predict. In the training file only."),
}
LABEL_TYPES = {"id": "id", "time": "number", "event": "category", "outcome": "category"}
LABEL_CODES = {
    ("event", "survival"): "0=censored;1=event",
    ("event", "competing"): "0=censored;1=event;2=competing event",
    ("outcome", "binary"): "0=no;1=yes",
}


def write(answers: Answers) -> dict[str, str]:
    """Return every text file of a complete folder by its name; data files are the caller's."""
    texts = {
        "overview": drafted_overview.overview(answers),
        "evaluation": drafted_rules.evaluation(answers),
        "data": drafted_overview.data(answers),
        "rules": drafted_rules.rules(answers),
    }
    if answers.agreement:
        texts[drafted_definition.AGREEMENT] = drafted_rules.agreement(answers)
    written = {definition.FILE: drafted_definition.write(answers)}
    written |= {
        f"{name}.{language}.md": text.pick(language) for name, text in texts.items() for language in ("ko", "en")
    }
    if drafted_definition.files(answers):
        written[drafted_definition.FILE_NAMES["dictionary"]] = _dictionary(answers)
    if answers.schema and "/" not in answers.schema:
        written[answers.schema] = schema.text()
    # An answer may hold what no file can: half of a character, or NUL.
    return {name: text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8") for name, text in written.items()}


def problems(answers: Answers) -> dict[str, Text]:
    """Return what must be mended before the folder is valid, by the name of the answer; empty if nothing."""
    found: dict[str, Text] = {}
    for field, message in (*_columns(answers), *_definition(answers)):
        found.setdefault(field, message)
    return found


def _definition(answers: Answers) -> Iterator[tuple[str, Text]]:
    try:
        definition.parse(drafted_definition.write(answers))
    except definition.DefinitionError as error:
        for mistake in error.mistakes:
            yield _field(mistake.where), mistake.message


def _field(where: str) -> str:
    for pattern, field in FIELDS:
        if match := re.fullmatch(pattern, where):
            return match.expand(field)
    return where


def _columns(answers: Answers) -> Iterator[tuple[str, Text]]:
    names = [column.name for column in answers.columns]
    if drafted_definition.files(answers):
        try:
            dictionary.read(_dictionary(answers))
        except dictionary.DictionaryError as error:
            yield "columns", error.message
    hidden = drafted_definition.labels(answers)
    for name in answers.subgroups:
        if name not in names or name in hidden.values():
            yield (
                "subgroups",
                Text(f"{name}은(는) 시험 자료의 변수가 아닙니다.", f"{name} is not a variable of the test file."),
            )


def _dictionary(answers: Answers) -> str:
    held = io.StringIO(newline="")
    table = csv.writer(held, lineterminator="\n")
    table.writerow(dictionary.COLUMNS)
    for column in _described(answers):
        ko, en = gaps.field("이 열의 뜻을 적으십시오.", "say what this column means.")
        table.writerow(
            [
                column.name,
                column.type,
                column.unit,
                column.codes,
                column.block,
                column.description_ko or ko,
                column.description_en or en,
            ]
        )
    return held.getvalue()


def _described(answers: Answers) -> list[ColumnAnswer]:
    """Return the columns with those of the labels around them that were not among the answers."""
    names = {column.name for column in answers.columns}
    labels = drafted_definition.labels(answers)
    own = [
        ColumnAnswer(
            name,
            LABEL_TYPES[meaning],
            unit="days" if meaning == "time" else "",
            codes=LABEL_CODES.get((meaning, answers.kind), ""),
            description_ko=_label_words(answers, meaning).ko,
            description_en=_label_words(answers, meaning).en,
            block="identifier" if meaning == "id" else "outcome",
        )
        for meaning, name in labels.items()
        if meaning in LABEL_TYPES and name not in names
    ]
    first = [column for column in own if column.type == "id"]
    return [*first, *answers.columns, *(column for column in own if column.type != "id")]


def _label_words(answers: Answers, meaning: str) -> Text:
    if answers.kind == "effect" and meaning == "id":
        return Text("추정 대상의 이름.", "The estimand’s name.")
    return LABEL_WORDS[meaning]
