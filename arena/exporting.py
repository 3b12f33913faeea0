"""Exporting a challenge: everything that it is in one file, without a key, a secret, a password or a token."""

from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO

from sqlmodel import Session

from arena import archive_files, audit
from arena.errors import OurFault
from arena.hosting import Hosted
from arena.store import archives as store
from arena.store import schema
from arena.store.archives import Rows
from arena.store.blobs import Blobs
from challenges.text import Text

# Columns that name a stored file which an archive must hold; any other digest is followed where a file of it is stored.
FILES = {
    ("challenge_file", "sha256"),
    ("labels", "ciphertext_sha256"),
    ("submission", "file_sha256"),
    ("companion", "file_sha256"),
}


def collect(session: Session, hosted: Hosted) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Return a challenge's rows by table, and its ledger, as they are at one moment."""
    return store.dump(session, hosted.id), audit.history(session, hosted.id)


def write(
    target: BinaryIO,
    blobs: Blobs,
    hosted: Hosted,
    tables: dict[str, Rows],
    history: dict[str, Any],
    *,
    labels_key: str | None,
    receipts_key: str | None,
) -> None:
    """Write what was collected, with every file that it names. The same state gives the same bytes."""
    archive_files.write(
        target,
        head={
            "schema": schema.newest(),
            "slug": hosted.slug,
            "labels_key": labels_key,
            "receipts_key": receipts_key,
        },
        documents={f"tables/{name}.json": rows for name, rows in tables.items()} | {archive_files.LEDGER: history},
        blobs=_openers(blobs, tables),
    )


def digests(tables: dict[str, Rows]) -> tuple[set[str], set[str]]:
    """Return the digests of files that an archive must hold, and of those that it holds where they are stored."""
    needed = {str(row[column]) for table, column in FILES for row in tables.get(table, ()) if row.get(column)}
    named: set[str] = set()
    for rows in tables.values():
        for row in rows:
            _find(row, named)
    return needed, named - needed


def _find(value: Any, found: set[str], name: str = "") -> None:
    # Only what stands under a name of ours that says so: a digest in a person's own words names nothing.
    if isinstance(value, dict):
        for key, one in value.items():
            _find(one, found, str(key))
    elif isinstance(value, list):
        for one in value:
            _find(one, found, name)
    elif isinstance(value, str) and name.endswith("sha256") and _is_digest(value):
        found.add(value)


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)


def _openers(blobs: Blobs, tables: dict[str, Rows]) -> dict[str, Callable[[], BinaryIO]]:
    needed, named = digests(tables)
    lost = sorted(sha256 for sha256 in needed if blobs.size(sha256) is None)
    if lost:
        raise OurFault(
            "file_lost",
            Text(
                f"파일 {len(lost)}개가 저장소에 없어({lost[0][:12]} …) 내보내지 않았습니다. 백업에서 되돌린 뒤 다시 하십시오.",
                f"{len(lost)} files are not in the store ({lost[0][:12]} …), so nothing was exported. Restore them from a backup first.",
            ),
        )
    stored = needed | {sha256 for sha256 in named if blobs.size(sha256) is not None}
    return {sha256: partial(blobs.open, sha256) for sha256 in sorted(stored)}
