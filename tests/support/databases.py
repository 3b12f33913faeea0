"""A migrated database at once: the migrations run once in each process of the tests, and what they made is copied from then on."""

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from arena.store import migrating

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
TEMPLATE = "arena_template"


def migrate(url: str) -> None:
    """Bring an empty database to the newest schema; the migrations themselves are tested in tests/up/test_migrating.py."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        assert parts.database
        file = Path(parts.database)
        file.write_bytes(_sqlite())
        file.chmod(0o600)
        return
    folder = str(parts.query["host"])
    _postgresql(folder)
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{parts.database}"')
        connection.execute(f'CREATE DATABASE "{parts.database}" TEMPLATE {TEMPLATE}')


@cache
def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "arena.sqlite"
        migrating.migrate(f"sqlite:///{file}", Path(name) / "backups", AT)
        # The last connection has closed, so that nothing is left beside the file.
        assert not file.with_name("arena.sqlite-wal").exists()
        return file.read_bytes()


@cache
def _postgresql(folder: str) -> None:
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    with tempfile.TemporaryDirectory() as name:
        migrating.migrate(f"postgresql://postgres@/{TEMPLATE}?host={folder}", Path(name), AT)
