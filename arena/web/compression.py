"""Smaller answers for slow lines: static files and pages as gzip, but for pages that hold a secret.

Whoever can measure the length of an encrypted answer, and put words of his own into it, learns from compression what else
stands in it (BREACH). So a page with a form's token, and with it every page of whoever is signed in, is sent as it is.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

SECRET = b'name="csrf_token"'
# Below this a packet is a packet, and the header costs more than is won.
WORTHWHILE = 1024
# A page is compressed while its reader waits; a static file once.
QUICK, THOROUGH = 4, 9


def install(app: Flask) -> None:
    """Compress what may be compressed, on its way out."""
    app.after_request(_squeezed)


@lru_cache(maxsize=64)
def thorough(content: bytes) -> bytes:
    """Return a static file's content as gzip; it stays in memory, since it is asked for again and again."""
    return gzip.compress(content, THOROUGH, mtime=0)


@lru_cache(maxsize=16)
def _quick(content: bytes) -> bytes:
    return gzip.compress(content, QUICK, mtime=0)


def understood() -> bool:
    """Whether the caller can read gzip."""
    return request.accept_encodings.quality("gzip") > 0


def _squeezed(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if response.status_code != 200 or "Content-Encoding" in response.headers or not understood():
        return response
    if len(content) < WORTHWHILE or SECRET in content:
        return response
    response.set_data(_quick(content))
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag is not None and not weak:
        # The same page, but not the same bytes.
        response.set_etag(tag, weak=True)
    return response
