"""The plaintext inside sealed labels: a header line that binds the table below it to one definition."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from challenges.definition import Definition
from challenges.labels import read_labels

FORMAT = 1
LONGEST_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Header:
    """What sealed labels are for; a worker refuses any other definition."""

    format: int
    slug: str
    version: str
    ids_sha256: str
    binding: str


class SealedError(ValueError):
    """A plaintext that is none of ours; the message quotes nothing of it."""


def ids_digest(ids: Iterable[str]) -> str:
    """Return the SHA-256 over the sorted ids, one a line."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def header_line(definition: Definition, ids_sha256: str) -> str:
    """Return the first line of the plaintext. It tells nothing of the labels, so a server may write it for a browser that seals."""
    header = Header(FORMAT, definition.slug, definition.version, ids_sha256, definition.binding(ids_sha256))
    return json.dumps(asdict(header), sort_keys=True) + "\n"


def pack(definition: Definition, labels_csv: bytes) -> bytes:
    """Return the plaintext to seal; the labels are checked first."""
    return header_line(definition, ids_digest(read_labels(labels_csv, definition).ids)).encode() + labels_csv


def unpack(plaintext: bytes) -> tuple[Header, bytes]:
    """Return the header and the labels' table."""
    end = plaintext.find(b"\n", 0, LONGEST_HEADER)
    try:
        found = json.loads(plaintext[:end]) if end > 0 else None
    except (ValueError, RecursionError):
        found = None
    # From None, and without a word of what was there: these bytes may be labels.
    if not isinstance(found, dict) or found.get("format") != FORMAT or set(found) != _NAMES:
        raise SealedError("not sealed labels of a known format")
    if not all(isinstance(value, str) for name, value in found.items() if name != "format"):
        raise SealedError("not sealed labels of a known format")
    return Header(**found), plaintext[end + 1 :]


_NAMES = {field.name for field in fields(Header)}
