"""Verbs on the append-only ledger and its chain."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from arena.store.models import ImportedLink, LedgerEntry, LedgerLink

# A transaction that took its id early may commit late: so far back unchained entries are looked for.
LOOK_BACK = 10_000
# How many entries and links are looked at for the one that belongs to the other.
TRIES = 20


def last_link(session: Session) -> LedgerLink | None:
    return session.exec(select(LedgerLink).order_by(col(LedgerLink.id).desc())).first()


def unchained(session: Session, limit: int) -> list[LedgerEntry]:
    newest = session.exec(select(LedgerLink.last_id).order_by(col(LedgerLink.last_id).desc())).first()
    bound = (newest or 0) - LOOK_BACK
    links = session.exec(select(LedgerLink.entry_ids).where(LedgerLink.last_id > bound))
    chained = {entry_id for ids in links for entry_id in ids}
    # Only the ids: nearly all of these are chained already, and the sweeper asks every second.
    known = session.exec(
        select(LedgerEntry.id)
        # What was imported under a chain of its own is chained already.
        .where(col(LedgerEntry.id) > bound, col(LedgerEntry.origin_chain).is_(None))
        .order_by(col(LedgerEntry.id)),
    )
    waiting = [entry_id for entry_id in known if entry_id is not None and entry_id not in chained][:limit]
    found = entries(session, waiting) if waiting else {}
    return [found[entry_id] for entry_id in waiting]


def links(session: Session) -> list[LedgerLink]:
    return list(session.exec(select(LedgerLink).order_by(col(LedgerLink.id))))


def entries(session: Session, ids: list[int]) -> dict[int, LedgerEntry]:
    found: dict[int, LedgerEntry] = {}
    for start in range(0, len(ids), 1000):
        wanted = select(LedgerEntry).where(col(LedgerEntry.id).in_(ids[start : start + 1000]))
        found |= {entry.id: entry for entry in session.exec(wanted) if entry.id is not None}
    return found


def of_challenge(session: Session, challenge_id: int) -> list[LedgerEntry]:
    return list(
        session.exec(
            select(LedgerEntry).where(LedgerEntry.challenge_id == challenge_id).order_by(col(LedgerEntry.id)),
        ),
    )


def of_kinds(session: Session, challenge_id: int, kinds: Sequence[str]) -> list[LedgerEntry]:
    """Return the entries of some kinds of one challenge, the oldest first."""
    return list(
        session.exec(
            select(LedgerEntry)
            .where(LedgerEntry.challenge_id == challenge_id, col(LedgerEntry.kind).in_(kinds))
            .order_by(col(LedgerEntry.id)),
        ),
    )


def page(
    session: Session, challenge_id: int, *, without: Sequence[str] = (), limit: int, offset: int = 0
) -> tuple[int, list[LedgerEntry]]:
    """Return how many entries a challenge has, some kinds left out, and a stretch of them, the newest first."""
    chosen = (LedgerEntry.challenge_id == challenge_id, col(LedgerEntry.kind).not_in(without))
    total = session.exec(select(func.count()).select_from(LedgerEntry).where(*chosen)).one()
    found = session.exec(
        select(LedgerEntry).where(*chosen).order_by(col(LedgerEntry.id).desc()).offset(offset).limit(limit)
    )
    return total, list(found)


def tally(session: Session, challenge_id: int, kind: str) -> tuple[int, datetime | None]:
    """Count the entries of one kind; return the moment of the last too."""
    return session.exec(
        select(func.count(), func.max(LedgerEntry.at)).where(
            LedgerEntry.challenge_id == challenge_id, LedgerEntry.kind == kind
        ),
    ).one()


def link_of_challenge(session: Session, challenge_id: int) -> LedgerLink | None:
    """Return the newest link that covers an entry of a challenge."""
    newest = last_link(session)
    if newest is None:
        return None
    recent = session.exec(
        select(LedgerEntry.id)
        .where(
            LedgerEntry.challenge_id == challenge_id,
            col(LedgerEntry.origin_chain).is_(None),
            # Links cover entries nearly in the order of their ids: what is beyond the newest link has no link yet.
            col(LedgerEntry.id) <= newest.last_id,
        )
        .order_by(col(LedgerEntry.id).desc())
        .limit(TRIES),
    )
    for entry_id in recent:
        near = select(LedgerLink).where(col(LedgerLink.last_id) >= entry_id).order_by(col(LedgerLink.id)).limit(TRIES)
        for link in session.exec(near):
            if entry_id in link.entry_ids:
                return link
    return None


def links_between(session: Session, first_id: int, last_id: int) -> list[LedgerLink]:
    return list(
        session.exec(
            select(LedgerLink)
            .where(col(LedgerLink.id) >= first_id, col(LedgerLink.id) <= last_id)
            .order_by(col(LedgerLink.id)),
        ),
    )


def links_covering(session: Session, entry_ids: set[int]) -> list[LedgerLink]:
    """Return the links that cover any of these entries, the oldest first."""
    if not entry_ids:
        return []
    found = session.exec(
        select(LedgerLink).where(col(LedgerLink.last_id) >= min(entry_ids)).order_by(col(LedgerLink.id)),
    )
    return [link for link in found if not entry_ids.isdisjoint(link.entry_ids)]


def imported_links(session: Session, challenge_id: int) -> list[ImportedLink]:
    return list(
        session.exec(
            select(ImportedLink)
            .where(ImportedLink.challenge_id == challenge_id)
            .order_by(col(ImportedLink.chain), col(ImportedLink.number)),
        ),
    )


def with_imported_links(session: Session) -> list[int]:
    return sorted(session.exec(select(ImportedLink.challenge_id).distinct()))
