"""What the sweeper does every second: rings again for what was lost, chains the ledger, finishes reveals."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from arena import audit, hosting, publishing
from arena.queue import Queue
from arena.store import evaluations, waiting
from arena.store.engine import reading, transaction

PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    rung: int
    failed: int
    chained: int
    revealed: tuple[str, ...]


def sweep(engine: Engine, queue: Queue, at: datetime) -> Swept:
    """Do one sweep; several sweepers at once would only ring twice."""
    # Rings still in the queue are not lost: while it is not empty, ring again only for what has waited long.
    patience = timedelta(0) if queue.depth() == 0 else PATIENCE
    with reading(engine) as session:
        lost = waiting.due(session, at - patience)
    rung = sum(queue.score(evaluation_id) for evaluation_id in lost)
    with transaction(engine) as session:
        failed = evaluations.fail_exhausted(session, at)
        chained = audit.chain(session, at)
    return Swept(rung, len(failed), chained, _reveals(engine, queue, at))


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
