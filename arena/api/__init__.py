"""The JSON API, version 1: the same use cases as the pages, with a token instead of a session."""

from collections.abc import Callable
from datetime import datetime

from apiflask import APIFlask
from sqlalchemy import Engine

from arena.addresses import CONVERTERS
from arena.api import (
    answering,
    challenge_routes,
    leaderboard_routes,
    limits,
    openapi,
    organizer_routes,
    parts,
    practice_routes,
    problems,
    receipt_routes,
    receiving,
    report_routes,
    submission_routes,
    team_routes,
    version_routes,
)
from arena.keeping import Boards
from arena.queue import Queue
from arena.receipts import Signer
from arena.settings import Settings
from arena.store.blobs import Blobs

# Bodies other than uploads are a few words of JSON.
LARGEST_BODY = 64 << 10


def create_api(
    *,
    settings: Settings,
    engine: Engine,
    blobs: Blobs,
    queue: Queue,
    signer: Signer,
    clock: Callable[[], datetime],
    boards: Boards | None = None,
    limited: bool = True,
) -> APIFlask:
    """Return the WSGI application that the composition root mounts at /api/v1; nothing is opened or connected yet.

    `limited=False` leaves out the rate limits, for benchmarks of what lies behind them.
    """
    app = APIFlask(
        "arena.api",
        title="Arena",
        version="1",
        json_errors=False,
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]
    )
    # Werkzeug counts its own read buffer of 64 KB as memory of the form: a smaller bound would refuse every large file.
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=1 << 20)
    app.url_map.converters.update(CONVERTERS)
    app.url_map.strict_slashes = False
    parts.install(app, parts.Parts(settings, engine, blobs, queue, signer, clock, boards or Boards()))
    # In this order: who it is, whether that caller asks too often, whether the token was one.
    app.before_request(parts.identify)
    if limited:
        limits.install(app, settings.redis_url)
    app.before_request(parts.refuse_bad_token)
    receiving.install(app)
    app.before_request(openapi.require_json)
    problems.install(app)
    answering.install(app)
    for routes in (
        challenge_routes,
        team_routes,
        submission_routes,
        practice_routes,
        report_routes,
        leaderboard_routes,
        organizer_routes,
        version_routes,
        receipt_routes,
    ):
        app.register_blueprint(routes.blueprint)
    openapi.install(app)
    return app
