"""Practice files from the site: scored as `arena report` scores them on a laptop, from files that everybody may download."""

import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from arena import hosting
from arena import practising as use_case
from arena.hosting import Hosted
from arena.store import publications as store
from arena.store.engine import reading, transaction
from arena.store.models import Practice
from challenges.predictions import PredictionProblems
from worker import faults, practice
from worker.leases import LEASE_SECONDS, Lease
from worker.practice import Held
from worker.station import Station

log = logging.getLogger("worker")


def score(station: Station, practice_id: int) -> None:
    """Score one file once, however often it is rung for; a killed worker's is taken up again when its lease has ended."""
    with transaction(station.engine) as session:
        at = datetime.now(UTC)
        token = uuid.uuid4().hex
        row = store.claim(session, Practice, practice_id, token=token, at=at, lease_seconds=LEASE_SECONDS)
    if row is None:
        log.info("practice %d: nothing to do", practice_id)
        return
    try:
        with Lease(station, lambda session, at: _renew(session, row, at), f"practice {row.id}"):
            outcome = _outcome(station, row)
    except PredictionProblems:
        # It was right when it came: the challenge's files have been replaced since.
        _fail(station, row, "files_replaced")
    except Exception as fault:  # noqa: BLE001 (RQ would keep its text, and others could read it)
        log.error("practice %d: %s: %s", practice_id, faults.code(fault), faults.describe(fault))  # noqa: TRY400
        with transaction(station.engine) as session:
            again = store.give_back(session, row, at=datetime.now(UTC))
        if not again:
            _fail(station, row, "not_scored")
    else:
        with transaction(station.engine) as session:
            store.finish(session, row, state="done", at=datetime.now(UTC), outcome=outcome)
        log.info("practice %d: scored", practice_id)


def _renew(session: Session, row: Practice, at: datetime) -> bool:
    return store.renew(session, row, at=at, lease_seconds=LEASE_SECONDS)


def _fail(station: Station, row: Practice, code: str) -> None:
    with transaction(station.engine) as session:
        use_case.fail(session, row, code, datetime.now(UTC))


def _outcome(station: Station, row: Practice) -> dict[str, Any]:
    with reading(station.engine) as session:
        hosted = hosting.by_id(session, row.challenge_id)
    known = held(station, hosted)
    sent = [(row.file_sha256, row.filename)]
    if row.against_sha256 is not None:
        sent.append((row.against_sha256, row.against_filename or ""))
    files = []
    for sha256, filename in sent:
        with station.blobs.open(sha256) as stream:
            files.append(practice.read_file(hosted.definition, known, stream, filename))
    return practice.score(hosted.definition, known, *files)


def held(station: Station, hosted: Hosted) -> Held:
    """Return a hosted challenge's validation rows, from the files that it publishes."""
    train, part = practice.names(hosted.definition)
    with (
        station.blobs.open(hosted.files[train].sha256) as whole,
        station.blobs.open(hosted.files[part].sha256) as ids,
    ):
        return practice.held(hosted.definition, whole, ids)
