"""The metrics guide: every metric's meaning, reading and traps, from the scorers' catalogue."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from arena.web import measures
from arena.web.rendering import page
from challenges.text import Text
from scorers.catalogue import METRICS

blueprint = Blueprint("guide", __name__)

KINDS = (
    ("survival", Text("생존", "Survival")),
    ("competing", Text("경쟁 위험", "Competing risks")),
    ("binary", Text("이분 결과", "Binary outcomes")),
    ("effect", Text("효과 추정", "Effect estimates")),
)


@blueprint.get("/metrics-guide")
def index() -> ResponseReturnValue:
    """Show all metrics by the kind of challenge that uses them."""
    seen: set[str] = set()
    groups = []
    for kind, title in KINDS:
        found = [metric for metric in METRICS.values() if kind in metric.kinds and metric.name not in seen]
        seen.update(metric.name for metric in found)
        if found:
            groups.append((kind, title, found))
    return page("guide.html", area="guide", groups=groups, short=measures.SHORT)
