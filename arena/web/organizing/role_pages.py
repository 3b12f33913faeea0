"""Roles: who organizes and judges the challenge, and the one-time links that invite more."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import invitations, organizing, roles
from arena.errors import ArenaError, Conflict, Invalid, NotFound
from arena.web import limits
from arena.web.organizing.desk import desk
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("organize_roles", __name__, url_prefix="/organize/<slug:slug>/roles")

GIVEN = ("judge", "organizer")


def _index(
    slug: str, status: int = 200, *, error: ArenaError | None = None, code: str = "", role: str = ""
) -> Response:
    with reading() as session:
        here = desk(session, slug)
        held = organizing.grants(session, here.hosted)
        sent = [one for one in organizing.invitations(session, here.hosted) if one[0].role in GIVEN]
    return here.page(
        "roles.html",
        status,
        tab="roles",
        held=held,
        sent=sent,
        error=error,
        values=request.form,
        link=site().settings.base_url + url_for("joining.invitation", code=code) if code else "",
        role=role,
        days=invitations.DAYS,
    )


@blueprint.get("")
def index(slug: str) -> ResponseReturnValue:
    """Show who organizes and judges, and whom an invitation is on its way to."""
    return _index(slug)


@blueprint.post("/invitations")
@limits.change_limit
def invite(slug: str) -> ResponseReturnValue:
    """Make an invitation for one judge or organizer and show its link in this answer only."""
    role = request.form.get("role", "")
    if role not in GIVEN:
        raise NotFound
    try:
        with writing() as session:
            here = desk(session, slug)
            note = request.form.get("note", "")
            code = invitations.make(session, here.user, here.hosted, role=role, note=note, at=now())
    except Invalid as error:
        return _index(slug, error.status, error=error)
    return _index(slug, code=code, role=role)


@blueprint.post("/invitations/<id:invitation_id>/revoke")
@limits.change_limit
def revoke(slug: str, invitation_id: int) -> ResponseReturnValue:
    """End an invitation that nobody has used."""
    with writing() as session:
        here = desk(session, slug)
        invitations.revoke(session, here.user, here.hosted, invitation_id, now())
    return redirect(url_for("organize_roles.index", slug=slug, said="revoked"), 303)


@blueprint.post("/<id:grant_id>/withdraw")
@limits.change_limit
def withdraw(slug: str, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    try:
        with writing() as session:
            here = desk(session, slug)
            roles.withdraw(session, here.user, here.hosted.row, grant_id, now())
    except Conflict as error:
        return _index(slug, error.status, error=error)
    return redirect(url_for("organize_roles.index", slug=slug, said="withdrawn"), 303)
