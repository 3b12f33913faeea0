"""What waits to be done about a challenge, and by when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from arena.hosting import Hosted
from arena.organizing import Overview
from challenges.text import Text

LANGUAGES = {"ko": Text("한국어", "Korean"), "en": Text("영어", "English")}
TEXTS = {
    "overview": Text("개요", "overview"),
    "evaluation": Text("평가", "evaluation"),
    "data": Text("자료", "data"),
    "rules": Text("규칙", "rules"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do or done; `page` names the organizers' page on which it is done."""

    words: Text
    note: Text | None = None
    due: datetime | None = None
    done: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """What the dashboard counts besides: evaluations of each split that wait, and letters that did not arrive."""

    public: int = 0
    private: int = 0
    letters: int = 0


def of_challenge(hosted: Hosted, seen: Overview, pending: Pending, at: datetime) -> list[Todo]:
    """Return what is done first, then what is to be done: what has no date before what has one, the nearest first."""
    found = [*_preparing(hosted, seen), *_people(seen), *_calendar(hosted, pending, at), *_troubles(seen, pending)]
    never = datetime.max.replace(tzinfo=at.tzinfo)
    undated = datetime.min.replace(tzinfo=at.tzinfo)
    return sorted(found, key=lambda todo: (not todo.done, todo.due or (never if todo.done else undated)))


def missing_texts(hosted: Hosted) -> list[tuple[Text, Text]]:
    """Return each text that one language lacks, with that language."""
    names = dict(TEXTS)
    agreement = hosted.definition.agreement
    if agreement is not None:
        names[agreement.file] = Text("동의서", "agreement")
    return [
        (words, LANGUAGES[language])
        for name, words in names.items()
        for language in LANGUAGES
        if f"{name}.{language}.md" not in hosted.files
    ]


def _preparing(hosted: Hosted, seen: Overview) -> list[Todo]:
    row = hosted.row
    found = []
    missing = missing_texts(hosted)
    found += [
        Todo(
            Text(f"‘{words.ko}’의 {language.ko} 글 쓰기", f"Write the {words.en} in {language.en}"),
            Text("한 언어로만 있습니다.", "It is there in one language only."),
            row.opens_at,
        )
        for words, language in missing
    ]
    if not missing:
        found.append(Todo(Text("모든 글, 두 언어", "All texts, in both languages"), done=True, due=row.created_at))
    if hosted.labels is not None:
        found.append(Todo(Text("결과 파일 봉인", "Labels sealed"), done=True, due=hosted.labels.created_at))
    if row.opens_at is None:
        found.append(
            Todo(
                Text("여는 때 정하기", "Set the opening"),
                Text(
                    "정하기 전에는 주최자만 이 챌린지를 봅니다.", "Until then only its organizers see this challenge."
                ),
                page="calendar",
            )
        )
    if hosted.definition.judging is not None and not seen.judges:
        found.append(Todo(Text("심사위원 초대하기", "Invite judges"), None, row.closes_at, page="roles"))
    return found


def _people(seen: Overview) -> list[Todo]:
    waiting = seen.people.requests.get("waiting", 0)
    if not waiting:
        return []
    return [
        Todo(
            Text(
                f"참가 신청 {waiting}건 보기",
                f"Decide on {waiting} request{'s' if waiting > 1 else ''} to take part",
            ),
            page="participants",
        )
    ]


def _calendar(hosted: Hosted, pending: Pending, at: datetime) -> list[Todo]:
    row, status = hosted.row, hosted.status(at)
    found = []
    if status == "open" and row.closes_at is not None:
        freeze = row.closes_at - timedelta(days=hosted.definition.calendar.team_freeze_days)
        if at < freeze < row.closes_at:
            found.append(Todo(Text("팀 구성이 굳음", "Teams can no longer change"), due=freeze))
        found.append(Todo(Text("제출 마감", "Submissions close"), due=row.closes_at, page="calendar"))
    if row.paused_at is not None and status == "open":
        found.append(Todo(Text("멈춘 제출 다시 받기", "Take submissions again"), page="calendar"))
    if status == "closed":
        found.append(_reveal(hosted, pending))
    if status == "revealed" and row.closes_at is not None:
        ends = row.closes_at + timedelta(days=hosted.definition.calendar.verification_days)
        found.append(Todo(Text("공개 검증 끝", "Public verification ends"), due=ends, done=at >= ends))
    return found


def _reveal(hosted: Hosted, pending: Pending) -> Todo:
    if hosted.row.reveal_started_at is not None:
        return Todo(
            Text("결과 공개가 끝나기를 기다리기", "Wait for the reveal"),
            Text(
                f"최종 제출 {pending.private}건을 아직 채점합니다.", f"{pending.private} finals are still being scored."
            ),
        )
    if pending.public:
        return Todo(
            Text("남은 채점을 기다려 결과 공개하기", "Reveal, once the last files are scored"),
            Text(
                f"제출 {pending.public}건을 아직 채점합니다.", f"{pending.public} submissions are still being scored."
            ),
            page="calendar",
        )
    if hosted.definition.leaderboard.reveal == "after_reviews":
        return Todo(
            Text("심사를 마친 뒤 결과 공개하기", "Reveal, once the reviews are locked"),
            Text("심사가 잠기기 전에는 공개할 수 없습니다.", "It is not possible before that."),
        )
    return Todo(
        Text("결과 공개하기", "Reveal the results"),
        Text("지금 할 수 있습니다.", "This is possible now."),
        page="calendar",
    )


def _troubles(seen: Overview, pending: Pending) -> list[Todo]:
    found = []
    flagged = sum(1 for mark in seen.marks if mark.kind == "flagged")
    if flagged:
        found.append(
            Todo(
                Text(f"살펴볼 표시 {flagged}건", f"Look into {flagged} flag{'s' if flagged > 1 else ''}"),
                page="teams",
            )
        )
    failed = sum(number for code, number in seen.flow.faults.items() if code != "retried")
    if failed:
        found.append(
            Todo(
                Text(f"채점하지 못한 제출 {failed}건의 까닭 찾기", f"Find out why {failed} could not be scored"),
                Text("횟수는 돌려주었습니다. 운영자에게 알리십시오.", "They are refunded. Tell the operator."),
                page="submissions",
            )
        )
    if pending.letters:
        found.append(
            Todo(
                Text(
                    f"가지 않은 편지 {pending.letters}통 보기",
                    f"Look at {pending.letters} letter{'s' if pending.letters > 1 else ''} that did not arrive",
                ),
                page="announcements",
            )
        )
    return found
