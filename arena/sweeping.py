"""What the sweeper does every second: rings for what was lost, chains the ledger, ends reveals and rescorings, tidies uploads away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from arena import audit, dry_runs, hosting, notices, practising, publications, publishing, rescoring
from arena.queue import DRY_RUN, PRACTICE, SCORE, VERIFY, Queue
from arena.store import evaluations, waiting
from arena.store import publications as publication_store
from arena.store import rescoring as rescoring_store
from arena.store.blobs import Blobs
from arena.store.engine import reading, transaction
from arena.store.models import DryRun, Practice, Publication
from scorers.version import SCORER_VERSION


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    rung: int
    failed: int
    chained: int
    revealed: tuple[str, ...]
    tidied: int = 0
    rescored: tuple[str, ...] = ()


def sweep(engine: Engine, queue: Queue, at: datetime, blobs: Blobs | None = None) -> Swept:
    """Do one sweep; several sweepers at once would only ring twice. Without a store no file is tidied away."""
    # Looked at before the database: what a worker takes meanwhile is rung for once too often, which costs a moment.
    unheard = queue.unheard()
    again = rescoring.BATCH if queue.depth() == 0 else 0
    with reading(engine) as session:
        lost = waiting.due(session, at, again=again)
        uploads = publication_store.due(session, Publication, at)
        trials = publication_store.due(session, DryRun, at)
        practised = publication_store.due(session, Practice, at)
    rung = sum(queue.score(one) for one in lost if not unheard(SCORE, one))
    rung += sum(queue.verify(one) for one in uploads if not unheard(VERIFY, one))
    rung += sum(queue.dry_run(one) for one in trials if not unheard(DRY_RUN, one))
    rung += sum(queue.practice(one) for one in practised if not unheard(PRACTICE, one))
    with transaction(engine) as session:
        failed = len(evaluations.fail_exhausted(session, at)) + publications.give_up_on(session, at)
        practising.give_up_on(session, at)
        chained = audit.chain(session, at)
    _tell_closing(engine, at)
    rescored = _rescorings(engine, queue, at)
    tidied = _tidy(engine, blobs, at) if blobs is not None else 0
    return Swept(rung, failed, chained, _reveals(engine, queue, at), tidied, rescored)


def _tell_closing(engine: Engine, at: datetime) -> None:
    # Asked every second, and nearly always for nothing.
    with reading(engine) as session:
        if not notices.anything_closes(session, at):
            return
    with transaction(engine) as session:
        notices.tell_closing(session, at)


def _tidy(engine: Engine, blobs: Blobs, at: datetime) -> int:
    # Asked every second, and nearly always for nothing: a writer would hold others up.
    with reading(engine) as session:
        if not publications.anything_to_tidy(session, at) and not practising.anything_to_tidy(session, at):
            return 0
    with transaction(engine) as session:
        dry_runs.give_up_on(session, blobs, at)
        return publications.tidy(session, blobs, at) + practising.tidy(session, blobs, at)


def begin(engine: Engine, queue: Queue, at: datetime) -> tuple[str, ...]:
    """Do what a new version of the code asks for: open challenges are scored by one version of the scorers."""
    begun = []
    with reading(engine) as session:
        found = [hosting.by_id(session, one) for one in rescoring_store.scored_by_others(session, SCORER_VERSION)]
    for hosted in found:
        with transaction(engine) as session:
            rings = rescoring.begin(session, hosting.by_id(session, hosted.id), at)
        for evaluation_id in rings:
            queue.score(evaluation_id)
        if rings:
            begun.append(hosted.slug)
    return tuple(begun)


def _rescorings(engine: Engine, queue: Queue, at: datetime) -> tuple[str, ...]:
    with reading(engine) as session:
        started = [hosting.by_id(session, one) for one in rescoring_store.under_way(session)]
        # A look first: while anything is still to be scored, no lock is taken.
        ready = [hosted for hosted in started if rescoring.is_ready(session, hosted)]
    done = []
    for hosted in ready:
        with transaction(engine) as session:
            if rescoring.finish(session, hosting.by_id(session, hosted.id), at):
                done.append(hosted)
    for hosted in done:
        if hosted.row.reveal_started_at is not None:
            queue.compare(hosted.id)
    return tuple(hosted.slug for hosted in done)


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
