"""Keeping processes alive: each is started again with growing patience, and all stop together in order."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from types import FrameType
from typing import BinaryIO

from arena.errors import OurFault
from arena.running import processes
from challenges.text import Text

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A process that lived this long is healthy: its next end begins with the shortest delay again.
HEALTHY_SECONDS = 60.0
# Together under the ten seconds that a stop may take.
STOP_PATIENCE = 6.0
BROKER_PATIENCE = 2.0
LOG_LIMIT = 10 << 20


@dataclass(slots=True)
class Charge:
    """One supervised process: how to start it, and how it has fared."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    pass_fds: Sequence[int] = ()
    broker: bool = False  # stopped last, since the others still speak to it
    process: Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    start_at: float | None = field(default=None)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Stopped(Exception):
    """Ctrl-C or SIGTERM came."""


class Supervisor:
    """Starts charges, watches them and stops them all."""

    def __init__(self, logs: Path, say: Callable[[Text], None]) -> None:
        self._logs = logs
        self._say = say
        self._charges: list[Charge] = []
        self._asked = False
        # Whoever makes a supervisor may have children of its own, which are not the supervisor's to end.
        self._others = processes.children()

    def listen(self) -> None:
        """Let Ctrl-C and SIGTERM raise Stopped, wherever the supervisor is; a terminal that closes counts too."""
        processes.adopt_orphans()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under nohup it is to be ignored
            signal.signal(signal.SIGHUP, self._on_signal)

    def start(self, charge: Charge) -> None:
        """Start a process and keep it from now on."""
        self._charges.append(charge)
        self._spawn(charge)

    def heed(self) -> None:
        """Raise Stopped if a signal came and nobody heard it.

        What a signal's handler raises is lost where Python itself called the code that it interrupted: in a callback of a
        fork, say, or in a finalizer.
        """
        if self._asked:
            raise Stopped

    def check(self) -> None:
        """Look after every charge once: start again what has ended and whose time has come."""
        self.heed()
        now = time.monotonic()
        for charge in self._charges:
            if charge.alive:
                continue
            if charge.start_at is None:
                self._note_end(charge, now)
            elif now >= charge.start_at:
                self._spawn(charge)
        processes.reap([*self._others, *(charge.process.pid for charge in self._charges if charge.process)])

    def watch(self) -> None:
        """Look after the charges until Stopped."""
        while True:
            self.check()
            time.sleep(0.1)

    def wait_until(self, ready: Callable[[], bool], patience: float) -> bool:
        """Look after the charges until `ready` says yes; false if patience ends first."""
        give_up = time.monotonic() + patience
        while not ready():
            self.check()
            if time.monotonic() > give_up:
                return False
            time.sleep(0.05)
        return True

    def stop(self) -> None:
        """Stop all: the ones that serve people and score first, the broker last, then whatever they left."""
        self._asked = True
        working = [charge.process for charge in self._charges if charge.process and not charge.broker]
        brokers = [charge.process for charge in self._charges if charge.process and charge.broker]
        for group, patience in ((working, STOP_PATIENCE), (brokers, BROKER_PATIENCE)):
            for process in group:
                processes.terminate(process)
            processes.wait_all(group, time.monotonic() + patience)
            for process in group:
                processes.kill(process)
        processes.kill_orphans(self._others)

    def _spawn(self, charge: Charge) -> None:
        with _open_log(self._logs / f"{charge.name}.log") as log:
            charge.process = processes.start(
                charge.command,
                environ=charge.environ,
                log=log,
                pass_fds=charge.pass_fds,
            )
        charge.started = time.monotonic()
        charge.start_at = None

    def _note_end(self, charge: Charge, now: float) -> None:
        if now - charge.started > HEALTHY_SECONDS:
            charge.delay = FIRST_DELAY
        charge.start_at = now + charge.delay
        code = charge.process.returncode if charge.process else None
        log = self._logs / f"{charge.name}.log"
        self._say(
            Text(
                f"{charge.name}이(가) 멈췄습니다(종료 코드 {code}). {charge.delay:g}초 뒤 다시 시작합니다. 기록: {log}",
                f"{charge.name} ended (exit code {code}); it starts again in {charge.delay:g} s. Log: {log}",
            ),
        )
        charge.delay = min(charge.delay * 2, LONGEST_DELAY)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Once is enough: a second Ctrl-C must not break the stop off and leave processes.
        if not self._asked:
            self._asked = True
            raise Stopped


def not_ready(home: Path, name: str) -> OurFault:
    """Return the sentence for a process that was not ready in time."""
    log = home / "logs" / f"{name}.log"
    return OurFault(
        "not_ready",
        Text(
            f"{name}이(가) 제때 준비되지 않았습니다. 까닭은 {log}에 있습니다.",
            f"The {name} was not ready in time. {log} says why.",
        ),
    )


def _open_log(path: Path) -> BinaryIO:
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
