"""Supervision of real processes: started again, stopped in order, never left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.running import supervision
from arena.running.supervision import Charge, Supervisor
from challenges.text import Text

PYTHON = sys.executable
SLEEP = (PYTHON, "-c", "import time; time.sleep(60)")
DEAF = (
    PYTHON,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
)


@pytest.fixture
def said() -> list[Text]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[Text]):
    made = Supervisor(tmp_path, said.append)
    yield made
    made.stop()


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def _wait(yes: Callable[[], object], seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while not yes():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)


def test_a_process_that_is_killed_is_started_again(supervisor: Supervisor, said: list[Text], tmp_path: Path):
    charge = Charge("web", SLEEP, os.environ)
    supervisor.start(charge)
    assert charge.process is not None
    first = charge.process.pid
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait_until(lambda: charge.alive and charge.process.pid != first, 5.0)
    assert len(said) == 1
    assert "web" in said[0].en
    assert str(tmp_path / "web.log") in said[0].ko


def test_patience_doubles_up_to_a_bound_and_begins_anew_after_health(supervisor: Supervisor, said: list[Text]):
    charge = Charge("web", (PYTHON, "-c", "raise SystemExit(3)"), os.environ)
    supervisor.start(charge)
    delays = []
    for _ in range(10):
        charge.process.wait()
        charge.start_at = None
        supervisor.check()
        delays.append(charge.start_at - time.monotonic())
        charge.start_at = 0.0
        supervisor.check()
    assert [round(delay, 1) for delay in delays] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]
    assert "exit code 3" in said[0].en
    charge.process.wait()
    charge.started -= supervision.HEALTHY_SECONDS + 1
    supervisor.check()
    assert charge.start_at - time.monotonic() == pytest.approx(0.5, abs=0.1)


def test_stopping_ends_the_deaf_and_the_orphaned_too(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supervision, "STOP_PATIENCE", 0.5)
    supervision.processes.adopt_orphans()
    orphan = tmp_path / "orphan"
    # Its child leaves the session and the group, so that only adoption can find it.
    forking = (
        f"import os, subprocess, sys, time; "
        f"p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True); "
        f"open({str(orphan)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    )
    deaf, parent = Charge("deaf", DEAF, os.environ), Charge("parent", (PYTHON, "-c", forking), os.environ)
    supervisor.start(deaf)
    supervisor.start(parent)
    _wait(lambda: orphan.exists() and orphan.read_text())
    _wait(lambda: b"deaf" in (tmp_path / "deaf.log").read_bytes())
    pids = [deaf.process.pid, parent.process.pid, int(orphan.read_text())]
    assert all(map(_alive, pids))
    supervisor.stop()
    assert not any(map(_alive, pids))


def test_stopping_spares_what_its_maker_had_started_before(tmp_path: Path, said: list[Text]):
    with subprocess.Popen(SLEEP) as other:
        made = Supervisor(tmp_path, said.append)
        made.start(Charge("web", SLEEP, os.environ))
        made.stop()
        assert _alive(other.pid)
        other.kill()


def test_a_signal_whose_exception_was_lost_is_heard_at_the_next_look(supervisor: Supervisor):
    """A fork runs callbacks whose exceptions Python only prints: a signal that lands in one must stop `arena up` all the same."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        supervisor.listen()
        with contextlib.suppress(supervision.Stopped):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(supervision.Stopped):
            supervisor.watch()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def test_the_broker_is_stopped_after_the_others(supervisor: Supervisor, tmp_path: Path):
    telling = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (open({0!r}, 'a').write({1!r}), sys.exit())); print('up', flush=True); time.sleep(60)"
    order = str(tmp_path / "order")
    for name, broker in (("broker", True), ("web", False)):
        code = telling.format(order, name + "\n")
        supervisor.start(Charge(name, (PYTHON, "-c", code), os.environ, broker=broker))
        _wait(lambda name=name: b"up" in (tmp_path / f"{name}.log").read_bytes())
    supervisor.stop()
    assert Path(order).read_text().split() == ["web", "broker"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_die_with_a_killed_parent(tmp_path: Path):
    code = (
        "import os, sys, time; from pathlib import Path; from arena.running.supervision import Charge, Supervisor; "
        f"s = Supervisor(Path({str(tmp_path)!r}), print); c = Charge('child', {DEAF!r}, os.environ); s.start(c); "
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([PYTHON, "-c", code], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        assert _alive(child)
        parent.kill()
        parent.wait()
    _wait(lambda: not _alive(child))


def test_a_long_log_is_set_aside(supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervision, "LOG_LIMIT", 10)
    (tmp_path / "web.log").write_bytes(b"x" * 11)
    supervisor.start(Charge("web", (PYTHON, "-c", "print('new')"), os.environ))
    _wait(lambda: (tmp_path / "web.log").read_bytes() == b"new\n")
    assert (tmp_path / "web.log.1").read_bytes() == b"x" * 11
