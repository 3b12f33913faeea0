"""The command line as a process, against the API on a real socket."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.conftest import app, enter, ours, site, theirs
from tests.api.serving import serving

__all__ = ["app", "enter", "ours", "site", "theirs"]

Arena = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def engine(sqlite_engine):
    return sqlite_engine


@pytest.fixture
def arena(tmp_path: Path) -> Arena:
    """Call `arena` as a person with a home folder of their own, in English."""

    def called(
        *arguments: object, said: str = "", language: str = "C.UTF-8", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ARENA_", "WORKER_", "LC_", "XDG_")) and name != "LANGUAGE"
        }
        return subprocess.run(
            [Path(sys.executable).with_name("arena"), *map(str, arguments)],
            env={**kept, "HOME": str(tmp_path / "person"), "LANG": language, **environ},
            cwd=tmp_path,
            input=said,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return called


@pytest.fixture
def address(app):
    with serving(app) as found:
        yield found
