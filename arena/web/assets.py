"""Static files, served under addresses that name their content, so that browsers may keep them for ever."""

import hashlib
import io
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

FOLDER = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600

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
        content = io.BytesIO(Path(found).read_bytes())
    except (OSError, ValueError):  # no file, a folder, or a name that no file system takes
        raise NotFound from None
    response = send_file(content, download_name=Path(found).name, max_age=YEAR, etag=digest(name))
    if not version.isalnum() or len(version) != 16:
        response.cache_control.no_cache = True
        return response
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
