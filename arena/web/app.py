"""The web application, put together from its parts; nothing is read, connected to or started here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from arena.addresses import CONVERTERS
from arena.keeping import Boards
from arena.queue import Queue
from arena.settings import Settings
from arena.store.blobs import Blobs
from arena.web import (
    account_pages,
    admin_pages,
    analysis_pages,
    assets,
    challenge_pages,
    compression,
    datasheet_pages,
    departure_pages,
    errors_pages,
    figure_pages,
    guide_pages,
    health_pages,
    home_pages,
    joining_pages,
    leaderboard_pages,
    limits,
    mailbox_pages,
    manual_pages,
    measures,
    new_challenge_pages,
    notebook_pages,
    notice_pages,
    practice_pages,
    reader,
    rendering,
    security,
    submission_pages,
    team_pages,
    verify_pages,
    version_pages,
)
from arena.web.forms import FORM_BYTES, csrf
from arena.web.organizing.all_pages import BLUEPRINTS
from arena.web.sessions import Sessions
from arena.web.site import EXTENSION, Site, utc_now


def create_app(
    settings: Settings,
    *,
    engine: Engine,
    blobs: Blobs,
    queue: Queue,
    sign: Callable[[dict[str, Any]], dict[str, Any]],
    clock: Callable[[], datetime] = utc_now,
    limits_storage: str = "memory://",
    boards: Boards | None = None,
) -> Flask:
    """Return the site's pages as a WSGI application."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="arena_session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        # Uploads raise this for themselves, once it is known who sends what to which challenge.
        MAX_CONTENT_LENGTH=FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.extensions[EXTENSION] = Site(settings, engine, blobs, queue, sign, clock, boards or Boards())
    app.session_interface = Sessions()
    app.url_map.converters.update(CONVERTERS)
    security.install(app)
    compression.install(app)
    reader.install(app)
    csrf.init_app(app)
    limits.install(app, limits_storage)
    rendering.install(app)
    app.jinja_env.globals.update(measures=measures, must_verify=mailbox_pages.must_verify)
    errors_pages.install(app)
    for module in (
        assets,
        health_pages,
        home_pages,
        account_pages,
        notice_pages,
        mailbox_pages,
        departure_pages,
        admin_pages,
        challenge_pages,
        datasheet_pages,
        team_pages,
        joining_pages,
        submission_pages,
        practice_pages,
        figure_pages,
        verify_pages,
        leaderboard_pages,
        analysis_pages,
        version_pages,
        guide_pages,
        new_challenge_pages,
        manual_pages,
        notebook_pages,
    ):
        app.register_blueprint(module.blueprint)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
