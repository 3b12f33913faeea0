"""The workers' parent: loads everything once, forks the workers, and forks another when one ends."""

import gc
import logging
import os
import signal
import socket
import time
from types import FrameType

from rq import Worker

from arena.queue import NAME, PRACTICE_NAME, connect
from scorers import kernels
from worker import faults, jobs, keys
from worker.horse import ScoringWorker, die_with, forget, no_core_dumps
from worker.settings import WorkerSettings
from worker.station import Station

FIRST_DELAY = 0.2
LONGEST_DELAY = 5.0
HEALTHY_SECONDS = 30.0
# Less than what `arena up` grants before it kills.
STOP_PATIENCE = 5.0
PRACTICE_NICE = 19
log = logging.getLogger("worker")


class Supervisor:
    """Keeps the wanted number of workers alive until SIGTERM or SIGINT."""

    def __init__(self, settings: WorkerSettings, station: Station) -> None:
        self._settings = settings
        self._station = station
        self._connection = connect(settings.site.redis_url)
        self._living: dict[int, float] = {}  # process → when it began
        self._practice: int | None = None  # the process among them that takes practice and nothing else
        self._delay = FIRST_DELAY
        self._stopping = False

    def run(self) -> None:
        """Fork the workers and look after them."""
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        self._forget_the_dead()
        while not self._stopping:
            while len(self._living) - (self._practice is not None) < self._settings.processes and not self._stopping:
                self._fork()
            if self._practice is None and not self._stopping:
                self._fork(practice=True)
            self._collect()
            time.sleep(0.05)
        self._stop()

    def _fork(self, *, practice: bool = False) -> None:
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            self._be_worker(parent, practice=practice)
        self._living[child] = time.monotonic()
        if practice:
            self._practice = child

    def _be_worker(self, parent: int, *, practice: bool) -> None:
        code = 1
        try:
            die_with(parent)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._station.after_fork()
            if practice:
                # Whoever practises gets what submissions leave of the processors.
                os.nice(PRACTICE_NICE)
            connection = connect(self._settings.site.redis_url, timeout=None)
            worker = ScoringWorker(self._station, connection, _name(os.getpid()), practice=practice)
            worker.work(logging_level="WARNING")
            code = 0
        except SystemExit:
            code = 0
        except BaseException as fault:  # noqa: BLE001 (a child must never return into its parent's loop)
            log.error("worker: %s", faults.describe(fault))  # noqa: TRY400 (a traceback quotes)
        finally:
            os._exit(code)

    def _collect(self) -> None:
        for pid in list(self._living):
            ended, _ = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            began = self._living.pop(pid)
            self._practice = None if pid == self._practice else self._practice
            forget(self._connection, _name(pid))
            if self._stopping:
                continue
            self._delay = (
                FIRST_DELAY if time.monotonic() - began > HEALTHY_SECONDS else min(self._delay * 2, LONGEST_DELAY)
            )
            log.warning("worker %d ended; another begins in %.1f s", pid, self._delay)
            self._wait(self._delay)

    def _wait(self, seconds: float) -> None:
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up and not self._stopping:
            time.sleep(0.05)

    def _stop(self) -> None:
        # A job under way may end; what is not done by then is done after the next start, since its lease runs out.
        for pid in self._living:
            os.kill(pid, signal.SIGTERM)
        give_up = time.monotonic() + STOP_PATIENCE
        while self._living and time.monotonic() < give_up:
            self._collect()
            time.sleep(0.02)
        for pid in self._living:
            os.kill(pid, signal.SIGKILL)
        while self._living:
            self._collect()

    def _forget_the_dead(self) -> None:
        # Workers of an earlier supervisor on this host, killed before they could sign off.
        prefix = Worker.redis_worker_namespace_prefix + _host() + "-"
        for key in Worker.all_keys(connection=self._connection):
            pid = str(key).removeprefix(prefix)
            if str(key).startswith(prefix) and pid.isdigit() and not _alive(int(pid)):
                forget(self._connection, _host() + "-" + pid)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def supervise(settings: WorkerSettings) -> None:
    """Load kernels and labels, then run the workers until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    no_core_dumps()
    # Refused here rather than at the first job, where nobody looks.
    keys.private_key(settings.labels_key)
    keys.existing(settings.gate_secret)
    station = jobs.open_station(settings)
    kernels.warm()
    jobs.warm(station)
    # What is loaded stays. A collection in a job's process would walk over all of it, and so copy it: a tenth of a second and more.
    gc.collect()
    gc.freeze()
    log.info("ready: %d processes on queue %s, one on queue %s", settings.processes, NAME, PRACTICE_NAME)
    Supervisor(settings, station).run()


def _name(pid: int) -> str:
    return f"{_host()}-{pid}"


def _host() -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in socket.gethostname())


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
