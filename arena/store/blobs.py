"""Stored files by their SHA-256, in a folder or in an S3 bucket."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

CHUNK = 1 << 20
# While it is written a file has a name of this sort; so old a one was left by a process that was killed.
INCOMING = ".incoming-"
STALE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Blob:
    """What is known of a stored file."""

    sha256: str
    size: int


class Blobs(Protocol):
    """A place that keeps files by content: putting the same bytes twice keeps one."""

    def put(self, stream: BinaryIO) -> Blob: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def size(self, sha256: str) -> int | None: ...
    def delete(self, sha256: str) -> None: ...
    def __hash__(self) -> int: ...


def open_blobs(url: str) -> Blobs:
    """Return the store for a folder or for `s3://bucket/prefix`."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        # boto3 costs 60 MB of memory and a quarter of a second: a site that keeps files in a folder never loads it.
        from arena.store.s3 import S3Blobs  # noqa: PLC0415

        return S3Blobs(parts.netloc, parts.path.strip("/"))
    folder = FolderBlobs(Path(url.removeprefix("file://")))
    folder.clear()
    return folder


class FolderBlobs:
    """Files in a folder, two levels deep; a file appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256

    def clear(self) -> None:
        """Delete what was being put when its process was killed."""
        for path in self.root.glob(INCOMING + "*"):
            with contextlib.suppress(FileNotFoundError):  # its own process has just put it in its place
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    path.unlink()

    def put(self, stream: BinaryIO) -> Blob:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest = hashlib.sha256()
        size = 0
        handle, name = tempfile.mkstemp(dir=self.root, prefix=INCOMING)
        try:
            with os.fdopen(handle, "wb") as out:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            path = self._path(digest.hexdigest())
            path.parent.mkdir(exist_ok=True, mode=0o700)
            Path(name).replace(path)
            _sync_folder(path.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Blob(digest.hexdigest(), size)

    def open(self, sha256: str) -> BinaryIO:
        return self._path(sha256).open("rb")

    def size(self, sha256: str) -> int | None:
        path = self._path(sha256)
        return path.stat().st_size if path.is_file() else None

    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # Without it a power cut can forget the name of a file whose bytes are safe.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_to(blobs: Blobs, sha256: str, path: Path) -> None:
    """Write a stored file to `path`."""
    with blobs.open(sha256) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK)
