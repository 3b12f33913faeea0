"""Watching files on their way, so that whoever waits sees how far they are."""

import io
from collections.abc import Callable
from pathlib import Path

# Called with the bytes done and the bytes in all.
Progress = Callable[[int, int], None]


class Watched(io.FileIO):
    """A file that tells how much of it has been sent."""

    def __init__(self, file: Path, progress: Progress | None) -> None:
        super().__init__(file)
        self._progress = progress
        self._size = file.stat().st_size

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size) or b""
        if self._progress is not None:
            self._progress(self.tell(), self._size)
        return chunk


def tell(progress: Progress | None, before: int, total: int, done: int, _size: int = 0) -> None:
    """Say how much of several files is done."""
    if progress is not None:
        progress(before + done, total)
