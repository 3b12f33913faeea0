"""The seam to RQ: a doorbell for the workers. The database stays the truth, so losing a ring loses nothing."""

import secrets
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq import Worker
from rq.serializers import JSONSerializer

NAME = "arena"
# A queue and a worker of its own: however much is practised, no submission waits behind it.
PRACTICE_NAME = "arena-practice"
SCORE = "worker.jobs.score"
COMPARE = "worker.jobs.compare"
VERIFY = "worker.jobs.verify"
DRY_RUN = "worker.jobs.dry_run"
PRACTICE = "worker.jobs.practice"
JOBS = (SCORE, COMPARE, VERIFY, DRY_RUN)
PRACTICE_JOBS = (PRACTICE,)


def connect(url: str, *, timeout: float | None = 2.0) -> Redis:
    """Return a connection that fails soon; a worker passes no timeout, since it waits for work."""
    return Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=2.0)


class Queue:
    """Rings for jobs and says how the workers are. Every method survives an absent Redis."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._queue = RqQueue(NAME, connection=self._redis, serializer=JSONSerializer)
        self._practice = RqQueue(PRACTICE_NAME, connection=self._redis, serializer=JSONSerializer)

    def score(self, evaluation_id: int) -> bool:
        """Ask for one evaluation; false if Redis is down, in which case the sweeper asks again."""
        return self._ring(SCORE, evaluation_id)

    def compare(self, challenge_id: int) -> bool:
        """Ask for the comparison of a challenge's finals."""
        return self._ring(COMPARE, challenge_id)

    def verify(self, publication_id: int) -> bool:
        """Ask for the verification of an upload."""
        return self._ring(VERIFY, publication_id)

    def dry_run(self, dry_run_id: int) -> bool:
        """Ask for a dry run."""
        return self._ring(DRY_RUN, dry_run_id)

    def practice(self, practice_id: int) -> bool:
        """Ask for the scores of a practice file."""
        return self._ring(PRACTICE, practice_id)

    def _ring(self, name: str, row_id: int) -> bool:
        queue = self._practice if name in PRACTICE_JOBS else self._queue
        try:
            queue.enqueue(
                name,
                row_id,
                job_id=f"{_stem(name, row_id)}-{secrets.token_hex(8)}",
                job_timeout=600,
                result_ttl=60,
                failure_ttl=86400,
            )
        except RedisError:
            return False
        return True

    def unheard(self) -> Callable[[str, int], bool]:
        """Return a function that says whether a ring for a job and row is still in the queue, as it is now.

        Such a ring is not lost: to ring again would only make the queue longer, and each second anew.
        """
        try:
            ids = [*self._queue.get_job_ids(), *self._practice.get_job_ids()]
            waiting = {job_id.rpartition("-")[0] for job_id in ids}
        except RedisError:
            waiting = set()
        return lambda name, row_id: _stem(name, row_id) in waiting

    def depth(self) -> int | None:
        """Return how many rings wait, or none if Redis is down."""
        try:
            return int(self._redis.llen(self._queue.key))
        except RedisError:
            return None

    def workers(self) -> int:
        """Return how many scoring workers are alive."""
        try:
            # A killed worker stays registered until a clean-up that a web thread cannot run: count the living keys.
            names = Worker.all_keys(connection=self._redis, queue=self._queue)
            return int(self._redis.exists(*names)) if names else 0
        except RedisError:
            return 0

    def ping(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False


def _stem(name: str, row_id: int) -> str:
    return f"{name.rpartition('.')[2]}-{row_id}"
