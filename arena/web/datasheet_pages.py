"""A challenge's datasheet: how its data are made, what they can tell, and what the fairness examination found."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from arena import hosting
from arena.web import measures
from arena.web.scenes import scene
from arena.web.site import reading, site
from challenges.datasheet import FILE
from challenges.text import Text

blueprint = Blueprint("datasheet", __name__, url_prefix="/challenges/<slug>")

STATES = {
    "fail": ("bad", Text("실패", "Fail")),
    "warn": ("warn", Text("주의", "Warning")),
    "pass": ("good", Text("통과", "Pass")),
}
SPLITS = {"public": Text("공개", "Public"), "private": Text("비공개", "Private")}


@blueprint.get("/datasheet")
def show(slug: str) -> ResponseReturnValue:
    """Show the datasheet."""
    with reading() as session:
        here = scene(session, slug)
    sheet = hosting.datasheet(site().blobs, here.hosted)
    definition = here.hosted.definition
    return here.page(
        "datasheet.html",
        tab="datasheet",
        sheet=sheet,
        metric=measures.name(definition.primary) if definition.metrics else "",
        states=STATES,
        splits=SPLITS,
    )


@blueprint.get(f"/{FILE}")
def as_json(slug: str) -> ResponseReturnValue:
    """Send the datasheet as it was published."""
    with reading() as session:
        here = scene(session, slug)
    sheet = hosting.datasheet(site().blobs, here.hosted)
    return Response(sheet.written(), mimetype="application/json")
