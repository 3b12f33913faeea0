"""What an operator does with a challenge after its publication: the use cases of the site, called from the shell."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from arena import (
    archive_files,
    exporting,
    hosting,
    importing,
    publishing,
    replacing,
    rescoring,
    sealing,
    versions,
)
from arena.cli.opening import engine
from arena.errors import Conflict, OurFault
from arena.queue import Queue
from arena.receipts import Signer
from arena.replacing import Replaced
from arena.rescoring import Progress
from arena.settings import Settings
from arena.store.blobs import open_blobs
from arena.store.engine import reading, snapshot, transaction
from arena.versions import Version
from challenges.text import Text

# So long nothing may move before it is said that no worker seems to be there.
PATIENCE = 300.0


def rescore(settings: Settings, slug: str, *, wait: bool, told: Callable[[Progress], None]) -> Progress:
    """Evaluate every submission again, or go on with it; tell how far it is until it is done."""
    queue = Queue(settings.redis_url)
    with engine(settings) as opened:
        with transaction(opened) as session:
            rings = rescoring.start(session, hosting.find(session, slug), user_id=None, at=_now())
        for evaluation_id in rings:
            queue.score(evaluation_id)
        moved, before = time.monotonic(), -1
        while True:
            found = _look(opened, queue, slug)
            told(found)
            if found.finished or found.stuck or not wait:
                return found
            if found.scored + found.failed != before:
                moved, before = time.monotonic(), found.scored + found.failed
            if time.monotonic() - moved > PATIENCE:
                raise OurFault(
                    "rescoring_rests",
                    Text(
                        f"한참 동안 아무것도 채점되지 않았습니다({found.scored:,}/{found.total:,}). 채점기가 도는지 보십시오. 잃은 것은 없으니 같은 명령으로 이어집니다.",
                        f"Nothing has been scored for a while ({found.scored:,} of {found.total:,}). See whether a worker is up; nothing is lost, and the same command goes on.",
                    ),
                )
            time.sleep(0.2)


def list_versions(settings: Settings, slug: str) -> list[Version]:
    """Return every version of a challenge, the first one first."""
    with engine(settings) as opened, reading(opened) as session:
        return versions.every(session, hosting.find(session, slug))


def replace(settings: Settings, slug: str, made: Path, *, note: Text, same_labels: bool, same_splits: bool) -> Replaced:
    """Make a made and sealed folder the next version of a challenge; ring for what has to be evaluated."""
    blobs, queue = open_blobs(settings.store_url), Queue(settings.redis_url)
    signer = Signer.from_file(settings.receipts_key_file)
    with engine(settings) as opened:
        collected = publishing.collect(blobs, made)
        with transaction(opened) as session:
            hosted = hosting.find(session, slug)
            done = replacing.replace_with(
                session,
                hosted,
                collected,
                note=note,
                keep_labels=same_labels and replacing.may_keep_labels(session, hosted, collected),
                same_splits=same_splits,
                user_id=None,
                at=_now(),
                sign=signer.sign,
            )
    for evaluation_id in done.rings:
        queue.score(evaluation_id)
    return done


def export(settings: Settings, slug: str, path: Path) -> dict[str, Any]:
    """Write a challenge's archive for its owner's eyes alone; it appears whole or not at all."""
    if path.exists():
        raise Conflict("file_exists", Text(f"{path}이(가) 이미 있습니다.", f"There is a file {path} already."))
    with engine(settings) as opened, snapshot(opened) as session:
        hosted = hosting.find(session, slug)
        tables, history = exporting.collect(session, hosted)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w+b") as out:
            exporting.write(
                out,
                open_blobs(settings.store_url),
                hosted,
                tables,
                history,
                labels_key=_labels_key(settings),
                receipts_key=Signer.from_file(settings.receipts_key_file).public_key,
            )
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
            out.seek(0)
            sha256 = hashlib.file_digest(out, "sha256").hexdigest()
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return {
        "slug": slug,
        "file": str(path),
        "bytes": size,
        "sha256": sha256,
        "people": len(tables[importing.PEOPLE]),
        "submissions": len(tables["submission"]),
    }


def import_archive(settings: Settings, path: Path) -> dict[str, Any]:
    """Restore a challenge from an archive; whatever is refused leaves nothing behind."""
    blobs = open_blobs(settings.store_url)
    with engine(settings) as opened, path.open("rb") as source, archive_files.opened(source) as archive:
        found = importing.check(archive)
        with reading(opened) as session:
            importing.require_free(session, found)
        new = importing.put_files(blobs, archive)
        source.seek(0)
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        try:
            with transaction(opened) as session:
                done = importing.restore(session, found, archive_sha256=sha256, at=_now())
        except BaseException:
            with reading(opened) as session:
                importing.forget_files(session, blobs, new)
            raise
    return {
        "slug": found.slug,
        "status": done.hosted.status(_now()),
        "rows": done.rows,
        "files": len(archive.blobs),
        "accounts_made": list(done.accounts),
        "labels_key": "same" if found.labels_key == _labels_key(settings) else "other",
        "receipts_key": "same"
        if found.receipts_key == Signer.from_file(settings.receipts_key_file).public_key
        else "other",
    }


def _labels_key(settings: Settings) -> str | None:
    path = settings.labels_key_file
    return sealing.fingerprint(sealing.public_key(path)) if path.exists() else None


def _look(opened: Engine, queue: Queue, slug: str) -> Progress:
    """Return how far it is; finish what is ready, and ring on where the sweeper has not."""
    with reading(opened) as session:
        hosted = hosting.find(session, slug)
        found = rescoring.progress(session, hosted)
        rings = rescoring.more(session, _now()) if found.under_way and queue.depth() == 0 else []
    if found.under_way and found.scored == found.total:
        with transaction(opened) as session:
            done = rescoring.finish(session, hosting.find(session, slug), _now())
        if done and hosted.row.reveal_started_at is not None:
            queue.compare(hosted.id)
        with reading(opened) as session:
            return rescoring.progress(session, hosting.find(session, slug))
    for evaluation_id in rings:
        queue.score(evaluation_id)
    return found


def _now() -> datetime:
    return datetime.now(UTC)
