"""The leaderboard: drawn once for all readers of one version of it; what is a reader's own is added apart."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlmodel import Session

from arena import hosting, leaderboards, spreadsheets, standings, viewing
from arena.errors import NotFound
from arena.hosting import Hosted
from arena.keeping import TOLD, Bytes, Label, Made
from arena.standings import Standings
from arena.store import boards as store
from arena.web import compression, leaderboard_words, measures, reader, reports
from arena.web import leaderboard_tables as tables
from arena.web.leaderboard_tables import PAGE, Asked, Table
from arena.web.scenes import Scene, scene
from arena.web.site import reading, site

blueprint = Blueprint("leaderboard", __name__)

ARGUMENTS = {"split", "page", "labels", "q", "affiliation", "sort"}
# A name longer than any that a team may have finds nothing.
LONGEST_NAME = 100
# What a page is drawn with: another version of Arena draws it otherwise, though the leaderboard has not changed.
DRAWN_BY = (
    *sorted(Path(__file__).parent.glob("leaderboard*.py")),
    *sorted((Path(__file__).parent / "templates").glob("*.html")),
)


@blueprint.get("/challenges/<slug>/leaderboard")
def show(slug: str) -> ResponseReturnValue:
    """Show one split's leaderboard as it may be shown now."""
    version = store.version(site().engine, slug)
    if version is None or version.state not in hosting.PUBLIC:
        return _preview(slug)
    if reader.me() is None:
        return _for_everybody(slug, version)
    with reading() as session:
        here = scene(session, slug)
        asked = _asked(here.hosted, here.status)
        found, label = _standings(version, asked)
        tag = _tag(label, here, store.decided(session, here.team.id) if here.team and here.team.id else 0)
        if tag in request.headers.get("If-None-Match", ""):
            return _unchanged(tag)
        content = _page(session, here, asked, found, label, tag)
    response = Response(content, mimetype="text/html")
    response.headers["ETag"] = tag
    return response


@blueprint.get("/challenges/<slug>/leaderboard.csv")
def table(slug: str) -> ResponseReturnValue:
    """Send one split's leaderboard as a file, every number in full."""
    with reading() as session:
        here = scene(session, slug)
        asked = _asked(here.hosted, here.status)
        version = store.version(site().engine, slug)
        if version is None or not here.hosted.definition.metrics:
            raise NotFound
        found, _ = _standings(version, asked)
    lines = [*tables.chosen(found, asked), *found.baselines]
    header = (
        "rank,team,affiliation,baseline,value,se,ci_low,ci_high,difference,difference_se,tie_group,public_rank,shift"
    )
    content = spreadsheets.write(header.split(","), tables.cells(lines, here.hosted))
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-leaderboard-{asked.split}.csv"'
    response.headers["Cache-Control"] = "no-store" if here.user else "no-cache"
    return response


def _for_everybody(slug: str, version: store.Version) -> Response:
    """Answer whoever is not signed in: the same bytes for all of them."""

    def draw() -> Made[Bytes]:
        with reading() as session:
            here = scene(session, slug)
            asked = _asked(here.hosted, here.status)
            found, taken = _standings(version, asked)
            tag = _tag(taken, here)
            plain = _page(session, here, asked, found, taken, tag).encode()
        squeezed = gzip.compress(plain, compression.QUICK, mtime=0)
        until = here.hosted.next_moment(here.at)
        answer = Bytes(plain, squeezed, tag, asked.split, asked.labels, until)
        return Made(answer, len(plain) + len(squeezed), until, label=taken)

    if set(request.args) <= ARGUMENTS and not request.args.get("q"):
        key = (version.challenge_id, reader.language(), reader.theme(), request.query_string)
        answer, told = site().boards.answer(key, site().engine, version, site().clock, draw)
        request.environ[TOLD] = told
    else:
        answer = draw().value
    if answer.tag in request.headers.get("If-None-Match", ""):
        return _unchanged(answer.tag)
    squeezed = compression.understood()
    response = Response(answer.squeezed if squeezed else answer.plain, mimetype="text/html")
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["ETag"] = answer.tag
    return response


def _preview(slug: str) -> Response:
    """Show organizers a leaderboard that nobody else sees: nothing of it is kept."""
    with reading() as session:
        here = scene(session, slug)
        asked = _asked(here.hosted, here.status)
        found = standings.standings(session, here.hosted, split=asked.split, at=here.at, labels_version=asked.labels)
        return Response(_page(session, here, asked, found, None, ""), mimetype="text/html")


def _standings(version: store.Version, asked: Asked) -> tuple[Standings, Label]:
    here = site()
    return here.boards.now(here.engine, version, here.clock, split=asked.split, labels_version=asked.labels)


def _unchanged(tag: str) -> Response:
    response = Response(status=304, mimetype="text/html")
    response.headers["ETag"] = tag
    return response


def _tag(label: Label, here: Scene, decided: int = 0) -> str:
    """Return what a page is known again by: everything that it is drawn from."""
    own = (here.user.id, here.team, sorted(here.roles), len(here.unread), here.must_agree, decided) if here.user else ()
    parts = (
        here.hosted.id,
        label,
        here.status,
        reader.language(),
        reader.theme(),
        request.query_string,
        own,
        _drawn_by(),
    )
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'


@cache
def _drawn_by() -> str:
    content = hashlib.sha256()
    for path in (
        *DRAWN_BY,
        Path(__file__).parent / "static" / "arena.css",
        Path(__file__).parent / "static" / "arena.js",
    ):
        content.update(path.read_bytes())
    return content.hexdigest()


def _asked(hosted: Hosted, status: str) -> Asked:
    revealed = status == "revealed" and hosted.gated
    split = "private" if (request.args.get("split") or ("private" if revealed else "public")) == "private" else "public"
    sort = request.args.get("sort", "")
    sorts = tables.SORTS if split == "private" else tables.SORTS[:2]
    return Asked(
        split=split,
        page=max(1, _number("page", 1)),
        labels=_number("labels", 0) or None,
        name=request.args.get("q", "").strip()[:LONGEST_NAME],
        affiliation=request.args.get("affiliation", ""),
        sort=sort if sort in sorts else "rank",
    )


def _number(name: str, otherwise: int) -> int:
    """Return a number of the address; whatever is none, or too long for one, counts as not given."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _page(session: Session, here: Scene, asked: Asked, found: Standings, label: Label | None, tag: str) -> str:
    hosted = here.hosted
    teams = tables.chosen(found, asked)
    pages = max(1, -(-len(teams) // PAGE))
    asked = asked._replace(page=min(asked.page, pages))
    own = next((line for line in found.lines if here.team and line.team_id == here.team.id), None)
    context = _columns(hosted, found)
    drawn, table = _drawn(
        session, here, asked, found, teams[(asked.page - 1) * PAGE : asked.page * PAGE], label, context
    )
    own_line = None
    if own is not None:
        row = leaderboards.rows_of(session, hosted, found, [own], viewer_team_id=own.team_id)[0]
        own_line = table.frame.line(row)
        given = {**_of_challenge(hosted), **context}
        drawn = _with_own(drawn, render_template("board_row.html", line=own_line, table=table, **given), own.team_id)
    history = _history(session, here, found) if here.team else Markup()
    versions = standings.labels_versions(session, hosted, found, here.at)
    moves = leaderboards.moves(session, hosted, asked.split, here.at) if len(versions) > 1 else None
    headline, lead = leaderboard_words.finding(hosted, found)
    names = {line.team for line in found.lines} if moves else set()
    return here.rendered(
        "leaderboard.html",
        tab="leaderboard",
        board=found,
        asked=asked,
        drawn=Markup(drawn),  # noqa: S704 (a template's own output)
        table=table,
        own=own_line,
        history=history,
        own_page=tables.first_page_of(teams, own.team_id) if own else 0,
        pages=pages,
        total=len(teams),
        affiliations=tables.affiliations(found),
        headline=headline,
        lead=lead,
        tag=tag,
        versions=versions,
        moves=moves,
        # Of the teams that stand on the leaderboard now; whoever has been taken off it is not named again.
        moved=[one for one in moves.ranks if one[0] in names] if moves else [],
        **context,
    )


def _history(session: Session, here: Scene, found: Standings) -> Markup:
    """Return how the reader's own team came to where it stands."""
    if here.team is None or found.split != "public":
        return Markup()
    views = [one for one in viewing.of_team(session, here.hosted, here.team, here.at) if not one.late]
    base = next((line.score.value for line in found.baselines if line.reference and line.score), None)
    return reports.history(here.hosted, views, here.at, base)


def _of_challenge(hosted: Hosted) -> dict[str, Any]:
    return {"hosted": hosted, "definition": hosted.definition}


def _columns(hosted: Hosted, found: Standings) -> dict[str, Any]:
    """Return which columns a table has, and to how many decimals."""
    definition = hosted.definition
    if not definition.metrics:
        return {"shown": False, "decimals": 3, "measured": False, "tie_break": None, "private": False}
    shown, primary = found.state == "shown", measures.metric(definition.primary)
    return {
        "shown": shown,
        "decimals": measures.decimals(hosted) if shown else primary.decimals,
        "measured": primary.has_se,
        "tie_break": None if shown else definition.tie_break,
        "private": found.split == "private",
    }


def _drawn(
    session: Session,
    here: Scene,
    asked: Asked,
    found: Standings,
    lines: list[standings.Line],
    label: Label | None,
    context: dict[str, Any],
) -> tuple[str, Table]:
    """Return the table as nobody's own, kept for the next reader, with what is needed to draw one row of it again."""

    def draw() -> Made[tuple[str, Table]]:
        rows = leaderboards.rows_of(session, here.hosted, found, [*lines, *found.baselines])
        table = tables.lay_out(here.hosted, found, rows, asked)
        if not here.hosted.definition.metrics:
            return Made(("", table), 1)
        given = {**_of_challenge(here.hosted), **context}
        text = render_template("board_table.html", table=table, board=found, asked=asked, **given)
        # Lines and drawings weigh several times what they are written as.
        return Made((text, table), 8 * len(text), here.hosted.next_moment(here.at))

    if label is None or asked.name or not set(request.args) <= ARGUMENTS:
        return draw().value
    key = (here.hosted.id, reader.language(), asked, request.query_string)
    kept, _ = site().boards.drawn.get(key, label, here.at, draw)
    return kept  # type: ignore[no-any-return]


def _with_own(drawn: str, own: str, team_id: int) -> str:
    """Put the reader's own row, drawn as such, in the place of the same row as everybody sees it."""
    begin = drawn.find(f'<tr role="row" id="t{team_id}">')
    end = drawn.find("</tr>", begin)
    return drawn if begin < 0 else drawn[:begin] + own.strip() + drawn[end + len("</tr>") :]
