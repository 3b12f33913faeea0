"""Verbs on teams, memberships, invitations and agreements."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from arena.store.marks import OFF_BOARD
from arena.store.models import Agreement, Invitation, Mark, Membership, Submission, Team, User
from arena.store.rows import changed


def of_user(session: Session, user_id: int, challenge_id: int) -> Team | None:
    return session.exec(
        select(Team)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .where(Membership.user_id == user_id, Membership.challenge_id == challenge_id),
    ).first()


def of_user_everywhere(session: Session, user_id: int) -> dict[int, Team]:
    """Return the user's team in each challenge, by the challenge's id."""
    found = session.exec(
        select(Team).join(Membership, col(Membership.team_id) == col(Team.id)).where(Membership.user_id == user_id),
    )
    return {team.challenge_id: team for team in found}


def by_name_key(session: Session, challenge_id: int, name_key: str) -> Team | None:
    return session.exec(select(Team).where(Team.challenge_id == challenge_id, Team.name_key == name_key)).first()


def lock(session: Session, team_id: int) -> Team:
    """Take the team's row lock: the quota and the order of receipt are counted under it."""
    return session.exec(select(Team).where(Team.id == team_id).with_for_update()).one()


def members(session: Session, team_id: int) -> list[User]:
    found = session.exec(
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.team_id == team_id)
        .order_by(col(Membership.id)),
    )
    return list(found)


def member_count(session: Session, team_id: int) -> int:
    return session.exec(select(func.count()).where(Membership.team_id == team_id)).one()


def membership(session: Session, user_id: int, challenge_id: int) -> Membership | None:
    return session.exec(
        select(Membership).where(Membership.user_id == user_id, Membership.challenge_id == challenge_id),
    ).first()


def invitation_by_hash(session: Session, hashes: Iterable[str], *, lock: bool = False) -> Invitation | None:
    wanted = select(Invitation).where(col(Invitation.code_hash).in_(tuple(hashes)))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.exec(wanted).first()


def open_invitations(session: Session, team_id: int, at: datetime) -> list[tuple[Invitation, User]]:
    """Return the invitations that can still be used, the newest first, each with who made it."""
    found = session.exec(
        select(Invitation, User)
        .join(User, col(User.id) == col(Invitation.created_by))
        .where(
            Invitation.team_id == team_id,
            col(Invitation.used_at).is_(None),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.expires_at) > at,
        )
        .order_by(col(Invitation.id).desc()),
    )
    return list(found.all())


def invitation(session: Session, invitation_id: int) -> Invitation | None:
    return session.exec(select(Invitation).where(Invitation.id == invitation_id).with_for_update()).first()


def who_used(session: Session, invitation_id: int) -> User | None:
    """Return whoever joined by an invitation."""
    return session.exec(
        select(User).join(Invitation, col(Invitation.used_by) == col(User.id)).where(Invitation.id == invitation_id),
    ).first()


def end_invitations(session: Session, team_id: int, at: datetime) -> None:
    """Let no invitation of a team be used any more."""
    open_ = update(Invitation).where(
        col(Invitation.team_id) == team_id, col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None)
    )
    changed(session, open_.values(revoked_at=at))


def public_members(session: Session, team_id: int) -> list[User]:
    """Return the members who let the team's public page name them."""
    found = session.exec(
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.team_id == team_id, col(Membership.name_public).is_(True))
        .order_by(col(Membership.id)),
    )
    return list(found)


def agreement(session: Session, user_id: int, challenge_id: int, version: str) -> Agreement | None:
    return session.exec(
        select(Agreement).where(
            Agreement.user_id == user_id,
            Agreement.challenge_id == challenge_id,
            Agreement.version == version,
        ),
    ).first()


def agreements(session: Session, user_ids: Iterable[int], challenge_id: int) -> dict[int, list[Agreement]]:
    """Return every version that each of the users has accepted, the newest acceptance first."""
    found = session.exec(
        select(Agreement)
        .where(col(Agreement.user_id).in_(set(user_ids)), Agreement.challenge_id == challenge_id)
        .order_by(col(Agreement.id).desc()),
    )
    accepted: dict[int, list[Agreement]] = {}
    for row in found:
        accepted.setdefault(row.user_id, []).append(row)
    return accepted


def without_agreement(session: Session, user_ids: Iterable[int], challenge_id: int, version: str) -> set[int]:
    """Return those of the users who have not accepted this version."""
    wanted = set(user_ids)
    accepted = session.exec(
        select(Agreement.user_id).where(
            col(Agreement.user_id).in_(wanted),
            Agreement.challenge_id == challenge_id,
            Agreement.version == version,
        ),
    )
    return wanted - set(accepted)


def of_challenge(session: Session, challenge_id: int) -> list[Team]:
    return list(session.exec(select(Team).where(Team.challenge_id == challenge_id).order_by(col(Team.id))))


def counts_by_challenge(session: Session) -> dict[int, int]:
    """Count the teams with a submission in each challenge, baselines and teams off the board left out."""
    off = select(Mark.team_id).where(
        col(Mark.submission_id).is_(None), col(Mark.lifted_at).is_(None), col(Mark.kind).in_(OFF_BOARD)
    )
    found = session.exec(
        select(Team.challenge_id, func.count(func.distinct(Team.id)))
        .join(Submission, col(Submission.team_id) == col(Team.id))
        .where(col(Team.baseline).is_(None), col(Team.id).not_in(off), col(Submission.late).is_(False))
        .group_by(col(Team.challenge_id)),
    )
    return dict(found.all())
