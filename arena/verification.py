"""What comes of a worker's verification: an upload becomes the challenge that it is of, or is refused with codes; and of dry runs.

Workers import this module: nothing here needs more of the site than its rows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from arena import audit
from arena.store import challenges as challenge_store
from arena.store import publications as store
from arena.store.blobs import Blobs
from arena.store.models import Challenge, ChallengeFile, DryRun, Labels, Publication
from challenges.findings import MISTAKE

# A challenge in one of these states has never been anybody's but its organizers': a verified upload replaces it whole.
REPLACEABLE = ("verifying", "refused", "ready", "withdrawn")
NOT_VERIFIED = {"code": "not_verified", "severity": MISTAKE, "file": None, "line": None, "column": None, "about": None}


def settle(
    session: Session,
    held: Publication,
    *,
    findings: Sequence[dict[str, Any]],
    facts: dict[str, Any],
    at: datetime,
) -> bool:
    """Write down what was found; without a mistake the upload takes its place. False, and nothing written, if the claim is lost."""
    row = challenge_store.lock(session, held.challenge_id)
    refused = any(one["severity"] == MISTAKE for one in findings)
    replaces = row.state in REPLACEABLE
    state = "refused" if refused else "installed" if replaces else "verified"
    if not store.finish(session, held, state=state, at=at, findings=list(findings), facts={} if refused else facts):
        return False
    if refused and row.state == "verifying":
        row.state = "refused"
        session.add(row)
    if state == "installed":
        _install(session, row, held, facts, at)
    audit.record(
        session,
        "upload_refused" if refused else "upload_verified",
        row.id,
        {
            "version": held.version,
            "definition_sha256": held.definition_sha256,
            "labels_sha256": held.sealed_sha256,
            "codes": sorted({str(one["code"]) for one in findings if one["severity"] == MISTAKE}),
        },
        at,
    )
    return True


def give_up(session: Session, held: Publication, at: datetime) -> bool:
    """Refuse an upload that could not be verified through a fault of ours."""
    return settle(session, held, findings=[NOT_VERIFIED], facts={}, at=at)


def _install(session: Session, row: Challenge, held: Publication, facts: dict[str, Any], at: datetime) -> None:
    """Make an upload the challenge itself, ready to be previewed and published."""
    challenge_id = row.id or 0
    challenge_store.drop_baselines(session, challenge_id)
    challenge_store.drop_labels(session, challenge_id)
    store.supersede(session, challenge_id, states=("installed",), at=at, but=held.id)
    take(session, row, held, facts)
    if held.sealed_sha256 is not None:
        session.add(labels_of(held, facts, 1, at))
    row.state = "ready"
    row.opens_at = row.closes_at = row.stopped_at = row.stop_reason = None
    session.add(row)
    session.flush()


def take(session: Session, row: Challenge, held: Publication, facts: dict[str, Any]) -> None:
    """Give a challenge the definition, facts and files of an upload."""
    row.version = held.version
    row.kind = str(held.definition["kind"])
    row.definition = held.definition
    row.definition_sha256 = held.definition_sha256
    row.facts = facts
    session.add(row)
    challenge_store.drop_files(session, held.challenge_id)
    for file in held.files:
        session.add(
            ChallengeFile(
                challenge_id=held.challenge_id,
                name=file["name"],
                role=file["role"],
                sha256=file["sha256"],
                size=file["size"],
            ),
        )
    session.flush()


def labels_of(held: Publication, facts: dict[str, Any], version: int, at: datetime) -> Labels:
    """Return the row for an upload's sealed labels."""
    return Labels(
        challenge_id=held.challenge_id,
        version=version,
        ciphertext_sha256=held.sealed_sha256 or "",
        ids_sha256=str(facts["ids_sha256"]),
        created_at=at,
    )


def finish_dry_run(
    session: Session, blobs: Blobs, held: DryRun, outcome: dict[str, Any], at: datetime, *, state: str = "done"
) -> bool:
    """Write down what came of a dry run and delete its file, unless something else is the same file."""
    if not store.finish(session, held, state=state, at=at, outcome=outcome):
        return False
    session.flush()
    if held.file_sha256 not in store.in_use(session, [held.file_sha256]):
        blobs.delete(held.file_sha256)
    return True


def fail_dry_run(session: Session, blobs: Blobs, held: DryRun, at: datetime) -> bool:
    """Give a dry run up that could not be scored through a fault of ours."""
    return finish_dry_run(session, blobs, held, {"ok": False, "codes": ["not_scored"]}, at, state="failed")
