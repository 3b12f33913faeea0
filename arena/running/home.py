"""The instance folder: made once, private, its secrets in it, and held by one `arena up` at a time."""

import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arena.errors import SetupError
from arena.settings import Settings
from challenges.text import Text

NEEDED_BYTES = 64 << 20
FOLDERS = ("secrets", "blobs", "valkey", "backups", "worker", "logs")
# Long enough for the Valkey of an `up` that was killed to follow it, short enough for a person to wait.
LOCK_PATIENCE = 1.0


def require(settings: Settings) -> None:
    """Refuse to go on without a home; only `up` and `migrate` make one."""
    if not (settings.home / "secrets" / "secret_key").is_file():
        raise SetupError(
            "no_home",
            Text(
                f"인스턴스 폴더 {settings.home}이(가) 없습니다. 'arena up'이나 'arena migrate'가 만듭니다.",
                f"There is no instance at {settings.home}. 'arena up' or 'arena migrate' makes one.",
            ),
        )


def make(settings: Settings) -> bool:
    """Make the home and whatever is missing in it; return whether it is new."""
    home = settings.home
    new = not home.exists()
    with explained(home):
        for folder in (home, *(home / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        _check_writable(home)
        _make_secret(home / "secrets" / "secret_key")
        _make_secret(settings.receipts_key_file)
    return new


@contextmanager
def held(home: Path) -> Iterator[int]:
    """Hold the home for this process; yield the lock's descriptor, which Valkey inherits and so holds it too."""
    with explained(home):
        handle = os.open(home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle, home)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn what a disk can refuse into one sentence for the operator."""
    try:
        yield
    except OSError as error:
        raise disk_refusal(error, home) or error from error


def disk_refusal(error: OSError, home: Path) -> SetupError | None:
    """Return the sentence for an error of the disk, or none if it is an error of another kind."""
    where = error.filename or home
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SetupError("disk_full", disk_full(home))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return SetupError(
            "home_unwritable",
            Text(
                f"인스턴스 폴더에 쓸 수 없습니다: {where}. 권한을 고치거나 ARENA_HOME을 다른 폴더로 정하십시오.",
                f"The instance folder cannot be written: {where}. Mend its permissions or set ARENA_HOME to another folder.",
            ),
        )
    return None


def is_full(home: Path) -> bool:
    """Whether nothing can be written any more."""
    return home.exists() and shutil.disk_usage(home).free < 1 << 20


def disk_full(home: Path) -> Text:
    """Return the sentence for a full disk."""
    return Text(
        f"{home}이(가) 있는 디스크가 가득 찼습니다. {NEEDED_BYTES >> 20} MB 이상을 비우고 다시 시작하십시오.",
        f"The disk that holds {home} is full. Free at least {NEEDED_BYTES >> 20} MB and start again.",
    )


def _check_writable(home: Path) -> None:
    probe = home / ".probe"
    probe.write_bytes(b"1")
    probe.unlink()
    if shutil.disk_usage(home).free < NEEDED_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(home))


def _make_secret(path: Path) -> None:
    if path.exists():
        path.chmod(0o600)
        return
    # Written beside and renamed: a secret is there whole or not at all, also after a full disk.
    unfinished = path.with_suffix(".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(32) + "\n")
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(path)


def _lock(handle: int, home: Path) -> None:
    give_up = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < give_up:
                time.sleep(0.05)
                continue
            holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "?"
            raise SetupError(
                "already_up",
                Text(
                    f"{home}에서 다른 'arena up'이 이미 실행 중입니다(프로세스 {holder}).",
                    f"Another 'arena up' already runs on {home} (process {holder}).",
                ),
            ) from None
        return
