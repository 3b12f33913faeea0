"""A scoring job's time against an RQ job that does nothing, on the same worker; the worker's memory."""

import io
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlmodel import select

from arena import submissions
from arena.queue import NAME
from arena.store.engine import reading
from arena.store.models import Evaluation
from tests.worker import site as sites
from tests.worker import small
from tests.worker.site import Site, wait_until

JOBS = 15
ROWS = 28_000
LARGEST_MEGABYTES = 350


def timed(ring: Callable[[], object], done: Callable[[], bool]) -> float:
    began = time.perf_counter()
    ring()
    while not done():
        assert time.perf_counter() - began < 30
        time.sleep(0.001)
    return time.perf_counter() - began


def state(site: Site, evaluation_id: int) -> str:
    with reading(site.engine) as session:
        return session.exec(select(Evaluation.state).where(Evaluation.id == evaluation_id)).one()


def memory(pids: list[int]) -> float:
    sizes = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in pids]
    return max(int(size[1]) for size in sizes if size) / 1024


@pytest.mark.parametrize("gate", ["significant", "none"])
def test_a_scoring_job_against_an_empty_one(home: Path, tmp_path: Path, gate: str):
    site = sites.make(home)
    rows = small.write(tmp_path / "folder", gate=gate, rows=ROWS)
    site.publish(tmp_path / "folder", tmp_path / "out")
    hosted = site.hosted()
    user = site.team(hosted, "team")
    workers = sites.supervise(site, WORKER_PROCESSES="1")
    with sites.running(sites.valkey(site), workers, sites.sweeper(site)):
        wait_until(lambda: state(site, 1) == "scored", 60, workers.log.read_text)
        queue = RqQueue(NAME, connection=Redis.from_url(site.settings.redis_url), serializer=JSONSerializer)
        empty = []
        for _ in range(JOBS):
            # An evaluation that is not there: the whole way through RQ, and nothing to do at its end.
            job = queue.enqueue("worker.jobs.score", 10**9)
            empty.append(timed(lambda: None, lambda job=job: job.get_status() is not None and job.is_finished))  # type: ignore[misc]
        scoring = []
        for number in range(JOBS):
            content = small.predictions(rows.ids, rows.probability(0.5, noise=0.3, seed=number))
            _, evaluation_id = site.submit(user, hosted, content)
            assert evaluation_id is not None
            scoring.append(
                timed(
                    lambda found=evaluation_id: site.queue.score(found),  # type: ignore[misc]
                    lambda found=evaluation_id: state(site, found) == "scored",  # type: ignore[misc]
                ),
            )
        reading_time = timed(
            lambda: submissions.check(site.blobs, hosted, stream=io.BytesIO(content), filename="p.csv"), lambda: True
        )
        resident = memory([workers.pid, *workers.children()])
    job, nothing = statistics.median(scoring), statistics.median(empty)
    print(
        f"\n{gate}, {ROWS:,} rows: job {1000 * job:.0f} ms, empty job {1000 * nothing:.0f} ms, ratio {job / nothing:.1f}"
    )
    print(f"reading the file alone {1000 * reading_time:.0f} ms; worker {resident:.0f} MB")
    assert resident < LARGEST_MEGABYTES
    site.engine.dispose()
