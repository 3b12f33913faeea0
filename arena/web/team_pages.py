"""The reader's team in one challenge: making it, inviting to it, leaving it."""

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import admission, hosting, team_acts, teams, viewing
from arena.errors import ArenaError, Conflict, Forbidden, NotFound, UserError
from arena.web import limits
from arena.web.account_pages import require_user
from arena.web.rendering import page
from arena.web.scenes import scene
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("team", __name__)


def _team(slug: str, status: int = 200, *, error: ArenaError | None = None, name: str = "", code: str = "") -> Response:
    with reading() as session:
        here = scene(session, slug)
        people = teams.members(session, here.team) if here.team else []
        signed = {person.id: teams.agreement_of(session, person, here.hosted) for person in people}
        missing = teams.missing_agreements(session, here.team, here.hosted) if here.team else []
        quota = teams.quota(session, here.hosted, here.team, here.at) if here.team else None
        marks = viewing.told(teams.marks_on(session, here.team)) if here.team else ()
        standing = admission.standing(session, here.user, here.hosted) if here.user else None
    base = site().settings.base_url
    return here.page(
        "team.html",
        status,
        tab="team",
        people=people,
        signed=signed,
        missing=missing,
        quota=quota,
        marks=marks,
        standing=standing,
        error=error,
        name=name,
        invitation=base + url_for("team.invitation", code=code) if code else "",
        invitation_ends=here.at + timedelta(days=teams.INVITATION_DAYS),
    )


@blueprint.get("/challenges/<slug>/team")
def show(slug: str) -> ResponseReturnValue:
    """Show the team, or how to get one."""
    return _team(slug)


@blueprint.post("/challenges/<slug>/team")
@limits.change_limit
def make(slug: str) -> ResponseReturnValue:
    """Make a team."""
    user, name = require_user(), request.form.get("name", "")
    try:
        with writing() as session:
            teams.create_team(session, user, hosting.find(session, slug), name=name, at=now())
    except NotFound:
        raise
    except UserError as error:
        return _team(slug, error.status, error=error, name=name)
    return redirect(url_for("team.show", slug=slug), 303)


@blueprint.post("/challenges/<slug>/team/invitations")
@limits.change_limit
def invite(slug: str) -> ResponseReturnValue:
    """Make an invitation and show its link in this answer only."""
    user = require_user()
    with writing() as session:
        team = teams.team_of(session, user, hosting.find(session, slug))
        if team is None:
            raise NotFound
        code = teams.invite(session, user, team, at=now())
    return _team(slug, code=code)


@blueprint.post("/challenges/<slug>/team/leave")
@limits.change_limit
def leave(slug: str) -> ResponseReturnValue:
    """Leave the team."""
    user = require_user()
    try:
        with writing() as session:
            team_acts.leave(session, user, hosting.find(session, slug), now())
    except Conflict as error:
        return _team(slug, error.status, error=error)
    return redirect(url_for("team.show", slug=slug), 303)


@blueprint.route("/invitations/<code>", methods=["GET", "POST"])
@limits.change_limit
def invitation(code: str) -> ResponseReturnValue:
    """Show which team an invitation is for, and join it."""
    user = require_user()
    error: ArenaError | None = None
    if request.method == "POST":
        try:
            with writing() as session:
                hosted = hosting.by_id(session, teams.invited_team(session, code, now()).challenge_id)
                teams.accept_invitation(session, user, hosted, code, now())
            return redirect(url_for("team.show", slug=hosted.slug), 303)
        except (Conflict, Forbidden) as found:
            error = found
    with reading() as session:
        team = teams.invited_team(session, code, now())
        hosted = hosting.by_id(session, team.challenge_id)
        people = teams.members(session, team)
        must_agree = teams.must_agree(session, user, hosted)
        standing = admission.standing(session, user, hosted)
    return page(
        "invitation.html",
        error.status if error else 200,
        team=team,
        hosted=hosted,
        people=people,
        must_agree=must_agree,
        standing=standing,
        error=error,
        code=code,
    )
