"""How many files were refused, and because of what: organizers see where participants stumble, nobody sees the files."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from arena.errors import Invalid, TooLarge, UserError
from arena.hosting import Hosted
from arena.store import refusals as store


def note(session: Session, hosted: Hosted, error: UserError, at: datetime) -> None:
    """Count a file that was sent as a submission and refused; each kind of problem in it counts once."""
    if isinstance(error, TooLarge):
        codes = {"too_large"}
    elif isinstance(error, Invalid) and error.code == "bad_file":
        codes = {str(problem.code) for problem in error.problems}
    else:
        return
    day = at.astimezone(ZoneInfo(hosted.definition.calendar.timezone)).date().isoformat()
    for code in sorted(codes):
        store.count_one(session, hosted.id, day, code)


def counts(session: Session, hosted: Hosted) -> dict[str, int]:
    """Return how many files had each kind of problem, the most frequent first."""
    return store.counts(session, hosted.id)
