"""What the sweeper does every second: rings again for what was lost, chains the ledger, finishes reveals, tidies uploads away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from arena import audit, dry_runs, hosting, publications, publishing
from arena.queue import Queue
from arena.store import evaluations
from arena.store import publications as publication_store
from arena.store.blobs import Blobs
from arena.store.engine import reading, transaction
from arena.store.models import DryRun, Publication

PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    rung: int
    failed: int
    chained: int
    revealed: tuple[str, ...]
    tidied: int = 0


def sweep(engine: Engine, queue: Queue, at: datetime, blobs: Blobs | None = None) -> Swept:
    """Do one sweep; several sweepers at once would only ring twice. Without a store no file is tidied away."""
    # Rings still in the queue are not lost: while it is not empty, ring again only for what has waited long.
    patience = timedelta(0) if queue.depth() == 0 else PATIENCE
    with reading(engine) as session:
        lost = evaluations.due(session, at - patience)
        uploads = publication_store.due(session, Publication, at, patience=patience)
        trials = publication_store.due(session, DryRun, at, patience=patience)
    rung = sum(queue.score(evaluation_id) for evaluation_id in lost)
    rung += sum(queue.verify(publication_id) for publication_id in uploads)
    rung += sum(queue.dry_run(dry_run_id) for dry_run_id in trials)
    with transaction(engine) as session:
        failed = len(evaluations.fail_exhausted(session, at)) + publications.give_up_on(session, at)
        chained = audit.chain(session, at)
    tidied = _tidy(engine, blobs, at) if blobs is not None else 0
    return Swept(rung, failed, chained, _reveals(engine, queue, at), tidied)


def _tidy(engine: Engine, blobs: Blobs, at: datetime) -> int:
    # Asked every second, and nearly always for nothing: a writer would hold others up.
    with reading(engine) as session:
        if not publications.anything_to_tidy(session, at):
            return 0
    with transaction(engine) as session:
        dry_runs.give_up_on(session, blobs, at)
        return publications.tidy(session, blobs, at)


def _reveals(engine: Engine, queue: Queue, at: datetime) -> tuple[str, ...]:
    with reading(engine) as session:
        started = [
            hosted
            for hosted in hosting.every(session)
            if hosted.row.reveal_started_at is not None and hosted.row.revealed_at is None
        ]
    done = []
    for hosted in started:
        with transaction(engine) as session:
            if publishing.finish_reveal(session, hosted, at):
                done.append(hosted)
    for hosted in done:
        queue.compare(hosted.id)
    return tuple(hosted.slug for hosted in done)
