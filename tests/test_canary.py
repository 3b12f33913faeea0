"""Canary labels are planted and looked for in everything that the site shows, keeps, says or can read.

The same search first finds a leak planted on purpose in every channel, in every dress.
"""

import ast
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis
from sqlalchemy import MetaData, inspect
from sqlmodel import select
from werkzeug.test import Client

from arena import accounts, main, sealing, teams
from arena import settings as settings_module
from arena.cli import lifecycle_acts
from arena.store import teams as team_store
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
from tests.support import publishing
from tests.worker import searching, small
from tests.worker import site as sites
from tests.worker.site import Process, Site, wait_until

ROWS = 300
CHANNELS = ("response", "log", "redis", "database", "file")
ROOT = Path(__file__).parents[1]


def canaries(rows: small.Cohort) -> list[str]:
    """Return a time for each row whose eleven decimals occur nowhere else."""
    draw = np.random.default_rng(4711)
    # No zero at either end: every digit is written, whoever writes it.
    return [
        f"{int(days)}.{draw.integers(1, 10)}{draw.integers(10**8, 10**9):09d}{draw.integers(1, 10)}"
        for days in rows.days
    ]


@dataclass
class World:
    """A running instance with its canaries, and what has been seen of it."""

    site: Site
    workers: Process
    values: list[str]
    temporary: Path
    user: User
    admin: User
    tokens: dict[str, str]
    seen: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)

    def found(self, values: dict[str, str]) -> dict[str, set[str]]:
        """Return, by channel, the names of the values that occur in what was collected."""
        needles = searching.Needles(values)
        return {
            channel: {name for _, content in contents for name in needles.found(content)}
            for channel, contents in self.seen.items()
        }


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


def collect(world: World) -> dict[str, list[tuple[str, bytes]]]:
    """Gather every channel's bytes."""
    return {
        "response": list(_responses(world)),
        "log": [(str(path), path.read_bytes()) for path in (world.site.settings.home / "logs").iterdir()],
        "redis": list(_redis(world.site)),
        "database": list(_database(world.site)),
        "file": list(_files(world)),
    }


def _responses(world: World) -> Iterator[tuple[str, bytes]]:
    application = main.make_wsgi(world.site.settings)
    pages, api = application.app, next(iter(application.mounts.values()))  # type: ignore[attr-defined]
    paths = sorted(set(_paths(world, pages.url_map)))
    for who, languages in ((None, ("ko",)), ("team", ("ko", "en")), ("admin", ("en",))):
        client = Client(application)
        if who is not None:
            _sign_in(client, f"{who}@example.org")
        for path in paths:
            for language in languages:
                with client.get(path, headers={"Accept-Language": language}) as answer:
                    yield f"{who} {language} {path} {answer.status_code}", answer.data + str(answer.headers).encode()
    for who, token in world.tokens.items():
        client, headers = Client(application), {"Authorization": f"Bearer {token}"}
        for path in sorted(set(_paths(world, api.url_map))):
            with client.get("/api/v1" + path, headers=headers) as answer:
                yield f"{who} /api/v1{path} {answer.status_code}", answer.data + str(answer.headers).encode()
        for slug in ("gated", "open-one", "broken"):
            for content in (
                b"patient_id,p_3y\nP000000,2\n",
                small.predictions([f"P{n:06d}" for n in range(ROWS)], np.full(ROWS, 0.25)),
            ):
                answer = client.post(
                    f"/api/v1/challenges/{slug}/check", headers=headers, data={"file": (io.BytesIO(content), "p.csv")}
                )
                yield f"{who} check {slug} {answer.status_code}", answer.data


def _paths(world: World, url_map: Any) -> Iterator[str]:
    """Return every address that can be asked for with GET, for each challenge, file and submission."""
    with reading(world.site.engine) as session:
        submissions = [row.public_id for row in session.exec(select(Submission)).all()]
        team_ids = [
            team.id
            for slug in ("gated", "open-one", "broken")
            for team in team_store.of_challenge(session, world.site.hosted(slug).id)
        ]
    names = [
        *world.site.hosted("gated").files,
        "labels.csv",
        "labels.sealed",
        "facts.json",
        "baseline_reference_train.csv",
    ]
    choices = {
        "slug": ["gated", "open-one", "broken", "sent"],
        "public_id": submissions,
        "submission_id": submissions,
        "name": names,
        "team_id": team_ids,
        "code": ["x"],
        "token": ["x"],
        "version": ["x"],
        "token_id": ["1"],
        "split": ["public", "private"],
        "number": ["1"],
    }
    for rule in url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        paths = [re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)]
        for argument in rule.arguments:
            values = choices.get(argument)
            assert values is not None, f"an address with a new part is not looked at: {rule.rule}"
            paths = [path.replace(f"<{argument}>", str(value)) for path in paths for value in values]
        for path in paths:
            yield path
            if path.endswith("leaderboard"):
                yield f"{path}?split=private"


def _sign_in(client: Client, email: str) -> None:
    page = client.get("/signin").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/signin", data={"csrf_token": token[1], "email": email, "password": sites.PASSWORD})
    assert answer.status_code == 303, answer.text[:500]


def _redis(site: Site) -> Iterator[tuple[str, bytes]]:
    connection = redis.Redis.from_url(site.settings.redis_url)
    readers = {
        b"string": connection.get,
        b"hash": lambda key: b"\n".join(part for pair in connection.hgetall(key).items() for part in pair),
        b"list": lambda key: b"\n".join(connection.lrange(key, 0, -1)),
        b"set": lambda key: b"\n".join(connection.smembers(key)),
        b"zset": lambda key: b"\n".join(connection.zrange(key, 0, -1)),
        b"stream": lambda key: b"\n".join(
            part for _, fields in connection.xrange(key) for pair in fields.items() for part in pair
        ),
    }
    for key in connection.scan_iter():
        yield key.decode(), key + b"\n" + readers[connection.type(key)](key)


def _database(site: Site) -> Iterator[tuple[str, bytes]]:
    metadata = MetaData()
    metadata.reflect(site.engine)
    assert set(metadata.tables) == set(inspect(site.engine).get_table_names())
    with site.engine.connect() as connection:
        for name, table in metadata.tables.items():
            for row in connection.execute(table.select()):
                yield name, "\n".join(map(_text, row)).encode() + b"".join(one for one in row if isinstance(one, bytes))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _files(world: World) -> Iterator[tuple[str, bytes]]:
    """Every file of the home but the workers' own folder, and whatever was left in the temporary one."""
    home = world.site.settings.home
    for path in sorted([*home.rglob("*"), *world.temporary.rglob("*")]):
        if path.is_file() and not path.is_relative_to(home / "worker"):
            yield str(path), path.read_bytes()
    for slug in ("gated", "open-one", "broken"):
        # What leaves the instance in an operator's hands is as silent as what stays.
        path = world.temporary.with_name(f"{slug}.zip")
        path.unlink(missing_ok=True)
        lifecycle_acts.export(world.site.settings, slug, path)
        yield f"archive of {slug}", path.read_bytes()
    for pid in [world.workers.pid, *world.workers.children()]:
        yield f"process {pid}", b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))


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


# The site's side of the seal.


def site_modules() -> list[Path]:
    return [path for path in sorted((ROOT / "arena").rglob("*.py")) if "versions" not in path.parts]


def reads_the_key(source: str) -> list[str]:
    """Return what in this source could read the labels' private key: its modules, its classes, its file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(one.name.partition(".")[0] == "worker" for one in node.names):
            found.append("imports worker")
        if isinstance(node, ast.ImportFrom):
            if (node.module or "").partition(".")[0] == "worker":
                found.append("imports worker")
            if {one.name for one in node.names} & {"PrivateKey"}:
                found.append("holds a private key")
        if isinstance(node, ast.Attribute) and node.attr in ("PrivateKey", "decrypt"):
            found.append(f"uses {node.attr}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [
                f"names {name}" for name in ("labels.key", "gate.secret", "WORKER_LABELS_KEY") if name in node.value
            ]
    return found


def test_no_module_of_the_site_reads_the_key():
    assert {
        str(path): found for path in site_modules() if (found := reads_the_key(path.read_text(encoding="utf-8")))
    } == {}


@pytest.mark.parametrize(
    "line",
    [
        "import worker.labels",
        "from worker.keys import private_key",
        "from nacl.public import PrivateKey",
        "import nacl.public as p; p.PrivateKey(b'')",
        "open(home / 'worker' / 'labels.key')",
        "os.environ['WORKER_LABELS_KEY']",
    ],
)
def test_making_the_site_read_the_key_turns_red(line: str):
    assert reads_the_key(line)


def test_the_sites_settings_have_no_field_for_the_key(home: Path):
    given = settings_module.load({"ARENA_HOME": str(home)})
    shown = {name: str(getattr(given, name)) for name in type(given).__slots__}
    assert not any("labels.key" in value or "worker" in value for value in shown.values())
    with pytest.raises(Exception, match="ARENA_LABELS_KEY"):
        settings_module.load({"ARENA_HOME": str(home), "ARENA_LABELS_KEY": "x"})


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
