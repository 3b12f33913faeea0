"""The ledger: acts worth proving are added, chained in batches, and can be verified by anyone who holds a head."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from arena.store import ledger
from arena.store.models import LedgerEntry, LedgerLink

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of the chain."""

    digest: str
    chained_at: datetime | None
    links: int


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry_digest(at: datetime, kind: str, challenge_id: int | None, data: dict[str, Any]) -> str:
    return _digest([at.astimezone(UTC).isoformat(timespec="microseconds"), kind, challenge_id, data])


def record(session: Session, kind: str, challenge_id: int | None, data: dict[str, Any], at: datetime) -> LedgerEntry:
    """Add one act; it is chained a moment later, so that writers never wait for each other."""
    entry = LedgerEntry(
        at=at,
        kind=kind,
        challenge_id=challenge_id,
        data=data,
        digest=_entry_digest(at, kind, challenge_id, data),
    )
    session.add(entry)
    session.flush()
    return entry


def chain(session: Session, at: datetime) -> int:
    """Chain what is not chained yet; return how many entries the new link covers. One caller at a time: the sweeper."""
    waiting = ledger.unchained(session, BATCH)
    if not waiting:
        return 0
    previous = ledger.last_link(session)
    before = previous.digest if previous else ""
    ids = [entry.id for entry in waiting if entry.id is not None]
    digest = _digest([before, [[entry.id, entry.digest] for entry in waiting]])
    session.add(LedgerLink(entry_ids=ids, last_id=max(ids), previous=before, digest=digest, chained_at=at))
    session.flush()
    return len(waiting)


def head(session: Session) -> Head:
    """Return the newest link, as the challenge's page shows it."""
    link = ledger.last_link(session)
    if link is None:
        return Head(digest="", chained_at=None, links=0)
    return Head(digest=link.digest, chained_at=link.chained_at, links=link.id or 0)


def verify(session: Session) -> list[str]:
    """Recompute every digest; return what does not agree, in order. An empty list proves the chain."""
    faults: list[str] = []
    before = ""
    for link in ledger.links(session):
        entries = ledger.entries(session, link.entry_ids)
        for entry_id in link.entry_ids:
            entry = entries.get(entry_id)
            if entry is None:
                faults.append(f"entry {entry_id} is missing")
            elif entry.digest != _entry_digest(entry.at, entry.kind, entry.challenge_id, entry.data):
                faults.append(f"entry {entry_id} was changed")
        known = [[entry_id, entries[entry_id].digest] for entry_id in link.entry_ids if entry_id in entries]
        if link.previous != before or link.digest != _digest([before, known]):
            faults.append(f"link {link.id} does not follow from the one before")
        before = link.digest
    return faults
