"""Practice: a team sees everything of its own predictions, on the validation part of the training file that it holds.

Nothing here touches a hidden label, the quota or the calendar of submissions. What is shown is for its owner and the owner's
team alone, and is forgotten after a month.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, BinaryIO

from sqlmodel import Session

from arena import hosting, names, submissions, teams
from arena.errors import Conflict, Forbidden, Invalid, NotFound, UserError
from arena.hosting import Hosted
from arena.store import accounts as account_store
from arena.store import practice as store
from arena.store import publications as work
from arena.store import teams as team_store
from arena.store.blobs import Blobs
from arena.store.models import Practice, User
from arena.submissions import Prepared
from arena.viewing import ScoreView
from challenges import validation
from challenges.predictions import ExpectedIds
from challenges.text import Text

KEPT = timedelta(days=30)
LISTED = 20
SPLIT = "validation"
LONGEST_NOTE = 120
NO_PART = Text("이 챌린지에는 연습할 검증 부분이 없습니다.", "This challenge names no validation part to practise on.")


@dataclass(frozen=True, slots=True)
class Against:
    """The other file: one sent beside the first, or an earlier one of the same owner."""

    filename: str
    file_sha256: str
    public_id: str | None = None


@dataclass(frozen=True, slots=True)
class PracticeView:
    """One practice file as its owner sees it; `scores` and `differences` are by metric."""

    public_id: str
    slug: str
    status: str  # waiting | done | failed
    created_at: datetime
    finished_at: datetime | None
    filename: str
    file_sha256: str
    rows: int
    size: int
    note: str
    own: bool  # whether the reader sent it, or somebody of the reader's team
    against_filename: str | None
    against_public_id: str | None
    scores: dict[str, ScoreView]
    differences: dict[str, ScoreView]
    report: dict[str, Any] | None
    failure: str | None
    place_in_line: int | None = None


def is_offered(hosted: Hosted) -> bool:
    """Whether a challenge has a validation part to practise on."""
    name = hosted.definition.files.validation
    return name is not None and name in hosted.files


def expected_ids(blobs: Blobs, hosted: Hosted) -> ExpectedIds:
    """Return the ids that a practice file must hold, parsed once per file."""
    if not is_offered(hosted):
        raise NotFound(NO_PART)
    name = str(hosted.definition.files.validation)
    return _read_part(blobs, hosted.files[name].sha256, hosted.definition.labels.id)


@lru_cache(maxsize=8)
def _read_part(blobs: Blobs, sha256: str, id_column: str) -> ExpectedIds:
    with blobs.open(sha256) as stream:
        return ExpectedIds(validation.read(stream, id_column))


def require_allowed(session: Session, user: User, hosted: Hosted, at: datetime) -> None:
    """Refuse whoever may not hold the training file: before the opening, or without the agreement where it comes first."""
    if not is_offered(hosted):
        raise NotFound(NO_PART)
    if hosted.status(at) == "announced" and not hosting.is_run_by(session, user, hosted.row):
        raise Conflict("not_open", Text("아직 열리지 않았습니다.", "This challenge has not opened yet."))
    agreement = hosted.definition.agreement
    if agreement is not None and agreement.before == "download" and teams.must_agree(session, user, hosted):
        raise Forbidden(
            "agreement_needed",
            Text("먼저 참가 약관을 읽고 받아들이십시오.", "First read and accept the agreement."),
        )


def require_free(session: Session, user: User) -> None:
    """Refuse whoever has a file waiting; asked before an upload is read, and again under the lock."""
    if store.is_waiting(session, user.id or 0):
        raise Conflict(
            "practice_waiting",
            Text(
                "앞서 보낸 연습 파일을 아직 채점하고 있습니다. 끝난 뒤에 보내십시오.",
                "Your practice file before this one is still being scored. Send the next once it is done.",
            ),
        )


def prepare(blobs: Blobs, hosted: Hosted, *, stream: BinaryIO, filename: str) -> Prepared:
    """Check a file and put it in the store; a file of test predictions, the likely mistake, is named as such."""
    expected = expected_ids(blobs, hosted)
    try:
        return submissions.prepare(blobs, hosted, stream=stream, filename=filename, expected=expected)
    except Invalid as found:
        if found.code == "bad_file" and _is_for_test(blobs, hosted, stream, filename):
            message = Text(
                f"이 파일은 시험 환자의 예측입니다. 연습에는 {hosted.definition.files.validation}에 있는 학습 환자의 예측을 올리십시오.",
                f"These are predictions of the test patients. For practice upload predictions of the training patients in {hosted.definition.files.validation}.",
            )
            raise Invalid("test_predictions", message, fields={"file": message}) from None
        raise


def _is_for_test(blobs: Blobs, hosted: Hosted, stream: BinaryIO, filename: str) -> bool:
    stream.seek(0)
    try:
        submissions.check(blobs, hosted, stream=stream, filename=filename)
    except UserError:
        return False
    return True


def record(
    session: Session,
    *,
    user: User,
    hosted: Hosted,
    prepared: Prepared,
    against: Against | None,
    note: str,
    at: datetime,
) -> Practice:
    """Write a checked file down for a worker. One of a person waits at a time, so that nobody can fill the line."""
    person = account_store.lock(session, user.id or 0)
    require_allowed(session, person, hosted, at)
    require_free(session, person)
    team = teams.team_of(session, person, hosted)
    row = Practice(
        public_id=secrets.token_hex(8),
        challenge_id=hosted.id,
        user_id=person.id or 0,
        team_id=team.id if team else None,
        version=hosted.definition.version,
        filename=prepared.filename,
        file_sha256=prepared.file_sha256,
        canonical_sha256=prepared.canonical_sha256,
        rows=prepared.rows,
        size=prepared.size,
        note=names.clean(note, field="note", longest=LONGEST_NOTE, empty_allowed=True),
        against_filename=against.filename if against else None,
        against_sha256=against.file_sha256 if against else None,
        against_public_id=against.public_id if against else None,
        outcome={},
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def earlier(session: Session, user: User, hosted: Hosted, public_id: str) -> Against:
    """Return an earlier practice file of the same owner and challenge, to be compared with."""
    row = own(session, user, public_id)
    if row.challenge_id != hosted.id:
        raise NotFound
    return Against(row.filename, row.file_sha256, row.public_id)


def own(session: Session, user: User, public_id: str) -> Practice:
    """Return a practice file of the user's or the user's team; anybody else's looks like none."""
    row = store.by_public_id(session, public_id)
    if row is None:
        raise NotFound
    if row.user_id != user.id:
        membership = team_store.membership(session, user.id or 0, row.challenge_id)
        if row.team_id is None or membership is None or membership.team_id != row.team_id:
            raise NotFound
    return row


def one(session: Session, user: User, public_id: str) -> tuple[Hosted, PracticeView]:
    """Return the challenge and one practice file."""
    row = own(session, user, public_id)
    hosted = hosting.by_id(session, row.challenge_id)
    line = store.ahead(session, row.id or 0) + 1 if row.state == "waiting" else None
    found = view(hosted, row, user, place_in_line=line)
    other = found.against_public_id
    # The earlier one may have been forgotten: its name stays, and nothing leads to it.
    gone = other is not None and store.by_public_id(session, other) is None
    return hosted, replace(found, against_public_id=None) if gone else found


def history(session: Session, user: User, hosted: Hosted) -> list[PracticeView]:
    """Return the last practice files of a person and the person's team, the newest first."""
    team = teams.team_of(session, user, hosted)
    found = store.of_owner(session, hosted.id, user.id or 0, team.id if team else None, LISTED)
    return [view(hosted, row, user) for row in found]


def view(hosted: Hosted, row: Practice, user: User | None, *, place_in_line: int | None = None) -> PracticeView:
    outcome = row.outcome or {}
    return PracticeView(
        public_id=row.public_id,
        slug=hosted.slug,
        status=row.state,
        created_at=row.created_at,
        finished_at=row.finished_at,
        filename=row.filename,
        file_sha256=row.file_sha256,
        rows=row.rows,
        size=row.size,
        note=row.note,
        own=user is not None and row.user_id == user.id,
        against_filename=row.against_filename,
        against_public_id=row.against_public_id,
        **read(outcome),
        failure=outcome.get("failure"),
        place_in_line=place_in_line,
    )


def read(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return what a worker said of a file as the pages take it: scores, paired differences, the report."""
    return {
        "scores": {key: _score(one) for key, one in (outcome.get("splits") or {}).get(SPLIT, {}).items()},
        "differences": {key: _score(one) for key, one in (outcome.get("against") or {}).items()},
        "report": outcome.get("report"),
    }


def _score(one: dict[str, Any]) -> ScoreView:
    low_high = one.get("ci")
    return ScoreView(one["value"], one["se"], (low_high[0], low_high[1]) if low_high else None, one["reason"])


def give_up_on(session: Session, at: datetime) -> int:
    """Give files up that killed their worker again and again: their owners are told, and may send them again."""
    return sum(fail(session, row, "not_scored", at) for row in work.exhausted(session, Practice, at))


def fail(session: Session, row: Practice, code: str, at: datetime) -> bool:
    """Say of a file that it could not be scored; the file itself is at fault only if the challenge's files were replaced."""
    return work.finish(session, row, state="failed", at=at, outcome={"failure": code})


def anything_to_tidy(session: Session, at: datetime) -> bool:
    return bool(store.left_over(session, at - KEPT, 1))


def tidy(session: Session, blobs: Blobs, at: datetime) -> int:
    """Forget what was sent a month ago, with its files unless something else holds them."""
    left = store.left_over(session, at - KEPT)
    digests = {digest for row in left for digest in (row.file_sha256, row.against_sha256) if digest}
    for row in left:
        work.forget(session, row)
    session.flush()
    for digest in sorted(digests - work.in_use(session, digests)):
        blobs.delete(digest)
    return len(left)
