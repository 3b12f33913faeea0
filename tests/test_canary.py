"""Canary labels are planted and looked for in everything that the site shows, keeps, says or can read.

The same search first finds a leak planted on purpose in every channel, in every dress.
"""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis
from sqlmodel import select
from werkzeug.test import Client

from arena import accounts, main, sealing, teams
from arena.store.engine import reading, transaction
from arena.store.models import (
    ApiToken,
    ChallengeFile,
    Evaluation,
    InstanceFact,
    LedgerEntry,
    Publication,
    Submission,
    User,
)
from challenges import sealed
from challenges.definition import load
from tests.channels import CHANNELS, ROWS, World, collect
from tests.support import publishing
from tests.worker import searching, small
from tests.worker import site as sites
from tests.worker.site import Site, wait_until

ROOT = Path(__file__).parents[1]


def canaries(rows: small.Cohort) -> list[str]:
    """Return a time for each row whose eleven decimals occur nowhere else."""
    draw = np.random.default_rng(4711)
    # No zero at either end: every digit is written, whoever writes it.
    return [
        f"{int(days)}.{draw.integers(1, 10)}{draw.integers(10**8, 10**9):09d}{draw.integers(1, 10)}"
        for days in rows.days
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A whole life: publication, refusals, acceptances, a fault on unreadable labels, an open challenge, no reveal."""
    folder = tmp_path_factory.mktemp("canary")
    site = sites.make(folder / "home")
    temporary = folder / "temporary"
    temporary.mkdir()
    rows = small.draw(ROWS, 1, "P")
    values = canaries(rows)
    gated = small.write(folder / "gated", slug="gated", rows=ROWS, days=np.array(values, dtype=object))
    small.write(folder / "open", slug="open-one", gate="none", rows=ROWS, days=np.array(values, dtype=object))
    small.write(folder / "broken", slug="broken", rows=ROWS, days=np.array(values, dtype=object))
    workers, sweeper = sites.supervise(site, TMPDIR=str(temporary)), sites.sweeper(site)
    with sites.running(sites.valkey(site), workers, sweeper):
        for name in ("gated", "open", "broken"):
            site.publish(folder / name, folder / f"{name}-out")
        _spoil(site, folder / "broken")
        with transaction(site.engine) as session:
            admin = accounts.create_user(
                session, email="admin@example.org", name="admin", admin=True, password=sites.PASSWORD, at=sites.now()
            )
        user = site.team(site.hosted("gated"), "team")
        made = World(site, workers, values, temporary, user, admin, {})
        with transaction(site.engine) as session:
            for one in (user, admin):
                _, made.tokens[one.name] = accounts.issue_token(session, one, name="t", at=sites.now())
        _send(site, folder / "sent", made.tokens["admin"], np.array(values, dtype=object))
        _join(site, user, "open-one")
        _join(site, user, "broken")
        for slug in ("gated", "open-one", "broken"):
            for number, share in enumerate((1.0, 0.2, 0.9, -0.5)):
                content = small.predictions(gated.ids, gated.probability(share, noise=0.1, seed=number))
                _, evaluation_id = site.submit(user, site.hosted(slug), content)
                site.queue.score(evaluation_id or 0)
        wait_until(lambda: _settled(site), 120, lambda: workers.log.read_text()[-3000:])
        made.seen = collect(made)
        yield made
    site.engine.dispose()


def _send(site: Site, folder: Path, token: str, days: np.ndarray) -> None:
    """Publish a challenge over the API: refused with plaintext labels first, then refused by the worker, then ready and tried."""
    small.write(folder, slug="sent", rows=ROWS, days=days)
    client, headers = Client(main.make_wsgi(site.settings)), {"Authorization": f"Bearer {token}"}
    definition, labels = load(folder), (folder / "labels.csv").read_bytes()
    key = sealing.public_key(site.settings.labels_key_file)
    box = sealing.seal(sealed.pack(definition, labels), key)
    spoilt = sealed.pack(definition, labels)
    spoilt = sealing.seal(spoilt[: spoilt.rstrip().rfind(b",")] + b",nosuchsplit\n", key)
    whole = publishing.packed(folder)
    for bundle, sent, status in (
        (publishing.added(whole, {"photo.png": labels}), box, 422),
        (whole, labels, 422),
        (whole, spoilt, 202),
        (whole, box, 202),
    ):
        files = {"bundle": (io.BytesIO(bundle), "b.zip"), "labels": (io.BytesIO(sent), "l.sealed")}
        answer = client.post("/api/v1/challenges", headers=headers, data=files)
        assert answer.status_code == status, answer.text
        if status == 202:
            states = ("refused",) if sent is spoilt else ("installed",)
            wait_until(
                lambda: _verification(client, headers)["state"] in states, 60, lambda: _verification(client, headers)
            )
    answer = client.post(
        "/api/v1/challenges/sent/dry-run",
        headers=headers,
        data={"file": (io.BytesIO((folder / "sample_submission.csv").read_bytes()), "p.csv")},
    )
    assert answer.status_code == 202, answer.text
    wait_until(lambda: client.get("/api/v1/challenges/sent/dry-run", headers=headers).json["state"] == "done", 60)


def _verification(client: Client, headers: dict[str, str]) -> dict[str, Any]:
    return dict(client.get("/api/v1/challenges/sent/verification", headers=headers).json or {})


def _join(site: Site, user: User, slug: str) -> None:
    hosted = site.hosted(slug)
    with transaction(site.engine) as session:
        teams.accept_agreement(session, user, hosted, version="1", at=sites.now())
        teams.create_team(session, user, hosted, name=f"team {slug}", at=sites.now())


def _spoil(site: Site, folder: Path) -> None:
    """Seal labels with a value that cannot be read in the last row: the worker fails with canaries in its hands."""
    definition = load(folder)
    packed = sealed.pack(definition, (folder / "labels.csv").read_bytes())
    spoilt = packed[: packed.rstrip().rfind(b",")] + b",nosuchsplit\n"
    blob = site.blobs.put(io.BytesIO(sealing.seal(spoilt, sealing.public_key(site.settings.labels_key_file))))
    hosted = site.hosted("broken")
    assert hosted.labels is not None
    with transaction(site.engine) as session:
        labels = session.get_one(type(hosted.labels), hosted.labels.id)
        labels.ciphertext_sha256 = blob.sha256
        session.add(labels)


def _settled(site: Site) -> bool:
    with reading(site.engine) as session:
        broken = site.hosted("broken").id
        rows = session.exec(select(Evaluation, Submission).where(Evaluation.submission_id == Submission.id)).all()
        others = [one for one, submission in rows if submission.challenge_id != broken]
        failed = [one for one, submission in rows if submission.challenge_id == broken and one.state == "failed"]
    return all(one.state == "scored" for one in others) and bool(failed)


def test_the_canary_is_nowhere(world: World):
    hits = world.found({value: value for value in world.values})
    assert hits == {channel: set() for channel in CHANNELS}
    counts = {channel: len(contents) for channel, contents in world.seen.items()}
    sizes = {channel: sum(len(content) for _, content in contents) >> 10 for channel, contents in world.seen.items()}
    print("\nlooked at " + ", ".join(f"{counts[one]} of {one} ({sizes[one]} KB)" for one in CHANNELS))


def test_the_search_saw_the_whole_site(world: World):
    names = [name for name, _ in world.seen["response"]]
    assert sum(name.endswith(" 200") for name in names) > 100
    for part in (
        "/leaderboard",
        "/submissions/",
        "/api/v1/challenges",
        "/readyz",
        "/account",
        "check gated 422",
        "check gated 200",
        "admin /api/v1/challenges/sent/verification 200",
        "admin /api/v1/challenges/sent/dry-run 200",
        "admin en /challenges/sent 200",
        "team /api/v1/challenges/sent/verification 404",
    ):
        assert any(part in name for name in names), part
    assert not any(name.endswith(" 500") for name in names), [name for name in names if name.endswith(" 500")]
    assert any("rq:" in name for name, _ in world.seen["redis"])
    assert {"evaluation", "decision", "score", "ledger_entry"} <= {name for name, _ in world.seen["database"]}
    assert any("worker.log" in name for name, _ in world.seen["log"])
    assert any(name == "archive of gated" and b"tables/decision.json" in one for name, one in world.seen["file"])
    log = b"".join(content for name, content in world.seen["log"] if "worker.log" in name)
    assert b"LabelsRefused (unreadable_labels)" in log, "the fault with labels in hand did not happen"


def test_a_leak_is_found_in_every_channel_and_every_dress(world: World):
    """Plant one value for each channel and dress, collect again with the very same search, and find each where it was put."""
    draw = np.random.default_rng(99)
    planted = {
        f"{channel}, {dress}": f"{draw.integers(100, 999)}.{draw.integers(10**8, 10**9)}"
        for channel in CHANNELS
        for dress in searching.DRESSES
    }
    site = world.site
    connection = redis.Redis.from_url(site.settings.redis_url)
    for name, value in planted.items():
        channel, dress = name.split(", ")
        content = searching.DRESSES[dress](value)
        if channel == "log":
            with (site.settings.home / "logs" / "worker.log").open("ab") as file:
                file.write(b"INFO worker: " + content + b"\n")
        elif channel == "redis":
            connection.hset(f"rq:job:{dress}", "exc_info", content)
        elif channel == "database":
            with transaction(site.engine) as session:
                session.add(InstanceFact(name=dress, value=content, at=sites.now()))
        elif channel == "file":
            (site.settings.home / "backups" / dress.replace(" ", "-")).write_bytes(b"head" + content)
        else:
            # A text of the challenge is a channel of bytes that the site serves to everybody.
            _publish_bytes(site, dress, b"head\n" + content + b"\n")
    seen = replace(world, seen=collect(world)).found(planted)
    for name in planted:
        assert name in seen[name.split(", ")[0]], name


def _publish_bytes(site: Site, dress: str, content: bytes) -> None:
    blob = site.blobs.put(io.BytesIO(content))
    with transaction(site.engine) as session:
        session.add(
            ChallengeFile(
                challenge_id=site.hosted("gated").id,
                name=f"{dress.replace(' ', '-')}.csv",
                role="sample",
                sha256=blob.sha256,
                size=blob.size,
            )
        )


def test_a_job_carries_a_number_and_nothing_else(world: World):
    for name, content in world.seen["redis"]:
        if name.startswith("rq:job:") and b"data" in content:
            assert b"worker.jobs." in b"".join(searching.forms(content)), name


def test_the_ledger_knows_every_opening(world: World):
    with reading(world.site.engine) as session:
        opened = session.exec(select(LedgerEntry).where(LedgerEntry.kind == "labels_opened")).all()
    sent = next(row.challenge_id for row in publishing.rows(world.site, Publication))
    assert {row.challenge_id for row in opened} == {
        sent,
        *(world.site.hosted(slug).id for slug in ("gated", "open-one", "broken")),
    }
    # The refused upload's, the accepted one's, the dry run's: each opening has its line.
    assert sum(row.challenge_id == sent for row in opened) == 3


def test_nothing_is_left_where_temporary_files_go(world: World):
    assert [path for path in world.temporary.rglob("*") if path.is_file()] == []


def test_a_web_process_opens_nothing_of_the_workers(world: World):
    """The web in a process of its own answers every page while the workers' folder cannot be entered."""
    code = """
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from werkzeug.test import Client
from arena import main, settings
client = Client(main.make_wsgi(settings.load()))
for path in ("/", "/challenges/gated", "/challenges/gated/leaderboard", "/challenges/open-one/leaderboard", "/readyz", "/api/v1/labels-key"):
    print(path, client.get(path).status_code, file=sys.stderr)
print(*[path for path in opened if "/worker/" in path and path.startswith(sys.argv[1])], sep="\\n")
print("worker" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(world.site.settings.home)],
        env={name: value for name, value in world.site.environ().items() if not name.startswith("WORKER_")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False"], done.stdout
    assert done.stderr.count(" 200") == 6, done.stderr
    assert os.access(world.site.worker.labels_key, os.R_OK)


def test_tokens_are_kept_as_hashes(world: World):
    # A search that finds nothing must be able to look into the table at all.
    with reading(world.site.engine) as session:
        hashes = {row.token_hash for row in session.exec(select(ApiToken)).all()}
    assert len(hashes) == 2
    assert not set(world.tokens.values()) & hashes
