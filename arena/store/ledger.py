"""Verbs on the append-only ledger and its chain."""

from sqlmodel import Session, col, select

from arena.store.models import LedgerEntry, LedgerLink

# A transaction that took its id early may commit late: so far back unchained entries are looked for.
LOOK_BACK = 10_000


def last_link(session: Session) -> LedgerLink | None:
    return session.exec(select(LedgerLink).order_by(col(LedgerLink.id).desc())).first()


def unchained(session: Session, limit: int) -> list[LedgerEntry]:
    newest = session.exec(select(LedgerLink.last_id).order_by(col(LedgerLink.last_id).desc())).first()
    bound = (newest or 0) - LOOK_BACK
    links = session.exec(select(LedgerLink.entry_ids).where(LedgerLink.last_id > bound))
    chained = {entry_id for ids in links for entry_id in ids}
    # Only the ids: nearly all of these are chained already, and the sweeper asks every second.
    known = session.exec(select(LedgerEntry.id).where(col(LedgerEntry.id) > bound).order_by(col(LedgerEntry.id)))
    waiting = [entry_id for entry_id in known if entry_id is not None and entry_id not in chained][:limit]
    found = entries(session, waiting) if waiting else {}
    return [found[entry_id] for entry_id in waiting]


def links(session: Session) -> list[LedgerLink]:
    return list(session.exec(select(LedgerLink).order_by(col(LedgerLink.id))))


def entries(session: Session, ids: list[int]) -> dict[int, LedgerEntry]:
    found = session.exec(select(LedgerEntry).where(col(LedgerEntry.id).in_(ids)))
    return {entry.id: entry for entry in found if entry.id is not None}


def of_challenge(session: Session, challenge_id: int) -> list[LedgerEntry]:
    return list(
        session.exec(
            select(LedgerEntry).where(LedgerEntry.challenge_id == challenge_id).order_by(col(LedgerEntry.id)),
        ),
    )


def of_kind(session: Session, challenge_id: int, kind: str) -> list[LedgerEntry]:
    return list(
        session.exec(
            select(LedgerEntry)
            .where(LedgerEntry.challenge_id == challenge_id, LedgerEntry.kind == kind)
            .order_by(col(LedgerEntry.id)),
        ),
    )
