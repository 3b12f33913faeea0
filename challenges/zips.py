"""What a zip from outside is asked before zipfile reads it, and what zipfile raises of one that cannot be read."""

import io
import struct
import zipfile
import zlib
from typing import BinaryIO

# struct.error is what zipfile lets through where a member's extra field is shorter than it says.
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_END, _LOCATOR, _END_64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_END_SIZE, _LOCATOR_SIZE, _END_64_SIZE = 22, 20, 56
_SEARCHED = (1 << 16) + _END_SIZE + _LOCATOR_SIZE + _END_64_SIZE  # a comment has at most 64 KiB


def listing_bytes(source: BinaryIO) -> int:
    """Return how many bytes the list of members takes, as zipfile will find it, and rewind; 0 where there is none.

    zipfile reads the whole list and makes an object for each member before anybody can count them.
    """
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - _SEARCHED))
    tail = source.read()
    plain = len(tail) - _END_SIZE
    # Without a comment the record is what the file ends with, whatever else in it may look like a record.
    at = plain if plain >= 0 and tail[plain:].startswith(_END) and tail.endswith(b"\0\0") else tail.rfind(_END)
    found = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    locator = at - _LOCATOR_SIZE
    if locator >= 0 and tail[locator:].startswith(_LOCATOR):
        # zipfile prefers the large record, wherever it finds one, to the small one's figures.
        far = int.from_bytes(tail[locator + 8 : locator + 16], "little")
        source.seek(min(far, size))
        records = [tail[max(0, locator - _END_64_SIZE) : locator], source.read(_END_64_SIZE)]
        found = max((int.from_bytes(one[40:48], "little") for one in records if one.startswith(_END_64)), default=found)
    source.seek(0)
    return found
