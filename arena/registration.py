"""What organizers ask of those who want to take part: the questions, and answers that fit them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from arena import audit, names
from arena.errors import Conflict, Invalid, NotFound
from arena.hosting import Hosted
from arena.store import challenges as challenge_store
from arena.store import participants as store
from arena.store.models import Question, User
from challenges.text import Text

KINDS = ("text", "choice")
MOST_QUESTIONS = 20
MOST_OPTIONS = 30
LONGEST_ANSWER = 1000


def questions(session: Session, hosted: Hosted, *, retired: bool = False) -> list[Question]:
    """Return what is asked, in the order in which it was written."""
    return store.questions(session, hosted.id, retired=retired)


def add_question(
    session: Session,
    by: User,
    hosted: Hosted,
    *,
    kind: str,
    ko: str,
    en: str,
    options: Sequence[tuple[str, str]],
    required: bool,
    at: datetime,
) -> Question:
    """Ask one thing more; who is admitted already is not asked again."""
    if kind not in KINDS:
        raise _invalid("kind", Text("글이나 고르기 가운데 하나여야 합니다.", "This must be a text or a choice."))
    chosen = _options(options) if kind == "choice" else []
    challenge_store.lock(session, hosted.id)
    if len(questions(session, hosted)) >= MOST_QUESTIONS:
        raise Conflict(
            "too_many",
            Text(
                f"질문은 {MOST_QUESTIONS}개까지입니다. 쓰지 않는 것을 먼저 거두십시오.",
                f"There may be {MOST_QUESTIONS} questions. Retire one that is not needed first.",
            ),
        )
    question = store.add(
        session,
        Question(
            challenge_id=hosted.id,
            kind=kind,
            ko=names.clean(ko, field="ko", longest=300),
            en=names.clean(en, field="en", longest=300),
            options=chosen,
            required=required,
            created_at=at,
        ),
    )
    audit.record(session, "question_added", hosted.id, {"question": question.id, "by": by.id}, at)
    return question


def _options(given: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    if not 2 <= len(given) <= MOST_OPTIONS:
        raise _invalid(
            "options",
            Text(
                f"고를 것을 두 개에서 {MOST_OPTIONS}개까지 한 줄에 하나씩 쓰십시오.",
                f"Write 2 to {MOST_OPTIONS} options, one a line.",
            ),
        )
    return [
        {"ko": names.clean(ko, field="options", longest=120), "en": names.clean(en, field="options", longest=120)}
        for ko, en in given
    ]


def retire_question(session: Session, by: User, hosted: Hosted, question_id: int, at: datetime) -> None:
    """Ask it no longer; the answers stay with the organizers."""
    question = session.get(Question, question_id)
    if question is None or question.challenge_id != hosted.id or question.retired_at is not None:
        raise NotFound
    question.retired_at = at
    session.add(question)
    audit.record(session, "question_retired", hosted.id, {"question": question.id, "by": by.id}, at)


def fitting(asked: Sequence[Question], given: Mapping[int, str]) -> dict[int, str]:
    """Return the answers by question, or raise Invalid that names every one to mend."""
    wrong: dict[str, Text] = {}
    kept: dict[int, str] = {}
    for question in asked:
        value = given.get(question.id or 0, "").strip()
        if not value:
            if question.required:
                wrong[field(question)] = Text("답해야 하는 질문입니다.", "This question has to be answered.")
            continue
        try:
            kept[question.id or 0] = _answer(question, value)
        except Invalid as error:
            wrong[field(question)] = error.message
    if wrong:
        raise Invalid("answers", Text("답을 고치십시오.", "Mend these answers."), fields=wrong)
    return kept


def field(question: Question) -> str:
    """Return the name of a question's field in forms and errors."""
    return f"question-{question.id}"


def _answer(question: Question, value: str) -> str:
    if question.kind == "text":
        return names.clean(" ".join(value.split()), field=field(question), longest=LONGEST_ANSWER)
    if not (value.isascii() and value.isdigit() and len(value) <= 3 and int(value) < len(question.options)):
        raise _invalid(field(question), Text("적힌 것 가운데 하나를 고르십시오.", "Choose one of the options."))
    return str(int(value))


def in_words(question: Question, value: str | None, language: str) -> str:
    """Return an answer as people read it."""
    if value is None:
        return ""
    if question.kind == "choice":
        return str(question.options[int(value)]["ko" if language == "ko" else "en"])
    return value


def _invalid(name: str, message: Text) -> Invalid:
    return Invalid("invalid_field", message, fields={name: message})
