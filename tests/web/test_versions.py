"""Versions, earlier leaderboards and disclosed secrets as everybody reads them."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from arena import accounts, disclosing, publishing, replacing, rescoring
from arena.api import create_api
from arena.settings import load
from arena.store import models
from arena.store.engine import reading, transaction
from challenges.text import Text
from tests.web.conftest import World, predictions

NOTE = Text("사망일을 고쳤습니다 <b>", "Dates of death corrected <b>")


def revise(world: World, version: str, *, labels: bool, note: Text = NOTE, title: str = "A small challenge") -> None:
    """Publish the next version of the challenge; with other labels everything is scored again at once."""
    folder = world.folder / "small"
    path = folder / "challenge.toml"
    text = path.read_text(encoding="utf-8")
    old = text.split('version = "')[1].split('"')[0]
    path.write_text(
        text.replace(f'version = "{old}"\nlicense', f'version = "{version}"\nlicense').replace(
            "A small challenge", title
        ),
        encoding="utf-8",
    )
    if labels:
        (folder / "labels.sealed").write_bytes(f"sealed for {version}".encode())
    with transaction(world.engine) as session:
        replacing.replace_with(
            session,
            world.hosted(),
            publishing.collect(world.blobs, folder),
            note=note,
            keep_labels=not labels,
            same_splits=True,
            user_id=None,
            at=world.now,
            sign=world.signer.sign,
        )


def rescore(world: World, value: float) -> None:
    """Be the workers, and the sweeper at the end: the earlier a file, the better it is now."""
    with reading(world.engine) as session:
        waiting = session.exec(select(models.Evaluation).where(models.Evaluation.state == "received")).all()
    for row in sorted(waiting, key=lambda one: one.submission_id):
        world.decide(row.id or 0, "shown", value=value - row.submission_id / 100)
    with transaction(world.engine) as session:
        assert rescoring.finish(session, world.hosted(), world.now)


@pytest.fixture
def revealed(world: World) -> World:
    """Two teams after the reveal."""
    world.publish()
    for name, seed in (("ann", 5), ("ben", 6)):
        world.team(name)
        visitor = world.visitor().sign_in(f"{name}@example.org")
        assert visitor.upload("small", predictions(seed)).status_code == 303
        world.decide(world.queue.rung[-1], "accepted", 0.01)
    world.now = world.hosted().row.closes_at + timedelta(minutes=1)
    with transaction(world.engine) as session:
        rings = publishing.start_reveal(session, world.hosted(), world.now)
    for number, ring in enumerate(rings):
        world.decide(ring, "", value=0.2 + number / 100)
    with transaction(world.engine) as session:
        assert publishing.finish_reveal(session, world.hosted(), world.now)
    return world


def test_before_the_opening_everybody_reads_the_digest(world: World):
    world.publish()
    world.now = world.hosted().row.opens_at - timedelta(days=1)
    digest = world.hosted().row.definition_sha256
    for path in ("", "/rules", "/versions/1"):
        for language in ("ko", "en"):
            page = world.visitor(language).get(f"/challenges/small{path}")
            assert page.status_code == 200
            assert digest in page.text
    assert "Keep the digest of now" in world.visitor().get("/challenges/small/rules").text


def test_every_version_is_listed_and_stays_readable(world: World):
    world.publish()
    first = world.hosted().row.definition_sha256
    revise(world, "2", labels=True)
    revise(world, "2", labels=False, note=Text("", ""), title="Another title")
    page = world.visitor().get("/challenges/small/rules").text
    assert page.index("texts and titles") < page.index("Dates of death corrected") < page.index("first published")
    assert first in page
    assert "<b>" not in page.split('id="versions"')[1].split("</table>")[0]
    shown = world.visitor().get("/challenges/small/versions/1").text
    assert first in shown
    assert "A small challenge" in shown.split("<pre")[1]
    shown = world.visitor("ko").get("/challenges/small/versions/3").text
    assert "title.en" in shown
    assert world.hosted().files["train.csv"].sha256 in shown
    assert world.hosted().files["baseline_simple.csv"].sha256 not in shown, "nobody downloads a baseline's predictions"
    for number in (0, 4, 10**30):
        assert world.visitor().get(f"/challenges/small/versions/{number}").status_code == 404
    assert world.visitor().get("/challenges/none/versions/1").status_code == 404


def test_whoever_asks_sees_the_same_versions(world: World):
    world.publish()
    world.team("ann")
    with transaction(world.engine) as session:
        for name in ("organizer", "judge", "admin", "other"):
            accounts.create_user(
                session,
                email=f"{name}@example.org",
                name=name,
                admin=name == "admin",
                password="correct horse 9",
                at=world.now,
            )
        for name in ("organizer", "judge"):
            accounts.grant(session, email=f"{name}@example.org", role=name, slug="small", at=world.now)
    pages = set()
    for name in (None, "ann", "organizer", "judge", "admin", "other"):
        visitor = world.visitor() if name is None else world.visitor().sign_in(f"{name}@example.org")
        answer = visitor.get("/challenges/small/versions/1")
        assert answer.status_code == 200
        # Below the menu, which leads organizers to their own pages.
        pages.add(answer.text.split("</ul></nav>")[-1].split("</main>")[0])
    assert len(pages) == 1


def test_an_earlier_leaderboard_is_read_after_the_reveal_with_what_moved(revealed: World):
    before = revealed.visitor().get("/challenges/small/leaderboard").text
    assert "labels 1" not in before
    revise(revealed, "2", labels=True)
    meanwhile = revealed.visitor().get("/challenges/small/leaderboard").text
    assert "being scored again" in meanwhile
    assert _table(meanwhile) == _table(before)
    rescore(revealed, 0.5)
    page = revealed.visitor().get("/challenges/small/leaderboard").text
    assert _table(page) != _table(before)
    assert "Before and after the rescoring" in page
    moves = page.split('id="moves"')[1]
    assert moves.index("Team ann") < moves.index("Team ben")
    old = revealed.visitor().get("/challenges/small/leaderboard?labels=1").text
    assert _table(old) == _table(before)
    assert "These are not the scores that count" in old
    assert revealed.visitor("ko").get("/challenges/small/leaderboard?labels=1").status_code == 200
    assert revealed.visitor().get("/challenges/small/leaderboard?labels=7").status_code == 404
    assert revealed.visitor().get("/challenges/small/leaderboard?labels=x").status_code == 200


def _table(page: str) -> str:
    table = page.split('<table class="board"')[1].split("</table>", maxsplit=1)[0]
    # The links that sort it keep which labels the reader has asked for.
    return table.replace("labels=1&amp;", "")


def test_before_the_reveal_there_is_no_earlier_leaderboard(world: World):
    world.publish()
    revise(world, "2", labels=True)
    rescore(world, 0.5)
    assert "labels 1" not in world.visitor().get("/challenges/small/leaderboard").text
    assert world.visitor().get("/challenges/small/leaderboard?labels=1").status_code == 403


def test_a_disclosed_secret_is_shown_with_its_command(revealed: World):
    secret = b"\x05" * 32
    with transaction(revealed.engine) as session:
        labels = session.exec(select(models.Labels).order_by(col(models.Labels.id))).first()
        assert labels is not None
        labels.secret_sha256 = hashlib.sha256(secret).hexdigest()
        session.add(labels)
    assert secret.hex() not in revealed.visitor().get("/challenges/small").text
    with transaction(revealed.engine) as session:
        disclosing.record(session, revealed.hosted(), secret=secret, labels_sha256="c" * 64, at=revealed.now)
    for language in ("ko", "en"):
        page = revealed.visitor(language).get("/challenges/small").text
        assert f"--secret {secret.hex()}" in page
        assert "c" * 64 in page


def api(world: World):
    # The same parts behind the JSON API: pages and API must say the same.
    settings = load({"ARENA_HOME": str(world.folder), "ARENA_SECRET_KEY": "k" * 40})
    return create_api(
        settings=settings,
        engine=world.engine,
        blobs=world.blobs,
        queue=world.queue,
        signer=world.signer,
        clock=lambda: world.now,
        limited=False,
    ).test_client()


def test_the_api_tells_versions_digests_and_earlier_leaderboards(revealed: World):
    client = api(revealed)
    revise(revealed, "2", labels=True)
    rescore(revealed, 0.5)
    detail = client.get("/challenges/small").json
    assert detail["definition_sha256"] == revealed.hosted().row.definition_sha256
    assert detail["labels"]["version"] == 2
    assert detail["disclosure"] is None
    listed = client.get("/challenges/small/versions").json["versions"]
    assert [(one["number"], one["version"], one["labels_version"]) for one in listed] == [(1, "1", 1), (2, "2", 2)]
    assert listed[1]["note"] == NOTE._asdict()
    for one in listed:
        found = client.get(f"/challenges/small/versions/{one['number']}").json
        canonical = json.dumps(found["definition"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == found["definition_sha256"]
        assert {file["role"] for file in found["files"]} == {"train", "test", "dictionary", "sample", "text"}
    assert client.get("/challenges/small/versions/9").status_code == 404
    now = client.get("/challenges/small/leaderboard?split=private&limit=1").json
    then = client.get("/challenges/small/leaderboard?split=private&limit=1&labels=1").json
    assert (now["labels_version"], then["labels_version"]) == (2, 1)
    assert now["labels_versions"] == then["labels_versions"] == [2, 1]
    assert (now["rows"][0]["team"], then["rows"][0]["team"]) == ("Team ann", "Team ben")
    assert "labels=1" in then["next"]
    assert "labels" not in now["next"]
    assert client.get("/challenges/small/leaderboard?labels=0").status_code == 422


def test_a_disclosure_reaches_the_api(revealed: World):
    secret = b"\x06" * 32
    with transaction(revealed.engine) as session:
        (labels,) = session.exec(select(models.Labels)).all()
        labels.secret_sha256 = hashlib.sha256(secret).hexdigest()
        session.add(labels)
    with transaction(revealed.engine) as session:
        disclosing.record(session, revealed.hosted(), secret=secret, labels_sha256="c" * 64, at=revealed.now)
    found = api(revealed).get("/challenges/small").json["disclosure"]
    assert found["secret"] == secret.hex()
    assert found["secret_sha256"] == hashlib.sha256(bytes.fromhex(found["secret"])).hexdigest()
    assert found["command"].endswith(secret.hex())
