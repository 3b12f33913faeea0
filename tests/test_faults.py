"""What can die, dies: workers, Redis, the web between commit and ring. Every submission is evaluated exactly once all the same."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import redis
from sqlmodel import col, func, select

from arena import accounts, leaderboards, rescoring, viewing
from arena.store import teams as team_store
from arena.store.engine import reading, transaction
from arena.store.models import Decision, Evaluation, Labels, Score, Submission, User
from tests.worker import site as sites
from tests.worker import small
from tests.worker.site import Process, Site, wait_until
from worker import jobs

METRICS = 2
ROWS = 3000  # enough for a job to be caught at work


@pytest.fixture
def site(home: Path, tmp_path: Path) -> Iterator[Site]:
    made = sites.make(home)
    small.write(tmp_path / "folder", gate="none", rows=ROWS)
    made.publish(tmp_path / "folder", tmp_path / "out")
    yield made
    made.engine.dispose()


def file_of(rows: small.Cohort, seed: int) -> bytes:
    return small.predictions(rows.ids, rows.probability(0.5, noise=0.5, seed=seed))


def states(site: Site) -> dict[str, int]:
    with reading(site.engine) as session:
        return dict(session.exec(select(Evaluation.state, func.count()).group_by(col(Evaluation.state))).all())


def assert_each_evaluated_once(site: Site, wanted: int) -> None:
    with reading(site.engine) as session:
        evaluations = session.exec(select(Evaluation)).all()
        assert len(evaluations) == wanted
        assert {one.state for one in evaluations} == {"scored"}
        assert {one.failure for one in evaluations} == {None}
        per_evaluation = dict(
            session.exec(select(Score.evaluation_id, func.count()).group_by(col(Score.evaluation_id))).all()
        )
        assert per_evaluation == {one.id: METRICS for one in evaluations}
        decided = session.exec(select(Decision.submission_id)).all()
        assert sorted(decided) == sorted(session.exec(select(Submission.id)).all())


def seen(site: Site, users: list[User]) -> set[str]:
    """Return every status that any of these teams is shown now."""
    hosted = site.hosted()
    found = set()
    with reading(site.engine) as session:
        for user in users:
            team = team_store.of_user(session, user.id or 0, hosted.id)
            assert team is not None
            views = viewing.of_team(session, hosted, team, sites.now())
            assert all(view.failure is None and not view.refunded for view in views)
            found |= {view.status for view in views}
    return found


def kill_one(site: Site, workers: Process, chance: random.Random) -> str:
    """Kill a worker, its child or their parent while an evaluation is in its hands: the child is held still meanwhile."""
    give_up = time.monotonic() + 30  # a supervisor may have to load first
    while time.monotonic() < give_up:
        for worker in workers.children():
            for horse in sites.children(worker):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(horse, signal.SIGSTOP)
                    if not held(site):
                        os.kill(horse, signal.SIGCONT)
                        continue
                    victim = chance.choice(("worker", "worker", "horse", "horse", "supervisor"))
                    if victim == "supervisor":
                        workers.stop(signal.SIGKILL)
                        workers.start()
                    else:
                        os.kill(worker if victim == "worker" else horse, signal.SIGKILL)
                    return victim
    raise AssertionError("no worker had anything in its hands")


def flush(site: Site) -> None:
    with contextlib.closing(redis.Redis.from_url(site.settings.redis_url)) as connection:
        connection.flushall()


def held(site: Site) -> bool:
    """Whether an evaluation is in a worker's hands under a lease that runs."""
    with reading(site.engine) as session:
        wanted = select(Evaluation.id).where(Evaluation.state == "scoring", col(Evaluation.lease_until) > sites.now())
        return session.exec(wanted).first() is not None


def test_two_hundred_submissions_ten_kills_and_a_flush(site: Site):
    hosted, rows, chance = site.hosted(), small.draw(ROWS, 1, "P"), random.Random(20261124)
    users = [site.team(hosted, f"team{number}") for number in range(20)]
    workers, sweeper = sites.supervise(site), sites.sweeper(site)
    killed: list[str] = []
    statuses: set[str] = set()
    began = time.monotonic()
    with sites.running(sites.valkey(site), workers, sweeper):
        wait_until(lambda: site.queue.workers() == 2, 60, workers.log.read_text)
        for burst in range(10):
            recorded = [
                site.submit(users[number % 20], hosted, file_of(rows, number))[1] or 0
                for number in range(20 * burst, 20 * burst + 20)
            ]
            for evaluation_id in recorded:
                site.queue.score(evaluation_id)
            killed.append(kill_one(site, workers, chance))
            if burst == 5:
                flush(site)
            statuses |= seen(site, users[:3])
        done = 0
        while done < 201:
            assert time.monotonic() - began < 900, (states(site), workers.log.read_text()[-3000:])
            statuses |= seen(site, users[:3])
            done = states(site).get("scored", 0)
            time.sleep(0.2)
        took = time.monotonic() - began
    assert len(killed) == 10
    assert statuses <= {"received", "scoring", "scored"}
    assert_each_evaluated_once(site, 201)  # with the baseline
    with reading(site.engine) as session:
        attempts = session.exec(select(func.sum(Evaluation.attempts))).one()
    print(
        f"\n200 submissions, kills: {', '.join(killed)}; one FLUSHALL: 200 evaluated once, {attempts} attempts, {took:.0f} s"
    )
    assert attempts > 201, "no kill hit a job"


def test_redis_away_and_back(site: Site):
    hosted, rows = site.hosted(), small.draw(ROWS, 1, "P")
    user = site.team(hosted, "team")
    broker, workers, sweeper = sites.valkey(site), sites.supervise(site), sites.sweeper(site)
    with sites.running(broker, workers, sweeper):
        wait_until(lambda: states(site) == {"scored": 1}, 60, workers.log.read_text)
        broker.stop()
        for number in range(5):
            _, evaluation_id = site.submit(user, hosted, file_of(rows, number))
            assert evaluation_id is not None
            assert site.queue.score(evaluation_id) is False
        time.sleep(3)
        assert seen(site, [user]) == {"received"}
        broker.start()
        wait_until(lambda: states(site) == {"scored": 6}, 60, workers.log.read_text)
        wait_until(lambda: site.queue.workers() == 2, 30, workers.log.read_text)
    assert_each_evaluated_once(site, 6)


KILLED_WEB = """
import os, signal, sys
from datetime import UTC, datetime
from arena import settings as settings_module
from arena.api import create_api
from arena.queue import Queue
from arena.receipts import Signer
from arena.store.blobs import open_blobs
from arena.store.engine import make_engine
from werkzeug.test import Client

class Struck(Queue):
    def score(self, evaluation_id):
        os.kill(os.getpid(), signal.SIGKILL)

settings = settings_module.load()
api = create_api(settings=settings, engine=make_engine(settings.database_url), blobs=open_blobs(settings.store_url),
    queue=Struck(settings.redis_url), signer=Signer.from_file(settings.receipts_key_file), clock=lambda: datetime.now(UTC),
    limited=False)
token, path = sys.argv[1:]
with open(path, "rb") as file:
    answer = Client(api).post("/challenges/small-challenge/submissions", data={"file": (file, "p.csv")},
        headers={"Authorization": f"Bearer {token}"})
print(answer.status, answer.text)
"""


def test_the_web_dies_between_commit_and_ring(site: Site, tmp_path: Path):
    hosted, rows = site.hosted(), small.draw(ROWS, 1, "P")
    user = site.team(hosted, "team")
    with transaction(site.engine) as session:
        _, token = accounts.issue_token(session, user, name="t", at=sites.now())
    path = tmp_path / "p.csv"
    path.write_bytes(file_of(rows, 1))
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WEB, token, str(path)],
        env=site.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, (done.stdout, done.stderr)
    assert states(site) == {"received": 2}
    workers, sweeper = sites.supervise(site), sites.sweeper(site)
    with sites.running(sites.valkey(site), workers, sweeper):
        wait_until(lambda: states(site) == {"scored": 2}, 60, workers.log.read_text)
    assert_each_evaluated_once(site, 2)
    # Sent again, it is the submission that it was: nothing is counted or scored twice.
    assert site.submit(user, hosted, path.read_bytes())[1] is None


def test_a_killed_worker_takes_its_horse_with_it(site: Site):
    hosted, rows = site.hosted(), small.draw(ROWS, 1, "P")
    user = site.team(hosted, "team")
    workers = sites.supervise(site, WORKER_PROCESSES="1")
    with sites.running(sites.valkey(site), workers):
        wait_until(lambda: site.queue.workers() == 1, 60, workers.log.read_text)
        worker, _ = workers.children()  # the other takes practice only
        horses: list[int] = []
        for number in range(40):
            _, evaluation_id = site.submit(user, hosted, file_of(rows, number))
            site.queue.score(evaluation_id or 0)
            give_up = time.monotonic() + 1
            while not horses and time.monotonic() < give_up:
                horses = sites.children(worker)
            if horses:
                break
        os.kill(worker, signal.SIGKILL)
        assert horses
        wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in horses), 5)
        wait_until(lambda: site.queue.workers() == 1 and worker not in workers.children(), 20, workers.log.read_text)


def test_a_rescoring_killed_halfway_ends_with_each_submission_evaluated_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The workers and the command that waits for them are killed; the same command, called again, brings it to its end."""
    hosted, rows = site.hosted(), small.draw(ROWS, 1, "P")
    users = [site.team(hosted, f"team{number}") for number in range(4)]
    monkeypatch.setattr(jobs, "_station", None)
    monkeypatch.setattr(jobs, "_vault", None)
    jobs.open_station(site.worker)
    for number in range(40):
        _, evaluation_id = site.submit(users[number % 4], hosted, file_of(rows, number))
        jobs.score(evaluation_id or 0)
    jobs.score(1)  # the baseline
    workers, sweeper = sites.supervise(site), sites.sweeper(site)
    command = [str(Path(sys.executable).with_name("arena")), "challenge", "rescore", "small-challenge", "--json"]
    asking = Process(command, site.environ(), tmp_path / "rescore.log")
    before, labels = told(site, users), hosted.labels
    assert labels is not None
    with transaction(site.engine) as session:
        # The same ciphertext under another number: another version of the labels, from which the same scores come.
        session.add(Labels(**{**labels.model_dump(), "id": None, "version": 2}))
    with sites.running(sites.valkey(site), workers):
        wait_until(lambda: site.queue.workers() == 2, 120, workers.log.read_text)
        asking.start()
        wait_until(lambda: under_way(site) >= 10, 60, workers.log.read_text)
        asking.stop(signal.SIGKILL)
        workers.stop(signal.SIGKILL)
        with reading(site.engine) as session:
            halfway = rescoring.progress(session, site.hosted())
        assert 10 <= halfway.scored < 41
        assert halfway.under_way
        assert told(site, users) == before, "the leaderboard is the one of before"
        with sites.running(workers, sweeper, asking):
            assert asking.process is not None
            assert asking.process.wait(120) == 0, asking.log.read_text()
    found = json.loads(asking.log.read_text())
    assert (found["scored"], found["total"], found["finished"], found["labels_version"]) == (41, 41, True, 2)
    assert_each_evaluated_once(site, 82)
    with reading(site.engine) as session:
        counted = session.exec(select(Evaluation.labels_version).where(col(Evaluation.in_force).is_(True))).all()
    assert list(counted) == [2] * 41
    assert told(site, users) == before, "under the same labels the scores are the same"


def under_way(site: Site) -> int:
    with reading(site.engine) as session:
        return rescoring.progress(session, site.hosted()).scored


def told(site: Site, users: list[User]) -> list[tuple[str, str, str, object]]:
    """Return what the teams see of their submissions and of the leaderboard."""
    hosted = site.hosted()
    with reading(site.engine) as session:
        board = leaderboards.board(session, hosted, split="public", viewer_team_id=None, at=sites.now())
        found = [(row.team, str(row.rank), "", row.scores["ipa@1095"].value) for row in board.rows]
        for user in users:
            team = team_store.of_user(session, user.id or 0, hosted.id)
            assert team is not None
            found += [
                (view.public_id, view.status, str(view.decided_at), view.scores["public"]["ipa@1095"].value)
                for view in viewing.of_team(session, hosted, team, sites.now())
            ]
    return found


def test_predictions_are_what_the_tests_mean():
    rows = small.draw(ROWS, 1, "P")
    assert file_of(rows, 1) != file_of(rows, 2)
    assert np.all((rows.probability(0.5) > 0) & (rows.probability(0.5) < 1))
