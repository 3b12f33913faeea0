"""Engines and transactions for SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlmodel import Session

from arena.errors import Invalid
from challenges.text import Text

WRITE = {"write": True}


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """Return an engine for `url`; SQLite gets the settings under which nothing is lost or claimed twice."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False}, pool_size=pool_size)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_size=pool_size, max_overflow=4, pool_pre_ping=True)
    event.listen(engine, "before_cursor_execute", _refuse_unkept)
    return engine


def _refuse_unkept(_connection: Any, _cursor: Any, _statement: str, given: Any, _context: Any, _many: bool) -> None:
    # PostgreSQL takes no NUL, and no encoding half a character. Whoever sent one learns of it; SQLite answers alike.
    for row in given if isinstance(given, list) else [given]:
        for value in row.values() if isinstance(row, dict) else row or ():
            if isinstance(value, str) and not _is_kept(value):
                raise Invalid(
                    "unkept_character",
                    Text(
                        "NUL이나 반쪽 글자처럼 저장할 수 없는 글자가 들어 있습니다. 지우고 다시 보내십시오.",
                        "A character in what was sent cannot be stored: a NUL, or half of one. Remove it and send again.",
                    ),
                )


def _is_kept(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _configure_sqlite(connection: Any, _record: object) -> None:
    # pysqlite must not manage transactions: its legacy mode lets savepoints and DDL outlive a rollback.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute("PRAGMA " + pragma)


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that later writes fails at once under load; a writer takes its lock at the start.
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a writing transaction: commit at the end, roll back on any exception."""
    with Session(engine.execution_options(**WRITE), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a reading transaction: one consistent view, nothing written."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Open a reading transaction in which every statement sees the same moment, on PostgreSQL too."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine, expire_on_commit=False) as session:
        yield session


def revision(engine: Engine) -> str | None:
    """Return the revision of the database's schema, or none for an empty database."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
