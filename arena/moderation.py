"""Flagging, hiding and disqualifying teams and submissions, with reasons that are kept; and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from arena import audit, names, publishing
from arena.errors import Conflict, NotFound
from arena.hosting import Hosted
from arena.store import marks as store
from arena.store import submissions as submission_store
from arena.store import teams as team_store
from arena.store.models import Mark, Submission, Team, User
from challenges.text import Text

KINDS = ("flagged", "hidden", "disqualified")


@dataclass(frozen=True, slots=True)
class Following:
    """What the entry point rings for once the mark is committed."""

    evaluations: tuple[int, ...] = ()
    compare: bool = False


def mark_team(
    session: Session, by: User, hosted: Hosted, team_id: int, *, kind: str, reason: str, at: datetime
) -> Following:
    """Mark a whole team. Nothing of its history changes, and its members read the reason unless it is a flag."""
    return _mark(session, by, hosted, _team(session, hosted, team_id), None, kind=kind, reason=reason, at=at)


def mark_submission(
    session: Session, by: User, hosted: Hosted, public_id: str, *, kind: str, reason: str, at: datetime
) -> Following:
    """Mark one submission; the team's other files stand."""
    found = submission_store.by_public_id(session, public_id)
    if found is None or found.challenge_id != hosted.id:
        raise NotFound
    return _mark(session, by, hosted, _team(session, hosted, found.team_id), found, kind=kind, reason=reason, at=at)


def lift(session: Session, by: User, hosted: Hosted, mark_id: int, *, reason: str, at: datetime) -> Following:
    """Take a mark back; that it was there, and why, stays on record."""
    why = names.clean(reason, field="lift_reason", longest=500)
    mark = store.by_id(session, mark_id)
    if mark is None or mark.challenge_id != hosted.id:
        raise NotFound
    team_store.lock(session, mark.team_id)
    session.refresh(mark)
    if mark.lifted_at is not None:
        raise Conflict("lifted", Text("이미 거둔 표시입니다.", "This mark has been lifted already."))
    mark.lifted_at, mark.lifted_by, mark.lift_reason = at, by.id, why
    session.add(mark)
    session.flush()
    submission = session.get(Submission, mark.submission_id) if mark.submission_id else None
    _record(session, by, mark, submission, "mark_lifted", {"kind": mark.kind, "reason": why}, at)
    return _follow(session, hosted, mark.kind, at)


def _team(session: Session, hosted: Hosted, team_id: int) -> Team:
    team = session.get(Team, team_id)
    if team is None or team.challenge_id != hosted.id or team.baseline is not None:
        raise NotFound
    return team_store.lock(session, team_id)


def _mark(
    session: Session,
    by: User,
    hosted: Hosted,
    team: Team,
    submission: Submission | None,
    *,
    kind: str,
    reason: str,
    at: datetime,
) -> Following:
    if kind not in KINDS:
        raise NotFound
    why = names.clean(reason, field="reason", longest=500)
    submission_id = submission.id if submission else None
    if any(mark.kind == kind for mark in store.standing(session, team.id or 0, submission_id)):
        raise Conflict("marked", Text("이미 그렇게 표시했습니다.", "It carries this mark already."))
    mark = store.add(
        session,
        Mark(
            challenge_id=hosted.id,
            team_id=team.id or 0,
            submission_id=submission_id,
            kind=kind,
            reason=why,
            imposed_by=by.id or 0,
            imposed_at=at,
        ),
    )
    subject = "team" if submission is None else "submission"
    _record(session, by, mark, submission, f"{subject}_{kind}", {"reason": why}, at)
    return _follow(session, hosted, kind, at)


def _record(
    session: Session,
    by: User,
    mark: Mark,
    submission: Submission | None,
    kind: str,
    data: dict[str, str],
    at: datetime,
) -> None:
    about: dict[str, object] = {"team": mark.team_id, "mark": mark.id, "by": by.id}
    if submission is not None:
        about["submission"] = submission.public_id
    audit.record(session, kind, mark.challenge_id, about | data, at)


def _follow(session: Session, hosted: Hosted, kind: str, at: datetime) -> Following:
    """Keep a reveal that has begun complete: another file may have become a team's final."""
    if kind not in store.OFF_BOARD or hosted.row.reveal_started_at is None:
        return Following()
    rings = publishing.complete_finals(session, hosted, at) if kind == "disqualified" else ()
    # Whoever leaves the leaderboard, or comes back to it, changes what the others are compared with.
    return Following(tuple(rings), compare=hosted.row.revealed_at is not None)
