"""Who may take part in a challenge: asking, letting in and refusing, and the allow-list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from arena import audit, hosting, mailboxes, names, registration, roles
from arena.errors import Conflict, Forbidden, Invalid, NotFound
from arena.hosting import Hosted
from arena.store import accounts as account_store
from arena.store import participants as store
from arena.store import teams as team_store
from arena.store.models import AllowedAddress, Answer, Participation, Question, User
from challenges.text import Text

LONGEST_LIST = 5000
_DOMAIN = re.compile(r"\*@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_]{2,63}")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands with a challenge that may ask who wants to take part."""

    state: str  # admitted | waiting | refused | not_asked | by_invitation (there is nothing to ask for)
    participation: Participation | None = None
    questions: tuple[Question, ...] = ()

    @property
    def reason(self) -> str:
        return self.participation.reason if self.participation else ""


def standing(session: Session, user: User, hosted: Hosted) -> Standing:
    """Return whether this person is in, waits, was refused, or has yet to ask."""
    asked = tuple(registration.questions(session, hosted))
    found = store.of_user(session, user.id or 0, hosted.id)
    if found is not None:
        return Standing(found.state, found, asked)
    if team_store.membership(session, user.id or 0, hosted.id):
        return Standing("admitted", None, asked)
    listed = hosted.definition.admission != "open" and _listed(session, user, hosted)
    if not asked and (listed or hosted.definition.admission == "open"):
        return Standing("admitted", None, asked)
    if hosted.definition.admission == "invite" and not listed:
        return Standing("by_invitation", None, asked)
    return Standing("not_asked", None, asked)


def ask(session: Session, user: User, hosted: Hosted, *, answers: Mapping[int, str], at: datetime) -> Participation:
    """Ask to take part, with answers; while it is not decided the answers can be given anew.

    An open challenge and the allow-list let the person in at once.
    """
    _require_askable(session, user, hosted, at)
    account_store.lock(session, user.id or 0)
    now = standing(session, user, hosted)
    if now.participation is not None and now.state == "admitted":
        return now.participation
    if now.state in ("by_invitation", "refused"):
        raise _not_admitted(now)
    row = _written(session, user, hosted, now, answers, at)
    if now.participation is None:
        audit.record(session, "participation_asked", hosted.id, {"user": user.id}, at)
    via = "open" if hosted.definition.admission == "open" else "allow_list" if _listed(session, user, hosted) else ""
    if via:
        _let_in(session, row, via=via, by=None, at=at)
    return row


def enter(
    session: Session, user: User, hosted: Hosted, *, answers: Mapping[int, str], by: int, at: datetime
) -> Participation:
    """Let somebody in who holds an invitation of the organizer `by`; questions are answered all the same."""
    _require_askable(session, user, hosted, at)
    account_store.lock(session, user.id or 0)
    now = standing(session, user, hosted)
    if now.state == "admitted":
        raise Conflict("admitted", Text("이미 참가할 수 있습니다.", "You are admitted already."))
    row = _written(session, user, hosted, now, answers, at)
    _let_in(session, row, via="invitation", by=by, at=at)
    return row


def require_no_role(session: Session, user: User, hosted: Hosted) -> None:
    """Refuse whoever organizes or judges this challenge, or did once."""
    if roles.held_ever(session, user, hosted.row):
        raise Forbidden(
            "conflict_of_interest",
            Text(
                "이 챌린지의 주최자와 심사위원은 팀에 들 수 없습니다.",
                "Organizers and judges of this challenge cannot join a team in it.",
            ),
        )


def require_admitted(session: Session, user: User, hosted: Hosted, at: datetime) -> None:
    """Refuse whoever is not in, and say what to do; write down who is in by the allow-list alone."""
    now = standing(session, user, hosted)
    if now.state != "admitted":
        raise _not_admitted(now)
    if now.participation is None and hosted.definition.admission != "open":
        row = Participation(user_id=user.id or 0, challenge_id=hosted.id, state="waiting", asked_at=at)
        _let_in(session, store.add(session, row), via="allow_list", by=None, at=at)


def admit(session: Session, by: User, hosted: Hosted, user_id: int, at: datetime) -> None:
    """Let in somebody who has asked, also one who was refused before."""
    row = _request(session, hosted, user_id)
    if row.state == "admitted":
        raise Conflict("admitted", Text("이미 받아들인 사람입니다.", "This person is admitted already."))
    _let_in(session, row, via="organizer", by=by.id, at=at)


def refuse(session: Session, by: User, hosted: Hosted, user_id: int, *, reason: str, at: datetime) -> None:
    """Refuse somebody with a reason, which that person reads; not once the person is in a team."""
    why = names.clean(reason, field="reason", longest=500)
    row = _request(session, hosted, user_id)
    if team_store.membership(session, user_id, hosted.id):
        raise Conflict(
            "in_a_team",
            Text(
                "이미 팀에 들어 있는 사람입니다. 팀을 숨기거나 실격시킬 수 있습니다.",
                "This person is in a team. The team can be hidden or disqualified.",
            ),
        )
    if row.state == "refused":
        raise Conflict("refused", Text("이미 거절한 사람입니다.", "This person has been refused already."))
    row.state, row.via, row.reason, row.decided_at, row.decided_by = "refused", "", why, at, by.id
    session.add(row)
    audit.record(session, "participation_refused", hosted.id, {"user": user_id, "by": by.id, "reason": why}, at)


def allow(session: Session, by: User, hosted: Hosted, entries: Sequence[str], at: datetime) -> int:
    """Put addresses and domains (`*@hospital.or.kr`) on the allow-list; let in those who wait and match. Return how many are new."""
    patterns = _patterns(entries)
    known = {row.pattern for row in store.allowed(session, hosted.id)}
    fresh = [pattern for pattern in dict.fromkeys(patterns) if pattern not in known]
    if len(known) + len(fresh) > LONGEST_LIST:
        raise _wrong_entry(
            Text(
                f"허용 목록은 {LONGEST_LIST:,}줄까지입니다.",
                f"An allow-list may have {LONGEST_LIST:,} entries.",
            )
        )
    for pattern in fresh:
        row = AllowedAddress(challenge_id=hosted.id, pattern=pattern, added_by=by.id or 0, created_at=at)
        store.add(session, row)
        audit.record(session, "allow_list_added", hosted.id, {"entry": _masked(pattern), "by": by.id}, at)
    wanted = set(fresh)
    for request, person in store.waiting(session, hosted.id):
        if wanted & set(_matching(person.email)) and mailboxes.stands(session, person):
            _let_in(session, request, via="allow_list", by=by.id, at=at)
    return len(fresh)


def verified(session: Session, user: User, at: datetime) -> None:
    """Let a person in whose address has just been verified, wherever a request waits that it is listed for."""
    for row in store.waiting_of(session, user.id or 0):
        hosted = hosting.by_id(session, row.challenge_id)
        if hosted.definition.admission != "open" and _listed(session, user, hosted):
            _let_in(session, row, via="allow_list", by=None, at=at)


def disallow(session: Session, by: User, hosted: Hosted, entry_id: int, at: datetime) -> None:
    """Take an entry off the allow-list; who is in stays in."""
    row = session.get(AllowedAddress, entry_id)
    if row is None or row.challenge_id != hosted.id:
        raise NotFound
    session.delete(row)
    audit.record(session, "allow_list_removed", hosted.id, {"entry": _masked(row.pattern), "by": by.id}, at)


def _require_askable(session: Session, user: User, hosted: Hosted, at: datetime) -> None:
    if hosted.row.state not in hosting.PUBLIC:
        raise NotFound
    if hosted.status(at) not in ("open", "announced"):
        raise Conflict("closed", Text("이 챌린지는 마감되었습니다.", "This challenge has closed."))
    require_no_role(session, user, hosted)


def _written(
    session: Session, user: User, hosted: Hosted, now: Standing, answers: Mapping[int, str], at: datetime
) -> Participation:
    """Write down these answers in place of earlier ones; whoever has not asked before waits from now on."""
    kept = registration.fitting(now.questions, answers)
    row = now.participation or store.add(
        session,
        Participation(user_id=user.id or 0, challenge_id=hosted.id, state="waiting", asked_at=at),
    )
    store.forget_answers(session, row.id or 0)
    for question_id, value in kept.items():
        store.add(session, Answer(participation_id=row.id or 0, question_id=question_id, value=value))
    return row


def _let_in(session: Session, row: Participation, *, via: str, by: int | None, at: datetime) -> None:
    row.state, row.via, row.reason, row.decided_at, row.decided_by = "admitted", via, "", at, by
    session.add(row)
    data = {"user": row.user_id, "via": via} | ({"by": by} if by else {})
    audit.record(session, "participation_admitted", row.challenge_id, data, at)


def _request(session: Session, hosted: Hosted, user_id: int) -> Participation:
    # Joining a team is decided under the same lock: nobody is refused and joins at once.
    if account_store.by_id(session, user_id) is not None:
        account_store.lock(session, user_id)
    row = store.of_user(session, user_id, hosted.id, lock=True)
    if row is None:
        raise NotFound
    return row


def _not_admitted(now: Standing) -> Forbidden:
    sentences = {
        "waiting": Text(
            "참가 신청을 주최자가 아직 보지 않았습니다. 받아들이면 팀을 만들 수 있습니다.",
            "The organizers have not decided on your request yet. Once they admit you, you can make a team.",
        ),
        "refused": Text(
            f"주최자가 참가 신청을 받아들이지 않았습니다. 까닭: {now.reason}",
            f"The organizers have not admitted you. Their reason: {now.reason}",
        ),
        "not_asked": Text(
            "먼저 챌린지의 팀 쪽에서 참가를 신청하십시오.",
            "First ask to take part, on the challenge’s team page.",
        ),
        "by_invitation": Text(
            "이 챌린지는 초대받은 사람만 참가합니다. 초대장은 주최자가 보냅니다.",
            "This challenge is by invitation only; its organizers send the invitations.",
        ),
    }
    return Forbidden("not_admitted", sentences[now.state])


def _matching(address: str) -> tuple[str, str]:
    return address, "*@" + address.rpartition("@")[2]


def _listed(session: Session, user: User, hosted: Hosted) -> bool:
    # An address that nobody has verified is anybody's: whoever claims it is not let in by it.
    return store.allowing(session, hosted.id, _matching(user.email)) is not None and mailboxes.stands(session, user)


def _patterns(entries: Sequence[str]) -> list[str]:
    patterns = []
    for entry in entries:
        text = entry.strip().lower()
        try:
            patterns.append(text if _DOMAIN.fullmatch(text) else _address(text))
        except Invalid:
            shown = names.clean(text, field="entries", longest=10_000, empty_allowed=True)[:60]
            raise _wrong_entry(
                Text(
                    f"‘{shown}’은(는) 주소도 도메인도 아닙니다. kim@hospital.or.kr이나 *@hospital.or.kr처럼 쓰십시오.",
                    f"‘{shown}’ is neither an address nor a domain. Write kim@hospital.or.kr or *@hospital.or.kr.",
                )
            ) from None
    if not patterns:
        raise _wrong_entry(Text("주소나 도메인을 한 줄에 하나씩 쓰십시오.", "Write addresses or domains, one a line."))
    return patterns


def _address(text: str) -> str:
    # A star that is not a whole domain's would match nobody, whatever its writer hoped for.
    return names.email(text.replace("*", "@"))


def _wrong_entry(message: Text) -> Invalid:
    return Invalid("invalid_field", message, fields={"entries": message})


def _masked(pattern: str) -> str:
    # The ledger is kept for ever, so it names no person's whole address.
    name, _, domain = pattern.rpartition("@")
    return pattern if name == "*" else f"{name[:1]}…@{domain}"


def answers(session: Session, found: Standing) -> dict[int, str]:
    """Return what the person answered so far, by question."""
    row = found.participation
    return store.answers(session, [row.id or 0]).get(row.id or 0, {}) if row else {}
