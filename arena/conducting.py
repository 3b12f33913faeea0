"""Conducting a challenge: its organizers schedule, extend, pause, resume, withdraw or cancel it, each act with its reason kept.

Every function takes the challenge as its caller knows it, holds the row and looks again: of two organizers who act at once
the second meets what the first has made of it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from arena import audit, hosting, names, publications, publishing, versions
from arena.errors import Conflict, Invalid
from arena.hosting import Hosted
from arena.store import challenges as store
from arena.store import publications as publication_store
from arena.store import teams as team_store
from arena.store.models import User
from arena.submissions import Sign
from challenges.consistency import EARLIEST, LATEST
from challenges.text import Text

# A call that says "now" arrives a moment later.
LATENESS = timedelta(minutes=5)
LONGEST_REASON = 500


def schedule(
    session: Session,
    user: User,
    hosted: Hosted,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    at: datetime,
    sign: Sign = dict,
) -> list[int]:
    """Publish a challenge, or move its calendar before it opens; return the baselines' evaluations to ring for.

    What is not given comes from the definition's calendar. Without `sign` the baselines' receipts, which no team ever
    holds, stay unsigned.
    """
    now = _held(session, user, hosted)
    if now.row.state not in ("ready", "withdrawn", "published"):
        raise Conflict(
            "not_ready",
            Text(
                "아직 검증을 마치지 않았거나 취소된 챌린지입니다.",
                "This challenge has not been verified yet, or was cancelled.",
            ),
        )
    if now.status(at) != "announced":
        raise Conflict(
            "opened",
            Text(
                "이미 열린 챌린지의 일정은 마감을 늦추는 것만 바꿀 수 있습니다.",
                "Once a challenge has opened, only its close can be moved, and only to a later time.",
            ),
        )
    newest = publication_store.newest(session, now.id)
    if now.row.state != "published" and newest is not None and newest.state == "verifying":
        raise Conflict(
            "still_verifying",
            Text("새로 보낸 묶음을 검증하고 있습니다.", "A newer upload of this challenge is still being verified."),
        )
    opens, closes = _calendar(now, opens_at, closes_at, at)
    appears = now.row.state != "published"
    now.row.opens_at, now.row.closes_at = opens, closes
    now.row.state = "published"
    now.row.stopped_at = now.row.stop_reason = None
    session.add(now.row)
    dates = {"opens_at": opens.isoformat(), "closes_at": closes.isoformat() if closes else None}
    if appears:
        _record_publication(session, user, now, at)
    _note(session, user, now, "challenge_scheduled", at, dates)
    return _baselines(session, now, at, sign)


def _calendar(
    hosted: Hosted, opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> tuple[datetime, datetime | None]:
    planned = hosted.definition.calendar
    opens = opens_at or hosted.row.opens_at or planned.opens
    closes = closes_at or hosted.row.closes_at or planned.closes
    if opens is None:
        raise _field("opens_at", Text("언제 여는지 적으십시오.", "Say when the challenge opens."))
    if opens < at - LATENESS:
        raise _field(
            "opens_at",
            Text(
                "여는 때가 지났습니다. 앞으로 올 때를 적으십시오.", "The opening lies in the past. Give a time to come."
            ),
        )
    opens = max(opens, at)
    if closes is None and not hosted.definition.practice:
        raise _field("closes_at", Text("언제 마감하는지 적으십시오.", "Say when the challenge closes."))
    _require_year("opens_at", opens)
    if closes is not None:
        _require_year("closes_at", closes)
    if closes is not None and closes <= opens:
        raise _field("closes_at", Text("마감은 여는 때보다 뒤여야 합니다.", "The close must come after the opening."))
    return opens, closes


def _require_year(name: str, moment: datetime) -> None:
    # Near the ends of the calendar no page could say in its reader's zone when that is.
    if not EARLIEST <= moment.year <= LATEST:
        raise _field(
            name,
            Text(
                f"{EARLIEST}년부터 {LATEST}년까지의 때를 적으십시오.",
                f"Give a moment between the years {EARLIEST} and {LATEST}.",
            ),
        )


def _field(name: str, message: Text) -> Invalid:
    return Invalid("invalid_field", message, fields={name: message})


def _record_publication(session: Session, user: User, hosted: Hosted, at: datetime) -> None:
    labels = hosted.labels
    data = {
        "slug": hosted.slug,
        "version": hosted.row.version,
        "definition_sha256": hosted.row.definition_sha256,
        "labels_sha256": labels.ciphertext_sha256 if labels else None,
        "secret_sha256": labels.secret_sha256 if labels else None,
        "user": user.id,
    }
    audit.record(session, "challenge_published", hosted.id, data, at)
    # Published again after it was withdrawn, a challenge is the same version still.
    known = versions.every(session, hosted)
    if not known or known[-1].definition_sha256 != hosted.row.definition_sha256:
        versions.record(session, hosted, note=Text("", ""), at=at)


def _baselines(session: Session, hosted: Hosted, at: datetime, sign: Sign) -> list[int]:
    upload = publication_store.installed(session, hosted.id)
    known = any(team.baseline for team in team_store.of_challenge(session, hosted.id))
    if upload is None or known:
        return []
    return publishing.add_baselines(
        session, hosted, hosted.definition.baselines, publications.prepared(upload), at=at, sign=sign
    )


def extend(session: Session, user: User, hosted: Hosted, *, closes_at: datetime, reason: str, at: datetime) -> None:
    """Move the close to a later time; once a challenge is open its close never comes nearer."""
    now, why = _held(session, user, hosted), _reason(reason)
    _require(
        now,
        at,
        ("announced", "open"),
        "마감하기 전에만 마감을 늦출 수 있습니다.",
        "A close can be moved only before it.",
    )
    _require_year("closes_at", closes_at)
    before = now.row.closes_at
    if now.row.state != "published" or before is None:
        raise Conflict(
            "no_close", Text("정해진 마감이 없습니다.", "There is no close to move: this challenge has none set.")
        )
    if closes_at <= before:
        raise _field(
            "closes_at",
            Text(
                "마감은 뒤로만 옮길 수 있습니다.", "A close can be moved to a later time only, never to an earlier one."
            ),
        )
    now.row.closes_at = closes_at
    session.add(now.row)
    dates = {"from": before.isoformat(), "to": closes_at.isoformat()}
    _note(session, user, now, "challenge_extended", at, {**dates, "reason": why})


def pause(session: Session, user: User, hosted: Hosted, *, reason: str, at: datetime) -> None:
    """Take no submissions for a while; participants read why, and it costs them nothing."""
    now, why = _held(session, user, hosted), _reason(reason)
    _require(now, at, ("open",), "열려 있는 챌린지만 멈출 수 있습니다.", "Only an open challenge can be paused.")
    if now.row.paused_at is not None:
        raise Conflict("paused", Text("이미 멈추어 있습니다.", "Submissions are paused already."))
    now.row.paused_at, now.row.pause_reason = at, why
    session.add(now.row)
    _note(session, user, now, "intake_paused", at, {"reason": why})


def resume(session: Session, user: User, hosted: Hosted, *, at: datetime) -> None:
    """Take submissions again."""
    now = _held(session, user, hosted)
    if now.row.paused_at is None:
        raise Conflict("not_paused", Text("멈추어 있지 않습니다.", "Submissions are not paused."))
    now.row.paused_at = now.row.pause_reason = None
    session.add(now.row)
    _note(session, user, now, "intake_resumed", at, {})


def withdraw(session: Session, user: User, hosted: Hosted, *, reason: str, at: datetime) -> None:
    """Take a challenge back before it opens; nobody but its organizers sees it any more."""
    now, why = _held(session, user, hosted), _reason(reason)
    _require(
        now,
        at,
        ("announced",),
        "열기 전에만 거두어들일 수 있습니다. 열린 뒤에는 취소하십시오.",
        "A challenge can be withdrawn only before it opens; after that, cancel it.",
    )
    if now.row.state not in ("ready", "published"):
        raise Conflict("not_published", Text("발행한 챌린지가 아닙니다.", "This challenge is not published."))
    now.row.state = "withdrawn"
    now.row.stopped_at, now.row.stop_reason = at, why
    session.add(now.row)
    _note(session, user, now, "challenge_withdrawn", at, {"reason": why})


def cancel(session: Session, user: User, hosted: Hosted, *, reason: str, at: datetime) -> None:
    """End a challenge that has opened, for good; everybody reads why, and no result is decided."""
    now, why = _held(session, user, hosted), _reason(reason)
    begun = now.row.reveal_started_at is not None
    _require(
        now,
        at,
        () if begun else ("open", "closed"),
        "연 뒤부터 결과 공개를 시작하기 전까지만 취소할 수 있습니다.",
        "A challenge can be cancelled only after it has opened and before its reveal has begun.",
    )
    now.row.state = "cancelled"
    now.row.stopped_at, now.row.stop_reason = at, why
    now.row.paused_at = now.row.pause_reason = None
    session.add(now.row)
    _note(session, user, now, "challenge_cancelled", at, {"reason": why})


def _held(session: Session, user: User, hosted: Hosted) -> Hosted:
    """Return the challenge as it stands now, held until the transaction ends, if this person may conduct it."""
    row = store.lock(session, hosted.id)
    hosting.require_run_by(session, user, row)
    return hosting.by_id(session, hosted.id)


def _reason(text: str) -> str:
    return names.clean(text, field="reason", longest=LONGEST_REASON)


def _require(hosted: Hosted, at: datetime, statuses: tuple[str, ...], ko: str, en: str) -> None:
    if hosted.status(at) not in statuses:
        raise Conflict("not_now", Text(ko, en))


def _note(session: Session, user: User, hosted: Hosted, kind: str, at: datetime, data: Mapping[str, Any]) -> None:
    audit.record(session, kind, hosted.id, {"slug": hosted.slug, "user": user.id, **data}, at)
