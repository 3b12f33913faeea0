"""Importing a challenge from an archive: everything is checked first, then restored whole or not at all."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from arena import audit, exporting, hosting, names, receipts
from arena.archive_files import Archive, damaged
from arena.errors import ArenaError, Conflict, Invalid
from arena.hosting import Hosted
from arena.store import accounts as account_store
from arena.store import archives as store
from arena.store import challenges as challenge_store
from arena.store import publications as publication_store
from arena.store import schema
from arena.store.archives import Misfit, Rows
from arena.store.blobs import Blobs
from arena.store.models import User
from challenges.definition import Definition
from challenges.text import Text

PEOPLE = "user_account"


@dataclass(frozen=True, slots=True)
class Checked:
    """An archive of which every digest, reference and type has been checked; nothing of it is stored yet."""

    slug: str
    tables: dict[str, Rows]
    history: dict[str, list[dict[str, Any]]]
    labels_key: str | None
    receipts_key: str | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What was restored, and which accounts were made for it: without a password, and closed until their owner sets one."""

    hosted: Hosted
    accounts: tuple[str, ...]
    rows: int


def check(archive: Archive) -> Checked:
    """Check everything that can be wrong with an archive; raise Invalid with the first thing that is."""
    manifest = archive.manifest
    if manifest.schema_ not in schema.known():
        raise Invalid(
            "newer_archive",
            Text(
                f"더 새로운 Arena({manifest.schema_})가 내보낸 파일입니다. 그 판 이상의 Arena에서 들여오십시오.",
                f"A newer Arena (schema {manifest.schema_}) has exported this archive. Import it with that version or a later one.",
            ),
        )
    tables = _tables(archive)
    _check_references(tables)
    _check_definitions(tables, manifest.slug)
    history = archive.history()
    try:
        faults = audit.check(history)
    except ValueError:
        faults = ["moment"]
    if faults:
        raise damaged(f"ledger.json ({faults[0]})")
    _check_receipts(tables)
    needed, named = exporting.digests({name: archive.table(name) for name in archive.tables})
    if not needed <= set(archive.blobs) <= needed | named:
        raise damaged("blobs")
    for sha256 in archive.blobs:
        archive.check_blob(sha256)
    return Checked(manifest.slug, tables, history, manifest.labels_key, manifest.receipts_key)


def put_files(blobs: Blobs, archive: Archive) -> list[str]:
    """Put the archive's files into the store; return the digests of those that it did not have."""
    new: list[str] = []
    try:
        for sha256 in archive.blobs:
            if blobs.size(sha256) is None:
                new.append(sha256)
                with archive.blob(sha256) as source:
                    blobs.put(source)
    except BaseException:
        # Nothing has named them yet.
        for sha256 in new:
            blobs.delete(sha256)
        raise
    return new


def forget_files(session: Session, blobs: Blobs, new: list[str]) -> None:
    """Take out files that a failed import has put in, unless something names them by now."""
    for sha256 in set(new) - publication_store.in_use(session, new):
        blobs.delete(sha256)


def require_free(session: Session, found: Checked) -> None:
    """Refuse where the challenge is there already."""
    if challenge_store.by_slug(session, found.slug) is not None:
        raise Conflict(
            "slug_taken",
            Text(f"{found.slug} 챌린지가 이미 있습니다.", f"There is a challenge {found.slug} already."),
        )


def restore(session: Session, found: Checked, *, archive_sha256: str, at: datetime) -> Imported:
    """Restore a checked archive, whose files lie in the store, in one transaction."""
    store.hold(session)
    require_free(session, found)
    try:
        people, made = _people(session, found.tables.get(PEOPLE, []), at)
        known = store.load(session, found.tables, people)
    except (DataError, IntegrityError):
        # A number that only one row in the world may have, and that another row has here.
        raise Conflict(
            "already_here",
            Text(
                "이 파일의 제출 가운데 다른 챌린지에 이미 있는 것이 있습니다. 들여온 것은 없습니다.",
                "Submissions of this archive are in another challenge here already. Nothing was imported.",
            ),
        ) from None
    (challenge_id,) = known["challenge"].values()
    audit.adopt(session, challenge_id, found.history)
    audit.record(
        session,
        "challenge_imported",
        None,
        {
            "slug": found.slug,
            "archive_sha256": archive_sha256,
            "entries": len(found.history["entries"]),
            "head": found.history["links"][-1]["digest"] if found.history["links"] else None,
        },
        at,
    )
    rows = sum(len(rows) for name, rows in found.tables.items() if name != PEOPLE)
    return Imported(hosting.by_id(session, challenge_id), tuple(made), rows)


def _people(session: Session, rows: Rows, at: datetime) -> tuple[dict[int, int], list[str]]:
    """Return which account here is which person of the archive; whoever has none gets one that nobody can enter."""
    people: dict[int, int] = {}
    made: list[str] = []
    for row in rows:
        user = account_store.by_email(session, row["email"])
        if user is None:
            user = account_store.add(
                session,
                User(
                    id=store.new_person_id(session, row["id"]),
                    email=row["email"],
                    name=row["name"],
                    affiliation=row["affiliation"],
                    language=row["language"],
                    created_at=row["created_at"],
                    disabled_at=at,
                ),
            )
            made.append(user.email)
            store.advance_people(session)
        people[row["id"]] = user.id or 0
    return people, made


def _tables(archive: Archive) -> dict[str, Rows]:
    wanted = {PEOPLE, *(part.name for part in store.parts())}
    unknown = set(archive.tables) - wanted
    if unknown or "challenge" not in archive.tables:
        raise damaged(f"tables/{min(unknown, default='challenge')}.json")
    found: dict[str, Rows] = {}
    for name in archive.tables:
        try:
            found[name] = store.read(name, archive.table(name))
        except Misfit as misfit:
            raise damaged(f"tables/{name}.json ({misfit.row}, {misfit.column})") from None
    for row in found.get(PEOPLE, []):
        try:
            same = names.email(row["email"]) == row["email"]
        except ArenaError:
            same = False
        if not same or row["language"] not in ("ko", "en"):
            raise damaged(f"tables/{PEOPLE}.json")
    return found


def _check_references(tables: Mapping[str, Rows]) -> None:
    """Refuse a row that names one outside the archive: it would take hold of something of this instance."""
    ids = {name: [row["id"] for row in rows] for name, rows in tables.items()}
    known = {name: set(found) for name, found in ids.items()}
    if len(tables["challenge"]) != 1 or any(len(known[name]) != len(found) for name, found in ids.items()):
        raise damaged("tables")
    for part in store.parts():
        for row in tables.get(part.name, ()):
            for column, target in part.references.items():
                if row.get(column) is not None and row[column] not in known.get(target, ()):
                    raise damaged(f"tables/{part.name}.json ({column})")


def _check_definitions(tables: Mapping[str, Rows], slug: str) -> None:
    (challenge,) = tables["challenge"]
    if challenge["slug"] != slug:
        raise damaged("tables/challenge.json (slug)")
    for name in ("challenge", "challenge_version"):
        for row in tables.get(name, ()):
            try:
                definition = Definition.model_validate(row["definition"])
            except ValueError:
                raise damaged(f"tables/{name}.json (definition)") from None
            if (definition.slug, definition.version) != (slug, row["version"]):
                raise damaged(f"tables/{name}.json (version)")
            canonical = json.dumps(row["definition"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if hashlib.sha256(canonical.encode()).hexdigest() != row["definition_sha256"]:
                raise damaged(f"tables/{name}.json (definition_sha256)")


def _check_receipts(tables: Mapping[str, Rows]) -> None:
    for row in tables.get("submission", ()):
        receipt = row["receipt"]
        same = receipt.get("submission") == row["public_id"] and receipt.get("file_sha256") == row["file_sha256"]
        if not same or not receipts.verify(receipt, str(receipt.get("key"))):
            raise damaged(f"tables/submission.json ({row['public_id'][:16]})")
