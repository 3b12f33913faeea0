"""Looking for canaries in bytes of any kind, however they were pressed, encoded or escaped on the way."""

import base64
import binascii
import gzip
import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

DEPTH = 3
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(rb"[0-9a-fA-F]{16,}")
_ESCAPED = re.compile(rb"\\u[0-9a-fA-F]{4}")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


class Needles:
    """The values to look for: their digits as text, and their eight bytes as floats of either order."""

    def __init__(self, values: dict[str, str]) -> None:
        self.names: dict[bytes, str] = {}
        self._known: dict[bytes, set[str]] = {}
        for name, text in values.items():
            number = float(text)
            # The fraction alone would be found too if a leak were shifted or rounded to the last digit but one.
            for form in (text.partition(".")[2][:10].encode(), struct.pack("<d", number), struct.pack(">d", number)):
                self.names[form] = name

    def found(self, content: bytes) -> set[str]:
        """Return the names of the canaries in these bytes, in whatever dress."""
        # Much of a site is the same bytes again.
        digest = hashlib.sha256(content).digest()
        if digest not in self._known:
            self._known[digest] = {
                name for form in forms(content) for needle, name in self.names.items() if needle in form
            }
        return self._known[digest]


def forms(content: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """Yield the bytes as they are and as they may have been before they were pressed, encoded or escaped."""
    yield content
    if depth == 0 or not content:
        return
    for inner in _inner(content):
        yield from forms(inner, depth - 1)


def _inner(content: bytes) -> Iterator[bytes]:
    yield from _inflated(content)
    if b"%" in content and (opened := unquote_to_bytes(content)) != content:
        yield opened
    if _ESCAPED.search(content):
        yield _ESCAPED.sub(lambda found: json.loads(b'"' + found[0] + b'"').encode("utf-8", "surrogatepass"), content)
    for run in _BASE64.finditer(content):
        text = run[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        # A run may begin in the middle of a group of four: something else of the alphabet stood before it.
        for shift in range(4):
            part = text[shift:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            try:
                plain = base64.b64decode(part + b"=" * (-len(part) % 4))
            except binascii.Error:
                continue
            if _worth_a_look(plain):
                yield plain
    for run in _HEX.finditer(content):
        for shift in range(2):
            text = run[0][shift:]
            plain = bytes.fromhex(text[: len(text) - len(text) % 2].decode())
            if _worth_a_look(plain):
                yield plain


def _worth_a_look(plain: bytes) -> bool:
    # Most of what decodes was never encoded: kept is what holds digits in a row, or is pressed.
    return (
        re.search(rb"\d{6}", plain) is not None
        or b"\x1f\x8b\x08" in plain
        or plain.startswith(_ZLIB)
        or len(plain) % 8 == 0
    )


def _inflated(content: bytes) -> Iterator[bytes]:
    for start in _starts(content, b"\x1f\x8b\x08"):
        yield from _inflate(content[start:], gzip_header=True)
    for mark in _ZLIB:
        for start in _starts(content, mark):
            yield from _inflate(content[start:], gzip_header=False)


def _starts(content: bytes, mark: bytes) -> Iterator[int]:
    place = content.find(mark)
    while place >= 0:
        yield place
        place = content.find(mark, place + 1)


def _inflate(content: bytes, *, gzip_header: bool) -> Iterator[bytes]:
    reader = zlib.decompressobj(31 if gzip_header else 15)
    try:
        plain = reader.decompress(content, 50_000_000)
    except zlib.error:
        return
    if plain:
        yield plain


DRESSES = {
    "raw": lambda text: text.encode(),
    "json": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    "gzip": lambda text: gzip.compress(f"a,{text},1\n".encode()),
    "zlib": lambda text: zlib.compress(f"days\n{text}\n".encode()),
    "base64": lambda text: base64.b64encode(f"patient,{text},1".encode()),
    "base64 of gzip": lambda text: base64.b64encode(gzip.compress(text.encode())),
    "hex": lambda text: f"days={text}".encode().hex().encode(),
    "float": lambda text: struct.pack("<d", float(text)),
}
