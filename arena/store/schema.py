"""Which schema this version needs: read from the names of the migrations, without Alembic, which is slow to load."""

from pathlib import Path

SCRIPTS = Path(__file__).parent / "migrations"


def known() -> list[str]:
    """Return the revisions of this version in order: each is the number that its file's name begins with."""
    return sorted(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def newest() -> str:
    """Return the revision that this version of the code needs."""
    return known()[-1]
