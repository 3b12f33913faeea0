"""A real `arena up` as a process, driven as its operator would."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

OPENER = build_opener(ProxyHandler({}))


class Instance:
    """One `arena up` and what it has printed so far."""

    def __init__(self, home: Path, output: Path, process: subprocess.Popen[bytes]) -> None:
        self.home = home
        self.output = output
        self.process = process

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        found = re.search(r"Arena is at (\S+)", self.printed)
        assert found, self.printed
        return found[1]

    @property
    def setup_link(self) -> str:
        found = re.search(r"(http\S+/setup/\S+)", self.printed)
        assert found, self.printed
        return found[1]

    def wait_for(self, words: str, seconds: float) -> None:
        """Wait until `up` has printed these words."""
        give_up = time.monotonic() + seconds
        while words not in self.printed:
            assert self.process.poll() is None, self.describe()
            assert time.monotonic() < give_up, self.describe()
            time.sleep(0.05)

    def describe(self) -> str:
        logs = sorted((self.home / "logs").glob("*.log"))
        tails = [f"== {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in logs]
        return "\n".join([self.printed, *tails])

    def stop(self, number: int = signal.SIGINT, patience: float = 15.0) -> float:
        """Send a signal and wait for the end; return the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            # One failed test is enough: nothing of this instance may reach into the next one.
            self.process.kill()
            self.process.wait()
            raise
        return time.monotonic() - began

    def arena(self, *arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Call the `arena` command on this instance."""
        return subprocess.run(
            [Path(sys.executable).with_name("arena"), *arguments],
            env=environment(self.home, **(environ or {})),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def get(self, path: str) -> tuple[int, str]:
        return self.send("GET", path)

    def send(self, method: str, path: str, *, token: str | None = None, body: object = None) -> tuple[int, str]:
        """Send a request, JSON in; return the status and the text of the answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = Request(self.address + path, data=data, headers=headers, method=method)
        try:
            with OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


def environment(home: Path, **given: str) -> dict[str, str]:
    """Return the environment of an operator who has set only the home, the port and English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARENA_", "WORKER_", "LC_"))}
    return {**kept, "ARENA_HOME": str(home), "ARENA_PORT": "0", "LANG": "C.UTF-8", **given}


@contextlib.contextmanager
def started(home: Path, output: Path, command: Sequence[str] = (), **given: str) -> Iterator[Instance]:
    """Start `arena up`; whatever happens, stop it at the end."""
    with output.open("wb") as out:
        process = subprocess.Popen(
            command or [Path(sys.executable).with_name("arena"), "up"],
            env=environment(home, **given),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    instance = Instance(home, output, process)
    try:
        yield instance
    finally:
        if process.poll() is None:
            instance.stop(signal.SIGTERM)
