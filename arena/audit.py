"""The ledger: acts worth proving are added, chained in batches, and can be verified by anyone who holds a head."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from arena.store import ledger
from arena.store.models import ImportedLink, LedgerEntry, LedgerLink

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


def head(session: Session, challenge_id: int | None = None) -> Head:
    """Return the newest link; of one challenge, as its page shows it, the newest that covers an act of its own."""
    if challenge_id is None:
        link = ledger.last_link(session)
    else:
        link = ledger.link_of_challenge(session, challenge_id)
        imported = ledger.imported_links(session, challenge_id) if link is None else []
        if imported:
            last = imported[-1]
            return Head(digest=last.digest, chained_at=last.chained_at, links=last.number)
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
            elif entry.digest != _entry_digest(entry.at, entry.kind, _numbered(entry), entry.data):
                faults.append(f"entry {entry_id} was changed")
        known = [[entry_id, entries[entry_id].digest] for entry_id in link.entry_ids if entry_id in entries]
        if link.previous != before or link.digest != _digest([before, known]):
            faults.append(f"link {link.id} does not follow from the one before")
        before = link.digest
    for challenge_id in ledger.with_imported_links(session):
        faults += [
            f"imported with challenge {challenge_id}: {fault}" for fault in check(history(session, challenge_id))
        ]
    return faults


def history(session: Session, challenge_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return a challenge's entries, and the links that prove them, as they travel.

    Of entries that are not the challenge's a link names the number and the digest alone. A challenge that was imported brings the
    chain of where it was before: chains are numbered, and what was never chained has none.
    """
    own = ledger.of_challenge(session, challenge_id)
    before = ledger.imported_links(session, challenge_id)
    here = max((link.chain for link in before), default=-1) + 1
    ids = {entry.id for entry in own if entry.id is not None and entry.origin_chain is None}
    covering = ledger.links_covering(session, ids)
    links = ledger.links_between(session, covering[0].id or 0, covering[-1].id or 0) if covering else []
    covered = {entry_id for link in links for entry_id in link.entry_ids}
    digests = {number: entry.digest for number, entry in ledger.entries(session, sorted(covered)).items()}
    return {
        "entries": [_written(entry, here if entry.id in covered else None) for entry in own],
        "links": [
            {"chain": link.chain, "number": link.number, "covers": link.covers, **_sealed(link)} for link in before
        ]
        + [
            {
                "chain": here,
                "number": link.id,
                "covers": [[number, digests.get(number, "")] for number in link.entry_ids],
                **_sealed(link),
            }
            for link in links
        ],
    }


def check(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Recompute every digest of a history; return what does not agree. An empty list proves it."""
    faults: list[str] = []
    proven: set[tuple[int, int, str]] = set()
    before: dict[int, str] = {}
    for link in found["links"]:
        chain, number = link["chain"], link["number"]
        if link["digest"] != _digest([link["previous"], link["covers"]]):
            faults.append(f"link {number} was changed")
        if link["previous"] != before.get(chain, link["previous"]):
            faults.append(f"link {number} does not follow from the one before")
        before[chain] = link["digest"]
        proven |= {(chain, entry_id, digest) for entry_id, digest in link["covers"]}
    for entry in found["entries"]:
        moment = datetime.fromisoformat(entry["at"])
        if entry["digest"] != _entry_digest(moment, entry["kind"], entry["challenge_id"], entry["data"]):
            faults.append(f"entry {entry['id']} was changed")
        elif entry["chain"] is not None and (entry["chain"], entry["id"], entry["digest"]) not in proven:
            faults.append(f"entry {entry['id']} is in no link")
    return faults


def adopt(session: Session, challenge_id: int, found: dict[str, list[dict[str, Any]]]) -> None:
    """Keep the history of an imported challenge: what was chained stays under its own chain, the rest is chained here."""
    for entry in found["entries"]:
        session.add(
            LedgerEntry(
                at=datetime.fromisoformat(entry["at"]),
                kind=entry["kind"],
                challenge_id=challenge_id,
                data=entry["data"],
                digest=entry["digest"],
                origin_challenge_id=entry["challenge_id"],
                origin_chain=entry["chain"],
                origin_id=entry["id"] if entry["chain"] is not None else None,
            ),
        )
        session.flush()
    for link in found["links"]:
        session.add(
            ImportedLink(
                challenge_id=challenge_id,
                chain=link["chain"],
                number=link["number"],
                covers=link["covers"],
                previous=link["previous"],
                digest=link["digest"],
                chained_at=datetime.fromisoformat(link["chained_at"]),
            ),
        )
    session.flush()


def _written(entry: LedgerEntry, chain: int | None) -> dict[str, Any]:
    imported = entry.origin_chain is not None
    return {
        "chain": entry.origin_chain if imported else chain,
        "id": entry.origin_id if imported else entry.id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "challenge_id": _numbered(entry),
        "data": entry.data,
        "digest": entry.digest,
    }


def _sealed(link: LedgerLink | ImportedLink) -> dict[str, Any]:
    moment = link.chained_at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"previous": link.previous, "digest": link.digest, "chained_at": moment}


def _numbered(entry: LedgerEntry) -> int | None:
    """Return the number under which the entry's challenge was known where the entry was digested."""
    return entry.challenge_id if entry.origin_challenge_id is None else entry.origin_challenge_id
