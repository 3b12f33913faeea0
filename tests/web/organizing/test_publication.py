"""The page of a challenge on its way to publication: what its organizer reads and does there, and everybody else's refusals."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from arena.store.models import DryRun, Grant, Publication, Submission
from arena.web import create_app
from tests.support import publishing
from tests.support.publishing import SLUG, World, added, packed
from tests.web.conftest import Visitor
from tests.worker import site as sites
from tests.worker import small
from worker import jobs

PAGE = f"/organize/{SLUG}/publication"
POSTS = (f"{PAGE}/dry-run", f"{PAGE}/schedule", f"{PAGE}/version")
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with publishing.world(home) as made:
        made.person("creator", creator=True)
        yield made


@pytest.fixture
def app(world: World) -> Flask:
    site = world.site
    return create_app(
        site.settings, engine=site.engine, blobs=site.blobs, queue=world.queue, sign=site.signer.sign, clock=world.now
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder")
    return tmp_path / "folder"


def visitor(app: Flask, name: str | None, language: str = "en") -> Visitor:
    made = Visitor(app.test_client(), language)
    if name is not None:
        answer = made.post("/signin", {"email": f"{name}@example.org", "password": sites.PASSWORD})
        assert answer.status_code == 303, answer.text
        made.client.set_cookie("arena_language", language)
    return made


def send(who: Visitor, **files: bytes):
    """Send a bundle and labels as the page's script does."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', who.get("/account").text)
    sent = {name: (io.BytesIO(content), name) for name, content in files.items()}
    return who.client.post(
        "/organize/new",
        data={"csrf_token": token[1] if token else "", **sent},
        headers={"Accept": "application/json", "Accept-Language": who.language},
    )


def sent_folder(world: World, app: Flask, folder: Path, **changes: bytes):
    files = {"bundle": packed(folder), "labels": world.seal(folder), **changes}
    return send(visitor(app, "creator"), **files)


def test_what_is_sent_is_verified_tried_and_opened(world, app, folder):
    world.queue.deaf = True
    answer = sent_folder(world, app, folder)
    assert (answer.status_code, answer.get_json()) == (200, {"url": PAGE})
    organizer = visitor(app, "creator")
    waiting = organizer.get(PAGE).text
    assert "A worker is verifying it" in waiting
    assert f'hx-get="{PAGE}/status"' in waiting
    assert "No worker is running just now" in waiting
    assert organizer.get(f"/challenges/{SLUG}").status_code == 404
    jobs.verify(world.rows(Publication)[0].id)
    ready = organizer.get(f"{PAGE}/status").text
    assert "hx-trigger" not in ready
    assert "gate_too_narrow" in ready
    assert f'href="/challenges/{SLUG}"' in ready
    assert organizer.get(f"/challenges/{SLUG}").status_code == 200
    sample = (folder / "sample_submission.csv").read_bytes()
    tried = organizer.post(POSTS[0], {"file": (io.BytesIO(sample), "mine.csv")}, form=PAGE)
    assert tried.status_code == 303
    assert "Being tried" in organizer.get(PAGE).text
    assert organizer.post(POSTS[0], {"file": (io.BytesIO(sample), "mine.csv")}, form=PAGE).status_code == 409
    jobs.dry_run(world.rows(DryRun)[0].id)
    assert "It works" in organizer.get(PAGE).text
    assert world.rows(Submission) == []
    soon = (world.now() + timedelta(days=1)).astimezone(SEOUL)
    dates = {
        "opens_at": soon.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (soon + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert organizer.post(POSTS[1], {**dates, "act": "at"}, form=PAGE).status_code == 303
    row = world.hosted().row
    assert (row.state, row.opens_at) == ("published", soon.replace(second=0, microsecond=0))
    assert visitor(app, None).get(f"/challenges/{SLUG}").status_code == 200
    assert f'value="{dates["opens_at"]}"' in organizer.get(PAGE).text
    assert organizer.post(POSTS[1], {"act": "now", "closes_at": dates["closes_at"]}, form=PAGE).status_code == 303
    assert world.hosted().status(world.now()) == "open"
    assert organizer.post(POSTS[1], {"act": "now"}, form=PAGE).status_code == 409
    assert 'name="opens_at"' not in organizer.get(PAGE).text


def test_a_refusal_tells_what_to_mend_and_takes_the_next_upload(world, app, folder):
    broken = (folder / "labels.csv").read_text(encoding="utf-8").replace(",private", ",secret")
    sealed_for_another = world.seal(folder)[:-1] + b"\x00"
    assert sent_folder(world, app, folder, labels=sealed_for_another).status_code == 200
    text = visitor(app, "creator", "ko").get(PAGE).text
    assert "고칠 것이 1건 있습니다" in text
    assert "not_sealed_for_us" in text
    assert "지금 열쇠로 다시 봉인해" in text
    assert broken.splitlines()[1] not in text
    assert sent_folder(world, app, folder).status_code == 200
    assert "Verified" in visitor(app, "creator").get(PAGE).text


def test_a_form_that_is_filled_in_wrongly_says_so_at_the_field(world, app, folder):
    sent_folder(world, app, folder)
    organizer = visitor(app, "creator")
    past = {"act": "at", "opens_at": "2020-01-01T00:00", "closes_at": "2030-01-01T00:00"}
    for change, word in (
        ({}, "lies in the past"),
        ({"opens_at": "yesterday"}, "Write it as"),
        ({"opens_at": "2030-01-02T00:00"}, "close must come after"),
    ):
        answer = organizer.post(POSTS[1], {**past, **change}, form=PAGE)
        assert answer.status_code == 422
        assert word in answer.text
        assert 'class="field wrong"' in answer.text
    assert organizer.post(POSTS[0], {}, form=PAGE).status_code == 422
    bad = organizer.post(POSTS[0], {"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")}, form=PAGE)
    assert bad.status_code == 422
    assert 'class="problems stack"' in bad.text
    assert world.rows(DryRun) == []


def test_a_new_version_takes_the_present_ones_place_when_its_organizer_says_so(world, app, folder):
    sent_folder(world, app, folder)
    organizer = visitor(app, "creator")
    organizer.post(POSTS[1], {"act": "now", "closes_at": "2099-01-01T00:00"}, form=PAGE)
    toml = (folder / "challenge.toml").read_text(encoding="utf-8").replace('version = "1.0.0"', 'version = "1.1.0"')
    (folder / "challenge.toml").write_text(toml, encoding="utf-8")
    assert sent_folder(world, app, folder).status_code == 422  # it needs a public note
    token = re.search(r'name="csrf_token" value="([^"]+)"', organizer.get("/account").text)[1]
    files = {"bundle": (io.BytesIO(packed(folder)), "b"), "labels": (io.BytesIO(world.seal(folder)), "l")}
    note = {"note_ko": "오타를 <b>고침</b>", "note_en": "A typo mended"}
    answer = organizer.client.post("/organize/new", data={"csrf_token": token, **files, **note})
    assert answer.status_code == 200
    text = organizer.get(PAGE).text
    assert "The new version is verified" in text
    assert "&lt;b&gt;고침" in text
    assert world.hosted().row.version == "1.0.0"
    assert organizer.post(POSTS[2], {"version": "9.9.9"}, form=PAGE).status_code == 409
    assert organizer.post(POSTS[2], {"version": "1.1.0"}, form=PAGE).status_code == 303
    assert world.hosted().row.version == "1.1.0"


@pytest.mark.parametrize("state", ["ready", "published"])
def test_only_those_who_run_a_challenge_come_here(world, app, folder, state):
    sent_folder(world, app, folder)
    for name in ("kim", "judge", "organizer", "other-creator"):
        world.person(name, creator="creator" in name)
    world.person("admin", admin=True)
    world.grant("judge", "judge")
    world.grant("organizer", "organizer")
    if state == "published":
        visitor(app, "creator").post(POSTS[1], {"act": "now", "closes_at": "2099-01-01T00:00"}, form=PAGE)
    refused = 404 if state == "ready" else 403
    for name, status in (
        (None, 303), ("kim", refused), ("judge", refused), ("other-creator", refused),
        ("organizer", 200), ("creator", 200), ("admin", 200),
    ):  # fmt: skip
        who = visitor(app, name)
        form = "/account" if name else "/signin"
        for path in (PAGE, f"{PAGE}/status"):
            assert who.get(path).status_code == status, (name, path)
        for path in POSTS:
            got = who.post(path, {"version": "0", "act": "at", "opens_at": "x"}, form=form).status_code
            assert got == {303: 401, 200: got}.get(status, status), (name, path)
            assert status != 200 or got in (404, 409, 422), (name, path)
    assert visitor(app, "creator").get("/organize/nothing-here/publication").status_code == 404


def test_only_people_who_may_send_a_challenge_send_one(world, app, folder):
    world.person("kim")
    files = {"bundle": packed(folder), "labels": world.seal(folder)}
    assert send(visitor(app, "kim"), **files).status_code == 403
    assert app.test_client().post("/organize/new", data={}).status_code == 401
    forged = visitor(app, "creator").client.post("/organize/new", data={"bundle": (io.BytesIO(files["bundle"]), "b")})
    assert forged.status_code == 400
    world.nothing_is_left()


def test_a_name_is_its_first_senders(world, app, folder):
    sent_folder(world, app, folder)
    world.person("other-creator", creator=True)
    files = {"bundle": packed(folder), "labels": world.seal(folder)}
    answer = send(visitor(app, "other-creator"), **files)
    assert (answer.status_code, answer.get_json()["message"]) == (409, f"The name {SLUG} is taken.")
    assert len(world.rows(Publication)) == len(world.rows(Grant)) == 1


def test_whatever_is_refused_on_arrival_leaves_nothing_and_says_what_to_mend(world, app, folder):
    labels = (folder / "labels.csv").read_bytes()
    good, sealed = packed(folder), world.seal(folder)
    toml = (folder / "challenge.toml").read_bytes()
    cases = {
        "labels beside": ({"bundle": added(good, {"notes.md": labels})}, "notes.md holds unsealed labels"),
        "labels unsealed": ({"labels": labels}, "unsealed labels"),
        "no labels": ({"labels": None}, "sealed labels"),
        "no bundle": ({"bundle": None}, "no bundle"),
        "no zip": ({"bundle": b"PK but not really"}, "zip"),
        "code": ({"bundle": added(good, {"evil.py": b"1"})}, "code is refused"),
        "broken definition": ({"bundle": added(good, {"challenge.toml": toml + b"\nsurprise = 1\n"})}, "mistake"),
        "no test file": ({"bundle": added(good, {"test.csv": None})}, "test.csv"),
        "the site's own name": (
            {"bundle": added(good, {"challenge.toml": toml.replace(SLUG.encode(), b"new")})},
            "Choose another",
        ),
    }
    for case, (change, word) in cases.items():
        files = {"bundle": good, "labels": sealed, **change}
        answer = send(
            visitor(app, "creator"), **{name: content for name, content in files.items() if content is not None}
        )
        said = answer.get_json()
        assert answer.status_code in (409, 422), case
        assert word in " ".join(
            [said["message"], *said["fields"].values(), *(one["message"] for one in said["mistakes"])]
        ), case
        for row in labels.decode().splitlines()[1:4]:
            assert row not in answer.text
        world.nothing_is_left()
