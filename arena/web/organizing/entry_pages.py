"""Teams and submissions: lists with filters, a table to download, and the marks that organizers set."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import moderation, overseeing
from arena.errors import ArenaError, Conflict, Invalid
from arena.moderation import Following
from arena.overseeing import EntryView
from arena.spreadsheets import Cell
from arena.store.overview import Filter
from arena.web import limits
from arena.web.organizing import filters
from arena.web.organizing.desk import PER_PAGE, Stretch, csv_file, desk, page_asked
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("organize_entries", __name__, url_prefix="/organize/<slug:slug>")

COLUMNS = (
    *("team", "number", "submission", "sender", "received_at", "state", "failure", "decision", "decided_at"),
    *("shown_value", "score", "final", "refunded", "marks", "rows", "size", "filename", "sha256"),
)


@blueprint.get("/submissions")
def submissions(slug: str) -> ResponseReturnValue:
    """Show the submissions that fit the filter."""
    asked, number = filters.asked(request.args.to_dict()), page_asked()
    with reading() as session:
        here = desk(session, slug)
        total, found = overseeing.entries(
            session,
            here.hosted,
            filters.wanted(asked, here.zone),
            here.at,
            limit=PER_PAGE,
            offset=(number - 1) * PER_PAGE,
        )
        teams_found = overseeing.teams(session, here.hosted)
    return here.page(
        "submissions.html",
        tab="submissions",
        entries=found,
        teams=teams_found,
        asked=asked,
        stretch=Stretch(total, number),
    )


@blueprint.get("/submissions.csv")
def download(slug: str) -> ResponseReturnValue:
    """Send the submissions that fit the filter as a table."""
    asked = filters.asked(request.args.to_dict())
    with reading() as session:
        here = desk(session, slug)
        _, found = overseeing.entries(session, here.hosted, filters.wanted(asked, here.zone), here.at)
    return csv_file(f"{slug}-submissions.csv", COLUMNS, [_cells(one) for one in found])


def _cells(one: EntryView) -> list[Cell]:
    row = one.submission
    return [
        one.team.name,
        row.number,
        row.public_id,
        one.sender,
        row.received_at,
        one.state,
        one.failure,
        one.decision,
        one.decided_at,
        one.shown_value,
        one.score,
        "yes" if one.final else "no",
        "yes" if row.refunded_at else "no",
        " ".join(mark.kind for mark in one.marks),
        row.rows,
        row.size,
        row.filename,
        row.file_sha256,
    ]


@blueprint.get("/teams")
def teams(slug: str) -> ResponseReturnValue:
    """Show every team with the marks it carries."""
    with reading() as session:
        here = desk(session, slug)
        found = overseeing.teams(session, here.hosted)
        marks = overseeing.marks(session, here.hosted)
    return here.page("teams.html", tab="teams", teams=found, marks=marks)


def _team(slug: str, team_id: int, status: int = 200, *, error: ArenaError | None = None) -> Response:
    with reading() as session:
        here = desk(session, slug)
        team = overseeing.team(session, here.hosted, team_id)
        _, found = overseeing.entries(session, here.hosted, Filter(team_id=team_id), here.at, limit=20)
        marks = overseeing.marks(session, here.hosted, team_id=team_id)
        people = overseeing.members(session, team)
    return here.page(
        "team.html",
        status,
        tab="teams",
        team=team,
        people=people,
        entries=found,
        marks=[one for one in marks if one[0].submission_id is None],
        others=[one for one in marks if one[0].submission_id is not None],
        error=error,
        values=request.form,
    )


@blueprint.get("/teams/<id:team_id>")
def team(slug: str, team_id: int) -> ResponseReturnValue:
    """Show one team: its people, its submissions, its marks, and the forms that set and lift them."""
    return _team(slug, team_id)


@blueprint.post("/teams/<id:team_id>/marks")
@limits.change_limit
def mark_team(slug: str, team_id: int) -> ResponseReturnValue:
    """Flag, hide or disqualify a team."""
    kind, reason = _asked()
    act = partial(moderation.mark_team, team_id=team_id, kind=kind, reason=reason)
    done = url_for("organize_entries.team", slug=slug, team_id=team_id, said="marked")
    return _acted(slug, act, done, partial(_team, slug, team_id))


@blueprint.post("/teams/<id:team_id>/marks/<id:mark_id>/lift")
@limits.change_limit
def lift_from_team(slug: str, team_id: int, mark_id: int) -> ResponseReturnValue:
    """Take a mark on a team back, with a reason; the record of it stays."""
    done = url_for("organize_entries.team", slug=slug, team_id=team_id, said="lifted")
    return _acted(slug, _lift(mark_id), done, partial(_team, slug, team_id))


def _submission(slug: str, public_id: str, status: int = 200, *, error: ArenaError | None = None) -> Response:
    with reading() as session:
        here = desk(session, slug)
        entry = overseeing.one_entry(session, here.hosted, public_id, here.at)
        marks = overseeing.marks(session, here.hosted, team_id=entry.team.id)
    return here.page(
        "submission.html",
        status,
        tab="submissions",
        entry=entry,
        marks=[one for one in marks if one[0].submission_id == entry.submission.id],
        error=error,
        values=request.form,
    )


@blueprint.get("/submissions/<submission:public_id>")
def submission(slug: str, public_id: str) -> ResponseReturnValue:
    """Show one submission and its marks, and the forms that set and lift them."""
    return _submission(slug, public_id)


@blueprint.post("/submissions/<submission:public_id>/marks")
@limits.change_limit
def mark_submission(slug: str, public_id: str) -> ResponseReturnValue:
    """Flag, hide or disqualify one submission."""
    kind, reason = _asked()
    act = partial(moderation.mark_submission, public_id=public_id, kind=kind, reason=reason)
    done = url_for("organize_entries.submission", slug=slug, public_id=public_id, said="marked")
    return _acted(slug, act, done, partial(_submission, slug, public_id))


@blueprint.post("/submissions/<submission:public_id>/marks/<id:mark_id>/lift")
@limits.change_limit
def lift_from_submission(slug: str, public_id: str, mark_id: int) -> ResponseReturnValue:
    """Take a mark on a submission back, with a reason; the record of it stays."""
    done = url_for("organize_entries.submission", slug=slug, public_id=public_id, said="lifted")
    return _acted(slug, _lift(mark_id), done, partial(_submission, slug, public_id))


def _asked() -> tuple[str, str]:
    return request.form.get("kind", ""), request.form.get("reason", "")


def _lift(mark_id: int) -> Callable[..., Following]:
    return partial(moderation.lift, mark_id=mark_id, reason=request.form.get("lift_reason", ""))


def _acted(
    slug: str, act: Callable[..., Following], done: str, page: Callable[..., ResponseReturnValue]
) -> ResponseReturnValue:
    """Set or lift a mark, ring for what follows and go to `done`; a refusal shows the page again and says why."""
    try:
        with writing() as session:
            here = desk(session, slug)
            following = act(session, here.user, here.hosted, at=now())
    except (Invalid, Conflict) as error:
        return page(error.status, error=error)
    # Only now that it is committed; a ring for an evaluation that is lost is rung again.
    for evaluation_id in following.evaluations:
        site().queue.score(evaluation_id)
    if following.compare:
        site().queue.compare(here.hosted.id)
    return redirect(done, 303)
