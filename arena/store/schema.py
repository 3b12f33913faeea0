"""Which schema the database has and which this version needs; read without Alembic, which is slow to load."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

SCRIPTS = Path(__file__).parent / "migrations"


def known() -> list[str]:
    """Return the revisions of this version in order: each is the number that its file's name begins with."""
    return sorted(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def newest() -> str:
    """Return the revision that this version of the code needs."""
    return known()[-1]


def current(engine: Engine) -> str | None:
    """Return the database's revision, or none for an empty database."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
