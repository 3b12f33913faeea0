"""What every answer carries: how long it may be kept, its ETag, and no room for a browser to guess."""

import hashlib

from flask import Flask, Response, request

from arena.api import references
from arena.api.parts import someone

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Finish every response."""
    app.after_request(_finish)
    references.install(app)


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.vary.update(("Authorization", "Accept-Language"))
    if request.method == "OPTIONS" and response.status_code == 200:
        # Flask answers with Allow alone: nothing comes with it, so it has no media type.
        response.status_code = 204
        del response.headers["Content-Type"]
    fresh = request.method in ("GET", "HEAD") and response.status_code in (200, 206, 304)
    if not fresh:
        response.headers["Cache-Control"] = "no-store"
        return response
    # Kept, but asked about every time: a leaderboard that has not changed costs a 304.
    response.headers["Cache-Control"] = "private, no-cache" if someone() is not None else "no-cache"
    if response.status_code == 200 and response.mimetype == "application/json":
        if "ETag" not in response.headers:
            response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
        response.make_conditional(request.environ)
    return response
