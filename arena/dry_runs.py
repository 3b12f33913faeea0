"""Dry runs: an organizer sends a prediction file through a real worker before the opening, and no submission is left of it."""

from datetime import datetime

from sqlmodel import Session

from arena import hosting, verification
from arena.errors import Conflict
from arena.hosting import Hosted
from arena.store import publications as store
from arena.store.blobs import Blobs
from arena.store.models import DryRun, User
from arena.submissions import Prepared
from challenges.text import Text


def require_before_opening(hosted: Hosted, at: datetime) -> None:
    """Refuse once a challenge has opened: from then on a file is a submission."""
    if hosted.status(at) != "announced":
        raise Conflict(
            "opened",
            Text("시험 채점은 열기 전에만 할 수 있습니다.", "A dry run is possible only before the opening."),
        )


def record(session: Session, user: User, hosted: Hosted, prepared: Prepared, *, at: datetime) -> DryRun:
    """Write a checked file down for a worker; one at a time, and the one before is forgotten."""
    hosting.require_run_by(session, user, hosted.row)
    require_before_opening(hosted, at)
    before = store.newest_dry_run(session, hosted.id)
    if before is not None and before.state == "waiting":
        raise Conflict(
            "dry_run_waiting",
            Text("앞선 시험 채점이 아직 끝나지 않았습니다.", "The dry run before this one has not ended yet."),
        )
    if before is not None:
        store.forget(session, before)
    row = DryRun(
        challenge_id=hosted.id,
        user_id=user.id or 0,
        filename=prepared.filename,
        file_sha256=prepared.file_sha256,
        rows=prepared.rows,
        outcome={},
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def latest(session: Session, hosted: Hosted) -> DryRun | None:
    """Return the newest dry run of a challenge."""
    return store.newest_dry_run(session, hosted.id)


def give_up_on(session: Session, blobs: Blobs, at: datetime) -> int:
    """Give dry runs up that killed their worker again and again."""
    return sum(verification.fail_dry_run(session, blobs, one, at) for one in store.exhausted(session, DryRun, at))
