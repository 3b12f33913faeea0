"""The reader's team in one challenge: making it, inviting to it, running it, leaving it; and every team's public page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.wrappers import Response

from arena import admission, hosting, team_acts, team_profiles, teams, viewing
from arena.errors import ArenaError, Conflict, Forbidden, Invalid, NotFound, UserError
from arena.hosting import Hosted
from arena.store.models import User
from arena.web import limits
from arena.web.account_pages import require_user
from arena.web.rendering import page
from arena.web.scenes import Scene, scene
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("team", __name__)


def _team(
    slug: str,
    status: int = 200,
    *,
    error: ArenaError | None = None,
    typed: dict[str, str] | None = None,
    code: str = "",
) -> Response:
    with reading() as session:
        here = scene(session, slug)
        context = _inside(session, here) if here.team else {}
        standing = admission.standing(session, here.user, here.hosted) if here.user else None
    frozen = teams.frozen_from(here.hosted)
    return here.page(
        "team.html",
        status,
        tab="team",
        standing=standing,
        error=error,
        typed=typed or {},
        code=code,
        invitation=site().settings.base_url + url_for("team.invitation", code=code) if code else "",
        invitation_ends=here.at + timedelta(days=teams.INVITATION_DAYS),
        frozen_from=frozen,
        frozen=frozen is not None and here.at >= frozen,
        **{"people": [], "missing": [], "marks": (), "quota": None, **context},
    )


def _inside(session: Session, here: Scene) -> dict[str, Any]:
    """Return what the members of the reader's team see of it."""
    team, hosted, user = here.team, here.hosted, here.user
    if team is None or user is None:
        return {}
    final, chosen = teams.final(session, team)
    return {
        "people": teams.members(session, team),
        "accepted": teams.acceptances(session, team, hosted),
        "missing": teams.missing_agreements(session, team, hosted),
        "quota": teams.quota(session, hosted, team, here.at),
        "marks": viewing.told(teams.marks_on(session, team)),
        "outstanding": team_acts.invitations(session, team, here.at),
        "submitted": team_acts.has_submitted(session, team),
        "may_rename": team_acts.may_rename(session, hosted, team, here.at),
        "named": team_acts.shows_name(session, user, hosted),
        "final": final,
        "chosen": chosen,
    }


@blueprint.get("/challenges/<slug>/team")
def show(slug: str) -> ResponseReturnValue:
    """Show the team, or how to get one."""
    return _team(slug)


@blueprint.post("/challenges/<slug>/team")
@limits.change_limit
def make(slug: str) -> ResponseReturnValue:
    """Make a team."""
    name = request.form.get("name", "")
    return _act(
        slug,
        lambda session, user, hosted: teams.create_team(session, user, hosted, name=name, at=now()),
        typed={"name": name},
    )


def _act(
    slug: str, act: Callable[[Session, User, Hosted], object], *, typed: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Do something with the reader's team and show it; what is refused is said on the same page."""
    user = require_user()
    try:
        with writing() as session:
            act(session, user, hosting.find(session, slug))
    except NotFound:
        raise
    except UserError as error:
        return _team(slug, error.status, error=error, typed=typed)
    return redirect(url_for("team.show", slug=slug), 303)


@blueprint.post("/challenges/<slug>/team/about")
@limits.change_limit
def describe(slug: str) -> ResponseReturnValue:
    """Save the team's name and affiliation, as its captain."""
    given = {field: request.form.get(field) for field in ("name", "affiliation")}
    return _act(
        slug,
        lambda session, user, hosted: team_acts.describe(session, user, hosted, **given, at=now()),
        typed={field: value or "" for field, value in given.items()},
    )


@blueprint.post("/challenges/<slug>/team/invitations")
@limits.change_limit
def invite(slug: str) -> ResponseReturnValue:
    """Make an invitation and show its link and code in this answer only."""
    user = require_user()
    try:
        with writing() as session:
            team = teams.team_of(session, user, hosting.find(session, slug))
            if team is None:
                raise NotFound
            code = teams.invite(session, user, team, at=now())
    except Conflict as error:
        return _team(slug, error.status, error=error)
    return _team(slug, code=code)


@blueprint.post("/challenges/<slug>/team/invitations/<int:invitation_id>/revoke")
@limits.change_limit
def revoke(slug: str, invitation_id: int) -> ResponseReturnValue:
    """End an outstanding invitation."""
    return _act(slug, lambda session, user, _: team_acts.revoke(session, user, invitation_id, now()))


@blueprint.post("/challenges/<slug>/team/code")
@limits.change_limit
def enter_code(slug: str) -> ResponseReturnValue:
    """Lead from a code that was typed to the invitation it stands for."""
    require_user()
    code = request.form.get("code", "").strip()[:100]
    try:
        with reading() as session:
            teams.invited_team(session, code, now())
    except NotFound as error:
        wrong = Invalid("invalid_field", error.message, fields={"code": error.message})
        return _team(slug, 422, error=wrong, typed={"code": code})
    return redirect(url_for("team.invitation", code=code), 303)


@blueprint.post("/challenges/<slug>/team/leave")
@limits.change_limit
def leave(slug: str) -> ResponseReturnValue:
    """Leave the team."""
    return _act(slug, lambda session, user, hosted: team_acts.leave(session, user, hosted, now()))


@blueprint.post("/challenges/<slug>/team/members/<int:member_id>/remove")
@limits.change_limit
def remove(slug: str, member_id: int) -> ResponseReturnValue:
    """Take a member out of the team, as its captain."""
    return _act(slug, lambda session, user, hosted: team_acts.remove(session, user, hosted, member_id, now()))


@blueprint.post("/challenges/<slug>/team/members/<int:member_id>/captain")
@limits.change_limit
def hand_over(slug: str, member_id: int) -> ResponseReturnValue:
    """Make another member the captain."""
    return _act(slug, lambda session, user, hosted: team_acts.hand_over(session, user, hosted, member_id, now()))


@blueprint.post("/challenges/<slug>/team/named")
@limits.change_limit
def show_name(slug: str) -> ResponseReturnValue:
    """Choose whether the team's public page names the reader."""
    public = request.form.get("named") == "yes"
    return _act(slug, lambda session, user, hosted: team_acts.show_name(session, user, hosted, public=public))


@blueprint.get("/challenges/<slug>/teams/<int:team_id>")
def public(slug: str, team_id: int) -> ResponseReturnValue:
    """Show a team as everybody may see it."""
    with reading() as session:
        here = scene(session, slug)
        found = team_profiles.public(session, here.user, here.hosted, team_id, here.at, runs=here.runs)
    return here.page("public_team.html", tab="leaderboard", profile=found)


@blueprint.route("/invitations/<code>", methods=["GET", "POST"])
@limits.change_limit
def invitation(code: str) -> ResponseReturnValue:
    """Show which team an invitation is for, and join it."""
    user = require_user()
    error: ArenaError | None = None
    try:
        if request.method == "POST":
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
