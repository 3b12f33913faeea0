"""Submitting: reading and checking a file, recording it under the quota, and what its team may see of it."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlmodel import Session

from arena import audit, hosting, intake, names, teams
from arena.errors import Conflict, Invalid, NotFound, QuotaUsed, TooLarge
from arena.hosting import Hosted
from arena.store import challenges as challenge_store
from arena.store import evaluations as evaluation_store
from arena.store import marks
from arena.store import submissions as store
from arena.store import teams as team_store
from arena.store.blobs import Blobs
from arena.store.models import Submission, Team, User
from challenges.predictions import ExpectedIds, PredictionProblems, Predictions, read
from challenges.text import Text
from scorers.version import SCORER_VERSION

Sign = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that has passed every check and lies in the store; no row knows of it yet."""

    filename: str
    file_sha256: str
    canonical_sha256: str
    rows: int
    size: int
    advice: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a prepared file: a new submission, or the team's own earlier one of the same predictions."""

    submission: Submission
    evaluation_id: int | None
    created: bool


def _size(stream: BinaryIO, hosted: Hosted) -> int:
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    largest = hosted.definition.limits.max_bytes
    if size > largest:
        raise TooLarge(
            "too_large",
            Text(
                f"파일이 {size:,}바이트입니다. {largest:,}바이트까지 받습니다. CSV를 gzip으로 눌러 올리십시오.",
                f"The file has {size:,} bytes; {largest:,} are allowed. Compress the CSV with gzip.",
            ),
        )
    return size


def check(
    blobs: Blobs, hosted: Hosted, *, stream: BinaryIO, filename: str, expected: ExpectedIds | None = None
) -> Predictions:
    """Read a prediction file; raise Invalid with every problem by line. Costs nothing and stores nothing.

    It must hold the test file's ids, or those that are given.
    """
    if not hosted.definition.columns:
        raise Conflict(
            "no_predictions",
            Text("이 챌린지는 예측 파일을 받지 않습니다.", "This challenge takes no prediction files."),
        )
    _size(stream, hosted)
    try:
        return read(
            stream,
            definition=hosted.definition,
            expected=expected or hosting.expected_ids(blobs, hosted),
            filename=filename,
            usual=hosted.facts.get("null"),
        )
    except PredictionProblems as found:
        raise Invalid(
            "bad_file",
            Text(
                f"파일에서 문제 {found.total}건을 찾았습니다. 제출 횟수는 줄지 않았습니다.",
                f"The file has {found.total} problem{'s' if found.total != 1 else ''}. It has cost no submission.",
            ),
            problems=found.problems,
            total=found.total,
        ) from None


def prepare(
    blobs: Blobs, hosted: Hosted, *, stream: BinaryIO, filename: str, expected: ExpectedIds | None = None
) -> Prepared:
    """Check a file and put it in the store; no transaction is open meanwhile."""
    predictions = check(blobs, hosted, stream=stream, filename=filename, expected=expected)
    stream.seek(0)
    blob = blobs.put(stream)
    return Prepared(
        filename=names.clean(filename or "predictions.csv", field="file", longest=200),
        file_sha256=blob.sha256,
        canonical_sha256=predictions.canonical_sha256,
        rows=len(predictions.ids),
        size=blob.size,
        advice=tuple(predictions.advice),
    )


def record(
    session: Session,
    *,
    user: User,
    hosted: Hosted,
    prepared: Prepared,
    note: str,
    idempotency_key: str | None,
    at: datetime,
    sign: Sign,
    method: str = "",
) -> Recorded:
    """Record a prepared file as a submission in one short transaction, or return the team's own earlier one.

    A repeated request under the same key gets the same answer after the close too: its first try was received in time.
    """
    team = team_store.lock(session, teams.require_open_team(session, user, hosted).id or 0)
    # Asked again under the lock: its captain may have taken this person out meanwhile.
    teams.own_team(session, user, team.id or 0)
    if idempotency_key is not None:
        idempotency_key = hashlib.sha256(idempotency_key.encode()).hexdigest()
        known = store.by_idempotency_key(session, team.id or 0, idempotency_key)
        if known is not None:
            if known.canonical_sha256 != prepared.canonical_sha256:
                raise Conflict(
                    "idempotency_key_used",
                    Text(
                        "같은 Idempotency-Key로 다른 파일을 이미 받았습니다.",
                        "A different file was received under the same Idempotency-Key.",
                    ),
                )
            return Recorded(known, None, created=False)
    intake.require_open(hosted, at)
    same = store.by_content(session, team.id or 0, prepared.canonical_sha256)
    if same is not None:
        return Recorded(same, None, created=False)
    _require_quota(session, hosted, team, at)
    return _insert(
        session,
        hosted=hosted,
        team=team,
        user_id=user.id,
        prepared=prepared,
        note=names.clean(note, field="note", longest=120, empty_allowed=True),
        method=names.prose(method, field="method", longest=2000) if method.strip() else "",
        idempotency_key=idempotency_key,
        at=at,
        sign=sign,
        late=intake.takes_late(hosted, at),
    )


def record_baseline(
    session: Session,
    *,
    hosted: Hosted,
    team: Team,
    prepared: Prepared,
    at: datetime,
    sign: Sign,
    counts: bool = True,
) -> Recorded:
    """Record a baseline's file: the same way as a team's, but outside quota, calendar and agreement."""
    return _insert(
        session,
        hosted=hosted,
        team=team,
        user_id=None,
        prepared=prepared,
        note="",
        method="",
        idempotency_key=None,
        at=at,
        sign=sign,
        counts=counts,
    )


def _require_quota(session: Session, hosted: Hosted, team: Team, at: datetime) -> None:
    quota = teams.quota(session, hosted, team, at)
    if quota.left_total == 0:
        raise QuotaUsed(
            "quota_total",
            Text(
                f"제출 {quota.total}번을 모두 썼습니다. 파일은 검사만 했고 저장하지 않았습니다.",
                f"All {quota.total} submissions are used. The file was only checked.",
            ),
        )
    if quota.left_today == 0:
        when = quota.renews_at.isoformat(timespec="minutes")
        raise QuotaUsed(
            "quota_day",
            Text(
                f"오늘 제출 {quota.per_day}번을 모두 썼습니다. {when}에 다시 채워집니다.",
                f"Today's {quota.per_day} submissions are used. They renew at {when}.",
            ),
        )


def _insert(
    session: Session,
    *,
    hosted: Hosted,
    team: Team,
    user_id: int | None,
    prepared: Prepared,
    note: str,
    method: str,
    idempotency_key: str | None,
    at: datetime,
    sign: Sign,
    counts: bool = True,
    late: bool = False,
) -> Recorded:
    # Held from here on: under which version and labels a file is received is settled before another version can begin.
    row = challenge_store.hold(session, hosted.id)
    labels = challenge_store.labels(session, hosted.id)
    if labels is None:
        raise Conflict(
            "no_labels", Text("이 챌린지에는 봉인된 결과가 없습니다.", "This challenge has no sealed labels.")
        )
    public_id = secrets.token_hex(8)
    submission = Submission(
        public_id=public_id,
        challenge_id=hosted.id,
        team_id=team.id or 0,
        user_id=user_id,
        number=store.last_number(session, team.id or 0) + 1,
        received_at=at,
        filename=prepared.filename,
        file_sha256=prepared.file_sha256,
        canonical_sha256=prepared.canonical_sha256,
        rows=prepared.rows,
        size=prepared.size,
        note=note,
        method=method,
        idempotency_key=idempotency_key,
        late=late,
        receipt=sign(
            {
                "submission": public_id,
                "received_at": at.isoformat(),
                "file_sha256": prepared.file_sha256,
                "challenge": {
                    "slug": row.slug,
                    "version": row.version,
                    "sha256": row.definition_sha256,
                },
                "scorer": SCORER_VERSION,
                "labels": {"version": labels.version, "ciphertext_sha256": labels.ciphertext_sha256},
                **({"late": True} if late else {}),
            },
        ),
    )
    session.add(submission)
    session.flush()
    evaluation_id = evaluation_store.add(
        session,
        submission_id=submission.id or 0,
        split="public",
        scorer=SCORER_VERSION,
        labels_version=labels.version,
        at=at,
        # Among scores of older labels it would stand alone: it counts once the others have been evaluated under its own.
        in_force=counts and row.rescoring_started_at is None,
    )
    audit.record(
        session,
        "submission_received",
        hosted.id,
        {"submission": public_id, "team": team.id, "file_sha256": prepared.file_sha256},
        at,
    )
    return Recorded(submission, evaluation_id, created=True)


def choose_final(session: Session, user: User, public_id: str, at: datetime) -> Submission:
    """Make a submission the team's final, until the close."""
    submission = own(session, user, public_id)
    hosted = hosting.by_id(session, submission.challenge_id)
    # A pause holds up what comes in; which file is the final may still change.
    intake.require_calendar(hosted, at)
    if submission.refunded_at is not None:
        raise Conflict(
            "not_scored",
            Text(
                "채점하지 못한 제출은 최종 제출이 될 수 없습니다.",
                "A submission that could not be scored cannot be the final.",
            ),
        )
    team = team_store.lock(session, submission.team_id)
    teams.require_not_disqualified(session, team)
    _require_eligible(session, submission)
    team.final_submission_id = submission.id
    session.add(team)
    audit.record(session, "final_chosen", hosted.id, {"team": team.id, "submission": public_id}, at)
    return submission


def _require_eligible(session: Session, submission: Submission) -> None:
    found = [
        mark.reason
        for mark in marks.standing(session, submission.team_id, submission.id)
        if mark.kind == "disqualified"
    ]
    if found:
        raise Conflict(
            "disqualified",
            Text(
                f"실격한 제출은 최종 제출이 될 수 없습니다. 까닭: {found[0]}",
                f"A disqualified submission cannot be the final. The organizers’ reason: {found[0]}",
            ),
        )


def own(session: Session, user: User, public_id: str) -> Submission:
    """Return a submission of the user's own team; another team's looks like none."""
    submission = store.by_public_id(session, public_id)
    if submission is None:
        raise NotFound
    membership = team_store.membership(session, user.id or 0, submission.challenge_id)
    if membership is None or membership.team_id != submission.team_id:
        raise NotFound
    return submission
