"""The leaderboard page of a thousand teams against a fixed page of 10 KB from the same server."""

import http.client
import secrets
import socket
import statistics
import sys
import time
from pathlib import Path

import pytest
from sqlmodel import select

from arena.store.engine import reading, transaction
from arena.store.models import Decision, Evaluation, Membership, Score, Submission, Team, User
from tests.worker import site as sites
from tests.worker import small
from tests.worker.site import Process, Site, wait_until

TEAMS = 1_000
REQUESTS = 300
FIXED = """
import sys
from waitress import serve
PAGE = b"x" * 10_000
def page(environ, start):
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
serve(page, host="127.0.0.1", port=int(sys.argv[1]), threads=8)
"""


def fill(site: Site, outcome: str) -> None:
    """Give the challenge a thousand teams, each with a captain and a scored submission like its baseline's."""
    at = sites.now()
    with transaction(site.engine) as session:
        model = session.exec(select(Submission)).one()
        keys = session.exec(select(Score.key).where(Score.split == "public")).all()
        people = [User(email=f"{n}@example.org", name=f"{n}", created_at=at) for n in range(TEAMS)]
        session.add_all(people)
        session.flush()
        teams = [
            Team(
                challenge_id=model.challenge_id,
                name=f"Team {n}",
                name_key=f"team {n}",
                captain_id=person.id,
                created_at=at,
            )
            for n, person in enumerate(people)
        ]
        session.add_all(teams)
        session.flush()
        sent = [
            Submission(
                **model.model_dump(exclude={"id", "public_id", "team_id", "user_id", "number"}),
                public_id=secrets.token_hex(8),
                team_id=team.id or 0,
                user_id=team.captain_id,
                number=1,
            )
            for team in teams
        ]
        session.add_all(sent)
        session.flush()
        session.add_all(
            Membership(user_id=t.captain_id or 0, challenge_id=t.challenge_id, team_id=t.id or 0, joined_at=at)
            for t in teams
        )
        done = [
            Evaluation(
                submission_id=one.id or 0,
                split="public",
                scorer_version="1",
                labels_version=1,
                state="scored",
                created_at=at,
                finished_at=at,
            )
            for one in sent
        ]
        session.add_all(done)
        session.add_all(
            Decision(submission_id=one.id or 0, outcome=outcome, shown_gain=n / 10_000, labels_version=1, decided_at=at)
            for n, one in enumerate(sent)
        )
        session.flush()
        session.add_all(
            Score(evaluation_id=one.id or 0, split="public", key=key, value=v, se=0.01, low=v - 0.02, high=v + 0.02)
            for n, one in enumerate(done)
            for key in keys
            for v in [0.5 + n / 10_000]
        )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def times(port: int, path: str) -> tuple[list[float], int]:
    """Return the seconds of each of many requests over one connection, sorted, and the size of the page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        taken.append(time.perf_counter() - began)
        assert answer.status == 200
    connection.close()
    return sorted(taken), len(content)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("gate", ["none", "significant"])
def test_a_thousand_teams(home: Path, tmp_path: Path, gate: str):
    site = sites.make(home)
    small.write(tmp_path / "folder", gate=gate)
    site.publish(tmp_path / "folder", tmp_path / "out")
    scoring = (sites.valkey(site), sites.supervise(site, WORKER_PROCESSES="1"), sites.sweeper(site))
    with sites.running(*scoring):
        wait_until(lambda: _scored(site), 60, scoring[1].log.read_text)
    fill(site, {"none": "shown", "significant": "accepted"}[gate])
    port, other = free_port(), free_port()
    web = Process(
        [str(Path(sys.executable).with_name("arena")), "web"], site.environ(ARENA_PORT=str(port)), home / "web.log"
    )
    fixed = Process([sys.executable, "-c", FIXED, str(other)], site.environ(), home / "fixed.log")
    with sites.running(sites.valkey(site), web, fixed):
        wait_until(lambda: answers(port) and answers(other), 30, web.log.read_text)
        times(port, "/challenges/small-challenge/leaderboard")
        floor, _ = times(other, "/")
        page, size = times(port, "/challenges/small-challenge/leaderboard")
    for name, found in (("fixed page, 10 KB", floor), (f"{TEAMS:,} teams, gate {gate}, {size / 1000:.0f} KB", page)):
        p50, p99 = statistics.median(found), found[int(0.99 * len(found))]
        print(f"\n{name:<40} p50 {1000 * p50:7.2f} ms   p99 {1000 * p99:7.2f} ms", end="")
    print(f"\n{'ratio':<40} p50 {statistics.median(page) / statistics.median(floor):7.0f}")
    site.engine.dispose()


def _scored(site: Site) -> bool:
    with reading(site.engine) as session:
        return session.exec(select(Evaluation.state)).all() == ["scored"]
