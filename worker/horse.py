"""One RQ worker: takes rings from one queue and forks a child for each job, which dies with it."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker, worker_registration
from rq.job import Job
from rq.serializers import JSONSerializer

from arena.queue import JOBS, NAME, PRACTICE_JOBS, PRACTICE_NAME, SCORE
from worker import faults, jobs
from worker.station import Station

# A key in Redis says that a worker lives; it must vanish soon after the worker has.
HEARTBEAT_SECONDS = 20
MONITOR_SECONDS = 5
MAINTENANCE_SECONDS = 60
CPU_SECONDS = 900
# Over what the parent holds when it forks: enough for the largest file that a challenge may take.
MEMORY_BYTES = 4 << 30
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int) -> None:
    """End this process when its parent ends, however that comes about (Linux; elsewhere the lease suffices)."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def no_core_dumps() -> None:
    """Leave no memory image behind: it would hold labels."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class ScoringWorker(Worker):
    """RQ's worker, held to its own jobs, with children that cannot outlive it."""

    # While Redis is away: asked again at most this often, so that work goes on soon after it is back.
    max_connection_wait_time = 2.0

    def __init__(self, station: Station, connection: Redis, name: str, *, practice: bool = False) -> None:
        self._jobs = PRACTICE_JOBS if practice else JOBS
        super().__init__(
            [Queue(PRACTICE_NAME if practice else NAME, connection=connection, serializer=JSONSerializer)],
            name=name,
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=HEARTBEAT_SECONDS,
            job_monitoring_interval=MONITOR_SECONDS,
            maintenance_interval=MAINTENANCE_SECONDS,
            log_job_description=False,
        )
        self._station = station

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Refuse anything but our own jobs; load what the job needs, then fork for it."""
        # Whoever can write to Redis could otherwise call any function of any module where the labels' key lies.
        if not _is_ours(job, self._jobs):
            self.log.warning("refused a job that is not ours: %s", job.id)
            job.delete()
            return
        if job.func_name == SCORE:
            self._prepare(int(job.args[0]))
        super().execute_job(job, queue)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Say that this worker lives, for a little longer than until it says so again."""
        super().heartbeat(min(timeout or HEARTBEAT_SECONDS, HEARTBEAT_SECONDS) + MONITOR_SECONDS, pipeline)
        # Signed on anew each time: a flushed Redis has forgotten who works here.
        worker_registration.register(self, pipeline)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Be the child: tied to its parent, limited, with connections of its own."""
        die_with(self.pid or 0)
        no_core_dumps()
        held = _address_space()
        with contextlib.suppress(ValueError, OSError):  # an operator may have set lower limits
            resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY_BYTES, held + MEMORY_BYTES))
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        self._station.after_fork()
        super().main_work_horse(job, queue)

    def _prepare(self, evaluation_id: int) -> None:
        try:
            jobs.prepare(evaluation_id)
        except Exception as fault:  # noqa: BLE001 (the child meets the same fault and reports it)
            self.log.warning("evaluation %d: not prepared: %s", evaluation_id, faults.describe(fault))


def forget(connection: Redis, name: str) -> None:
    """Take a worker that has ended off Redis' list; nothing else does so before its key expires."""
    with contextlib.suppress(RedisError):
        connection.delete(Worker.redis_worker_namespace_prefix + name)


def _is_ours(job: Job, jobs_allowed: tuple[str, ...]) -> bool:
    with contextlib.suppress(Exception):  # a job that cannot be read is not ours
        plain = len(job.args) == 1 and isinstance(job.args[0], int) and not job.kwargs
        hooks = (job._success_callback_name, job._failure_callback_name, job._stopped_callback_name)  # noqa: SLF001
        return job.func_name in jobs_allowed and plain and not any(hooks)
    return False


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (a child opens it for every job)
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 8 << 30  # not Linux
