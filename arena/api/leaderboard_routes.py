"""Leaderboards and the analysis of the finals, as they may be shown at the time of asking."""

import gzip
import hashlib
import json
from dataclasses import asdict

from apiflask import APIBlueprint
from flask import Response, request
from sqlmodel import Session

from arena import analyses, hosting, leaderboards, standings, teams, wire, wire_analysis
from arena.api import describing
from arena.api.paging import BoardPage, Page, next_page
from arena.api.parts import now, parts, reading, someone
from arena.hosting import Hosted
from arena.keeping import TOLD, Bytes, Made
from arena.standings import Standings
from arena.store import boards as store
from arena.store.models import User

blueprint = APIBlueprint("leaderboards", __name__, tag="Leaderboards")

QUICK = 4  # compressed once for all callers, while the first of them waits


@blueprint.get("/challenges/<slug:slug>/leaderboard")
@blueprint.input(BoardPage, location="query")
@blueprint.output(wire.Leaderboard)
@blueprint.doc(responses={403: "The private split is shown after the reveal: not_revealed."})
def board(slug: str, query_data: BoardPage) -> Response | wire.Leaderboard:
    """Show the leaderboard of one split; teams come first, then the baselines."""
    here, user = parts(), someone()
    version = store.version(here.engine, slug)
    if version is None or version.state not in hosting.PUBLIC:
        with reading() as session:
            hosted = hosting.seen(session, user, slug)
            found = standings.standings(
                session, hosted, split=query_data.split, at=now(), labels_version=query_data.labels
            )
            return _described(session, hosted, found, query_data)

    def draw() -> Made[Bytes]:
        found, taken = here.boards.now(
            here.engine, version, here.clock, split=query_data.split, labels_version=query_data.labels
        )
        with reading() as session:
            hosted = hosting.by_id(session, version.challenge_id)
            plain = _described(session, hosted, found, query_data).model_dump_json().encode()
        squeezed = gzip.compress(plain, QUICK, mtime=0)
        tag, until = hashlib.sha256(plain).hexdigest()[:32], hosted.next_moment(now())
        answer = Bytes(plain, squeezed, tag, query_data.split, query_data.labels, until)
        return Made(answer, len(plain) + len(squeezed), until, label=taken)

    key = (version.challenge_id, "api", query_data)
    answer, told = here.boards.answer(key, here.engine, version, here.clock, draw)
    if user is not None:
        return _with_own(slug, user, answer)
    request.environ[TOLD] = told
    squeezed = request.accept_encodings.quality("gzip") > 0
    response = Response(answer.squeezed if squeezed else answer.plain, mimetype="application/json")
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(answer.tag, weak=True)
    return response


def _described(session: Session, hosted: Hosted, found: Standings, asked: BoardPage) -> wire.Leaderboard:
    lines = found.lines[asked.offset : asked.offset + asked.limit]
    return describing.leaderboard(
        hosted,
        found,
        leaderboards.rows_of(session, hosted, found, lines),
        limit=asked.limit,
        offset=asked.offset,
        labels=asked.labels,
        labels_versions=standings.labels_versions(session, hosted, found, now()),
    )


def _with_own(slug: str, user: User, answer: Bytes) -> Response:
    """Answer with the same rows, the one of the caller's team marked as such."""
    content = answer.plain
    with reading() as session:
        team = teams.team_of(session, user, hosting.seen(session, user, slug))
    if team is not None and b'"team":' + json.dumps(team.name, ensure_ascii=False).encode() in content:
        board = wire.Leaderboard.model_validate_json(content)
        rows = [one.model_copy(update={"you": one.team == team.name and one.baseline is None}) for one in board.rows]
        content = board.model_copy(update={"rows": rows}).model_dump_json().encode()
    return Response(content, mimetype="application/json")


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
