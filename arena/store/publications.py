"""Verbs on uploads of challenges, dry runs and practice: claiming with a fencing token, finding what is lost, what is still needed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import and_, delete, or_, update
from sqlmodel import Session, col, select

from arena.store.models import (
    ChallengeFile,
    ChallengeVersion,
    Companion,
    DryRun,
    Labels,
    Practice,
    Publication,
    Submission,
)
from arena.store.rows import changed

Work = TypeVar("Work", Publication, DryRun, Practice)
AnyWork = Publication | DryRun | Practice

ATTEMPTS = 5
GRACE = timedelta(seconds=2)
# After so many attempts the work rests so long before the next.
RESTS = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20))
# The state in which each waits for a worker or is in one's hands.
WAITING: dict[type[AnyWork], str] = {Publication: "verifying", DryRun: "waiting", Practice: "waiting"}


def newest(session: Session, challenge_id: int) -> Publication | None:
    """Return the upload that a challenge's organizer sent last."""
    return session.exec(
        select(Publication).where(Publication.challenge_id == challenge_id).order_by(col(Publication.id).desc()),
    ).first()


def installed(session: Session, challenge_id: int) -> Publication | None:
    """Return the upload that a challenge consists of; a shipped one has none."""
    return session.exec(
        select(Publication)
        .where(Publication.challenge_id == challenge_id, Publication.state == "installed")
        .order_by(col(Publication.id).desc()),
    ).first()


def newest_dry_run(session: Session, challenge_id: int) -> DryRun | None:
    return session.exec(
        select(DryRun).where(DryRun.challenge_id == challenge_id).order_by(col(DryRun.id).desc()),
    ).first()


def supersede(
    session: Session, challenge_id: int, *, states: Iterable[str], at: datetime, but: int | None = None
) -> None:
    """Mark a challenge's other uploads as dropped; a worker that holds one loses its claim."""
    changed(
        session,
        update(Publication)
        .where(
            col(Publication.challenge_id) == challenge_id,
            col(Publication.state).in_(tuple(states)),
            col(Publication.id) != (but or 0),
        )
        .values(state="dropped", token=None, lease_until=None, finished_at=at),
    )


def claim(
    session: Session, table: type[Work], row_id: int, *, token: str, at: datetime, lease_seconds: float
) -> Work | None:
    """Take one piece of work, or return none: it is done, or in another worker's hands."""
    taken = changed(
        session,
        update(table)
        .where(
            col(table.id) == row_id,
            col(table.state) == WAITING[table],
            or_(col(table.lease_until).is_(None), col(table.lease_until) < at),
        )
        .values(
            token=token,
            lease_until=at + timedelta(seconds=lease_seconds),
            attempts=col(table.attempts) + 1,
            started_at=at,
        ),
    )
    return session.exec(select(table).where(table.id == row_id)).one() if taken else None


def renew(session: Session, row: AnyWork, *, at: datetime, lease_seconds: float) -> bool:
    """Prolong the lease; false if the claim is lost."""
    until = at + timedelta(seconds=lease_seconds)
    return bool(changed(session, update(type(row)).where(_held(row)).values(lease_until=until)))


def finish(session: Session, row: AnyWork, *, state: str, at: datetime, **values: Any) -> bool:
    """Write what came of the work; false, and nothing written, if the claim is lost."""
    done = {"state": state, "finished_at": at, "lease_until": None, "token": None, **values}
    return bool(changed(session, update(type(row)).where(_held(row)).values(**done)))


def give_back(session: Session, row: AnyWork, *, at: datetime) -> bool:
    """Return a claim after a fault of ours, to be tried again after a rest; false once no attempt is left."""
    if row.attempts >= ATTEMPTS:
        return False
    rest = RESTS[min(row.attempts, len(RESTS)) - 1]
    changed(session, update(type(row)).where(_held(row)).values(token=None, lease_until=at + rest))
    return True


def due(session: Session, table: type[Work], at: datetime, *, limit: int = 100) -> list[int]:
    """Return the work whose ring may be lost: nobody took it for a while, or its lease has ended."""
    untouched = and_(col(table.lease_until).is_(None), col(table.created_at) < at - GRACE)
    found = session.exec(
        select(table.id)
        .where(col(table.state) == WAITING[table], or_(untouched, col(table.lease_until) < at))
        .order_by(col(table.id))
        .limit(limit),
    )
    return [row_id for row_id in found if row_id is not None]


def exhausted(session: Session, table: type[Work], at: datetime) -> list[Work]:
    """Return the work that killed its worker again and again."""
    return list(
        session.exec(
            select(table)
            .where(
                col(table.state) == WAITING[table],
                col(table.lease_until) < at,
                col(table.attempts) >= 2 * ATTEMPTS,
            )
            .with_for_update(),
        ),
    )


def left_over(session: Session, before: datetime) -> list[Publication]:
    """Return uploads that came to nothing and were finished before a moment, newest and oldest alike."""
    return list(
        session.exec(
            select(Publication)
            .where(col(Publication.state).in_(("refused", "dropped")), col(Publication.finished_at) < before)
            .order_by(col(Publication.id)),
        ),
    )


def forget(session: Session, row: AnyWork) -> None:
    session.execute(delete(type(row)).where(col(type(row).id) == row.id))


def in_use(session: Session, digests: Iterable[str]) -> set[str]:
    """Return which of these blobs a row still names: a file of any version, labels, what a team sent, practice, an upload or a dry run on its way."""
    wanted = set(digests)
    found: set[str] = set()
    for column in (
        *(ChallengeFile.sha256, Labels.ciphertext_sha256),
        *(Submission.file_sha256, Companion.file_sha256, DryRun.file_sha256),
        *(Practice.file_sha256, Practice.against_sha256),
    ):
        named = select(column).where(col(column).in_(wanted))
        if column is DryRun.file_sha256:
            named = named.where(DryRun.state == "waiting")
        found |= {one for one in session.exec(named) if one is not None}
    for files, sealed in session.exec(
        select(Publication.files, Publication.sealed_sha256).where(
            col(Publication.state).in_(("verifying", "verified", "installed", "refused")),
        ),
    ):
        found |= wanted & {str(file["sha256"]) for file in files} | wanted & {sealed or ""}
    for files in session.exec(select(ChallengeVersion.files)):
        found |= wanted & {str(file["sha256"]) for file in files}
    return found


def _held(row: AnyWork) -> Any:
    table = type(row)
    return and_(col(table.id) == row.id, col(table.state) == WAITING[table], col(table.token) == row.token)
