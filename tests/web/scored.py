"""A survival challenge that the worker's own code has scored and revealed, with all that a final's report can show."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import companion
from tests.web.conftest import Visitor
from tests.web.kinds import Published, publish
from tests.worker import site as sites
from tests.worker import small
from worker import jobs


@dataclass
class Scored:
    published: Published
    objects: dict[str, object]

    def visitor(self, language: str) -> Visitor:
        """Return the captain of the first team."""
        visitor = self.published.visitor(language)
        answer = visitor.post("/signin", {"email": "first@example.org", "password": sites.PASSWORD})
        assert answer.status_code == 303
        visitor.client.set_cookie("arena_language", language)
        return visitor


@contextmanager
def revealed(folder: Path) -> Iterator[Scored]:
    """Publish, submit two teams' files, one with a second file beside it, and reveal, all in this process."""
    site = sites.make(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_station", None)
        patch.setattr(jobs, "_vault", None)
        station = jobs.open_station(site.worker)
        test = small.write(folder / "small", rows=600, added=companion.TOML)
        published = publish(site, folder / "small", folder / "out")
        ids = []
        for name, own in (("first", 1.0), ("second", 0.5)):
            person = site.team(published.hosted, name)
            content = small.predictions(test.ids, test.probability(own))
            public_id, ring = site.submit(person, published.hosted, content)
            if name == "first":
                site.beside(person, published.hosted, public_id, small.predictions(test.ids, test.probability(0.2)))
            assert ring is not None
            jobs.score(ring)
            ids.append(public_id)
        published.reveal()
        version = {"number": 1, "version": "1", "name": "train.csv", "code": "a", "token": "a"}
        yield Scored(published, {"slug": published.slug, "public_id": ids[0], **version})
        station.engine.dispose()
        site.engine.dispose()
