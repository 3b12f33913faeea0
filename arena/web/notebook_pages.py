"""The newcomer's notebook, handed out in the reader's language with this site's address in it."""

import json
from pathlib import Path

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from arena.errors import NotFound
from arena.web import reader
from arena.web.site import site
from challenges.text import Text

FOLDER = Path(__file__).parent / "notebooks"
# The address that stands in the notebook as it lies in the repository.
WRITTEN = "http://127.0.0.1:8000"
NAMES = ("newcomer",)

blueprint = Blueprint("notebook", __name__)


@blueprint.get("/notebooks/<name>.ipynb")
def download(name: str) -> ResponseReturnValue:
    """Send a notebook."""
    if name not in NAMES:
        raise NotFound(Text("그런 노트북은 없습니다.", "There is no such notebook."))
    text = (FOLDER / f"{name}.{reader.language()}.ipynb").read_text(encoding="utf-8")
    # Quoted twice: as Python within the cell, and the cell as JSON.
    address = json.dumps(json.dumps(site().settings.base_url)[1:-1])[1:-1]
    answer = Response(text.replace(WRITTEN, address), content_type="application/x-ipynb+json")
    answer.headers["Content-Disposition"] = f'attachment; filename="arena-{name}.ipynb"'
    return answer
