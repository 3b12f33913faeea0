"""A challenge as it arrives: unpacked where nobody else looks, refused with reasons, or put in the store."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from arena import publishing
from arena.errors import Invalid, TooLarge
from arena.store.blobs import Blob, Blobs
from arena.submissions import Prepared
from challenges import bundle, contents, published
from challenges.definition import Definition, DefinitionError
from challenges.published import Flaw
from challenges.text import Text

INCOMING = "incoming"
# What a process left behind when it was killed in the middle of an upload.
STALE_SECONDS = 3600.0
LARGEST_LABELS = 200_000_000
# The whole form. A little below what the server in front takes of any body.
LARGEST_CHALLENGE = 250 << 20
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Arrived:
    """An upload without flaws whose files lie in the store; no row knows of it yet."""

    definition: Definition
    files: dict[str, tuple[str, Blob]]  # name → (role, blob)
    baselines: dict[str, Prepared]
    sealed: Blob | None
    fresh: frozenset[str]  # the digests that the store did not hold before

    def described(self) -> list[dict[str, Any]]:
        """Return the files as they are written down."""
        return [
            {"name": name, "role": role, "sha256": blob.sha256, "size": blob.size}
            for name, (role, blob) in sorted(self.files.items())
        ]


@contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """Make a folder for one upload that only this user can enter; it is gone afterwards, whatever happens."""
    root = home / INCOMING
    root.mkdir(mode=0o700, exist_ok=True)
    clear(home)
    with tempfile.TemporaryDirectory(dir=root) as name:
        yield Path(name)


def clear(home: Path) -> None:
    """Delete what uploads left whose process was killed."""
    for path in (home / INCOMING).glob("*"):
        try:
            stale = time.time() - path.stat().st_mtime > STALE_SECONDS
        except FileNotFoundError:  # its own upload has just ended
            continue
        if stale:
            shutil.rmtree(path, ignore_errors=True)


def receive(blobs: Blobs, place: Path, *, packed: BinaryIO, labels: BinaryIO | None) -> Arrived:
    """Unpack an upload into an empty private folder and check it; put its files in the store only if nothing is wrong.

    Raises Invalid with the first reason why the bundle cannot be used at all, or with every flaw of its files.
    """
    folder, box = place / "bundle", place / "sealed"
    folder.mkdir(mode=0o700)
    box.mkdir(mode=0o700)
    definition = _unpacked(packed, folder)
    sealed = _sealed(definition, labels, box)
    found = published.flaws(folder, definition)
    if found:
        raise Invalid(
            "bad_bundle",
            Text(f"묶음에서 고칠 것 {len(found)}건을 찾았습니다.", f"The bundle has {len(found)} things to mend."),
            problems=found[:SHOWN],
            total=len(found),
        )
    return _put(blobs, folder, definition, sealed)


def _unpacked(packed: BinaryIO, folder: Path) -> Definition:
    try:
        definition = bundle.unpack(packed, folder)
    except bundle.BundleError as refusal:
        raise Invalid(refusal.code, refusal.message) from None
    except DefinitionError as error:
        flaws = [Flaw(one.file, one.line, one.where, "definition", one.message, one.found) for one in error.mistakes]
        raise Invalid(
            "bad_definition",
            Text(f"정의에 고칠 것이 {len(flaws)}건 있습니다.", f"The definition has {len(flaws)} mistakes."),
            problems=flaws[:SHOWN],
            total=len(flaws),
        ) from None
    if definition.files.labels and (folder / definition.files.labels).exists():
        raise _plaintext(definition.files.labels)
    return definition


def _plaintext(name: str) -> Invalid:
    refusal = bundle.labels_refused(name)
    return Invalid(refusal.code, refusal.message)


def _sealed(definition: Definition, labels: BinaryIO | None, box: Path) -> Path | None:
    if definition.files.labels is None:
        if labels is not None:
            raise Invalid(
                "labels_not_asked",
                Text("이 챌린지에는 결과 파일이 없습니다.", "This challenge has no labels."),
            )
        return None
    if labels is None:
        message = Text(
            "봉인한 결과를 'labels'라는 이름의 칸으로 함께 보내십시오.",
            "Send the sealed labels along, as the field named 'labels'.",
        )
        raise Invalid("no_labels", message, fields={"labels": message})
    path = box / publishing.SEALED
    labels.seek(0, 2)
    if labels.tell() > LARGEST_LABELS:
        raise TooLarge(
            "too_large",
            Text(
                f"봉인한 결과가 {LARGEST_LABELS:,}바이트를 넘습니다.",
                f"The sealed labels are larger than {LARGEST_LABELS:,} bytes.",
            ),
        )
    labels.seek(0)
    with path.open("xb") as target:
        shutil.copyfileobj(labels, target)
    if not contents.is_ciphertext(path):
        raise _plaintext(publishing.SEALED)
    return path


def _put(blobs: Blobs, folder: Path, definition: Definition, sealed: Path | None) -> Arrived:
    roles = published.roles(folder, definition) | published.evidence(definition)
    fresh: set[str] = set()
    files: dict[str, tuple[str, Blob]] = {}
    for name, role in roles.items():
        files[name] = (role, _put_one(blobs, folder / name, fresh))
    box = None if sealed is None else _put_one(blobs, sealed, fresh)
    baselines = publishing.prepared_baselines(folder, definition, files)
    return Arrived(definition, files, baselines, box, frozenset(fresh))


def _put_one(blobs: Blobs, path: Path, fresh: set[str]) -> Blob:
    with path.open("rb") as stream:
        digest = contents.sha256(stream)
        if blobs.size(digest) is None:  # of two equal files the first one is fresh
            fresh.add(digest)
        stream.seek(0)
        return blobs.put(stream)
