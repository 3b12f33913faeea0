"""The second file that a challenge may ask for beside a submission: checked alike, never ranked, gated or counted.

It belongs to a submission, and may be sent with it or added later with the same predictions, until the close. What it tells
comes from the final's private evaluation, after the reveal; until then only its receipt is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from sqlmodel import Session

from arena import audit, intake, submissions
from arena.errors import Conflict, Invalid, TooLarge
from arena.hosting import Hosted
from arena.store import companions as store
from arena.store.blobs import Blobs
from arena.store.models import Companion, Submission, User
from arena.submissions import Prepared
from challenges.predictions import Predictions
from challenges.text import Text

# It costs no submission, so something else must bound how much of it one submission keeps.
MOST = 5


def check(blobs: Blobs, hosted: Hosted, *, stream: BinaryIO, filename: str, beside: str) -> Predictions:
    """Read a second file as any prediction file is read; `beside` is the canonical digest of the first."""
    _require_asked(hosted)
    with _named():
        found = submissions.check(blobs, hosted, stream=stream, filename=filename)
    _require_other(found.canonical_sha256, beside)
    return found


def prepare(blobs: Blobs, hosted: Hosted, *, stream: BinaryIO, filename: str, beside: str) -> Prepared:
    """Check a second file and put it in the store; no transaction is open meanwhile."""
    _require_asked(hosted)
    with _named():
        found = submissions.prepare(blobs, hosted, stream=stream, filename=filename)
    _require_other(found.canonical_sha256, beside)
    return found


def attach(
    session: Session, *, user: User, hosted: Hosted, submission: Submission, prepared: Prepared, at: datetime
) -> Companion:
    """Keep a prepared file as the submission's second file, in the transaction that recorded or found the submission.

    The same file again is the same companion, after the close too: its first sending was received in time.
    """
    submission_id = submission.id or 0
    kept = store.newest(session, [submission_id]).get(submission_id)
    if kept is not None and kept.canonical_sha256 == prepared.canonical_sha256:
        return kept
    if submission.late:
        raise Conflict(
            "late",
            Text(
                "마감 뒤에 내는 제출에는 둘째 파일이 없습니다. 최종 제출이 될 수 없어 견줄 일이 없기 때문입니다.",
                "A late submission takes no second file: it is never a final, so the two are never compared.",
            ),
        )
    intake.require_calendar(hosted, at)
    intake.require_open(hosted, at)
    _require_other(prepared.canonical_sha256, submission.canonical_sha256)
    if store.count(session, submission_id) >= MOST:
        raise Conflict(
            "too_many_companions",
            Text(
                f"둘째 파일은 제출마다 {MOST}번까지 보낼 수 있습니다. 마지막으로 보낸 것이 남습니다.",
                f"A submission takes {MOST} second files, each in place of the one before. The last one stays.",
            ),
        )
    row = Companion(
        submission_id=submission_id,
        user_id=user.id or 0,
        received_at=at,
        filename=prepared.filename,
        file_sha256=prepared.file_sha256,
        canonical_sha256=prepared.canonical_sha256,
        rows=prepared.rows,
        size=prepared.size,
    )
    session.add(row)
    session.flush()
    data = {"submission": submission.public_id, "team": submission.team_id, "file_sha256": prepared.file_sha256}
    audit.record(session, "companion_received", hosted.id, data, at)
    return row


def _require_asked(hosted: Hosted) -> None:
    if hosted.definition.companion is None:
        message = Text("이 챌린지는 둘째 파일을 받지 않습니다.", "This challenge takes no second file.")
        raise Invalid("invalid_field", message, fields={"companion": message})


def _require_other(canonical_sha256: str, first: str) -> None:
    if canonical_sha256 == first:
        message = Text(
            "두 파일의 예측이 같습니다. 둘째 파일로 다른 예측을 고르십시오. 제출 횟수는 줄지 않았습니다.",
            "Both files hold the same predictions. Choose others for the second file. It has cost no submission.",
        )
        raise Invalid("same_predictions", message, fields={"companion": message})


@contextmanager
def _named() -> Iterator[None]:
    """Say of what is refused that it is the second file."""
    try:
        yield
    except Invalid as found:
        message = Text(
            f"둘째 파일에서 문제 {found.total}건을 찾았습니다. 제출 횟수는 줄지 않았습니다.",
            f"The second file has {found.total} problem{'s' if found.total != 1 else ''}. It has cost no submission.",
        )
        raise Invalid("bad_companion", message, problems=found.problems, total=found.total) from None
    except TooLarge as found:
        ko, en = found.message
        raise TooLarge(found.code, Text(f"둘째 파일: {ko}", f"The second file: {en}")) from None
