"""The report of a practice file as one HTML file: the site's own look and charts, and nothing that has to be fetched."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, render_template

from arena import practising
from arena.hosting import Hosted
from arena.practising import PracticeView
from arena.store.models import Challenge
from arena.web import assets, measures, practice_report, rendering, reports
from arena.web.answers import digits
from challenges import dictionary
from challenges.definition import Definition
from challenges.dictionary import DictionaryError

# The sheet's fonts lie on the site; on a reader's own computer its own take their place.
_FACES = re.compile(r"@font-face\s*\{[^}]*\}")


def write(folder: Path, definition: Definition, found: dict[str, Any], language: str) -> str:
    """Return the page; `found` is what `python -m worker report` said of the file."""
    app = Flask(__name__, static_folder=None)
    rendering.install(app)
    app.jinja_env.globals["measures"] = measures
    hosted, view = _hosted(definition), _view(definition, found)
    with app.test_request_context():
        g.language = language
        return render_template(
            "practice_sheet.html",
            definition=definition,
            hosted=hosted,
            view=view,
            shown=practice_report.shown(hosted, view, _codes(folder, definition)),
            style=_FACES.sub("", (assets.FOLDER / "arena.css").read_text(encoding="utf-8")),
            reason=reports.reason,
            digits=digits,
        )


def _hosted(definition: Definition) -> Hosted:
    """Return the challenge as the parts of the report ask for it; it is hosted nowhere."""
    row = Challenge(
        slug=definition.slug,
        version=definition.version,
        kind=definition.kind,
        definition={},
        definition_sha256=definition.digest(),
        facts={},
        state="published",
        created_at=datetime.now(UTC),
    )
    return Hosted(row=row, definition=definition, files={}, labels=None)


def _view(definition: Definition, found: dict[str, Any]) -> PracticeView:
    at = datetime.now(UTC)
    return PracticeView(
        public_id="",
        slug=definition.slug,
        status="done",
        created_at=at,
        finished_at=at,
        filename=found["file"],
        file_sha256="",
        rows=found["rows"],
        size=0,
        note="",
        own=True,
        against_filename=found["against_file"],
        against_public_id=None,
        failure=None,
        **practising.read(found),
    )


def _codes(folder: Path, definition: Definition) -> dict[str, dict[str, str]]:
    """Return what the codes of the dictionary's columns mean, where the folder has a dictionary."""
    name = definition.files.dictionary
    if name is None or not (folder / name).is_file():
        return {}
    try:
        return {one.column: dict(one.codes) for one in dictionary.read(folder / name)}
    except (DictionaryError, UnicodeDecodeError):
        return {}
