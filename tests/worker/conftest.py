"""What the tests of the scoring side share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker import site as sites
from tests.worker.site import Site
from worker import jobs


@pytest.fixture
def site(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An instance without processes: jobs are called in this one."""
    made = sites.make(home)
    monkeypatch.setattr(jobs, "_station", None)
    monkeypatch.setattr(jobs, "_vault", None)
    station = jobs.open_station(made.worker)
    yield made
    station.engine.dispose()
    made.engine.dispose()
