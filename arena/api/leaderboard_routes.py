"""Leaderboards and the analysis of the finals, as they may be shown at the time of asking."""

from dataclasses import asdict

from apiflask import APIBlueprint

from arena import analyses, hosting, leaderboards, standings, teams, wire, wire_analysis
from arena.api import describing
from arena.api.paging import BoardPage, Page, next_page
from arena.api.parts import now, reading, someone

blueprint = APIBlueprint("leaderboards", __name__, tag="Leaderboards")


@blueprint.get("/challenges/<slug:slug>/leaderboard")
@blueprint.input(BoardPage, location="query")
@blueprint.output(wire.Leaderboard)
@blueprint.doc(responses={403: "The private split is shown after the reveal: not_revealed."})
def board(slug: str, query_data: BoardPage) -> wire.Leaderboard:
    """Show the leaderboard of one split; teams come first, then the baselines."""
    with reading() as session:
        hosted = hosting.seen(session, someone(), slug)
        team = teams.team_of(session, someone(), hosted)
        found = leaderboards.board(
            session,
            hosted,
            split=query_data.split,
            viewer_team_id=team.id if team else None,
            at=now(),
            labels_version=query_data.labels,
        )
        known = standings.labels_versions(session, hosted, query_data.split, now())
    return describing.leaderboard(
        hosted,
        found,
        limit=query_data.limit,
        offset=query_data.offset,
        labels=query_data.labels,
        labels_versions=known,
    )


@blueprint.get("/challenges/<slug:slug>/analysis")
@blueprint.input(Page, location="query")
@blueprint.output(wire_analysis.Analysis)
@blueprint.doc(responses={403: "Nothing is shown before the reveal: not_revealed."})
def analysis(slug: str, query_data: Page) -> wire_analysis.Analysis:
    """Show the private scores of the finals and the baselines, and how sure their ranks are, after the reveal."""
    with reading() as session:
        hosted = hosting.seen(session, someone(), slug)
        team = teams.team_of(session, someone(), hosted)
        found = leaderboards.board(
            session,
            hosted,
            split="private",
            viewer_team_id=team.id if team else None,
            at=now(),
        )
        compared = analyses.of(session, hosted, now())
    rows = found.rows[query_data.offset :]
    return wire_analysis.Analysis(
        challenge=hosted.slug,
        revealed=found.revealed,
        primary=describing.primary_key(hosted.definition),
        total=len(found.rows),
        rows=[describing.row(one) for one in rows[: query_data.limit]],
        next=next_page(query_data, len(rows), "challenges", slug, "analysis"),
        comparison=wire_analysis.Comparison.model_validate(asdict(compared)) if compared else None,
    )
