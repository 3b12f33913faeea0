"""The acts of conducting a challenge, called as pages call them: the agreed signatures, and many at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from arena import conducting, hosting
from arena.errors import Conflict, Forbidden, Invalid, NotFound
from arena.store.engine import reading, transaction
from arena.store.models import Challenge, Evaluation, LedgerEntry, Publication, Submission, Team
from tests.support import publishing
from tests.support.publishing import SLUG, World
from tests.worker import small


@pytest.fixture
def world(home: Path, database_url: str):
    """A world on each kind of database."""
    with publishing.world(home, database_url) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder")
    return tmp_path / "folder"


def test_the_acts_take_what_pages_give_them(world: World, folder: Path):
    organizer = world.person("an-organizer", creator=True)
    stranger = world.person("stranger")
    world.send("an-organizer", folder)
    hosted, at = world.hosted(), world.now()
    with pytest.raises(NotFound), transaction(world.site.engine) as session:
        conducting.withdraw(session, stranger, hosted, reason="x", at=at)
    with transaction(world.site.engine) as session:
        opens, closes = at + timedelta(days=1), at + timedelta(days=2)
        rings = conducting.schedule(session, organizer, hosted, opens_at=opens, closes_at=closes, at=at)
    assert len(rings) == 1
    assert "signature" not in world.rows(Submission)[0].receipt
    with transaction(world.site.engine) as session:
        # Before the opening, again: nothing more is recorded.
        opens += timedelta(hours=1)
        assert conducting.schedule(session, organizer, hosted, opens_at=opens, closes_at=None, at=at) == []
    late = at + timedelta(days=1, hours=2)
    with transaction(world.site.engine) as session:
        conducting.pause(session, organizer, hosted, reason="a reason", at=late)
    # The page's own copy is old by now; the act looks again.
    with pytest.raises(Conflict) as again, transaction(world.site.engine) as session:
        conducting.pause(session, organizer, hosted, reason="a reason", at=late)
    assert again.value.code == "paused"
    with pytest.raises(Forbidden), transaction(world.site.engine) as session:
        conducting.resume(session, stranger, hosted, at=late)
    with transaction(world.site.engine) as session:
        conducting.resume(session, organizer, hosted, at=late)
        conducting.extend(session, organizer, hosted, closes_at=closes + timedelta(days=1), reason="why", at=late)
    for reason in ("", " ", "x" * 501):
        with pytest.raises(Invalid), transaction(world.site.engine) as session:
            conducting.cancel(session, organizer, hosted, reason=reason, at=late)
    with transaction(world.site.engine) as session:
        conducting.cancel(session, organizer, hosted, reason="=HYPERLINK(1)", at=late)
    with reading(world.site.engine) as session:
        assert hosting.find(session, SLUG).status(late) == "cancelled"
    with pytest.raises(Conflict), transaction(world.site.engine) as session:
        conducting.extend(session, organizer, hosted, closes_at=closes + timedelta(days=9), reason="why", at=late)
    acts = [row for row in world.rows(LedgerEntry) if row.kind.startswith(("challenge_", "intake_"))]
    assert [row.kind for row in acts] == [
        "challenge_published",
        "challenge_scheduled",
        "challenge_scheduled",
        "intake_paused",
        "intake_resumed",
        "challenge_extended",
        "challenge_cancelled",
    ]
    assert all(row.data["user"] == organizer.id for row in acts)


def test_many_who_schedule_at_once_publish_once(world: World, folder: Path):
    world.send("creator", folder)
    body = {
        "opens_at": (world.now() + timedelta(days=1)).isoformat(),
        "closes_at": (world.now() + timedelta(days=2)).isoformat(),
    }
    callers = [world.caller("creator") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: one.post(f"/challenges/{SLUG}/schedule", body).status_code, callers))
    assert answers == [200] * 6
    assert (len(world.rows(Team)), len(world.rows(Submission)), len(world.rows(Evaluation))) == (1, 1, 1)
    assert [row.kind for row in world.rows(LedgerEntry)].count("challenge_published") == 1


def test_of_many_uploads_of_one_name_at_once_one_creator_gets_it(world: World, folder: Path):
    world.queue.deaf = True
    names = [f"creator-{number}" for number in range(5)]
    for name in names:
        world.caller(name)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda name: world.send(name, folder), names))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} <= {"slug_taken", "conflict"}
    (publication,) = world.rows(Publication)
    assert len(world.rows(Challenge)) == 1
    # The losers' seals are gone; the files that all of them sent are the winner's.
    wanted = {file["sha256"] for file in publication.files} | {publication.sealed_sha256}
    assert set(world.stored()) == wanted
    assert world.spooled() == []


def test_one_organizer_who_clicks_twice_sends_once(world: World, folder: Path):
    world.caller("creator")
    bundle, labels = publishing.packed(folder), world.seal(folder)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: world.send("creator", folder, bundle=bundle, labels=labels), range(4)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert world.hosted().row.state == "ready"
    wanted = {file.sha256 for file in world.hosted().files.values()}
    assert wanted <= set(world.stored())
    assert [row.state for row in world.rows(Publication)].count("installed") == 1
