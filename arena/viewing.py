"""What a team may see of its submissions: the shown state before the reveal, everything of its final after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from arena import hosting, submissions
from arena.hosting import Hosted
from arena.store import companions, waiting
from arena.store import marks as mark_store
from arena.store import submissions as store
from arena.store.models import Companion, Decision, Evaluation, Mark, Report, Score, Submission, Team, User


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One number as it may be shown: the value with its standard error and interval, or the reason there is none."""

    value: float | None
    se: float | None = None
    ci: tuple[float, float] | None = None
    reason: str | None = None
    difference: float | None = None
    difference_se: float | None = None


@dataclass(frozen=True, slots=True)
class MarkView:
    """Why organizers took something off the board, as its team reads it."""

    kind: str  # hidden | disqualified
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CompanionView:
    """The second file of a submission; `differences` (final less second file, by metric) come with the final's full scores."""

    filename: str
    file_sha256: str
    rows: int
    size: int
    received_at: datetime
    differences: dict[str, ScoreView]


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """One submission as its team sees it."""

    public_id: str
    number: int
    slug: str
    team_id: int
    team: str
    status: str  # received | scoring | scored | failed
    refunded: bool
    failure: str | None
    received_at: datetime
    decided_at: datetime | None
    filename: str
    file_sha256: str
    rows: int
    size: int
    note: str
    method: str
    final: bool
    final_by_default: bool
    decision: str | None  # accepted | not_improved | kept | shown
    shown_gain: float | None
    shown_value: float | None
    scores: dict[str, dict[str, ScoreView]]
    report: dict[str, Any] | None
    receipt: dict[str, Any]
    marks: tuple[MarkView, ...] = ()
    place_in_line: int | None = None
    companion: CompanionView | None = None
    late: bool = False
    labels_version: int | None = None  # under which the scores that are shown were computed, and by which scorer
    scorer_version: str | None = None


def shown_value(hosted: Hosted, gain: float | None) -> float | None:
    """Return the reference baseline's own value (from the training file) plus the shown gain."""
    base = hosted.facts.get("baseline_value")
    if gain is None or base is None:
        return None
    sign = 1.0 if hosted.better == "higher" else -1.0
    return float(base) + sign * gain


def score_view(score: Score) -> ScoreView:
    interval = (score.low, score.high) if score.low is not None and score.high is not None else None
    return ScoreView(score.value, score.se, interval, score.reason, score.difference, score.difference_se)


def told(found: Sequence[Mark]) -> tuple[MarkView, ...]:
    """Return what a team is told of marks: a flag is the organizers' own note."""
    return tuple(MarkView(mark.kind, mark.reason, mark.imposed_at) for mark in found if mark.kind != "flagged")


def one(session: Session, user: User, public_id: str, at: datetime) -> tuple[Hosted, SubmissionView]:
    """Return the challenge and one submission of the user's own team."""
    submission = submissions.own(session, user, public_id)
    hosted = hosting.by_id(session, submission.challenge_id)
    return hosted, _views(session, hosted, [submission], at, whole=True)[0]


def of_team(
    session: Session, hosted: Hosted, team: Team, at: datetime, *, limit: int = 1000, offset: int = 0
) -> list[SubmissionView]:
    """Return the team's submissions, the newest first."""
    return _views(session, hosted, store.of_team(session, team.id or 0, limit=limit, offset=offset), at, whole=False)


def _views(
    session: Session, hosted: Hosted, rows: list[Submission], at: datetime, *, whole: bool
) -> list[SubmissionView]:
    if not rows:
        return []
    team = session.get_one(Team, rows[0].team_id)
    ids = [row.id or 0 for row in rows]
    evaluations = store.evaluations(session, ids)
    decisions = store.decisions(session, ids)
    beside = companions.newest(session, ids) if hosted.definition.companion else {}
    final_id, chosen = store.final_of(session, team)
    revealed = hosted.status(at) == "revealed"
    marked = mark_store.of_submissions(session, team.id or 0)
    views = []
    for row in rows:
        by_split = evaluations.get(row.id or 0, {})
        if not revealed:
            # While a reveal is under way its scores come in one by one; they are shown together.
            by_split = {split: found for split, found in by_split.items() if split != "private"}
        final = row.id == final_id
        scores = _scores(session, hosted, by_split, at, final=final)
        companion = beside.get(row.id or 0)
        wanted = scores and by_split and (whole or companion is not None)
        report = store.report(session, _newest(by_split).id or 0) if wanted else None
        views.append(
            _view(
                hosted,
                row,
                team,
                by_split.get("public"),
                decisions.get(row.id or 0),
                scores=scores,
                report=report.content if report and whole else None,
                companion=_companion(companion, report) if companion else None,
                final=final,
                chosen=chosen,
                marks=told(marked.get(row.id or 0, [])),
                place=_place(session, by_split.get("public")) if whole else None,
                scored_by=_newest(by_split) if scores and by_split else None,
            ),
        )
    return views


def _newest(by_split: dict[str, Evaluation]) -> Evaluation:
    return by_split.get("private") or next(iter(by_split.values()))


def _place(session: Session, evaluation: Evaluation | None) -> int | None:
    if evaluation is None or evaluation.state not in ("received", "scoring"):
        return None
    return waiting.before(session, evaluation.id or 0) + 1


def _scores(
    session: Session,
    hosted: Hosted,
    by_split: dict[str, Evaluation],
    at: datetime,
    *,
    final: bool,
) -> dict[str, dict[str, ScoreView]]:
    if not hosted.shows_scores(at) or (hosted.gated and not final):
        return {}
    visible = [row.id or 0 for row in by_split.values() if row.state == "scored"]
    scores: dict[str, dict[str, ScoreView]] = {}
    for score in store.scores(session, visible):
        scores.setdefault(score.split, {})[score.key] = score_view(score)
    return scores


def _view(
    hosted: Hosted,
    row: Submission,
    team: Team,
    evaluation: Evaluation | None,
    decision: Decision | None,
    *,
    scores: dict[str, dict[str, ScoreView]],
    report: dict[str, Any] | None,
    companion: CompanionView | None,
    final: bool,
    chosen: bool,
    marks: tuple[MarkView, ...],
    place: int | None,
    scored_by: Evaluation | None,
) -> SubmissionView:
    gain = decision.shown_gain if decision else None
    return SubmissionView(
        public_id=row.public_id,
        number=row.number,
        slug=hosted.slug,
        team_id=row.team_id,
        team=team.name,
        status=evaluation.state if evaluation else "received",
        refunded=row.refunded_at is not None,
        failure=evaluation.failure if evaluation and evaluation.state == "failed" else None,
        received_at=row.received_at,
        decided_at=_to_the_second(decision.decided_at) if decision else None,
        filename=row.filename,
        file_sha256=row.file_sha256,
        rows=row.rows,
        size=row.size,
        note=row.note,
        method=row.method,
        final=final,
        final_by_default=final and not chosen,
        decision=decision.outcome if decision else None,
        shown_gain=gain,
        shown_value=shown_value(hosted, gain),
        scores=scores,
        report=report,
        receipt=row.receipt,
        marks=marks,
        place_in_line=place,
        companion=companion,
        late=row.late,
        labels_version=scored_by.labels_version if scored_by else None,
        scorer_version=scored_by.scorer_version if scored_by else None,
    )


def _companion(row: Companion, report: Report | None) -> CompanionView:
    compared = (report.content.get("companion") if report else None) or {}
    # A file that came while the reveal was under way has not been compared, and another's figures are not its own.
    known = compared.get("differences", {}) if compared.get("file_sha256") == row.file_sha256 else {}
    return CompanionView(
        filename=row.filename,
        file_sha256=row.file_sha256,
        rows=row.rows,
        size=row.size,
        received_at=row.received_at,
        differences=differences(known),
    )


def differences(found: dict[str, Any]) -> dict[str, ScoreView]:
    """Return paired differences as a worker's report holds them, by metric."""
    return {
        key: ScoreView(one["value"], one["se"], (one["ci"][0], one["ci"][1]) if one["ci"] else None, one["reason"])
        for key, one in found.items()
    }


def _to_the_second(at: datetime) -> datetime:
    # How long scoring took, to the microsecond, could depend on labels: the moment is told in whole seconds.
    return at.replace(microsecond=0)
