"""Starting processes that end with their parent, and ending them all."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Loaded once in the parent: between fork and exec a child should do next to nothing.
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies, so that none can be left behind (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    log: IO[bytes],
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches only us and we stop it in order."""
    parent = os.getpid()
    return subprocess.Popen(
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 (the supervisor has one thread)
    )


def _die_with(parent: int) -> None:
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def terminate(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop."""
    if process.poll() is None:
        process.terminate()


def wait_all(processes: Sequence[subprocess.Popen[bytes]], until: float) -> None:
    """Wait for all to end, or for the clock to reach `until`."""
    while any(process.poll() is None for process in processes) and time.monotonic() < until:
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever is still in its session's group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # The group is gone, or (macOS) holds only a zombie.
        process.kill()
    process.wait()


def reap(known: Sequence[int]) -> list[int]:
    """Collect ended orphans that we adopted; return those that still live."""
    living = []
    for pid in children():
        if pid in known:
            continue
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue
        if ended == 0:
            living.append(pid)
    return living


def kill_orphans(spared: Sequence[int] = ()) -> None:
    """End every descendant that is left but those spared, however often one forks."""
    for _ in range(50):
        left = reap(spared)
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def children() -> list[int]:
    """Return the processes whose parent we are (Linux; elsewhere none)."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(pid) for pid in listing.read_text().split()]
    except OSError:
        return []  # not Linux, or a kernel without this file
