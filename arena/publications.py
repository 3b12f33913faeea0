"""Uploads of challenges: who may send one, what becomes of it, and when it is forgotten."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from arena import audit, hosting, names, verification
from arena.errors import Conflict, Forbidden, Invalid, OurFault
from arena.hosting import Hosted
from arena.store import accounts as account_store
from arena.store import challenges as challenge_store
from arena.store import publications as store
from arena.store.blobs import Blobs
from arena.store.models import Challenge, DryRun, Grant, Publication, User
from arena.submissions import Prepared
from arena.uploads import Arrived
from challenges.definition import Definition
from challenges.text import Text

# So long a refused upload keeps its challenge's name for its organizer, and its files to be looked into.
KEPT = timedelta(days=7)
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Recorded:
    """An upload on its way; `created` is false if the very same was sent before and still waits."""

    publication: Publication
    challenge: Challenge
    created: bool


def require_sender(session: Session, user: User) -> None:
    """Refuse whoever may neither make challenges nor runs one."""
    if not (user.is_creator or user.is_admin or account_store.organizes_any(session, user.id or 0)):
        raise _creators_only()


def _creators_only() -> Forbidden:
    return Forbidden(
        "creators_only",
        Text(
            "챌린지를 만들 수 있는 계정이 아닙니다. 관리자에게 요청하십시오.",
            "This account may not make challenges. Ask an administrator.",
        ),
    )


def record(
    session: Session,
    blobs: Blobs,
    *,
    user: User,
    arrived: Arrived,
    note_ko: str,
    note_en: str,
    at: datetime,
) -> Recorded:
    """Write an upload down, to be verified; of a new challenge the sender becomes organizer."""
    definition = arrived.definition
    row = challenge_store.by_slug(session, definition.slug)
    if row is None:
        row = _claim_name(session, user, definition, at)
    else:
        row = _replaced(session, user, row, definition)
        known = store.newest(session, row.id or 0)
        if known is not None and known.state == "verifying" and _same(known, arrived):
            return Recorded(known, row, created=False)
    note = _note(row, definition, note_ko, note_en)
    store.supersede(session, row.id or 0, states=("verifying", "verified", "refused"), at=at)
    if row.state in ("verifying", "refused"):
        _await(row, definition)
        session.add(row)
    publication = Publication(
        challenge_id=row.id or 0,
        user_id=user.id or 0,
        version=definition.version,
        definition=definition.stored(),
        definition_sha256=definition.digest(),
        files=arrived.described(),
        baselines=[_written(name, prepared) for name, prepared in arrived.baselines.items()],
        sealed_sha256=arrived.sealed.sha256 if arrived.sealed else None,
        note_ko=note.ko,
        note_en=note.en,
        findings=[],
        facts={},
        created_at=at,
    )
    session.add(publication)
    session.flush()
    _require_files(blobs, publication)
    audit.record(
        session,
        "upload_received",
        row.id,
        {
            "slug": definition.slug,
            "version": publication.version,
            "user": user.id,
            "definition_sha256": publication.definition_sha256,
            "labels_sha256": publication.sealed_sha256,
        },
        at,
    )
    return Recorded(publication, row, created=True)


def _claim_name(session: Session, user: User, definition: Definition, at: datetime) -> Challenge:
    if not (user.is_creator or user.is_admin):
        raise _creators_only()
    row = Challenge(
        slug=definition.slug,
        version=definition.version,
        kind=definition.kind,
        definition={},
        definition_sha256="",
        facts={},
        created_at=at,
        state="verifying",
        published_by=user.id,
    )
    session.add(row)
    session.flush()
    session.add(Grant(user_id=user.id or 0, challenge_id=row.id or 0, role="organizer", created_at=at))
    audit.record(session, "role_granted", row.id, {"user": user.id, "role": "organizer"}, at)
    return row


def _await(row: Challenge, definition: Definition) -> None:
    """Show of a challenge that nobody has seen yet what its newest upload says."""
    row.state = "verifying"
    row.version, row.kind = definition.version, definition.kind
    row.definition = definition.stored()
    row.definition_sha256 = definition.digest()


def _replaced(session: Session, user: User, row: Challenge, definition: Definition) -> Challenge:
    if not hosting.is_run_by(session, user, row):
        raise Conflict(
            "slug_taken",
            Text(f"{definition.slug}라는 이름은 이미 쓰입니다.", f"The name {definition.slug} is taken."),
        )
    row = challenge_store.lock(session, row.id or 0)
    if row.state == "cancelled":
        raise Conflict("cancelled", Text("취소된 챌린지입니다.", "This challenge has been cancelled."))
    return row


def _note(row: Challenge, definition: Definition, ko: str, en: str) -> Text:
    """Return the public note of a new version; a challenge that was never published needs none."""
    note = Text(*(names.clean(text, field="note", longest=LONGEST_NOTE, empty_allowed=True) for text in (ko, en)))
    if row.state != "published":
        return note
    if _order(definition.version) <= _order(row.version):
        raise Conflict(
            "version_not_higher",
            Text(
                f"{row.slug}은(는) {row.version}판으로 발행되어 있습니다. 더 높은 판으로 올리십시오.",
                f"{row.slug} is published in version {row.version}. Give the new one a higher version.",
            ),
        )
    if not (note.ko and note.en):
        message = Text(
            "발행한 챌린지의 새 판에는 무엇이 바뀌는지 두 언어로 적은 공개 글이 필요합니다.",
            "A new version of a published challenge needs a public note in both languages on what it changes.",
        )
        raise Invalid("note_needed", message, fields={"note_ko": message, "note_en": message})
    return note


def _order(version: str) -> list[tuple[int, int, str]]:
    # 1.10 comes after 1.9, and 1.0 after 1.0-draft.
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    return [(1, int(part), "") if part.isdigit() else (-1, 0, part) for part in parts] + [(0, 0, "")]


def _same(known: Publication, arrived: Arrived) -> bool:
    return (
        known.definition_sha256 == arrived.definition.digest()
        and known.files == arrived.described()
        and known.sealed_sha256 == (arrived.sealed.sha256 if arrived.sealed else None)
    )


def _written(name: str, prepared: Prepared) -> dict[str, Any]:
    return {
        "name": name,
        "filename": prepared.filename,
        "file_sha256": prepared.file_sha256,
        "canonical_sha256": prepared.canonical_sha256,
        "rows": prepared.rows,
        "size": prepared.size,
    }


def _digests(publication: Publication) -> set[str]:
    named = {str(file["sha256"]) for file in publication.files}
    return named | ({publication.sealed_sha256} if publication.sealed_sha256 else set())


def _require_files(blobs: Blobs, publication: Publication) -> None:
    # The same files may just have been tidied away with an upload that was refused long ago.
    if any(blobs.size(digest) is None for digest in _digests(publication)):
        raise OurFault("file_lost", Text("다시 보내십시오.", "Send it again."))


def prepared(publication: Publication) -> dict[str, Prepared]:
    """Return an upload's baselines as they were read when it arrived."""
    return {
        str(one["name"]): Prepared(**{k: v for k, v in one.items() if k != "name"}) for one in publication.baselines
    }


def discard(session: Session, blobs: Blobs, digests: frozenset[str]) -> None:
    """Delete the files of an upload that was not written down, but for those that something else names."""
    for digest in digests - store.in_use(session, digests):
        blobs.delete(digest)


def anything_to_tidy(session: Session, at: datetime) -> bool:
    """Whether some upload has lain long enough, or a dry run has killed its workers."""
    return bool(store.left_over(session, at - KEPT) or store.exhausted(session, DryRun, at))


def tidy(session: Session, blobs: Blobs, at: datetime) -> int:
    """Forget uploads that came to nothing a week ago: their files go, and the names that only they held are free again."""
    left = store.left_over(session, at - KEPT)
    digests = {digest for one in left for digest in _digests(one)}
    for one in left:
        row = challenge_store.lock(session, one.challenge_id)
        if one.state == "refused" and row.state == "refused":
            # The row stays: the ledger names it by its number.
            row.state, row.slug = "forgotten", f"{row.slug}~{row.id}"
            session.add(row)
        store.forget(session, one)
    session.flush()
    discard(session, blobs, frozenset(digests))
    return len(left)


def newest(session: Session, hosted: Hosted) -> Publication | None:
    """Return the newest upload of a challenge; a shipped one has none."""
    return store.newest(session, hosted.id)


def give_up_on(session: Session, at: datetime) -> int:
    """Refuse uploads that killed their worker again and again."""
    lost = store.exhausted(session, Publication, at)
    return sum(verification.give_up(session, one, at) for one in lost)
