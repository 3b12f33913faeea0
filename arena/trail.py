"""The audit trail of a challenge: its ledger entries in words, with the names of people and teams."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from arena.hosting import Hosted
from arena.store import ledger, overview
from arena.store.models import LedgerEntry
from challenges.text import Text

# What participants and workers do all day; without it the acts of those who run the challenge remain.
ROUTINE = (
    "submission_received",
    "labels_opened",
    "agreement_accepted",
    "team_made",
    "team_joined",
    "team_left",
    "team_dissolved",
    "team_member_removed",
    "captain_changed",
    "team_renamed",
    "final_chosen",
    "participation_asked",
)
WORDS: dict[str, Text] = {
    "challenge_published": Text("챌린지 {slug} {version}판을 올렸습니다", "Challenge {slug}, version {version}, was published"),
    "challenge_closed": Text("챌린지를 마감했습니다", "The challenge was closed"),
    "reveal_started": Text("결과 공개를 시작했습니다", "The reveal was started"),
    "revealed": Text("결과를 공개했습니다", "The results were revealed"),
    "labels_opened": Text("작업자가 결과 파일을 열었습니다", "A worker opened the labels"),
    "agreement_accepted": Text("{user} 님이 동의서 {version}판에 동의했습니다", "{user} accepted version {version} of the agreement"),
    "team_made": Text("{user} 님이 팀을 만들었습니다: {team}", "{user} made the team {team}"),
    "team_joined": Text("{user} 님이 팀에 들어갔습니다: {team}", "{user} joined the team {team}"),
    "team_left": Text("{user} 님이 팀을 나갔습니다: {team}", "{user} left the team {team}"),
    "team_dissolved": Text("팀이 없어졌습니다: {team}", "The team {team} was dissolved"),
    "team_member_removed": Text("{user} 님을 팀에서 뺐습니다: {team}", "{user} was taken out of the team {team}"),
    "captain_changed": Text("{user} 님이 팀의 대표가 되었습니다: {team}", "{user} became captain of the team {team}"),
    "team_renamed": Text("팀이 이름을 바꾸었습니다: {before} → {after}", "A team changed its name: {before} → {after}"),
    "submission_received": Text("제출을 받았습니다: {team}, {submission}", "Submission {submission} of the team {team} was received"),
    "final_chosen": Text("최종 제출을 골랐습니다: {team}, {submission}", "The team {team} chose {submission} as its final"),
    "role_granted": Text("{user} 님에게 역할을 주었습니다({role})", "{user} became {role}"),
    "role_withdrawn": Text("{user} 님의 역할({role})을 거두었습니다", "{user} is no longer {role}"),
    "participation_asked": Text("{user} 님이 참가를 신청했습니다", "{user} asked to take part"),
    "participation_admitted": Text("{user} 님을 받아들였습니다({via})", "{user} was admitted ({via})"),
    "participation_refused": Text("{user} 님의 참가 신청을 거절했습니다", "{user} was refused"),
    "allow_list_added": Text("허용 목록에 넣었습니다: {entry}", "{entry} was put on the allow-list"),
    "allow_list_removed": Text("허용 목록에서 뺐습니다: {entry}", "{entry} was taken off the allow-list"),
    "question_added": Text("등록 질문을 더했습니다", "A registration question was added"),
    "question_retired": Text("등록 질문을 거두었습니다", "A registration question was retired"),
    "invitation_made": Text("초대 주소를 만들었습니다({role})", "An invitation was made ({role})"),
    "invitation_revoked": Text("초대 주소를 거두었습니다", "An invitation was revoked"),
    "team_flagged": Text("팀에 살펴볼 표시를 했습니다: {team}", "The team {team} was flagged"),
    "team_hidden": Text("팀을 숨겼습니다: {team}", "The team {team} was hidden"),
    "team_disqualified": Text("팀을 실격시켰습니다: {team}", "The team {team} was disqualified"),
    "submission_flagged": Text("제출에 살펴볼 표시를 했습니다: {team}, {submission}", "Submission {submission} of {team} was flagged"),
    "submission_hidden": Text("제출을 숨겼습니다: {team}, {submission}", "Submission {submission} of {team} was hidden"),
    "submission_disqualified": Text(
        "제출을 실격시켰습니다: {team}, {submission}", "Submission {submission} of {team} was disqualified"
    ),
    "mark_lifted": Text("표시를 거두었습니다({kind}): {team}", "A mark on {team} was lifted ({kind})"),
    "announcement_posted": Text("공지를 올렸습니다(편지 {letters}통)", "An announcement was posted ({letters} letters)"),
    "announcement_withdrawn": Text("공지를 거두었습니다", "An announcement was withdrawn"),
    "challenge_scheduled": Text("여는 때와 마감을 정했습니다: {opens_at}, {closes_at}", "The opening was set to {opens_at}, the close to {closes_at}"),
    "challenge_extended": Text("마감을 늦췄습니다: {from} → {to}", "The close was moved from {from} to {to}"),
    "intake_paused": Text("제출을 멈추었습니다", "Submissions were paused"),
    "intake_resumed": Text("제출을 다시 받기 시작했습니다", "Submissions were taken again"),
    "challenge_withdrawn": Text("챌린지를 거두어들였습니다", "The challenge was withdrawn"),
    "challenge_cancelled": Text("챌린지를 취소했습니다", "The challenge was cancelled"),
    "upload_received": Text("{version}판을 올렸습니다", "Version {version} was uploaded"),
    "upload_verified": Text("작업자가 올린 것을 검증했습니다", "A worker verified the upload"),
    "upload_refused": Text("작업자가 올린 것을 받아들이지 않았습니다", "A worker refused the upload"),
    "challenge_version": Text("{version}판을 발행했습니다", "Version {version} was published"),
    "challenge_imported": Text("챌린지를 들여왔습니다", "The challenge was imported"),
    "rescoring_started": Text("모든 제출을 다시 채점하기 시작했습니다", "Scoring all submissions again was begun"),
    "rescored": Text("다시 채점한 점수가 효력을 얻었습니다", "The new scores came into force"),
    "secret_disclosed": Text("시험 환자를 만든 비밀을 밝혔습니다", "The secret behind the test patients was disclosed"),
    "companion_received": Text("둘째 파일을 받았습니다", "A second file was received"),
}  # fmt: skip
# In these the account named as the user is the one that acted.
BY_USER = ("challenge_", "intake_", "upload_")
VALUES: dict[str, Text] = {
    "organizer": Text("주최자", "organizer"),
    "judge": Text("심사위원", "judge"),
    "participant": Text("참가자", "participant"),
    "open": Text("열린 챌린지", "open to all"),
    "allow_list": Text("허용 목록", "allow-list"),
    "invitation": Text("초대", "invitation"),
    "flagged": Text("살펴볼 것", "flag"),
    "hidden": Text("숨김", "hidden"),
    "disqualified": Text("실격", "disqualification"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One act: what happened, who did it, why, and the digest that the chain holds."""

    id: int
    at: datetime
    kind: str
    words: Text
    by: str | None
    reason: str
    data: dict[str, Any]
    digest: str
    chained: bool


def lines(session: Session, hosted: Hosted, *, routine: bool, limit: int, offset: int = 0) -> tuple[int, list[Line]]:
    """Return how many acts there are, and a stretch of them, the newest first."""
    without = () if routine else ROUTINE
    total, entries = ledger.page(session, hosted.id, without=without, limit=limit, offset=offset)
    return total, _told(session, entries)


def everything(session: Session, hosted: Hosted) -> list[Line]:
    """Return every entry of the challenge, the oldest first, for a download."""
    return _told(session, ledger.of_challenge(session, hosted.id))


def canonical_time(at: datetime) -> str:
    """Return a moment as its entry's digest holds it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _told(session: Session, entries: list[LedgerEntry]) -> list[Line]:
    waiting = {entry.id for entry in ledger.unchained(session, ledger.LOOK_BACK)}
    users, teams = overview.names_of(session, _ids(entries, ("user", "by")), _ids(entries, ("team",)))
    return [_line(entry, users, teams, chained=entry.id not in waiting) for entry in entries]


def _ids(entries: Iterable[LedgerEntry], keys: tuple[str, ...]) -> list[int]:
    found = {entry.data.get(key) for entry in entries for key in keys}
    return sorted(value for value in found if isinstance(value, int))


def _line(entry: LedgerEntry, users: Mapping[int, str], teams: Mapping[int, str], *, chained: bool) -> Line:
    names: dict[str, Text] = {}
    for key, value in entry.data.items():
        known = users if key in ("user", "by") else teams if key == "team" else None
        text = str(value) if known is None or not isinstance(value, int) else known.get(value, f"#{value}")
        names[key] = VALUES.get(text, Text(text, text)) if known is None else Text(text, text)
    pattern = WORDS.get(entry.kind)
    words = Text(*(_filled(text, names, index) for index, text in enumerate(pattern))) if pattern else _bare(entry)
    by = entry.data.get("by") or (entry.data.get("user") if entry.kind.startswith(BY_USER) else None)
    return Line(
        id=entry.id or 0,
        at=entry.at,
        kind=entry.kind,
        words=words,
        by=users.get(by, f"#{by}") if isinstance(by, int) else None,
        reason=str(entry.data.get("reason") or ""),
        data=entry.data,
        digest=entry.digest,
        chained=chained,
    )


def _filled(pattern: str, names: Mapping[str, Text], language: int) -> str:
    known = defaultdict(lambda: "–", {key: text[language] for key, text in names.items()})
    return pattern.format_map(known)


def _bare(entry: LedgerEntry) -> Text:
    # A kind that this version has no words for is shown as it stands in the ledger.
    shown = ", ".join(f"{key} {value}" for key, value in sorted(entry.data.items()) if key not in ("by", "reason"))
    text = f"{entry.kind.replace('_', ' ')}: {shown}" if shown else entry.kind.replace("_", " ")
    return Text(text, text)
