"""Signing up, in and out; the account's own page with its tokens."""

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import accounts, admission, mailboxes, outbox, scopes, sessions
from arena.errors import ArenaError, Forbidden, NotFound, NotSignedIn, UserError
from arena.store.models import User
from arena.web import limits, reader
from arena.web.rendering import page
from arena.web.site import now, reading, site, writing
from challenges.text import Text

blueprint = Blueprint("account", __name__)

TOKEN_DAYS = {"90": 90, "365": 365, "never": None}


def require_user() -> User:
    """Return the signed-in account, or send the reader to sign in."""
    user = reader.me()
    if user is None:
        raise NotSignedIn("sign_in_first", Text("먼저 로그인하십시오.", "Sign in first."))
    return user


def onward() -> str:
    """Return where to go after signing in: an address of this site only."""
    wanted = request.values.get("next", "")
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside else url_for("home.index")


def _enter(user: User) -> Response:
    reader.sign_in(user)
    response = redirect(onward(), 303)
    reader.remember(response, reader.LANGUAGE_COOKIE, user.language)
    return response


@blueprint.route("/signup", methods=["GET", "POST"])
@limits.sign_up_limit
def sign_up() -> ResponseReturnValue:
    """Make an account and enter it."""
    if reader.me():
        return redirect(onward(), 303)
    code = request.values.get("code", "")
    invited_only = site().settings.signup == "invite"
    if invited_only:
        with reading() as db:
            if not accounts.link_is_open(db, code=code, purpose="signup", at=now()):
                return page("signup_closed.html", 403, area="sign_in")
    if request.method == "GET":
        return page("signup.html", area="sign_in", error=None, values=request.args, code=code, next=onward())
    try:
        with writing() as db:
            user = accounts.sign_up(
                db,
                email=request.form.get("email", ""),
                name=request.form.get("name", ""),
                password=request.form.get("password", ""),
                language=request.form.get("language", reader.language()),
                policy=site().settings.signup,
                code=code or None,
                at=now(),
            )
            mailboxes.send_verification(db, user, base_url=site().settings.base_url, at=now())
    except UserError as error:
        return page(
            "signup.html", error.status, area="sign_in", error=error, values=request.form, code=code, next=onward()
        )
    return _enter(user)


@blueprint.route("/signin", methods=["GET", "POST"])
@limits.sign_in_limit
@limits.one_account_limit
def sign_in() -> ResponseReturnValue:
    """Open a session."""
    if request.method == "GET":
        if reader.me():
            return redirect(onward(), 303)
        return page("signin.html", area="sign_in", error=None, email="", next=onward())
    email = request.form.get("email", "")
    try:
        with reading() as db:
            user = accounts.sign_in(db, email=email, password=request.form.get("password", ""), at=now())
    except NotSignedIn as error:
        return page("signin.html", 401, area="sign_in", error=error, email=email, next=onward())
    return _enter(user)


@blueprint.post("/signout")
def sign_out() -> ResponseReturnValue:
    """End this session; a copy of its cookie opens nothing any more."""
    reader.sign_out()
    return redirect(url_for("home.index"), 303)


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
@limits.sign_up_limit
def set_up(token: str) -> ResponseReturnValue:
    """Make the first administrator by the link that `arena up` prints."""
    with reading() as db:
        if not accounts.link_is_open(db, code=token, purpose="setup", at=now()):
            raise NotFound
    error: ArenaError | None = None
    if request.method == "POST":
        try:
            with writing() as db:
                user = accounts.use_setup_link(
                    db,
                    code=token,
                    email=request.form.get("email", ""),
                    name=request.form.get("name", ""),
                    password=request.form.get("password", ""),
                    language=request.form.get("language", reader.language()),
                    at=now(),
                )
                mailboxes.send_verification(db, user, base_url=site().settings.base_url, at=now())
            return _enter(user)
        except UserError as found:
            error = found
    status = error.status if error else 200
    return page("setup.html", status, area="sign_in", error=error, values=request.form, token=token)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@limits.sign_up_limit
def reset(token: str) -> ResponseReturnValue:
    """Set a password by a one-time link, mailed or from an administrator."""
    with reading() as db:
        if not accounts.link_is_open(db, code=token, purpose="reset", at=now()):
            return link_ended("reset")
    error: ArenaError | None = None
    if request.method == "POST":
        try:
            with writing() as db:
                user = accounts.use_reset_link(db, code=token, password=request.form.get("password", ""), at=now())
                if user.email_verified_at is not None:
                    admission.verified(db, user, now())
            return _enter(user)
        except (UserError, Forbidden) as found:
            error = found
    return page("reset.html", error.status if error else 200, area="sign_in", error=error, token=token)


def link_ended(purpose: str) -> Response:
    """Say that a one-time link does not work, and how to come by another; used, expired or never made look the same."""
    with reading() as db:
        mails = outbox.has_sender(db)
    return page("link_ended.html", 404, area="sign_in", purpose=purpose, mails=mails)


def account_page(
    status: int = 200, *, error: ArenaError | None = None, form: str = "", secret: str = "", saved: str = ""
) -> Response:
    user = require_user()
    with reading() as db:
        fresh = accounts.user(db, user.id or 0)
        tokens = accounts.tokens(db, user)
        opened = [(one, sessions.is_of(one, reader.key())) for one in sessions.open_ones(db, user, now())]
        mails = outbox.has_sender(db)
    return page(
        "account.html",
        status,
        area="account",
        user=fresh,
        tokens=tokens,
        opened=opened,
        mails=mails,
        values=request.form,
        scopes=scopes.MEANING,
        error=error,
        form=form,
        secret=secret,
        saved=saved,
        sends_mail=bool(site().settings.mail_url),
    )


@blueprint.get("/account")
def show() -> ResponseReturnValue:
    """Show the account."""
    return account_page(saved=request.args.get("saved", ""))


@blueprint.post("/account/profile")
@limits.change_limit
def profile() -> ResponseReturnValue:
    """Save name, affiliation and language."""
    user = require_user()
    try:
        with writing() as db:
            accounts.update_profile(
                db,
                user,
                name=request.form.get("name", ""),
                affiliation=request.form.get("affiliation", ""),
                language=request.form.get("language", ""),
            )
    except UserError as error:
        return account_page(error.status, error=error, form="profile")
    response = redirect(url_for("account.show", saved="profile"), 303)
    reader.remember(response, reader.LANGUAGE_COOKIE, user.language)
    return response


@blueprint.post("/account/password")
@limits.change_limit
def password() -> ResponseReturnValue:
    """Change the password; every other session of the account ends."""
    user = require_user()
    try:
        with writing() as db:
            form = request.form
            accounts.change_password(db, user, old=form.get("old", ""), new=form.get("password", ""), at=now())
    except UserError as error:
        return account_page(error.status, error=error, form="password")
    reader.sign_in(user)
    return redirect(url_for("account.show", saved="password"), 303)


@blueprint.post("/account/sessions/<id:sign_in_id>/end")
@limits.change_limit
def end_session(sign_in_id: int) -> ResponseReturnValue:
    """End one session of the account, wherever it is open."""
    user = require_user()
    with writing() as db:
        sessions.end_one(db, user, sign_in_id, now())
    return redirect(url_for("account.show", saved="session"), 303)


@blueprint.post("/account/sessions/end")
@limits.change_limit
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    user = require_user()
    with writing() as db:
        sessions.end_all(db, user.id or 0, now())
    reader.sign_out()
    return redirect(url_for("account.sign_in"), 303)


@blueprint.post("/account/tokens")
@limits.change_limit
def make_token() -> ResponseReturnValue:
    """Make a token and show its secret once, in the answer to the form and nowhere else."""
    user = require_user()
    days = TOKEN_DAYS.get(request.form.get("days", "90"), 90)
    expires = now() + timedelta(days=days) if days else None
    try:
        with writing() as db:
            name, may = request.form.get("token", ""), request.form.getlist("scope")
            _, secret = accounts.issue_token(db, user, name=name, at=now(), expires_at=expires, may=may)
    except UserError as error:
        return account_page(error.status, error=error, form="token")
    return account_page(secret=secret)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@limits.change_limit
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token."""
    user = require_user()
    with writing() as db:
        accounts.revoke_token(db, user, token_id, now())
    return redirect(url_for("account.show", saved="token"), 303)
