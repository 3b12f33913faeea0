"""Bring the database to this version's schema: one starter at a time, all or nothing, a copy kept before."""

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from arena.errors import SetupError
from arena.store import board_triggers, models, schema
from challenges.text import Text

# Any number would do, as long as every version of Arena takes the same one.
ADVISORY_LOCK = 4_721_061_923


def migrate(url: str, backups: Path, at: datetime) -> Path | None:
    """Migrate the database if it is older than the code; return the copy that was kept, if one was needed.

    A second starter waits until the first has committed, and then finds nothing to do. A schema newer than the code
    raises SetupError, and nothing is changed.
    """
    engine = _engine(url)
    try:
        with _alone(engine) as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            _refuse_newer(present)
            if present == schema.newest():
                return None
            kept = _keep_copy(url, backups, present, at) if present else None
            # Tables cannot be rebuilt under triggers that name them.
            board_triggers.remove(connection)
            command.upgrade(_config(connection), "head")
            board_triggers.install(connection)
            _check_references(connection)
            return kept
    finally:
        engine.dispose()


def differences(engine: Engine) -> list[object]:
    """Return how the database differs from the tables of arena.store.models; an empty list means not at all."""
    with engine.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), models.User.metadata)
        return found


def draft(message: str) -> None:
    """Write the next migration from the difference between the newest revision and arena.store.models, for a person to check."""
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(f"sqlite:///{folder}/draft.sqlite")
        with _alone(engine) as connection:
            number = len(schema.known()) + 1
            command.upgrade(_config(connection), "head")
            command.revision(_config(connection), message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(schema.SCRIPTS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    # Not make_engine: while SQLite copies a table, references to it must not be enforced, or its rows' children go.
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": 60})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        connection.execute("PRAGMA " + pragma)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that keeps every other starter waiting."""
    with _folder_held(engine), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        yield connection


@contextmanager
def _folder_held(engine: Engine) -> Iterator[None]:
    # SQLite does not wait while another connection turns a new database to WAL mode; it fails at once.
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        yield
        return
    handle = os.open(Path(path).parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refuse_newer(present: str | None) -> None:
    if present is None or present in schema.known():
        return
    raise SetupError(
        "newer_schema",
        Text(
            f"데이터베이스가 이 Arena보다 새로운 판({present})의 것입니다. 그 판 이상의 Arena로 여십시오.",
            f"The database belongs to a newer Arena (schema {present}). Open it with that version or a later one.",
        ),
    )


def _keep_copy(url: str, backups: Path, present: str, at: datetime) -> Path | None:
    """Copy the committed state of an SQLite file; PostgreSQL's copies are its operator's, who has the tools for them."""
    source = make_url(url).database
    if not url.startswith("sqlite") or not source or source == ":memory:":
        return None
    backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = backups / f"{at:%Y%m%dT%H%M%S}-before-{schema.newest()}-from-{present}.sqlite"
    handle, unfinished = tempfile.mkstemp(dir=backups, prefix=".unfinished-")
    os.close(handle)
    try:
        # A second connection sees what is committed, whatever the open transaction goes on to do.
        with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(unfinished)) as copy:
            reader.backup(copy)
        Path(unfinished).rename(kept)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return kept


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration leaves {len(broken)} rows that refer to nothing, first in {broken[0][0]}")
