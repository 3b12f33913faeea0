"""Export, wipe, import: every page and every answer of the API says the same as before, to whoever asks."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select
from werkzeug.test import Client

from arena import accounts, audit, publishing, settings, teams
from arena.api import create_api
from arena.cli import lifecycle_acts
from arena.receipts import Signer
from arena.running import home as home_module
from arena.settings import Settings
from arena.store import models
from arena.store.blobs import FolderBlobs
from arena.store.engine import make_engine, reading, transaction
from arena.web import create_app
from tests.support import databases
from tests.web.conftest import NOW, PASSWORD, DeadQueue, World, predictions
from tests.web.test_versions import rescore, revise

PEOPLE = (None, "ann", "judge", "organizer", "admin")


def instance(home: Path) -> tuple[Settings, World]:
    """Make an instance's home with an empty database and the site that reads it."""
    environ = {"ARENA_HOME": str(home), "ARENA_SECRET_KEY": "k" * 40}
    home_module.make(settings.load(environ))
    loaded = settings.load(environ)
    databases.migrate(loaded.database_url)
    blobs, queue, signer = FolderBlobs(home / "blobs"), DeadQueue(), Signer.from_file(loaded.receipts_key_file)
    engine = make_engine(loaded.database_url)
    made: list[World] = []
    app = create_app(
        loaded,
        engine=engine,
        blobs=blobs,
        queue=queue,
        sign=signer.sign,
        clock=lambda: made[0].now,  # type: ignore[arg-type]
    )
    made.append(World(app, engine, blobs, home / "folders", queue, signer))
    return loaded, made[0]


def live(world: World) -> None:
    """Give the challenge a life up to a rescoring after the reveal."""
    people(world)
    world.publish()
    for name, seed in (("ann", 5), ("ben", 6)):
        _join(world, name)
        visitor = world.visitor().sign_in(f"{name}@example.org")
        for number in range(2):
            assert visitor.upload("small", predictions(seed + 10 * number)).status_code == 303
            world.decide(world.queue.rung[-1], "accepted", 0.01 * (number + 1))
    with transaction(world.engine) as session:
        for name in ("judge", "organizer"):
            accounts.grant(session, email=f"{name}@example.org", role=name, slug="small", at=world.now)
    world.now = world.hosted().row.closes_at + timedelta(minutes=1)
    with transaction(world.engine) as session:
        rings = publishing.start_reveal(session, world.hosted(), world.now)
    report = {"split": "private", "rows": 20, "events": None, "subgroups": [], "survival": None}
    for number, ring in enumerate(rings):
        world.decide(ring, "", value=0.2 + number / 100, report={k: v for k, v in report.items() if v is not None})
    with transaction(world.engine) as session:
        assert publishing.finish_reveal(session, world.hosted(), world.now)
    revise(world, "2", labels=True)
    rescore(world, 0.5)
    with transaction(world.engine) as session:
        audit.chain(session, world.now)


def _join(world: World, name: str) -> None:
    hosted = world.hosted()
    with transaction(world.engine) as session:
        person = accounts.by_email(session, f"{name}@example.org")
        teams.accept_agreement(session, person, hosted, version="1", at=world.now)
        teams.create_team(session, person, hosted, name=f"Team {name}", at=world.now)


def people(world: World) -> None:
    """Make the accounts that sign in; the one who is left out is closed in the second instance, and a member all the same."""
    with transaction(world.engine) as session:
        for name in ("ann", "ben", "judge", "organizer", "admin"):
            accounts.create_user(
                session, email=f"{name}@example.org", name=name, admin=name == "admin", password=PASSWORD, at=NOW
            )


def paths(world: World, app: Flask) -> Iterator[str]:
    """Return every address of the challenge, for each of its files, submissions, versions and leaderboards."""
    with reading(world.engine) as session:
        submissions = list(session.exec(select(models.Submission.public_id)))
    choices = {
        "slug": ["small"],
        "public_id": submissions,
        "submission_id": submissions,
        "name": [*world.hosted().files, "labels.csv"],
        "number": ["1", "2", "3"],
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= choices.keys():
            continue
        found = [re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)]
        for argument in rule.arguments:
            found = [path.replace(f"<{argument}>", value) for path in found for value in choices[argument]]
        for path in found:
            # The audit trail has one act more afterwards, the import; a new challenge's page and what verifies receipts are about
            # this instance's keys.
            if path in ("/readyz", "/labels-key", "/receipt-key", "/receipt-key.json", "/verify") or path.startswith(
                ("/static", "/organize/new", "/organize/small/audit")
            ):
                continue
            yield path
            if path.endswith("leaderboard"):
                yield from (
                    f"{path}?split={split}&labels={labels}" for split in ("public", "private") for labels in (1, 2)
                )


def said(world: World, loaded: Settings) -> dict[str, bytes]:
    """Return what every page and every answer says to each of the people."""
    api = create_api(
        settings=loaded, engine=world.engine, blobs=world.blobs, queue=world.queue,  # type: ignore[arg-type]
        signer=world.signer, clock=lambda: world.now, limited=False,
    )  # fmt: skip
    found: dict[str, bytes] = {}
    for person in PEOPLE:
        visitor = world.visitor("ko" if person == "ann" else "en")
        headers = {}
        if person is not None:
            visitor.sign_in(f"{person}@example.org")
            with transaction(world.engine) as session:
                user = accounts.by_email(session, f"{person}@example.org")
                headers = {"Authorization": f"Bearer {accounts.issue_token(session, user, name='t', at=NOW)[1]}"}
        for path in sorted(set(paths(world, world.app))):
            if path.startswith(("/account", "/admin")):
                continue  # of the person or the instance, not of the challenge
            answer = visitor.get(path)
            text = re.sub(rb'(name="csrf_token" value=")[^"]+', rb"\1", answer.data)
            # How many notices wait is of the person; they are left out of archives.
            text = re.sub(rb'<a href="/account/notifications".*?</a>', b"", text)
            # A fault's page carries a number to quote; it is another one each time.
            found[f"{person} {path}"] = str(answer.status_code).encode() + re.sub(rb"req-[0-9a-f-]+", b"", text)
        client = Client(api)
        for path in sorted(set(paths(world, api))):
            with client.get(path, headers=headers) as answer:
                text = re.sub(rb"req-[0-9a-f-]+", b"", answer.data)
                found[f"{person} /api/v1{path}"] = str(answer.status_code).encode() + text
    return found


@pytest.fixture
def first(tmp_path: Path) -> Iterator[tuple[Settings, World]]:
    loaded, world = instance(tmp_path / "first")
    live(world)
    yield loaded, world
    world.engine.dispose()


def test_every_page_and_digest_is_the_same_after_a_wipe(first: tuple[Settings, World], tmp_path: Path):
    loaded, world = first
    before = said(world, loaded)
    assert sum(content.startswith(b"200") for content in before.values()) > 150
    lifecycle_acts.export(loaded, "small", tmp_path / "small.zip")
    elsewhere, other = instance(tmp_path / "second")
    other.now = world.now
    people(other)
    done = lifecycle_acts.import_archive(elsewhere, tmp_path / "small.zip")
    assert done["accounts_made"] == []
    after = said(other, elsewhere)
    assert after.keys() == before.keys()
    assert [path for path in before if before[path] != after[path]] == []
    lifecycle_acts.export(elsewhere, "small", tmp_path / "again.zip")
    assert _parts(tmp_path / "again.zip") == _parts(tmp_path / "small.zip")
    other.engine.dispose()


def _parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("archive.json"))["parts"]


def test_whoever_has_no_account_is_a_member_all_the_same(first: tuple[Settings, World], tmp_path: Path):
    loaded, world = first
    lifecycle_acts.export(loaded, "small", tmp_path / "small.zip")
    elsewhere, other = instance(tmp_path / "second")
    other.now = world.now
    done = lifecycle_acts.import_archive(elsewhere, tmp_path / "small.zip")
    assert sorted(done["accounts_made"]) == [f"{name}@example.org" for name in ("ann", "ben", "judge", "organizer")]
    shown = [one.visitor().get("/challenges/small/leaderboard").text for one in (world, other)]
    assert shown[0].split("<main")[1].split("</main>")[0] == shown[1].split("<main")[1].split("</main>")[0]
    other.engine.dispose()
