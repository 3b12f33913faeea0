"""What each process may know: the site's have nothing of the worker's, and the worker's nothing of the site's secrets."""

import os
from collections.abc import Mapping

from arena.settings import Settings

SITE_ONLY = ("ARENA_SECRET_KEY", "ARENA_MAIL_URL")


def of_site(settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of the web process and the sweeper: not a word of where the labels' key lies."""
    kept = {name: value for name, value in _common(settings, environ).items() if not name.startswith("WORKER_")}
    # glibc gives each of waitress's threads an allocator arena of its own, and freed memory stays in it: after 15 uploads
    # of 28,000 rows the web process held 172 MB with its default and 139 MB with two, at the same speed.
    return {"MALLOC_ARENA_MAX": "2", **kept}


def of_worker(settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of whatever `python -m worker` does."""
    return {name: value for name, value in _common(settings, environ).items() if name not in SITE_ONLY}


def _common(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    # Said outright, so that a `.env` or a working folder that changes meanwhile changes nothing.
    said = {
        "ARENA_HOME": str(settings.home),
        "ARENA_HOST": settings.host,
        "ARENA_PORT": str(settings.port),
        "ARENA_DATABASE_URL": settings.database_url,
        "ARENA_REDIS_URL": settings.redis_url,
        "ARENA_STORE_URL": settings.store_url,
        "ARENA_BASE_URL": settings.base_url,
        "PYTHONUNBUFFERED": "1",
    }
    return {**environ, **said}
