"""The leaderboard, page and API, against a fixed page of 10 KB from the same kind of server.

One waitress process as `arena web` starts it; 100, 1,000 and 10,000 teams with 100,000 submissions; 16 keep-alive connections
from another process on the same machine. Floors: a fifth of the fixed page's rate at every size, cold within 0.1 s at 1,000 and
1 s at 10,000 teams, p99 within 0.1 s while five submissions a second arrive and are decided, 180 MB.
"""

import contextlib
import http.client
import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, update
from sqlmodel import select

from arena.store.blobs import FolderBlobs
from arena.store.engine import transaction
from arena.store.models import Challenge, Decision, Evaluation, Score, Submission, Team
from tests.arena import conftest as small
from tests.worker import site as sites
from tests.worker.site import Process, wait_until

SUBMISSIONS = 100_000
CONNECTIONS, SECONDS = 16, 5
RATE = 5  # submissions a second
ARRIVING = 10  # teams that send them
PAGE, API = "/challenges/small/leaderboard", "/api/v1/challenges/small/leaderboard"
FIXED = """
import sys
from waitress import serve
PAGE = b"x" * 10_000
def page(environ, start):
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
serve(page, host="127.0.0.1", port=int(sys.argv[1]), threads=8)
"""


def fill(site: small.Site, teams: int, gate: str) -> None:
    """Give the challenge so many teams, and every team its share of the submissions, all decided."""
    at = datetime.now(UTC)
    each = SUBMISSIONS // teams

    def rows(table: Table, found: Iterator[dict[str, object]]) -> None:
        session.execute(insert(table), list(found))

    with transaction(site.engine) as session:
        challenge = session.exec(select(Challenge.id)).one()
        first = 1 + max(session.exec(select(Team.id)).all())
        names = range(first, first + teams)
        fixed = {"challenge_id": challenge, "created_at": at}
        rows(
            Team.__table__,
            (
                {**fixed, "id": n, "name": f"Team {n}", "name_key": f"team {n}", "affiliation": f"School {n % 40}"}
                for n in names
            ),
        )
        sent = [(1000 + k * teams + n, first + n, k) for k in range(each) for n in range(teams)]
        file = {"filename": "x", "file_sha256": "x", "canonical_sha256": "x", "rows": 1, "size": 1, "receipt": {}}
        rows(
            Submission.__table__,
            (
                {
                    **file,
                    "id": i,
                    "public_id": secrets.token_hex(8),
                    "challenge_id": challenge,
                    "team_id": team,
                    "number": k + 1,
                    "received_at": at,
                }
                for i, team, k in sent
            ),
        )
        done = {
            "split": "public",
            "scorer_version": "1",
            "labels_version": 1,
            "state": "scored",
            "created_at": at,
            "finished_at": at,
        }
        rows(Evaluation.__table__, ({**done, "id": i, "submission_id": i} for i, _, _ in sent))
        # Behind a gate a team has at most three acceptances, each better than the one before.
        accepted = {0: 0, each // 3: 1, 2 * each // 3: 2}

        def decision(i: int, team: int, k: int) -> dict[str, object]:
            told = {"submission_id": i, "labels_version": 1, "decided_at": at}
            if gate == "none":
                return {**told, "outcome": "shown", "shown_gain": None}
            if k not in accepted:
                return {**told, "outcome": "not_improved", "shown_gain": None}
            return {**told, "outcome": "accepted", "shown_gain": 0.004 * (1 + accepted[k] + team % 11)}

        rows(Decision.__table__, (decision(*one) for one in sent))
        if gate == "none":
            values = ((i, 0.2 + (k * 7919 + team * 31) % 9973 / 50_000) for i, team, k in sent)
            scored = {"split": "public", "key": "ipa@1095", "se": 0.01}
            rows(
                Score.__table__,
                ({**scored, "evaluation_id": i, "value": v, "low": v - 0.02, "high": v + 0.02} for i, v in values),
            )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def first(port: int, path: str) -> float:
    """Return the milliseconds of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Accept-Language": "en"})
    answer = connection.getresponse()
    answer.read()
    taken = 1000 * (time.perf_counter() - began)
    connection.close()
    assert answer.status == 200
    return taken


def load(port: int, path: str) -> dict[str, object]:
    command = [
        sys.executable,
        str(Path(__file__).with_name("load.py")),
        str(port),
        path,
        str(CONNECTIONS),
        str(SECONDS),
    ]
    found: dict[str, object] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert set(found["statuses"]) == {"200"}, found
    return found


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@contextlib.contextmanager
def arriving(site: small.Site, gate: str, people: list[object], seed: int) -> Iterator[list[int]]:
    """Record and decide so many submissions a second, as web and workers do, until the block ends."""
    over, count = threading.Event(), [0]

    def send() -> None:
        due = time.monotonic()
        while not over.is_set():
            person = people[count[0] % len(people)]
            site.now = datetime.now(UTC)
            recorded = site.submit(person, seed + count[0])
            outcome = "shown" if gate == "none" else "accepted"
            site.decide(
                recorded.evaluation_id, outcome, gain=0.05 + count[0] / 1000, value=0.9 if gate == "none" else None
            )
            count[0] += 1
            due += 1 / RATE
            over.wait(max(0.0, due - time.monotonic()))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield count
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(("teams", "gate"), [(100, "none"), (1_000, "none"), (10_000, "none"), (10_000, "significant")])
def test_readers(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, teams: int, gate: str):
    # What may be sent in a day would not last for the seconds of this table.
    monkeypatch.setattr(small, "TOML", small.TOML.replace("per_day = 3\ntotal = 5", "per_day = 500\ntotal = 5000"))
    instance = sites.make(home)
    site = small.Site(instance.engine, FolderBlobs(home / "blobs"), tmp_path / "folders", instance.signer)
    for ring in site.publish(gate=gate, practice=gate == "none"):
        site.decide(ring, "shown", value=0.2)
    people = [site.team(f"Arriving {n}")[0] for n in range(ARRIVING)]
    fill(site, teams, gate)
    port, other = free_port(), free_port()
    command = [str(Path(sys.executable).with_name("arena")), "web"]
    web = Process(command, instance.environ(ARENA_PORT=str(port), ARENA_TRUSTED_PROXIES="1"), home / "web.log")
    fixed = Process([sys.executable, "-c", FIXED, str(other)], instance.environ(), home / "fixed.log")
    with sites.running(sites.valkey(instance), web, fixed):
        wait_until(lambda: answers(port) and answers(other), 30, web.log.read_text)
        first(port, "/metrics-guide")
        print(f"\n\n{teams:,} teams, gate {gate}: first page of the process {first(port, PAGE):.0f} ms")
        floor = load(other, "/")
        line("fixed page", floor, floor)
        for name, path in (("page", PAGE), ("API", API)):
            with transaction(site.engine) as session:
                session.execute(update(Team).where(Team.name == "Arriving 0").values(affiliation=f"changed for {name}"))
            cold = first(port, path)
            line(name, load(port, path), floor, f"cold {cold:4.0f} ms")
        for seed, name, path in ((1_000, "page", PAGE), (2_000, "API", API)):
            with arriving(site, gate, people, seed) as count:
                began = time.monotonic()
                found = load(port, path)
                rate = count[0] / (time.monotonic() - began)
            line(f"{name}, while they arrive", found, floor, f"{rate:.1f} submissions/s")
        print(f"  {megabytes(web.pid):.0f} MB")
    site.engine.dispose()


def line(name: str, found: dict[str, object], floor: dict[str, object], more: str = "") -> None:
    share = 100 * float(found["rate"]) / float(floor["rate"])
    print(
        f"  {name:<24}{found['rate']:7.0f}/s {share:4.0f} %  p50 {found['p50']:6.1f}  p99 {found['p99']:6.1f}"
        f"  most {found['most']:6.1f} ms  {found['bytes'] / 1000:5.1f} KB  {more}"
    )
