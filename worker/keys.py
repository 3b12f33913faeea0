"""The workers' secret files: made once with mode 0600, refused when anybody else could read them."""

import os
import secrets
import stat
from pathlib import Path

from nacl.public import PrivateKey

from arena.errors import SetupError
from arena.settings import Settings
from challenges.text import Text
from worker.settings import WorkerSettings

SECRET_BYTES = 32


def make(settings: WorkerSettings) -> bytes:
    """Make the pair of keys and the gate's secret where they are missing; return the public key."""
    settings.private_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.labels_key.exists():
        # First, so that a key is never without it: a secret made anew later would draw the gate's noise again.
        secret(settings.gate_secret)
        _write(settings.labels_key, PrivateKey.generate().encode())
    existing(settings.gate_secret)
    public = private_key(settings.labels_key).public_key.encode()
    _publish(settings.site, public)
    return public


def private_key(path: Path) -> PrivateKey:
    """Read the labels' private key."""
    return PrivateKey(_read(path))


def secret(path: Path) -> bytes:
    """Return the secret kept in a file, made at the first call."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, secrets.token_bytes(SECRET_BYTES))
    return _read(path)


def existing(path: Path) -> bytes:
    """Return the secret kept in a file, which must have been made before."""
    if not path.exists():
        raise SetupError(
            "secret_lost",
            Text(
                f"채점기의 비밀 파일 {path}이(가) 없어졌습니다. 따로 보관한 것을 되돌리십시오('python -m worker key export'가 찍은 gate_secret). 새로 만들면 관문이 이미 말한 판정을 다시 뽑게 됩니다.",
                f"The workers' secret file {path} is gone. Restore the one that was kept apart (gate_secret of 'python -m worker key export'): a new one would draw again what the gate has told already.",
            ),
        )
    return _read(path)


def _publish(site: Settings, public: bytes) -> None:
    path = site.labels_key_file
    text = public.hex() + "\n"
    if path.exists():
        if path.read_text(encoding="ascii").strip() == public.hex():
            return
        raise SetupError(
            "labels_key_changed",
            Text(
                f"{path}의 공개 열쇠가 채점기의 열쇠와 짝이 아닙니다. 이전 열쇠를 되돌리십시오. 그 열쇠 없이는 봉인한 결과를 열 수 없습니다.",
                f"The public key in {path} does not belong to the workers' key. Restore the old key: what is sealed opens with no other.",
            ),
        )
    unfinished = path.with_suffix(".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
    unfinished.rename(path)


def _write(path: Path, content: bytes) -> None:
    # Written beside and linked: whole or not at all, and of two makers the first one's stands.
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(content.hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _read(path: Path) -> bytes:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SetupError(
            "no_key",
            Text(
                f"채점기의 비밀 파일 {path}을(를) 읽을 수 없습니다. 'python -m worker keygen'이 만듭니다.",
                f"The workers' secret file {path} cannot be read. 'python -m worker keygen' makes it.",
            ),
        ) from error
    if mode & 0o077:
        raise SetupError(
            "key_readable",
            Text(
                f"다른 사용자가 {path}을(를) 읽을 수 있습니다(권한 {mode:o}). 'chmod 600 {path}'로 고치십시오.",
                f"Other users can read {path} (mode {mode:o}). Mend it with 'chmod 600 {path}'.",
            ),
        )
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != SECRET_BYTES:
        raise SetupError(
            "bad_key",
            Text(f"{path}은(는) 16진수 64자여야 합니다.", f"{path} must hold 64 hexadecimal digits."),
        )
    return found
