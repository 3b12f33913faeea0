"""What is held about one person, in every table that names them, and its erasure."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, delete, select, update
from sqlmodel import Session, col

from arena.store.models import (
    Answer,
    ApiToken,
    Challenge,
    ChallengeInvitation,
    Grant,
    LedgerEntry,
    Link,
    Mail,
    Participation,
    Question,
    Reading,
    SignIn,
    Team,
    User,
)

# Columns that name a person without the row being about that person: acts on others, which the ledger keeps.
ACTS = {
    "published_by", "added_by", "author_id", "created_by", "used_by", "decided_by", "captain_id", "imposed_by", "lifted_by",
}  # fmt: skip
PROFILE = ("email", "name", "affiliation", "language", "is_admin", "is_creator", "created_at", "email_verified_at")
# A second secret would be one more that can be lost; who holds a claim is of the workers.
SECRETS = ("_hash", "token", "lease_until")

Rows = list[dict[str, Any]]


def profile(session: Session, user_id: int) -> dict[str, Any]:
    table = User.metadata.tables[str(User.__tablename__)]
    row = session.execute(select(*(table.c[name] for name in PROFILE)).where(table.c.id == user_id)).mappings().one()
    return _written(row)


def rows(session: Session, user_id: int) -> dict[str, Rows]:
    """Return the rows of every table that has a `user_id`, without secrets, and without what a file or definition holds."""
    found: dict[str, Rows] = {}
    for table in User.metadata.sorted_tables:
        if "user_id" not in table.columns:
            continue
        columns = [
            column
            for column in table.columns
            if column.name != "user_id"
            and not column.name.endswith(SECRETS)
            and (not isinstance(column.type, JSON) or column.name == "receipt")
        ]
        wanted = select(*columns).where(table.c.user_id == user_id).order_by(table.c.id)
        found[table.name] = [_written(row) for row in session.execute(wanted).mappings()]
    return found


def answers(session: Session, user_id: int) -> Rows:
    """Return what the person answered to registration questions."""
    wanted = (
        select(col(Participation.challenge_id), col(Question.ko), col(Question.en), col(Answer.value))
        .join(Participation, col(Participation.id) == col(Answer.participation_id))
        .join(Question, col(Question.id) == col(Answer.question_id))
        .where(col(Participation.user_id) == user_id)
        .order_by(col(Answer.id))
    )
    return [_written(row) for row in session.execute(wanted).mappings()]


def acts(session: Session, user_id: int) -> Rows:
    """Return what the ledger has about the person: what was done, when, in which challenge."""
    wanted = (
        select(col(LedgerEntry.at), col(LedgerEntry.kind), col(LedgerEntry.challenge_id))
        .where(col(LedgerEntry.data)["user"].as_integer() == user_id, col(LedgerEntry.origin_id).is_(None))
        .order_by(col(LedgerEntry.id))
    )
    return [_written(row) for row in session.execute(wanted).mappings()]


def names(session: Session) -> dict[str, dict[str, str]]:
    """Return what the numbers of challenges and teams in the rows stand for."""
    challenges = session.execute(select(col(Challenge.id), col(Challenge.slug))).all()
    teams = session.execute(select(col(Team.id), col(Team.name))).all()
    return {
        "challenge_id": {str(number): slug for number, slug in challenges},
        "team_id": {str(number): name for number, name in teams},
    }


def _written(row: Any) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for name, value in row.items()
    }


def erase(session: Session, user_id: int) -> None:
    """Erase what only concerned the person: sessions, tokens, links, roles, letters, answers and what was noted about them."""
    for table in (SignIn, ApiToken, Link, Grant, Reading):
        session.execute(delete(table).where(col(table.user_id) == user_id))
    session.execute(delete(Mail).where(col(Mail.user_id) == user_id, col(Mail.ident).is_not(None)))
    own = select(col(Participation.id)).where(col(Participation.user_id) == user_id)
    session.execute(delete(Answer).where(col(Answer.participation_id).in_(own)))
    session.execute(update(Participation).where(col(Participation.user_id) == user_id).values(reason=""))
    used = update(ChallengeInvitation).where(col(ChallengeInvitation.used_by) == user_id)
    session.execute(used.values(note=""))
