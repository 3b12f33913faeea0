"""The submissions and teams of a challenge as those who run it see them: no more of scores than teams have been told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from arena import leaderboards, viewing
from arena.errors import NotFound
from arena.hosting import Hosted
from arena.store import marks as mark_store
from arena.store import overview
from arena.store import submissions as submission_store
from arena.store import teams as team_store
from arena.store.models import Mark, Submission, Team, User
from arena.store.overview import Entry, Filter, TeamLine


@dataclass(frozen=True, slots=True)
class EntryView:
    """One submission: its state and decision, and the shown value of what was accepted."""

    submission: Submission
    team: Team
    sender: str
    state: str
    failure: str | None
    decision: str | None
    decided_at: datetime | None
    shown_value: float | None
    score: float | None  # of the primary metric, where everybody concerned may see it
    final: bool
    marks: tuple[Mark, ...]
    team_marks: tuple[Mark, ...]


def entries(
    session: Session, hosted: Hosted, wanted: Filter, at: datetime, *, limit: int | None = None, offset: int = 0
) -> tuple[int, list[EntryView]]:
    """Return how many submissions fit, and a stretch of them, the newest first."""
    total, found = overview.entries(session, hosted.id, wanted, limit=limit, offset=offset)
    senders, _ = overview.names_of(session, [one.submission.user_id or 0 for one in found], [])
    finals = submission_store.finals(session, hosted.id)
    scores = _scores(session, hosted, found, finals, at)
    marks_found = mark_store.in_force(session, hosted.id)
    views = []
    for one in found:
        row, decision = one.submission, one.decision
        state = one.evaluation.state if one.evaluation else "received"
        views.append(
            EntryView(
                submission=row,
                team=one.team,
                sender=senders.get(row.user_id or 0, ""),
                state=state,
                failure=one.evaluation.failure if one.evaluation and state == "failed" else None,
                decision=decision.outcome if decision else None,
                decided_at=decision.decided_at.replace(microsecond=0) if decision else None,
                shown_value=viewing.shown_value(hosted, decision.shown_gain) if decision else None,
                score=scores.get(row.id or 0),
                final=finals.get(row.team_id) == row.id,
                marks=tuple(mark for mark in marks_found if mark.submission_id == row.id),
                team_marks=tuple(
                    mark for mark in marks_found if mark.team_id == row.team_id and mark.submission_id is None
                ),
            ),
        )
    return total, views


def _scores(
    session: Session, hosted: Hosted, found: Sequence[Entry], finals: Mapping[int, int], at: datetime
) -> dict[int, float | None]:
    """Return primary scores by submission: without a gate each file's own, behind one those of finals after the reveal."""
    if not hosted.shows_scores(at) or not hosted.definition.metrics:
        return {}
    key = hosted.definition.primary.key
    if not hosted.gated:
        evaluated = {one.evaluation.id: one.submission.id or 0 for one in found if one.evaluation}
        rows = submission_store.scores(session, [evaluation for evaluation in evaluated if evaluation is not None])
        return {evaluated[row.evaluation_id]: row.value for row in rows if row.key == key}
    board = leaderboards.board(session, hosted, split="private", viewer_team_id=None, at=at)
    return {finals.get(row.team_id, 0): row.scores[key].value for row in board.rows if key in row.scores}


def one_entry(session: Session, hosted: Hosted, public_id: str, at: datetime) -> EntryView:
    """Return one submission of a team of this challenge."""
    found = submission_store.by_public_id(session, public_id)
    if found is None or found.challenge_id != hosted.id:
        raise NotFound
    _, views = entries(session, hosted, Filter(team_id=found.team_id), at)
    view = next((one for one in views if one.submission.id == found.id), None)
    if view is None:
        raise NotFound
    return view


@dataclass(frozen=True, slots=True)
class TeamView:
    """One team with the marks in force on it as a whole."""

    line: TeamLine
    marks: tuple[Mark, ...]
    flags: int  # marks in force on single submissions


def teams(session: Session, hosted: Hosted) -> list[TeamView]:
    """Return every team of the challenge, whatever marks it carries."""
    found = mark_store.in_force(session, hosted.id)
    return [
        TeamView(
            line=line,
            marks=tuple(one for one in found if one.team_id == line.team.id and one.submission_id is None),
            flags=sum(1 for one in found if one.team_id == line.team.id and one.submission_id is not None),
        )
        for line in overview.teams(session, hosted.id)
    ]


def team(session: Session, hosted: Hosted, team_id: int) -> Team:
    """Return a team of this challenge that people are in."""
    found = session.get(Team, team_id)
    if found is None or found.challenge_id != hosted.id or found.baseline is not None:
        raise NotFound
    return found


def members(session: Session, found: Team) -> list[User]:
    return team_store.members(session, found.id or 0)


def marks(
    session: Session, hosted: Hosted, *, team_id: int | None = None
) -> Sequence[tuple[Mark, Team, Submission | None, User]]:
    """Return every mark that was ever set, the newest first, with who set it."""
    return mark_store.of_challenge(session, hosted.id, team_id=team_id)
