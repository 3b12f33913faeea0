"""What the tests of the scoring side share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker import site as sites
from tests.worker.site import Site


@pytest.fixture
def site(home: Path) -> Iterator[Site]:
    """An instance without processes: jobs are called in this one."""
    with sites.alone(home) as made:
        yield made
