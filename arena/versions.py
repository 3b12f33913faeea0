"""The versions of a challenge: each is written down whole when it begins, and stays readable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from arena.errors import NotFound
from arena.hosting import Hosted
from arena.store import versions as store
from arena.store.models import ChallengeFile, ChallengeVersion
from challenges import changes
from challenges.changes import Change, State
from challenges.definition import Definition
from challenges.text import Text

LARGEST = 2**31 - 1  # what both databases count to


@dataclass(frozen=True, slots=True)
class Version:
    """One version as everybody may read it, and what it changed in the one before."""

    number: int
    version: str
    at: datetime
    note: Text
    definition: dict[str, Any]
    definition_sha256: str
    labels_version: int | None
    files: tuple[dict[str, Any], ...]  # those that participants download, and the texts
    changes: tuple[Change, ...]


def record(session: Session, hosted: Hosted, *, note: Text, at: datetime) -> ChallengeVersion:
    """Write down what the challenge is now as its next version."""
    row = ChallengeVersion(
        challenge_id=hosted.id,
        number=store.next_number(session, hosted.id),
        version=hosted.row.version,
        definition=hosted.row.definition,
        definition_sha256=hosted.row.definition_sha256,
        files=[_file(one) for one in hosted.files.values()],
        facts=hosted.row.facts,
        labels_version=hosted.labels.version if hosted.labels else None,
        note_ko=note.ko,
        note_en=note.en,
        at=at,
    )
    session.add(row)
    session.flush()
    return row


def every(session: Session, hosted: Hosted) -> list[Version]:
    """Return all versions, the first one first."""
    rows = store.of_challenge(session, hosted.id)
    return [_view(row, before) for row, before in zip(rows, [None, *rows], strict=False)]


def one(session: Session, hosted: Hosted, number: int) -> Version:
    """Return one version, or raise NotFound."""
    row = store.by_number(session, hosted.id, number) if number <= LARGEST else None
    if row is None:
        raise NotFound
    return _view(row, store.by_number(session, hosted.id, number - 1))


def files_of(files: Mapping[str, ChallengeFile]) -> dict[str, tuple[str, str]]:
    """Return files as they are compared: name → (role, SHA-256)."""
    return {file.name: (file.role, file.sha256) for file in files.values()}


def _file(file: ChallengeFile) -> dict[str, Any]:
    return {"name": file.name, "role": file.role, "sha256": file.sha256, "size": file.size}


def _view(row: ChallengeVersion, before: ChallengeVersion | None) -> Version:
    return Version(
        number=row.number,
        version=row.version,
        at=row.at,
        note=Text(row.note_ko, row.note_en),
        definition=row.definition,
        definition_sha256=row.definition_sha256,
        labels_version=row.labels_version,
        # A baseline's predictions are not for download, so their digests would serve nobody.
        files=tuple(file for file in row.files if file["role"] != "baseline"),
        changes=() if before is None else tuple(_changes(before, row)),
    )


def _changes(before: ChallengeVersion, after: ChallengeVersion) -> list[Change]:
    # What was allowed then is history: the rules do not matter here, only what differs.
    state = State(opened=False, closed=False)
    old, new = (Definition.model_validate(row.definition) for row in (before, after))
    was, is_now = (
        {str(file["name"]): (str(file["role"]), str(file["sha256"])) for file in row.files} for row in (before, after)
    )
    found = [*changes.compare(old, new, state), *changes.compare_files(was, is_now, new, state)]
    if before.labels_version != after.labels_version:
        labels = Text("결과 파일이 새로 봉인되었습니다.", "The labels are sealed anew.")
        versions = (str(before.labels_version or ""), str(after.labels_version or ""))
        found.append(Change(("labels", "version"), *versions, changes.NOTED, labels))
    return found
