"""Verbs on the counts of refused files."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from arena.store.models import FileRefusal


def count_one(session: Session, challenge_id: int, day: str, code: str) -> None:
    """Count one file; several at once are all counted."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(FileRefusal)
    session.execute(
        insert.values(challenge_id=challenge_id, day=day, code=code, files=1).on_conflict_do_update(
            index_elements=["challenge_id", "day", "code"],
            set_={"files": col(FileRefusal.files) + 1},
        ),
    )


def counts(session: Session, challenge_id: int) -> dict[str, int]:
    """Return the files by kind of problem, the most frequent first."""
    total = func.sum(FileRefusal.files)
    found = session.exec(
        select(FileRefusal.code, total)
        .where(FileRefusal.challenge_id == challenge_id)
        .group_by(col(FileRefusal.code))
        .order_by(total.desc(), col(FileRefusal.code)),
    )
    return {code: int(files) for code, files in found}
