"""One version of a challenge: what it says, what it changed in the one before, and the digests to check it by."""

import json

from flask import Blueprint
from flask.typing import ResponseReturnValue

from arena import versions
from arena.web.scenes import scene
from arena.web.site import reading

blueprint = Blueprint("version", __name__)


@blueprint.get("/challenges/<slug>/versions/<int:number>")
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show one version of the challenge whole; earlier ones stay readable."""
    with reading() as session:
        here = scene(session, slug)
        found = versions.one(session, here.hosted, number)
        last = len(versions.every(session, here.hosted))
    definition = json.dumps(found.definition, ensure_ascii=False, indent=2, sort_keys=True)
    return here.page("version.html", tab="rules", version=found, last=last, definition_json=definition)
