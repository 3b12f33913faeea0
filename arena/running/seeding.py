"""The shipped challenges: made once an instance by the worker's tools, published like any other."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

import challenges
from arena import publishing
from arena.errors import Conflict
from arena.queue import Queue
from arena.running import tools
from arena.store import challenges as store
from arena.store import evaluations
from arena.store.blobs import Blobs
from arena.store.engine import reading, transaction
from arena.submissions import Sign
from challenges.definition import Definition, load

OPEN_DAYS = 60


@dataclass(frozen=True, slots=True)
class Shipped:
    """A challenge that comes with Arena."""

    folder: Path
    definition: Definition


def shipped() -> list[Shipped]:
    """Return the shipped challenges, those with something at stake before those for practice.

    A challenge of reports ships as a folder only: teams could join it here, and then find nowhere to hand in a document.
    """
    folders = [path.parent for path in Path(challenges.__path__[0]).glob("*/challenge.toml")]
    found = [one for one in (Shipped(folder, load(folder)) for folder in folders) if one.definition.kind != "report"]
    return sorted(
        found,
        key=lambda one: (one.definition.practice, one.definition.slug != "colorectal-fitness", one.definition.slug),
    )


def missing(engine: Engine) -> list[Shipped]:
    """Return the shipped challenges that this instance does not have yet."""
    with reading(engine) as session:
        return [one for one in shipped() if store.by_slug(session, one.definition.slug) is None]


def make(
    wanted: list[Shipped],
    out: Path,
    *,
    environ: Mapping[str, str],
    logs: Path,
    heed: Callable[[], None],
) -> dict[str, Path]:
    """Let the worker make the folders, side by side; the labels leave it sealed. `heed` may break the waiting off."""
    started = []
    for one in wanted:
        slug = one.definition.slug
        log = logs / f"make-{slug}.log"
        arguments = ("make", str(one.folder), str(out / slug), "--seal")
        started.append((slug, log, tools.start(arguments, environ=environ, log=log)))
    for slug, log, process in started:
        while process.poll() is None:
            heed()
            time.sleep(0.05)
        if process.returncode != 0:
            raise tools.failure(slug, log)
    return {slug: out / slug for slug, _, _ in started}


def publish(
    engine: Engine,
    blobs: Blobs,
    queue: Queue,
    one: Shipped,
    folder: Path,
    *,
    at: datetime,
    sign: Sign,
) -> None:
    """Publish a made folder, opened now, and ring for its baselines."""
    collected = publishing.collect(blobs, folder)
    calendar = one.definition.calendar
    closes = None if one.definition.practice else at + timedelta(days=OPEN_DAYS)
    try:
        with transaction(engine) as session:
            _, rings = publishing.publish(
                session,
                collected,
                opens_at=calendar.opens or at,
                closes_at=calendar.closes or closes,
                at=at,
                sign=sign,
            )
    except Conflict:
        return  # another starter on the same database was first
    for evaluation_id in rings:
        queue.score(evaluation_id)


def waiting(engine: Engine, slugs: list[str]) -> int:
    """Return how many public evaluations of these challenges are not finished yet."""
    with reading(engine) as session:
        rows = [store.by_slug(session, slug) for slug in slugs]
        return sum(evaluations.unfinished(session, row.id or 0, "public") for row in rows if row is not None)
