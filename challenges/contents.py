"""What a file really holds, whatever it is called: its bytes unpacked within bounds, its text in whatever encoding."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

PNG = b"\x89PNG\r\n\x1a\n"
GZIP = b"\x1f\x8b"
HEAD = 4096
BLOCK = 1 << 20
DEPTH = 3  # gzip within gzip; deeper is nobody's accident
# A packed file may unpack to this many times its size, and to two gigabytes; tables of patients shrink to a tenth.
RATIO = 100
FREE = 1_000_000
LARGEST = 2_000_000_000
LONGEST_LINE = 100_000
WRITTEN = 0.7  # of the bytes of a text in whatever encoding; of random ones, two fifths
TEXTS = (".toml", ".md", ".csv", ".json", ".svg", ".csv.gz")
_WRITTEN = frozenset((*range(32, 127), 0, 9, 10, 13))
_UNREADABLE = (gzip.BadGzipFile, EOFError, zlib.error)


class TooMuch(ValueError):
    """A packed file that unpacks to more than its size allows."""


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of a gzipped stream, up to a limit."""

    def __init__(self, packed: BinaryIO, limit: int) -> None:
        self._source = gzip.GzipFile(fileobj=packed)
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        content = self._source.read(len(buffer))
        self._left -= len(content)
        if self._left < 0:
            raise TooMuch
        buffer[: len(content)] = content
        return len(content)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file's bytes, unpacked if it is gzipped, however often."""
    limit = min(LARGEST, RATIO * path.stat().st_size + FREE)
    with path.open("rb") as file:
        stream = file
        for _ in range(DEPTH):
            if stream.peek(2)[:2] != GZIP:
                break
            stream = io.BufferedReader(_Unpacked(cast("BinaryIO", stream), limit), 1 << 16)
        yield cast("BinaryIO", stream)


def sha256(stream: io.BufferedReader) -> str:
    """Return the digest of what is left of a file."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def head(path: Path) -> bytes:
    """Return the first bytes of what a file holds; nothing if it cannot be unpacked."""
    try:
        with opened(path) as stream:
            return stream.read(HEAD)
    except _UNREADABLE:
        return b""


def is_utf8(path: Path) -> bool:
    """Whether a file holds UTF-8 text from its first byte to its last."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opened(path) as stream:
            while piece := stream.read(BLOCK):
                if "\0" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
    except (UnicodeDecodeError, *_UNREADABLE):
        return False
    return True


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file that may be text, decoded as well as can be; stop where nothing can be read on."""
    encoding = "utf-8-sig" if is_utf8(path) else _other_encoding(head(path))
    try:
        with opened(path) as stream:
            text = io.TextIOWrapper(stream, encoding=encoding, errors="replace")
            while line := text.readline(LONGEST_LINE):
                yield line
    except _UNREADABLE:
        return


def _other_encoding(beginning: bytes) -> str:
    if beginning[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    # Without a mark, every second byte of Latin text in UTF-16 is a zero.
    zeros = len(beginning) // 4
    if zeros and beginning[1::2].count(0) > zeros:
        return "utf-16-le"
    return "utf-16-be" if zeros and beginning[::2].count(0) > zeros else "cp949"


def is_ciphertext(path: Path) -> bool:
    """Whether a file may be sealed labels: bytes that look random, not a table, not a packed one."""
    with path.open("rb") as stream:
        beginning = stream.read(HEAD)
    written = sum(byte in _WRITTEN for byte in beginning)
    return (
        bool(beginning)
        and written < WRITTEN * len(beginning)
        and head(path) in (beginning, b"")  # or it is packed, and can be unpacked
        and not is_utf8(path)
    )


def is_what_it_says(path: Path) -> bool:
    """Whether a file's content fits its name: UTF-8 text, a gzipped table, a PNG, or something sealed."""
    name = path.name.lower()
    if name.endswith(".png"):
        return head(path).startswith(PNG)
    if name.endswith(".sealed"):
        return is_ciphertext(path)
    return name.endswith(TEXTS) and is_utf8(path)
