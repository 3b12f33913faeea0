"""What one person is told on the site and by mail: each event once, in words that say no more than its page shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from arena import hosting, outbox
from arena.hosting import Hosted
from arena.store import announcements as announcement_store
from arena.store import notices as store
from arena.store import participants
from arena.store import submissions as submission_store
from arena.store import teams as team_store
from arena.store.models import Decision, Notice, Submission, User
from challenges.text import Text

# What happened longer ago than this is told on the site alone: a mail server that comes back after a week brings no old news.
FRESH = timedelta(days=1)
LETTERS = 200
# Announcements have letters of their own, where their writer wants them.
UNMAILED = ("announced",)


@dataclass(frozen=True, slots=True)
class Told:
    """One notice in words, and the page that it leads to."""

    id: int
    kind: str
    challenge: Text
    title: Text
    body: Text
    path: str
    at: datetime
    unread: bool


def unread(session: Session, user: User) -> int:
    """Count what this person has not read."""
    return store.unread(session, user.id or 0)


def listed(session: Session, user: User, *, limit: int, offset: int = 0) -> list[Told]:
    """Return what this person has been told, the newest first."""
    return _told(session, store.of_user(session, user.id or 0, limit=limit, offset=offset))


def mark_read(session: Session, user: User, at: datetime, *, up_to: int) -> None:
    """Note that this person has read everything up to one notice; what came meanwhile stays unread."""
    store.read(session, user.id or 0, at, up_to=up_to)


def is_unread(session: Session, user: User, hosted: Hosted, subject: str) -> bool:
    """Whether this person has been told of one subject and has not read it."""
    return store.is_unread(session, user.id or 0, hosted.id, subject)


def mark_subject_read(session: Session, user: User, hosted: Hosted, subject: str, at: datetime) -> None:
    """Note that this person has seen the page that a notice leads to."""
    store.read(session, user.id or 0, at, challenge_id=hosted.id, subject=subject)


def choose_mail(session: Session, user: User, *, wanted: bool) -> None:
    """Let notices come by mail too, or no longer."""
    user.mail_notices = wanted
    session.add(user)


def tell_closing(session: Session, at: datetime) -> int:
    """Tell participants of challenges that close within a day; return of how many challenges. Safe to repeat."""
    found = store.closing(session, at)
    for row in found:
        people = participants.participants(session, row.id or 0)
        store.tell(
            session,
            [one.id or 0 for one in people],
            challenge_id=row.id or 0,
            kind="closing",
            subject=store.subject_of(row.closes_at),
            at=at,
        )
    return len(found)


def anything_closes(session: Session, at: datetime) -> bool:
    """Whether anybody has to be told of a close, as far as can be seen without writing."""
    return any(participants.participants(session, row.id or 0) for row in store.closing(session, at))


def tell_revealed(session: Session, hosted: Hosted, at: datetime) -> None:
    """Tell everybody who takes part that the results are there, in the transaction that reveals them."""
    people = [one.id or 0 for one in participants.participants(session, hosted.id)]
    store.tell(session, people, challenge_id=hosted.id, kind="revealed", subject=store.subject_of(at), at=at)


def write_letters(session: Session, base_url: str, at: datetime) -> int:
    """Put a letter into the outbox for every fresh notice whose reader wants mail; return how many notices are done with.

    Only whoever has a mail server calls this, so that no letter waits for one for ever.
    """
    found = store.unmailed(session, at - FRESH, LETTERS)
    told = {one.id: one for one in _told(session, [notice for notice, _ in found])}
    for notice, person in found:
        notice.mailed_at = at
        session.add(notice)
        words = told.get(notice.id or 0)
        if words is None or not person.mail_notices or notice.kind in UNMAILED or person.disabled_at is not None:
            continue
        subject = Text(*(f"[{name}] {title}" for name, title in zip(words.challenge, words.title, strict=True)))
        body = Text(
            *(f"{title}. {text}\n\n{base_url}{words.path}" for title, text in zip(words.title, words.body, strict=True))
        )
        outbox.queue(session, person, subject, body, _ident(notice), at, until=notice.created_at + FRESH)
    return len(found)


def anything_to_write(session: Session, at: datetime) -> bool:
    """Whether any notice waits for its letter, as far as can be seen without writing."""
    return bool(store.unmailed(session, at - FRESH, 1))


def _ident(notice: Notice) -> str:
    # The event, not the row: a number may be given again to another notice.
    about = hashlib.sha256(notice.subject.encode()).hexdigest()[:16]
    return f"notice.{notice.kind}.{notice.challenge_id}.{notice.user_id}.{about}"


def _told(session: Session, found: Sequence[Notice]) -> list[Told]:
    hosted = {one: hosting.by_id(session, one) for one in {notice.challenge_id for notice in found}}
    names = [notice.subject for notice in found if notice.kind in ("decided", "failed")]
    sent = {one.public_id: one for one in submission_store.by_public_ids(session, names)}
    decisions = submission_store.decisions(session, [one.id or 0 for one in sent.values()])
    told = []
    for notice in found:
        words = _words(session, hosted[notice.challenge_id], notice, sent.get(notice.subject), decisions)
        if words is None:
            continue
        title, body, path = words
        told.append(
            Told(
                id=notice.id or 0,
                kind=notice.kind,
                challenge=hosted[notice.challenge_id].definition.title.text,
                title=title,
                body=body,
                path=path,
                at=notice.created_at,
                unread=notice.read_at is None,
            )
        )
    return told


def _words(
    session: Session, hosted: Hosted, notice: Notice, sent: Submission | None, decisions: dict[int, Decision]
) -> tuple[Text, Text, str] | None:
    page = f"/challenges/{hosted.slug}"
    if notice.kind == "announced":
        found = announcement_store.by_id(session, int(notice.subject))
        if found is None or found.withdrawn_at is not None:
            return None
        return (
            Text(found.title_ko, found.title_en),
            Text("새 공지입니다.", "A new announcement."),
            f"{page}/announcements",
        )
    if notice.kind == "joined":
        who = team_store.who_used(session, int(notice.subject))
        name = who.name if who else "–"
        return (
            Text(f"{name} 님이 팀에 들어왔습니다", f"{name} has joined your team"),
            Text("초대를 받아들였습니다.", "The invitation was accepted."),
            f"{page}/team",
        )
    if notice.kind == "closing":
        return _closing(hosted, notice, page)
    if notice.kind == "revealed":
        return (
            Text("결과를 공개했습니다", "The results are revealed"),
            Text(
                "비공개 순위와 최종 제출의 보고서가 열렸습니다.", "The private ranks and your final’s report are open."
            ),
            f"{page}/leaderboard",
        )
    return None if sent is None else _of_submission(hosted, notice, sent, decisions.get(sent.id or 0))


def _closing(hosted: Hosted, notice: Notice, page: str) -> tuple[Text, Text, str]:
    local = datetime.fromisoformat(notice.subject).astimezone(ZoneInfo(hosted.definition.calendar.timezone))
    written = f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
    return (
        Text("하루 안에 마감합니다", "It closes within a day"),
        Text(
            f"{written}에 마감합니다. 서버 시계가 정합니다. 최종 제출을 확인하십시오.",
            f"It closes at {written}, by the server’s clock. Look at which submission is your final.",
        ),
        f"{page}/submissions",
    )


def _of_submission(
    hosted: Hosted, notice: Notice, sent: Submission, decision: Decision | None
) -> tuple[Text, Text, str]:
    number, path = sent.number, f"/submissions/{sent.public_id}"
    if notice.kind == "failed":
        return (
            Text(f"제출 {number}: 채점하지 못했습니다", f"Submission {number} could not be scored"),
            Text(
                "우리 쪽의 문제입니다. 제출 횟수는 돌려드렸으니 다시 올리십시오.",
                "The fault is ours. The submission is given back; upload it again.",
            ),
            path,
        )
    if decision is not None and decision.outcome == "accepted":
        gain = _signed(hosted, decision.shown_gain)
        return (
            Text(f"제출 {number}: 받아들였습니다", f"Submission {number} was accepted"),
            Text(
                f"기준 모형보다 {gain} 나아진 것으로 보입니다." if gain else "",
                f"Its gain over the reference baseline is shown as {gain}." if gain else "",
            ),
            path,
        )
    if decision is not None and decision.outcome == "not_improved":
        return (
            Text(f"제출 {number}: 유의하게 나아지지 않았습니다", f"Submission {number}: no significant improvement"),
            Text("앞서 받아들인 파일이 그대로 남습니다.", "The file accepted before stands."),
            path,
        )
    if decision is not None and decision.outcome == "kept":
        return (
            Text(f"제출 {number}: 보관했습니다", f"Submission {number} is kept"),
            Text(
                "받아들일 수 있는 세 번을 모두 썼습니다. 마감 뒤에 최종이면 평가합니다.",
                "All three acceptances are used. If it is your final, it is judged after the close.",
            ),
            path,
        )
    return (
        Text(f"제출 {number}: 채점했습니다", f"Submission {number} has been scored"),
        Text("점수는 보고서에 있습니다.", "Its report has the scores."),
        path,
    )


def _signed(hosted: Hosted, gain: float | None) -> str:
    if gain is None:
        return ""
    step = float(hosted.facts.get("step") or 0.001)
    decimals = 3 if step >= 0.001 else 4
    return f"{gain:+.{decimals}f}".replace("-", "−")
