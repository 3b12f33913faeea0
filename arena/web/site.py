"""What every view needs of the instance: its settings, its stores, its queue, its clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Engine
from sqlmodel import Session

from arena.keeping import Boards
from arena.queue import Queue
from arena.settings import Settings
from arena.store import engine as store
from arena.store.blobs import Blobs

EXTENSION = "arena"


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """The parts that the composition root hands to the web application."""

    settings: Settings
    engine: Engine
    blobs: Blobs
    queue: Queue
    sign: Callable[[dict[str, Any]], dict[str, Any]]
    clock: Callable[[], datetime] = utc_now
    boards: Boards = field(default_factory=Boards)


def site() -> Site:
    """Return the parts of the application that serves this request."""
    return cast("Site", current_app.extensions[EXTENSION])


def now() -> datetime:
    """Return the server's time, which decides everything."""
    return site().clock()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a reading transaction on the instance's database."""
    with store.reading(site().engine) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Open a writing transaction on the instance's database."""
    with store.transaction(site().engine) as session:
        yield session
