"""Dry runs: an organizer's prediction file through everything that a submission goes through, of which only codes are kept."""

import logging
import math
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from arena import hosting, verification
from arena.hosting import Hosted
from arena.store import publications as store
from arena.store.engine import reading, transaction
from arena.store.models import DryRun
from challenges.predictions import PredictionProblems, read
from scorers.evaluation import Columns
from worker import faults, scoring
from worker.columns import Outcomes, constant, predicted
from worker.leases import LEASE_SECONDS, Lease
from worker.scoring import Scored
from worker.station import Station

# Opens a challenge's labels.
Open = Callable[[Hosted], Outcomes]
Outcome = dict[str, Any]
log = logging.getLogger("worker")


def dry_run(station: Station, open_labels: Open, dry_run_id: int) -> None:
    """Score one file as a submission would be, once; what is kept of it says only whether that went well."""
    with transaction(station.engine) as session:
        held = store.claim(
            session,
            DryRun,
            dry_run_id,
            token=uuid.uuid4().hex,
            at=datetime.now(UTC),
            lease_seconds=LEASE_SECONDS,
        )
    if held is None:
        log.info("dry run %d: nothing to do", dry_run_id)
        return
    try:
        with Lease(station, lambda session, at: _renew(session, held, at), f"dry run {held.id}"):
            outcome = _outcome(station, open_labels, held)
    except Exception as fault:  # noqa: BLE001 (its text could quote labels; RQ would keep it)
        log.error("dry run %d: %s: %s", dry_run_id, faults.code(fault), faults.describe(fault))  # noqa: TRY400
        with transaction(station.engine) as session:
            if not store.give_back(session, held, at=datetime.now(UTC)):
                verification.fail_dry_run(session, station.blobs, held, datetime.now(UTC))
        return
    with transaction(station.engine) as session:
        verification.finish_dry_run(session, station.blobs, held, outcome, datetime.now(UTC))


def _renew(session: Session, held: DryRun, at: datetime) -> bool:
    return store.renew(session, held, at=at, lease_seconds=LEASE_SECONDS)


def _outcome(station: Station, open_labels: Open, held: DryRun) -> Outcome:
    began = time.monotonic()
    with reading(station.engine) as session:
        hosted = hosting.by_id(session, held.challenge_id)
    try:
        file = _file(station, hosted, held.file_sha256, held.filename)
    except PredictionProblems as found:
        # The challenge's own files may have been replaced since this one was checked.
        return {"ok": False, "codes": sorted({one.code for one in found.problems}), "seconds": _tenths(began)}
    hidden = open_labels(hosted)
    reference = _reference(station, hosted)
    scores = scoring.full(hosted.definition, hidden, file, reference, ("public",))
    if hosted.gated:
        # Decided for nobody and forgotten: only that it can be decided counts.
        _decide(station, hosted, hidden, file, reference, held)
    undefined = [one.key for one in scores if one.score.value is None and one.key == hosted.definition.primary.key]
    outcome: Outcome = {
        "ok": not undefined,
        "codes": ["undefined_metric"] if undefined else [],
        "seconds": _tenths(began),
    }
    # Where the labels are public, so are scores. The word practice is no part of what labels are sealed for, the gate is.
    public = hosted.definition.practice and not hosted.gated
    return {**outcome, "scores": _scores(scores)} if public else outcome


def _file(station: Station, hosted: Hosted, sha256: str, filename: str) -> Columns:
    with station.blobs.open(sha256) as stream:
        expected = hosting.expected_ids(station.blobs, hosted)
        predictions = read(stream, definition=hosted.definition, expected=expected, filename=filename)
    return predicted(predictions, hosted.definition)


def _reference(station: Station, hosted: Hosted) -> Columns:
    reference = hosted.definition.reference
    if reference is None or reference.file not in hosted.files:
        rows = len(hosting.expected_ids(station.blobs, hosted).ids)
        return constant(hosted.definition, hosted.facts["null"], rows)
    return _file(station, hosted, hosted.files[reference.file].sha256, reference.file)


def _decide(
    station: Station, hosted: Hosted, hidden: Outcomes, file: Columns, reference: Columns, held: DryRun
) -> None:
    row = hosted.facts.get("row")
    version = hosted.labels.version if hosted.labels else 1
    scoring.decide(
        hosted.definition,
        hidden,
        row=None if row is None else float(row),
        noise=station.noise(hosted, version, hidden.sha256),
        team=0,
        canonical_sha256=held.file_sha256,
        file=file,
        incumbent=reference,
        reference=reference,
        acceptances=0,
    )


def _scores(scores: Sequence[Scored]) -> dict[str, Any]:
    return {
        one.key: {
            "value": _finite(one.score.value),
            "se": _finite(one.score.se),
            "ci": list(one.score.ci) if one.score.ci else None,
            "reason": one.score.reason,
        }
        for one in scores
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _tenths(began: float) -> float:
    # In tenths of a second: nothing finer could be of use, or depend on a label unnoticed.
    return math.ceil((time.monotonic() - began) * 10) / 10
