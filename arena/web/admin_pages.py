"""The administrators' pages: accounts and what is done with them. For everybody else there is nothing here."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import administering, outbox
from arena.errors import ArenaError, Conflict, Invalid, NotFound
from arena.store.models import User
from arena.web import limits, reader
from arena.web.organizing.desk import PER_PAGE, Stretch, csv_file, page_asked
from arena.web.rendering import page
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
ACTS = ("disable", "restore", "allow", "forbid")


def administrator() -> User:
    """Return the administrator who asks; whoever is none is not told that there is anything."""
    user = reader.me()
    if user is None or not user.is_admin:
        raise NotFound
    return user


def _wanted() -> tuple[str, str]:
    state = request.args.get("state", "")
    return request.args.get("q", ""), state if state in administering.STATES else ""


def _index(status: int = 200, *, error: ArenaError | None = None, links: list[str] | None = None) -> Response:
    administrator()
    words, state = _wanted()
    number = page_asked()
    with reading() as db:
        total, found = administering.listed(
            db, words=words, state=state, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
        )
        invited = site().settings.signup == "invite"
        waiting = administering.sign_up_links(db, now()) if invited else []
        mails = outbox.has_sender(db)
    return page(
        "admin/index.html",
        status,
        area="admin",
        found=found,
        stretch=Stretch(total, number),
        words=words,
        state=state,
        invited=invited,
        waiting=waiting,
        links=[f"{site().settings.base_url}/signup?code={code}" for code in links or ()],
        mails=mails,
        error=error,
        values=request.form,
        days=administering.SIGN_UP_DAYS,
        most=administering.MOST_LINKS,
        ended=request.args.get("said") == "ended",
    )


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the accounts, and search among them."""
    return _index()


@blueprint.get("/accounts.csv")
def download() -> ResponseReturnValue:
    """Send the accounts that fit as a table."""
    administrator()
    words, state = _wanted()
    with reading() as db:
        _, found = administering.listed(db, words=words, state=state)
    header = [
        "name",
        "email",
        "affiliation",
        "verified_at",
        "creator",
        "administrator",
        "made_at",
        "last_sign_in",
        "disabled_at",
    ]
    rows = [
        [
            line.user.name,
            line.user.email,
            line.user.affiliation,
            line.user.email_verified_at,
            "yes" if line.user.is_creator else "no",
            "yes" if line.user.is_admin else "no",
            line.user.created_at,
            line.last_sign_in,
            line.user.disabled_at,
        ]
        for line in found
    ]
    return csv_file("accounts.csv", header, rows)


def _account(user_id: int, status: int = 200, *, error: ArenaError | None = None, code: str = "") -> Response:
    me = administrator()
    with reading() as db:
        line = administering.one(db, user_id)
        roles = administering.roles(db, line.user)
        teams = administering.teams(db, line.user)
        mails = outbox.has_sender(db)
    return page(
        "admin/account.html",
        status,
        area="admin",
        line=line,
        person=line.user,
        mine=line.user.id == me.id,
        roles=roles,
        teams=teams,
        mails=mails,
        error=error,
        link=f"{site().settings.base_url}/reset/{code}" if code else "",
        hours=administering.RESET_HOURS,
        said=request.args.get("said", ""),
    )


@blueprint.get("/accounts/<id:user_id>")
def account(user_id: int) -> ResponseReturnValue:
    """Show one account and what can be done with it."""
    return _account(user_id)


@blueprint.post("/accounts/<id:user_id>/reset-link")
@limits.change_limit
def reset_link(user_id: int) -> ResponseReturnValue:
    """Make a one-time link to set a password and show it in this answer only."""
    me = administrator()
    try:
        with writing() as db:
            code = administering.make_reset_link(db, me, user_id, now())
    except Conflict as error:
        return _account(user_id, error.status, error=error)
    return _account(user_id, code=code)


@blueprint.post("/accounts/<id:user_id>/<string:act>")
@limits.change_limit
def change(user_id: int, act: str) -> ResponseReturnValue:
    """Disable or restore an account, allow it to create challenges or no longer."""
    me = administrator()
    if act not in ACTS:
        raise NotFound
    try:
        with writing() as db:
            if act == "disable":
                administering.disable(db, me, user_id, now())
            elif act == "restore":
                administering.restore(db, me, user_id, now())
            else:
                administering.set_creator(db, me, user_id, creator=act == "allow", at=now())
    except Conflict as error:
        return _account(user_id, error.status, error=error)
    return redirect(url_for("admin.account", user_id=user_id, said=act), 303)


@blueprint.post("/sign-up-links")
@limits.change_limit
def sign_up_links() -> ResponseReturnValue:
    """Make links to sign up by and show them in this answer only."""
    me = administrator()
    if site().settings.signup != "invite":
        raise NotFound
    given = request.form.get("number", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    try:
        with writing() as db:
            codes = administering.make_sign_up_links(db, me, number, now())
    except Invalid as error:
        return _index(error.status, error=error)
    return _index(links=codes)


@blueprint.post("/sign-up-links/<id:link_id>/end")
@limits.change_limit
def end_sign_up_link(link_id: int) -> ResponseReturnValue:
    """End a link to sign up by that nobody has used."""
    me = administrator()
    with writing() as db:
        administering.end_sign_up_link(db, me, link_id, now())
    return redirect(url_for("admin.index", said="ended"), 303)
