"""Opening this instance's database for one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from arena.errors import SetupError
from arena.settings import Settings
from arena.store.engine import make_engine
from challenges.text import Text


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on the instance's database; refuse where there is no instance."""
    if not settings.secret_key:
        raise SetupError(
            "no_home",
            Text(
                f"인스턴스 폴더 {settings.home}이(가) 없습니다. 'arena up'이나 'arena migrate'가 만듭니다.",
                f"There is no instance at {settings.home}. 'arena up' or 'arena migrate' makes one.",
            ),
        )
    opened = make_engine(settings.database_url)
    try:
        yield opened
    finally:
        opened.dispose()
