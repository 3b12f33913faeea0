"""The analysis of the finals: how sure each rank is, drawn and written, and the same numbers to download."""

import json
from dataclasses import asdict

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from arena import analyses
from arena.analyses import Analysis
from arena.errors import NotFound
from arena.web import analysis_figures, analysis_words
from arena.web.organizing.desk import csv_file
from arena.web.scenes import Scene, scene
from arena.web.site import reading

blueprint = Blueprint("analysis", __name__, url_prefix="/challenges/<slug>")

TABLES = {
    "ranks": analysis_figures.ranks_table,
    "pairs": analysis_figures.pairs_table,
    "rules": analysis_figures.rules_table,
}


def _found(slug: str) -> tuple[Scene, Analysis | None]:
    with reading() as session:
        here = scene(session, slug)
        if not here.hosted.definition.metrics:
            raise NotFound
        return here, analyses.of(session, here.hosted, here.at)


@blueprint.get("/analysis")
def show(slug: str) -> ResponseReturnValue:
    """Show how sure the ranks of the finals are."""
    here, analysis = _found(slug)
    if analysis is None:
        return here.page("analysis.html", tab="analysis", analysis=None, figures=[], findings=[])
    headline, lead = analysis_words.headline(analysis)
    own = here.team.id if here.team else None
    return here.page(
        "analysis.html",
        tab="analysis",
        analysis=analysis,
        headline=headline,
        lead=lead,
        findings=analysis_words.findings(here.hosted, analysis),
        figures=analysis_figures.all_of(here.hosted, analysis, own),
    )


@blueprint.get("/analysis/<name>.csv")
def table(slug: str, name: str) -> ResponseReturnValue:
    """Send one table of the analysis at full precision."""
    _, analysis = _found(slug)
    if analysis is None or name not in TABLES:
        raise NotFound
    return csv_file(f"{slug}-{name}.csv", *TABLES[name](analysis))


@blueprint.get("/analysis.json")
def whole(slug: str) -> ResponseReturnValue:
    """Send the whole analysis as JSON."""
    _, analysis = _found(slug)
    if analysis is None:
        raise NotFound
    content = {"challenge": slug, **asdict(analysis), "computed_at": analysis.computed_at.isoformat()}
    answer = Response(json.dumps(content, ensure_ascii=False, indent=1) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-analysis.json"'
    return answer
