"""What every response carries: a strict content policy, no sniffing, no framing, a reference to quote."""

import secrets
from typing import Any

from flask import Flask, Response, g

from arena.web.reader import me

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Give every request a reference and every response its headers."""
    app.before_request(_number)
    app.after_request(_headers)


def reference() -> str:
    """Return this request's reference, which error pages show and the log keeps."""
    if "reference" not in g:
        _number()
    return str(g.reference)


def _number() -> None:
    token = secrets.token_hex(4)
    g.reference = f"req-{token[:4]}-{token[4:]}"


def _headers(response: Response) -> Response:
    given: dict[str, Any] = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Request-Id": reference(),
    }
    for name, value in given.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.vary.update(("Cookie", "Accept-Language", "HX-Request"))
        if "Cache-Control" not in response.headers:
            # A fault may be the database's, which knows who reads.
            kept = response.status_code < 500 and me() is None
            response.headers["Cache-Control"] = "no-cache" if kept else "no-store"
    return response
