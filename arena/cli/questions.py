"""What `arena challenge new` asks on a terminal; every question has a guess that Enter takes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from arena.cli.words import said, tell
from challenges import companions, preparing
from challenges.answers import Answers
from challenges.asking import KINDS
from challenges.lines import TableError
from challenges.planning import Plan, Repeated, needed
from challenges.preparing import Prepared
from challenges.source_table import Source
from challenges.text import Text
from scorers.catalogue import METRICS

COLUMNS = {
    "id": Text("환자 번호의 열 (없으면 -)", "Column of patients' ids (- if there is none)"),
    "time": Text("시간의 열", "Column of times"),
    "event": Text("사건의 열", "Column of events"),
    "outcome": Text("결과의 열", "Column of the outcome"),
    "truth": Text("참 효과의 열", "Column of the true effects"),
}
TEXTS = {
    "title_ko": Text("제목, 한국어 (나중에 쓰려면 Enter)", "Title in Korean (Enter to write it later)"),
    "title_en": Text("제목, 영어", "Title in English"),
    "summary_ko": Text("한 문장 요약, 한국어", "Summary in a sentence, Korean"),
    "summary_en": Text("한 문장 요약, 영어", "Summary in a sentence, English"),
    "license": Text("자료의 허가", "Licence of the data"),
}


def table() -> Path:
    """Ask for the table."""
    return Path(_asked(Text("변수와 결과를 함께 담은 CSV", "CSV with variables and outcomes"), "")).expanduser()


def complete(plan: Plan, source: Source) -> Plan:
    """Ask for what the flags left open."""
    tell(Text(f"열: {', '.join(source.names)}", f"Columns: {', '.join(source.names)}"))
    answers = plan.answers
    answers = replace(answers, kind=_one_of(Text("무엇을 예측합니까", "What is predicted"), tuple(KINDS), answers.kind))
    for field in dict.fromkeys(("id", *needed(answers.kind))):
        answers = answers.but(**{field: _column(field, source.names, getattr(answers, field))})
    for field, question in TEXTS.items():
        if not getattr(answers, field):
            answers = answers.but(**{field: _asked(question, "")})
    if not answers.practice and not answers.synthetic:
        answers = replace(
            answers,
            practice=typer.confirm(
                said("결과가 이미 공개된 연습입니까", "Are the outcomes public already, for practice"),
                default=False,
                err=True,
            ),
            synthetic=typer.confirm(
                said("환자가 모두 합성입니까", "Is every patient synthetic"), default=False, err=True
            ),
        )
    return replace(plan, answers=_metric(answers))


def _metric(answers: Answers) -> Answers:
    if answers.primary or answers.kind not in companions.PRIMARY:
        return answers
    names = [name for name, metric in METRICS.items() if metric.may_be_primary and answers.kind in metric.kinds]
    return replace(
        answers,
        primary=_one_of(Text("주 지표", "Primary metric"), names, companions.PRIMARY[answers.kind]),
    )


def settled(plan: Plan, source: Source) -> Prepared:
    """Prepare the folder, and ask about what only the table shows: several rows a patient, an unclear event."""
    while True:
        try:
            return preparing.prepare(source, plan)
        except Repeated as error:
            if not error.choices:
                raise
            tell(error.message)
            name, values = next(iter(error.choices.items()))
            chosen = _one_of(Text(f"{name}의 어느 값을 씁니까", f"Which value of {name} is used"), values, values[0])
            plan = replace(plan, keep=(*plan.keep, (name, chosen)))
        except TableError as error:
            if error.code != "unclear_events" or plan.event_value:
                raise
            tell(error.message)
            plan = replace(plan, event_value=_asked(Text("사건을 뜻하는 값", "The value that means the event"), ""))


def _column(field: str, names: Sequence[str], guess: str) -> str:
    while True:
        given = _asked(COLUMNS[field], guess or ("-" if field == "id" else ""))
        if given in names:
            return given
        if field == "id" and given == "-":
            return ""
        tell(Text("그런 열이 없습니다.", "There is no such column."))


def _one_of(question: Text, allowed: Sequence[str], guess: str) -> str:
    while True:
        given = _asked(Text(f"{question.ko} ({', '.join(allowed)})", f"{question.en} ({', '.join(allowed)})"), guess)
        if given in allowed:
            return given
        tell(Text(f"다음 가운데 하나입니다: {', '.join(allowed)}", f"One of: {', '.join(allowed)}"))


def _asked(question: Text, guess: str) -> str:
    return str(typer.prompt(said(*question), default=guess, show_default=bool(guess), err=True)).strip()
