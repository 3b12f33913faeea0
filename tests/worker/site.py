"""A site without its pages: a migrated home, published challenges, teams and submissions, and real worker processes."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from arena import accounts, companions, hosting, publishing, submissions, teams
from arena.hosting import Hosted
from arena.queue import Queue
from arena.receipts import Signer
from arena.running import home as home_module
from arena.running import valkey as valkey_module
from arena.settings import Settings
from arena.settings import load as load_settings
from arena.store.blobs import Blobs, open_blobs
from arena.store.engine import make_engine, reading, transaction
from arena.store.models import User
from tests.support import databases
from worker import folders, jobs, keys
from worker import settings as worker_settings
from worker.settings import WorkerSettings

PASSWORD = "a long enough password"


@dataclass
class Site:
    """What a test needs of an instance."""

    settings: Settings
    worker: WorkerSettings
    engine: Engine
    blobs: Blobs
    queue: Queue
    signer: Signer

    def publish(self, folder: Path, out: Path) -> list[int]:
        """Make, seal and publish a folder; return the evaluations of its baselines."""
        folders.make(folder, out, settings=self.worker)
        collected = publishing.collect(self.blobs, out)
        calendar = collected.definition.calendar
        with transaction(self.engine) as session:
            _, rings = publishing.publish(
                session,
                collected,
                opens_at=calendar.opens,
                closes_at=calendar.closes,
                at=now(),
                sign=self.signer.sign,
            )
        return rings

    def hosted(self, slug: str = "small-challenge") -> Hosted:
        with reading(self.engine) as session:
            return hosting.find(session, slug)

    def team(self, hosted: Hosted, name: str) -> User:
        """Return the captain of a new team that has accepted the agreement."""
        at = now()
        with transaction(self.engine) as session:
            user = accounts.create_user(
                session, email=f"{name}@example.org", name=name, admin=False, password=PASSWORD, at=at
            )
            teams.accept_agreement(session, user, hosted, version="1", at=at)
            teams.create_team(session, user, hosted, name=name, at=at)
        return user

    def submit(self, user: User, hosted: Hosted, content: bytes) -> tuple[str, int | None]:
        """Record a submission as the web does, without ringing; return its public id and its evaluation."""
        prepared = submissions.prepare(self.blobs, hosted, stream=io.BytesIO(content), filename="p.csv")
        with transaction(self.engine) as session:
            recorded = submissions.record(
                session,
                user=user,
                hosted=hosted,
                prepared=prepared,
                note="",
                idempotency_key=None,
                at=now(),
                sign=self.signer.sign,
            )
            return recorded.submission.public_id, recorded.evaluation_id

    def beside(self, user: User, hosted: Hosted, public_id: str, content: bytes) -> None:
        """Attach a second file to a submission as the web does."""
        prepared = companions.prepare(self.blobs, hosted, stream=io.BytesIO(content), filename="q.csv", beside="")
        with transaction(self.engine) as session:
            submission = submissions.own(session, user, public_id)
            companions.attach(session, user=user, hosted=hosted, submission=submission, prepared=prepared, at=now())

    def reveal(self) -> None:
        """Close, reveal and score as the site and its workers do."""
        with transaction(self.engine) as session:
            publishing.close(session, self.hosted(), now())
        with transaction(self.engine) as session:
            rings = publishing.start_reveal(session, self.hosted(), now())
        for evaluation_id in rings:
            jobs.score(evaluation_id)
        with transaction(self.engine) as session:
            assert publishing.finish_reveal(session, self.hosted(), now())

    def environ(self, **given: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARENA_", "WORKER_"))}
        return {**kept, "ARENA_HOME": str(self.settings.home), "WORKER_PROCESSES": "2", **given}


def now() -> datetime:
    return datetime.now(UTC)


def make(home: Path, database_url: str = "") -> Site:
    """Make an instance's home, database and keys."""
    settings = load_settings({"ARENA_HOME": str(home)})
    home_module.make(settings)
    environ = {"ARENA_HOME": str(home), "WORKER_PROCESSES": "2"} | (
        {"ARENA_DATABASE_URL": database_url} if database_url else {}
    )
    settings = load_settings(environ)
    databases.migrate(settings.database_url)
    loaded = worker_settings.load(environ)
    keys.make(loaded)
    engine = make_engine(settings.database_url)
    return Site(
        settings,
        loaded,
        engine,
        open_blobs(settings.store_url),
        Queue(settings.redis_url),
        Signer.from_file(settings.receipts_key_file),
    )


@contextlib.contextmanager
def alone(home: Path) -> Iterator[Site]:
    """Make an instance without processes: jobs are called in this one."""
    made = make(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_station", None)
        patch.setattr(jobs, "_vault", None)
        station = jobs.open_station(made.worker)
        yield made
        station.engine.dispose()
        made.engine.dispose()


class Process:
    """A process of the instance that a test may kill and start again."""

    def __init__(self, command: list[str], environ: dict[str, str], log: Path) -> None:
        self.command = command
        self.environ = environ
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(15)

    def children(self) -> list[int]:
        return children(self.pid)


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def supervise(site: Site, **given: str) -> Process:
    command = [sys.executable, "-m", "worker", "supervise"]
    return Process(command, site.environ(**given), site.settings.home / "logs" / "worker.log")


def sweeper(site: Site) -> Process:
    command = [sys.executable, "-m", "arena.main", "sweeper"]
    return Process(command, site.environ(), site.settings.home / "logs" / "sweeper.log")


def valkey(site: Site) -> Process:
    path = valkey_module.make_socket_folder(site.settings.home)
    command = list(valkey_module.command(valkey_module.find_binary(), site.settings.home, path))
    return Process(command, dict(os.environ), site.settings.home / "logs" / "valkey.log")


@contextlib.contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start processes in order; stop what lives at the end, the last first."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in reversed(processes):
            process.stop()


def wait_until(true: object, seconds: float, said: object = "") -> None:
    """Wait until a function says yes."""
    give_up = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < give_up, said() if callable(said) else said
        time.sleep(0.05)
