"""The figures of a report as files: a drawing that stands alone, and its numbers for a spreadsheet."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from arena.errors import NotFound
from arena.web import report_scene
from arena.web.charts import standalone
from arena.web.figures import Figure
from arena.web.report_scene import Told

blueprint = Blueprint("figure", __name__)


@blueprint.get("/submissions/<public_id>/figures/<figure>.svg")
def drawing(public_id: str, figure: str) -> ResponseReturnValue:
    """Send one figure of a report as a drawing."""
    told, found = _found(public_id, figure)
    source = f"Arena · {told.view.slug} · {told.view.public_id}"
    return _file(standalone.document(found.chart, found.finding, source), "image/svg+xml", told, f"{figure}.svg")


@blueprint.get("/submissions/<public_id>/figures/<figure>.csv")
def numbers(public_id: str, figure: str) -> ResponseReturnValue:
    """Send the numbers of one figure of a report."""
    told, found = _found(public_id, figure)
    return _file(found.csv(), "text/csv", told, f"{figure}.csv")


def _found(public_id: str, name: str) -> tuple[Told, Figure]:
    told = report_scene.gather(public_id)
    found = told.figures.get(name)
    if found is None:
        raise NotFound
    return told, found


def _file(content: str, kind: str, told: Told, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{told.view.slug}-{told.view.number}-{name}"'
    # It changes with the reveal, and with the language of whoever reads it.
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
