"""Verbs on requests to take part, registration questions and answers, allow-lists and challenge invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import and_, or_
from sqlmodel import Session, col, delete, func, select

from arena.store.models import (
    Agreement,
    AllowedAddress,
    Answer,
    Challenge,
    ChallengeInvitation,
    Grant,
    Membership,
    Participation,
    Question,
    Team,
    User,
)

Row = TypeVar("Row", Participation, Question, Answer, AllowedAddress, ChallengeInvitation)


@dataclass(frozen=True, slots=True)
class Person:
    """One account in a challenge: its request, if it made one, and its team, if it is in one."""

    user: User
    participation: Participation | None
    team: Team | None


def add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def of_user(session: Session, user_id: int, challenge_id: int, *, lock: bool = False) -> Participation | None:
    wanted = select(Participation).where(Participation.user_id == user_id, Participation.challenge_id == challenge_id)
    return session.exec(wanted.with_for_update() if lock else wanted).first()


def waiting(session: Session, challenge_id: int) -> list[tuple[Participation, User]]:
    """Return the requests that nobody has decided, the oldest first."""
    found = session.exec(
        select(Participation, User)
        .join(User, col(User.id) == col(Participation.user_id))
        .where(Participation.challenge_id == challenge_id, Participation.state == "waiting")
        .order_by(col(Participation.id))
        .with_for_update(of=Participation),
    )
    return list(found.all())


def waiting_of(session: Session, user_id: int) -> list[Participation]:
    """Return the requests of one person that nobody has decided."""
    found = session.exec(
        select(Participation)
        .where(Participation.user_id == user_id, Participation.state == "waiting")
        .order_by(col(Participation.id))
        .with_for_update(),
    )
    return list(found)


def counts(session: Session, challenge_id: int) -> dict[str, int]:
    """Count the requests by their state."""
    found = session.exec(
        select(Participation.state, func.count())
        .where(Participation.challenge_id == challenge_id)
        .group_by(col(Participation.state)),
    )
    return dict(found.all())


def people(
    session: Session, challenge_id: int, *, state: str = "", limit: int | None = None, offset: int = 0
) -> tuple[int, list[Person]]:
    """Return how many accounts have asked or are in a team, and a stretch of them: those who wait first, then by name."""
    asked = and_(col(Participation.user_id) == col(User.id), col(Participation.challenge_id) == challenge_id)
    member = and_(col(Membership.user_id) == col(User.id), col(Membership.challenge_id) == challenge_id)
    concerned = or_(col(Participation.id).is_not(None), col(Membership.id).is_not(None))
    chosen = {
        "": concerned,
        "team": col(Membership.id).is_not(None),
        # In an open challenge nobody has to ask: whoever is in a team is in.
        "admitted": and_(concerned, or_(col(Participation.id).is_(None), col(Participation.state) == "admitted")),
    }.get(state, col(Participation.state) == state)
    total = session.exec(
        select(func.count())
        .select_from(User)
        .outerjoin(Participation, asked)
        .outerjoin(Membership, member)
        .where(chosen)
    ).one()
    wanted = (
        select(User, Participation, Team)
        .outerjoin(Participation, asked)
        .outerjoin(Membership, member)
        .outerjoin(Team, col(Team.id) == col(Membership.team_id))
        .where(chosen)
        .order_by(col(Participation.state).is_distinct_from("waiting"), col(User.name), col(User.id))
        .offset(offset)
    )
    found = session.exec(wanted if limit is None else wanted.limit(limit))
    return total, [Person(user, participation, team) for user, participation, team in found]


def participants(session: Session, challenge_id: int) -> list[User]:
    """Return the accounts that take part: members of teams, and those admitted who are in none yet."""
    members = select(Membership.user_id).where(Membership.challenge_id == challenge_id)
    admitted = select(Participation.user_id).where(
        Participation.challenge_id == challenge_id, Participation.state == "admitted"
    )
    found = session.exec(
        select(User)
        .where(or_(col(User.id).in_(members), col(User.id).in_(admitted)), col(User.disabled_at).is_(None))
        .order_by(col(User.id)),
    )
    return list(found)


def takes_part(session: Session, user_id: int, challenge_id: int) -> bool:
    """Whether one account is among the participants."""
    member = select(Membership.id).where(Membership.user_id == user_id, Membership.challenge_id == challenge_id)
    if session.exec(member).first() is not None:
        return True
    found = of_user(session, user_id, challenge_id)
    return found is not None and found.state == "admitted"


def questions(session: Session, challenge_id: int, *, retired: bool = False) -> list[Question]:
    """Return the questions in the order in which they were written; those retired only if asked for."""
    wanted = select(Question).where(Question.challenge_id == challenge_id)
    if not retired:
        wanted = wanted.where(col(Question.retired_at).is_(None))
    return list(session.exec(wanted.order_by(col(Question.id))))


def answers(session: Session, participation_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return the answers by request and question."""
    found = session.exec(select(Answer).where(col(Answer.participation_id).in_(participation_ids)))
    given: dict[int, dict[int, str]] = {}
    for row in found:
        given.setdefault(row.participation_id, {})[row.question_id] = row.value
    return given


def forget_answers(session: Session, participation_id: int) -> None:
    """Make room for new answers of somebody who still waits."""
    session.exec(delete(Answer).where(col(Answer.participation_id) == participation_id))


def allowed(session: Session, challenge_id: int) -> list[AllowedAddress]:
    found = session.exec(
        select(AllowedAddress).where(AllowedAddress.challenge_id == challenge_id).order_by(col(AllowedAddress.pattern)),
    )
    return list(found)


def allowing(session: Session, challenge_id: int, patterns: Sequence[str]) -> AllowedAddress | None:
    """Return an entry of the allow-list that is one of these."""
    return session.exec(
        select(AllowedAddress).where(
            AllowedAddress.challenge_id == challenge_id, col(AllowedAddress.pattern).in_(patterns)
        ),
    ).first()


def invitation_by_hash(session: Session, code_hash: str) -> ChallengeInvitation | None:
    return session.exec(
        select(ChallengeInvitation).where(ChallengeInvitation.code_hash == code_hash).with_for_update(),
    ).first()


def invitation(session: Session, invitation_id: int) -> ChallengeInvitation | None:
    return session.exec(
        select(ChallengeInvitation).where(ChallengeInvitation.id == invitation_id).with_for_update(),
    ).first()


def invitations(session: Session, challenge_id: int) -> list[tuple[ChallengeInvitation, User | None]]:
    """Return the challenge's invitations, the newest first, with whoever used them."""
    found = session.exec(
        select(ChallengeInvitation, User)
        .outerjoin(User, col(User.id) == col(ChallengeInvitation.used_by))
        .where(ChallengeInvitation.challenge_id == challenge_id)
        .order_by(col(ChallengeInvitation.id).desc()),
    )
    return list(found.all())


def grants(session: Session, challenge_id: int) -> list[tuple[Grant, User]]:
    """Return who organizes and judges a challenge."""
    found = session.exec(
        select(Grant, User)
        .join(User, col(User.id) == col(Grant.user_id))
        .where(Grant.challenge_id == challenge_id)
        .order_by(col(Grant.role).desc(), col(Grant.id)),
    )
    return list(found.all())


def challenges_organized(session: Session, user_id: int) -> list[Challenge]:
    found = session.exec(
        select(Challenge)
        .join(Grant, col(Grant.challenge_id) == col(Challenge.id))
        .where(Grant.user_id == user_id, Grant.role == "organizer")
        .order_by(col(Challenge.id)),
    )
    return list(found)


def agreed(session: Session, challenge_id: int, version: str) -> set[int]:
    """Return the accounts that have accepted this version of the challenge's agreement."""
    return set(
        session.exec(
            select(Agreement.user_id).where(Agreement.challenge_id == challenge_id, Agreement.version == version),
        ),
    )
