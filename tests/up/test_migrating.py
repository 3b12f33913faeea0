"""The schema: complete, migrated once however many start, copied before a change, never taken from a newer version."""

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from arena.errors import SetupError
from arena.store import migrating, schema
from arena.store.engine import make_engine, revision
from arena.store.models import User

UPGRADE = migrating.command.upgrade


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine):
    assert migrating.differences(engine) == []
    assert revision(engine) == schema.newest()


def test_the_files_names_tell_the_revisions_as_alembic_reads_them():
    scripts = ScriptDirectory(str(schema.SCRIPTS))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == schema.known()
    assert scripts.get_heads() == [schema.newest()]


def test_a_difference_is_seen(engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE team ADD COLUMN stray INTEGER"))
    assert [change[0] for change in migrating.differences(engine)] == ["remove_column"]


def test_migrating_again_changes_nothing_and_keeps_no_copy(database_url: str, tmp_path: Path, at: datetime):
    assert migrating.migrate(database_url, tmp_path / "backups", at) is None
    assert migrating.migrate(database_url, tmp_path / "backups", at) is None
    assert not (tmp_path / "backups").exists()


def test_several_starters_at_once_migrate_once(database_url: str, tmp_path: Path, at: datetime):
    faults: list[BaseException] = []

    def start() -> None:
        try:
            migrating.migrate(database_url, tmp_path / "backups", at)
        except BaseException as error:  # noqa: BLE001 (handed to the test's own thread)
            faults.append(error)

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert faults == []
    engine = make_engine(database_url)
    assert migrating.differences(engine) == []
    engine.dispose()


def test_a_newer_schema_is_refused_and_left_alone(engine: Engine, database_url: str, tmp_path: Path, at: datetime):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SetupError) as refused:
        migrating.migrate(database_url, tmp_path / "backups", at)
    assert refused.value.code == "newer_schema"
    assert "9999" in refused.value.message.en
    assert revision(engine) == "9999"


def test_sqlite_is_in_wal_mode_after_migrating(sqlite_engine: Engine):
    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.fixture
def next_migration(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend that the next version of Arena has one migration more; return its file."""
    assert revision(engine) == schema.newest()
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in [*schema.SCRIPTS.glob("*.*"), *schema.SCRIPTS.glob("versions/*.py")]:
        (folder / path.relative_to(schema.SCRIPTS)).write_bytes(path.read_bytes())
    before = schema.newest()
    file = folder / "versions" / "9000_next.py"
    file.write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision = '9000', '{before}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('user_account') as batch:\n"
        "        batch.add_column(sa.Column('colour', sa.String()))\n"
        "        batch.alter_column('affiliation', type_=sa.Text())\n",
    )
    monkeypatch.setattr(schema, "SCRIPTS", folder)
    return file


def _add_person(url: str, at: datetime) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        values = {"email": "kim@example.org", "name": "Kim", "created_at": at}
        connection.execute(User.__table__.insert().values(**values))  # type: ignore[attr-defined]
        connection.execute(
            text(
                "INSERT INTO api_token (user_id, name, token_hash, hint, scopes, created_at) "
                "SELECT id, 'laptop', 'x', 'arena_', 'read', created_at FROM user_account",
            ),
        )
    engine.dispose()


@pytest.mark.usefixtures("next_migration")
def test_a_copy_is_kept_before_a_migration_and_rows_survive_it(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    at: datetime,
):
    _add_person(database_url, at)
    kept = migrating.migrate(database_url, tmp_path / "backups", at)
    assert revision(engine) == "9000"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM api_token")).scalar() == 1
        assert connection.execute(text("SELECT email, colour FROM user_account")).one() == ("kim@example.org", None)
    if engine.dialect.name == "postgresql":
        assert kept is None
        return
    assert kept is not None
    assert kept.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(kept) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() != ("9000",)
        assert copy.execute("SELECT email FROM user_account").fetchone() == ("kim@example.org",)
    copy.close()


def test_a_migration_that_breaks_leaves_everything_as_it_was(
    engine: Engine,
    database_url: str,
    next_migration: Path,
    tmp_path: Path,
    at: datetime,
):
    before = revision(engine)
    _add_person(database_url, at)
    next_migration.write_text(next_migration.read_text() + "    raise RuntimeError('broken')\n")
    with pytest.raises(RuntimeError, match="broken"):
        migrating.migrate(database_url, tmp_path / "backups", at)
    assert revision(engine) == before
    with engine.connect() as connection:
        columns = list(connection.execute(text("SELECT * FROM user_account")).keys())
    assert "colour" not in columns


def test_a_token_of_before_keeps_all_that_it_could_do(database_url: str, at: datetime, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(schema, "newest", lambda: "0005")
    monkeypatch.setattr(migrating.command, "upgrade", lambda config, _head: UPGRADE(config, "0005"))
    migrating.migrate(database_url, tmp_path / "backups", at)
    monkeypatch.undo()
    engine = make_engine(database_url)
    with engine.begin() as connection:
        person = {"email": "kim@example.org", "name": "Kim", "at": at.isoformat(sep=" ")}
        connection.execute(
            text(
                "INSERT INTO user_account (email, name, affiliation, language, is_admin, is_creator, session_epoch, created_at) "
                "VALUES (:email, :name, '', 'ko', false, false, 0, :at)"
            ),
            person,
        )
        connection.execute(
            text(
                "INSERT INTO api_token (user_id, name, token_hash, hint, created_at) "
                "SELECT id, 'laptop', 'x', 'arena_', created_at FROM user_account",
            ),
        )
    engine.dispose()
    migrating.migrate(database_url, tmp_path / "backups", at)
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT scopes FROM api_token")).scalar() == "read submit organize"
        assert connection.execute(text("SELECT email_verified_at FROM user_account")).scalar() is None
    assert migrating.differences(engine) == []
    engine.dispose()
