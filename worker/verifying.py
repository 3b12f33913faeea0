"""Verifying an upload: its files and its opened labels against its definition. Only codes, places and masked facts leave."""

import logging
import math
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from arena import verification
from arena.store import publications as store
from arena.store.blobs import copy_to
from arena.store.engine import transaction
from arena.store.models import Publication
from challenges import sealed
from challenges.definition import Definition
from challenges.findings import MISTAKE, SENTENCES, WARNING
from challenges.problems import CODES
from worker import essentials, faults
from worker.columns import Outcomes, alike_split, same_truth
from worker.essentials import Found
from worker.faults import LabelsRefused
from worker.leases import LEASE_SECONDS, Lease
from worker.masking import LEAST_ROWS
from worker.station import Station

# Opens sealed labels: digest of the ciphertext, definition, the test file's ids, challenge.
Open = Callable[[str, Definition, Sequence[str], int], Outcomes]
# Opens the present labels of a published challenge; none where there are none.
Present = Callable[[int], Outcomes | None]
Finding = dict[str, Any]

WORKPLACE = "verifying"
# A header of ten thousand columns is no reason to write down as many sentences.
MOST = 100
LONGEST_ABOUT = 100
log = logging.getLogger("worker")


def verify(station: Station, open_labels: Open, present: Present, publication_id: int) -> None:
    """Verify one upload, once, however often it is rung for."""
    with transaction(station.engine) as session:
        held = store.claim(
            session,
            Publication,
            publication_id,
            token=uuid.uuid4().hex,
            at=datetime.now(UTC),
            lease_seconds=LEASE_SECONDS,
        )
    if held is None:
        log.info("upload %d: nothing to do", publication_id)
        return
    try:
        with Lease(station, lambda session, at: _renew(session, held, at), f"upload {held.id}"):
            findings, facts = _examine(station, open_labels, present, held)
    except Exception as fault:  # noqa: BLE001 (its text could quote labels; RQ would keep it)
        log.error("upload %d: %s: %s", publication_id, faults.code(fault), faults.describe(fault))  # noqa: TRY400
        with transaction(station.engine) as session:
            if not store.give_back(session, held, at=datetime.now(UTC)):
                verification.give_up(session, held, datetime.now(UTC))
        return
    with transaction(station.engine) as session:
        done = verification.settle(session, held, findings=findings, facts=facts, at=datetime.now(UTC))
    log.info("upload %d: %s", publication_id, f"{len(findings)} findings" if done else "lost its claim")


def _renew(session: Session, held: Publication, at: datetime) -> bool:
    return store.renew(session, held, at=at, lease_seconds=LEASE_SECONDS)


def _examine(
    station: Station, open_labels: Open, present: Present, held: Publication
) -> tuple[list[Finding], dict[str, Any]]:
    definition = Definition.model_validate(held.definition)
    found = Found()
    facts: dict[str, Any] = {}
    with _unpacked(station, held) as place:
        essentials.texts(place, definition, found)
        if held.sealed_sha256 is not None and definition.files.test is not None:
            try:
                facts = _against_labels(place, definition, found, open_labels, present, held)
            except LabelsRefused as refusal:
                findings = [_finding(MISTAKE, refusal.code, definition.files.labels, refusal.line, refusal.column)]
                return [*_told(found), *findings], {}
            except ValueError as fault:
                # A table that cannot be read is no better at the next attempt. What was read of it stays unsaid.
                log.warning("upload %s: %s", held.id, faults.describe(fault))
                return [*_told(found), _finding(MISTAKE, "unreadable_data")], {}
    return _told(found), facts


def _against_labels(
    place: Path, definition: Definition, found: Found, open_labels: Open, present: Present, held: Publication
) -> dict[str, Any]:
    ids, columns = essentials.table(place / str(definition.files.test), definition.labels.id, found)
    if ids is None:
        return {}
    hidden = open_labels(held.sealed_sha256 or "", definition, ids, held.challenge_id)
    for split, rows in hidden.splits.items():
        if int(rows.sum()) < LEAST_ROWS:
            told = found.warning if definition.practice else found.mistake
            told("small_split", SENTENCES["small_split"], file=definition.files.labels, about=split)
    _against_present(definition, found, hidden, present(held.challenge_id))
    facts = essentials.examine(place, definition, columns, ids, hidden, found)
    return _finite({**facts, "ids_sha256": sealed.ids_digest(ids)}) if facts else {}


def _against_present(definition: Definition, found: Found, hidden: Outcomes, present: Outcomes | None) -> None:
    """Say in yes and no what a new version does to the labels of the present one."""
    if present is None or len(present.truth) != len(hidden.truth):
        return
    file = definition.files.labels
    if not alike_split(present, hidden):
        found.mistake("other_splits", SENTENCES["other_splits"], file=file)
    elif same_truth(present, hidden):
        found.warning("same_labels", SENTENCES["same_labels"], file=file)


def _told(found: Found) -> list[Finding]:
    """Return what was found without its sentences, which may carry figures made from labels."""
    told = []
    for severity, findings in ((MISTAKE, found.mistakes), (WARNING, found.warnings)):
        told += [
            _finding(severity, one["code"], one["file"], one["line"], None, one["about"]) for one in findings[:MOST]
        ]
        if len(findings) > MOST:
            told.append(_finding(severity, "more", about=str(len(findings) - MOST)))
    return told


def _finding(
    severity: str,
    code: str,
    file: str | None = None,
    line: int | None = None,
    column: str | None = None,
    about: str | None = None,
) -> Finding:
    # A prediction file's problems keep their line; where the worker knows no such code, nothing but the code goes on.
    known = code in SENTENCES or code in CODES
    return {
        "code": code,
        "severity": severity,
        "file": file,
        "line": line,
        "column": column,
        "about": about[:LONGEST_ABOUT] if known and about else None,
    }


def _finite(facts: dict[str, Any]) -> dict[str, Any]:
    # JSON has no word for what is not finite, and PostgreSQL refuses it.
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict):
            kept[name] = _finite(value)
        else:
            kept[name] = None if isinstance(value, float) and not math.isfinite(value) else value
    return kept


@contextmanager
def _unpacked(station: Station, held: Publication) -> Iterator[Path]:
    """Write an upload's files where only the workers look; what a killed worker left of it is cleared first."""
    place = station.settings.private_folder / WORKPLACE / str(held.id)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700, parents=True)
    try:
        for file in held.files:
            copy_to(station.blobs, file["sha256"], place / file["name"])
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
