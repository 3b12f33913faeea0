"""One drawing of the flagship's files for all tests of its folder."""

import pytest

from challenges.colorectal_fitness import cohort
from worker.folders import demo_secret

# The texts' figures come from this drawing.
SECRET = demo_secret("colorectal-fitness")


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("flagship")
    cohort.make(out, secret=SECRET)
    return out
