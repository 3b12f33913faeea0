"""Static files, served under addresses that name their content, so that browsers may keep them for ever."""

import hashlib
import io
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from arena.web import compression

FOLDER = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600
TEXTS = {".css", ".js", ".json", ".svg"}

blueprint = Blueprint("assets", __name__)


MODULES = "publishing"  # scripts that import each other, by addresses relative to the first one's


@cache
def digest(name: str) -> str:
    """Return the first part of a file's SHA-256, as it stands in its address; modules that belong together share one."""
    content = hashlib.sha256((FOLDER / name).read_bytes())
    if name.startswith(f"{MODULES}/"):
        for path in (*sorted((FOLDER / MODULES).glob("*.js")), FOLDER / "vendor" / "VENDORED.json"):
            content.update(path.read_bytes())
    return content.hexdigest()[:16]


def address(name: str) -> str:
    """Return the address under which a file's present content is served."""
    return url_for("assets.serve", version=digest(name), name=name)


@blueprint.get("/static/<version>/<path:name>")
def serve(version: str, name: str) -> Response:
    """Serve a file. A stylesheet's fonts are asked for under the stylesheet's own version, so any version serves."""
    found = safe_join(str(FOLDER), name)
    if found is None:
        raise NotFound
    try:
        # Read whole: a browser that turns away in the middle would leave a file open.
        content = Path(found).read_bytes()
    except (OSError, ValueError):  # no file, a folder, or a name that no file system takes
        raise NotFound from None
    # Fonts and pictures are compressed already.
    text = Path(found).suffix in TEXTS
    squeezed = text and compression.understood()
    sent = io.BytesIO(compression.thorough(content) if squeezed else content)
    tag = digest(name) + ("-gzip" if squeezed else "")
    response = send_file(sent, download_name=Path(found).name, max_age=YEAR, etag=tag)
    if text:
        response.vary.add("Accept-Encoding")
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    if not version.isalnum() or len(version) != 16:
        response.cache_control.no_cache = True
        return response
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
