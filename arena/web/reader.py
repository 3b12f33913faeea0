"""The reader of a page: who it is, in which language and light it is read."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from arena import sessions
from arena.store.models import User
from arena.web import devices
from arena.web.site import now, reading, site, writing

LANGUAGES = ("ko", "en")
THEMES = ("light", "dark")
LANGUAGE_COOKIE, THEME_COOKIE = "arena_language", "arena_theme"
YEAR = 365 * 24 * 3600


class SignedIn(UserMixin):  # type: ignore[misc]
    """A signed-in account as Flask-Login keeps it: the cookie holds the secret of a session that is a row of the database."""

    def __init__(self, row: User, key: str) -> None:
        self.row = row
        self.key = key

    def get_id(self) -> str:
        return self.key


def install(app: Flask) -> None:
    """Teach the application who its reader is."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)
    app.before_request(_prefer)


def me() -> User | None:
    """Return the signed-in account, or none."""
    return current_user.row if current_user.is_authenticated else None


def key() -> str:
    """Return the secret of the reader's session, or nothing."""
    return str(current_user.key) if current_user.is_authenticated else ""


def sign_in(user: User) -> None:
    """Open a session for this account, with nothing in it that was there before: nobody can have prepared it."""
    with writing() as db:
        opened = sessions.begin(db, user, device=devices.name(request.user_agent.string), at=now(), replacing=key())
    session.clear()
    session.permanent = True
    login_user(SignedIn(user, opened), remember=False, fresh=True)


def sign_out() -> None:
    """End the reader's session, in the database too."""
    if key():
        with writing() as db:
            sessions.end(db, key(), now())
    logout_user()
    session.clear()


def language() -> str:
    """Return the page's language: the reader's choice, else the account's, else what the browser asks for."""
    if "language" not in g:
        chosen = request.cookies.get(LANGUAGE_COOKIE)
        user = me() if chosen not in LANGUAGES else None
        g.language = (
            chosen
            if chosen in LANGUAGES
            else user.language
            if user
            else request.accept_languages.best_match(LANGUAGES, "ko")
        )
    return str(g.language)


def theme() -> str | None:
    """Return light or dark if the reader chose one; none follows the device."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else None


def remember(response: Response, name: str, value: str) -> None:
    """Keep a preference for a year."""
    secure = site().settings.secure_cookies
    response.set_cookie(name, value, max_age=YEAR, httponly=True, secure=secure, samesite="Lax")


def here(**changed: str) -> str:
    """Return the address of this page with some of its arguments changed, for links that switch language or light."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in ("lang", "theme")}
    query = urlencode({**kept, **changed})
    # Two slashes or a backslash at the start would name another site.
    path = "/" + quote(request.path.lstrip("/\\"), safe="/")
    return path + (f"?{query}" if query else "")


def _load(stored: str) -> SignedIn | None:
    with reading() as db:
        user = sessions.reader(db, stored, now())
    return SignedIn(user, stored) if user is not None else None


def _prefer() -> ResponseReturnValue | None:
    # A link that switches language or light sets a cookie and leads back to the same address without the switch.
    wanted, light = request.args.get("lang"), request.args.get("theme")
    if request.method != "GET" or (wanted not in LANGUAGES and light not in (*THEMES, "system")):
        return None
    response = redirect(here(), 303)
    if wanted in LANGUAGES:
        remember(response, LANGUAGE_COOKIE, wanted)
    if light in THEMES:
        remember(response, THEME_COOKIE, light)
    elif light == "system":
        response.delete_cookie(THEME_COOKIE)
    return response
