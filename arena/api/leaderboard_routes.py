"""Leaderboards and the analysis of the finals, as they may be shown at the time of asking."""

from apiflask import APIBlueprint

from arena import hosting, leaderboards, standings, teams, wire
from arena.api import describing
from arena.api.paging import BoardPage
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
@blueprint.output(wire.Analysis)
@blueprint.doc(responses={403: "Nothing is shown before the reveal: not_revealed."})
def analysis(slug: str) -> wire.Analysis:
    """Show the private scores of the finals and the baselines, after the reveal."""
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
    return wire.Analysis(
        challenge=hosted.slug,
        revealed=found.revealed,
        primary=describing.primary_key(hosted.definition),
        rows=[describing.row(one) for one in found.rows],
    )
