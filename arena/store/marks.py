"""Verbs on the marks that organizers set on teams and submissions."""

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from arena.store.models import Mark, Submission, Team, User

OFF_BOARD = ("hidden", "disqualified")


def add(session: Session, mark: Mark) -> Mark:
    session.add(mark)
    session.flush()
    return mark


def by_id(session: Session, mark_id: int) -> Mark | None:
    return session.get(Mark, mark_id)


def standing(session: Session, team_id: int, submission_id: int | None = None) -> list[Mark]:
    """Return the marks in force on a team as a whole, or on one of its submissions, the oldest first."""
    subject = col(Mark.submission_id).is_(None) if submission_id is None else col(Mark.submission_id) == submission_id
    found = session.exec(
        select(Mark).where(Mark.team_id == team_id, subject, col(Mark.lifted_at).is_(None)).order_by(col(Mark.id)),
    )
    return list(found)


def of_challenge(
    session: Session, challenge_id: int, *, team_id: int | None = None
) -> list[tuple[Mark, Team, Submission | None, User]]:
    """Return the marks of a challenge, or of one of its teams, lifted ones too, the newest first, with who set them."""
    wanted = (
        select(Mark, Team, Submission, User)
        .join(Team, col(Team.id) == col(Mark.team_id))
        .join(User, col(User.id) == col(Mark.imposed_by))
        .outerjoin(Submission, col(Submission.id) == col(Mark.submission_id))
        .where(Mark.challenge_id == challenge_id)
        .order_by(col(Mark.id).desc())
    )
    if team_id is not None:
        wanted = wanted.where(Mark.team_id == team_id)
    return list(session.exec(wanted).all())


def in_force(session: Session, challenge_id: int) -> list[Mark]:
    found = session.exec(
        select(Mark).where(Mark.challenge_id == challenge_id, col(Mark.lifted_at).is_(None)).order_by(col(Mark.id)),
    )
    return list(found)


def off_board(session: Session, challenge_id: int) -> tuple[set[int], set[int]]:
    """Return the teams and the single submissions that no leaderboard may show."""
    found = [mark for mark in in_force(session, challenge_id) if mark.kind in OFF_BOARD]
    teams = {mark.team_id for mark in found if mark.submission_id is None}
    return teams, {mark.submission_id for mark in found if mark.submission_id is not None}


def of_submissions(session: Session, team_id: int) -> dict[int, list[Mark]]:
    """Return the marks in force on a team's single submissions."""
    found = session.exec(
        select(Mark)
        .where(Mark.team_id == team_id, col(Mark.submission_id).is_not(None), col(Mark.lifted_at).is_(None))
        .order_by(col(Mark.id)),
    )
    marks: dict[int, list[Mark]] = {}
    for mark in found:
        marks.setdefault(mark.submission_id or 0, []).append(mark)
    return marks


def is_disqualified() -> ColumnElement[bool]:
    """Return the condition, for a query over submissions, that one or its whole team is disqualified."""
    return (
        select(Mark.id)
        .where(
            col(Mark.team_id) == col(Submission.team_id),
            or_(col(Mark.submission_id).is_(None), col(Mark.submission_id) == col(Submission.id)),
            Mark.kind == "disqualified",
            col(Mark.lifted_at).is_(None),
        )
        .correlate(Submission)
        .exists()
    )
