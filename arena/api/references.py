"""A reference for every request: in the answer's header, in every problem, and in the log."""

import secrets

from flask import Flask, Response, g

HEADER = "X-Request-Id"


def install(app: Flask) -> None:
    """Put the reference into every answer."""
    app.after_request(_name)


def reference() -> str:
    """Return this request's reference. A caller's own is not taken over: it would be theirs that the log quotes."""
    if "reference" not in g:
        token = secrets.token_hex(4)
        g.reference = f"req-{token[:4]}-{token[4:]}"
    return str(g.reference)


def _name(response: Response) -> Response:
    response.headers[HEADER] = reference()
    return response
