"""The leaderboard: the finding as a headline, the ranks as a table, every value with its interval, drawn and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from arena import leaderboards, standings
from arena.hosting import Hosted
from arena.leaderboards import Board, BoardRow
from arena.viewing import ScoreView
from arena.web import formatting, measures, reader, reports
from arena.web.charts import intervals
from arena.web.rendering import t
from arena.web.scenes import scene
from arena.web.site import reading
from challenges.text import Text

blueprint = Blueprint("leaderboard", __name__)

PAGE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, with what its cells say and its interval drawn."""

    row: BoardRow
    score: ScoreView | None
    difference: tuple[float, float, float] | None
    tie_break: ScoreView | None
    drawn: Markup


@dataclass(frozen=True, slots=True)
class Group:
    """Teams that cannot be told apart, or one team alone; name is empty for the latter."""

    name: str
    lines: tuple[Line, ...]
    band: Markup


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table as its template draws it."""

    groups: tuple[Group, ...]
    baselines: tuple[Line, ...]
    own: Line | None
    axis: Markup
    grid: Markup
    pages: int
    page: int
    own_page: int
    differences: bool


@blueprint.get("/challenges/<slug>/leaderboard")
def show(slug: str) -> ResponseReturnValue:
    """Show one split's leaderboard as it may be shown now."""
    with reading() as session:
        here = scene(session, slug)
        revealed = here.status == "revealed" and here.hosted.gated
        asked = request.args.get("split") or ("private" if revealed else "public")
        split = "private" if asked == "private" else "public"
        labels = _number("labels", 0)
        board = leaderboards.board(
            session,
            here.hosted,
            split=split,
            viewer_team_id=here.team.id if here.team else None,
            at=here.at,
            labels_version=labels or None,
        )
        versions = standings.labels_versions(session, here.hosted, split, here.at)
        moves = leaderboards.moves(session, here.hosted, split, here.at) if len(versions) > 1 else None
    table = lay_out(here.hosted, board, _number("page", 1))
    headline, lead = finding(here.hosted, board)
    return here.page(
        "leaderboard.html",
        tab="leaderboard",
        board=board,
        table=table,
        headline=headline,
        lead=lead,
        versions=versions,
        moves=moves,
        # Of the teams that stand on the leaderboard now; whoever has been taken off it is not named again.
        moved=[one for one in moves.ranks if one[0] in {row.team for row in board.rows}] if moves else [],
    )


def _number(name: str, otherwise: int) -> int:
    """Return a number of the address; whatever is none, or too long for one, counts as not given."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def lay_out(hosted: Hosted, board: Board, page: int) -> Table:
    """Return the rows of one page with their intervals drawn on one common axis."""
    differences = board.split == "private" and any(_difference(hosted, row) for row in board.rows)
    marks = {row.team_id: _mark(hosted, board, row, differences=differences) for row in board.rows}
    zero = 0.0 if differences else _reference(hosted, board)
    teams = [row for row in board.rows if row.baseline is None]
    pages = max(1, -(-len(teams) // PAGE))
    page = min(max(1, page), pages)
    # The teams and the reference span the axis: a null model far below must not press all teams together.
    spanning = [row for row in board.rows if row.baseline is None or row.reference]
    axis = intervals.Axis.over([marks[row.team_id] for row in spanning or board.rows], zero=zero)
    lines = [_line(hosted, row, axis, marks[row.team_id]) for row in teams[(page - 1) * PAGE : page * PAGE]]
    own = next((row for row in teams if row.you), None)
    return Table(
        groups=tuple(_groups(lines, axis, marks)),
        baselines=tuple(_line(hosted, row, axis, marks[row.team_id]) for row in board.rows if row.baseline is not None),
        own=_line(hosted, own, axis, marks[own.team_id]) if own else None,
        axis=intervals.board_axis(axis, differences=differences),
        grid=intervals.board_cell(axis, None),
        pages=pages,
        page=page,
        own_page=teams.index(own) // PAGE + 1 if own else 0,
        differences=differences,
    )


def finding(hosted: Hosted, board: Board) -> tuple[str, str]:
    """Return what the leaderboard says, as a headline and a sentence."""
    ranked = [row for row in board.rows if row.rank is not None]
    if not hosted.definition.metrics:
        return t("심사로 정합니다", "Decided by judging"), t(
            "이 챌린지에는 점수의 순위가 없습니다.", "This challenge has no ranking by score."
        )
    if not ranked:
        lead = Text("첫 팀이 되어 보십시오.", "Yours can be the first team.")
        if any(row.baseline is not None for row in board.rows):
            lead = Text(f"기준 모형의 자리는 아래에 있습니다. {lead.ko}", f"The baselines stand below. {lead.en}")
        return t("아직 순위에 오른 팀이 없습니다", "No team is ranked yet"), t(*lead)
    leaders = [row for row in ranked if row.rank == 1]
    value = _primary(hosted, leaders[0])
    decimals = (
        measures.decimals(hosted) if board.state == "shown" else measures.metric(hosted.definition.primary).decimals
    )
    name = measures.name(hosted.definition.primary)
    number = formatting.number(value.value, decimals) if value and value.value is not None else ""
    if len(leaders) == 1:
        headline = t(f"‘{leaders[0].team}’ 팀이 가장 앞에 있습니다", f"{leaders[0].team} stands first")
    else:
        headline = t(f"{len(leaders)}팀이 공동 선두입니다", f"{formatting.plural(len(leaders), 'team')} share the lead")
    several = formatting.plural(len(ranked), "team")
    if board.state == "shown":
        return headline, t(
            f"{len(ranked)}팀이 순위에 올랐고 가장 좋은 보이는 점수는 {name} {number}입니다. 값이 같으면 순위가 같습니다. 순위는 마감 뒤 비공개 환자로 정합니다.",
            f"{several} ranked; the best shown {name} is {number}. Equal values share a rank. The ranking is made after the close, on the private patients.",
        )
    interval = formatting.interval(*value.ci, decimals, reader.language()) if value and value.ci else ""
    with_interval = number + (t(f" (95% 신뢰구간 {interval})", f" (95% CI {interval})") if interval else "")
    return headline, t(
        f"{name} {with_interval}입니다. 모두 {len(ranked)}팀이 순위에 올랐습니다.",
        f"{name} is {with_interval}; {several} {'is' if len(ranked) == 1 else 'are'} ranked.",
    )


def _primary(hosted: Hosted, row: BoardRow) -> ScoreView | None:
    return row.scores.get(hosted.definition.primary.key)


def _difference(hosted: Hosted, row: BoardRow) -> tuple[float, float, float] | None:
    score = _primary(hosted, row)
    return reports.difference(score) if score else None


def _reference(hosted: Hosted, board: Board) -> float | None:
    row = next((row for row in board.rows if row.reference), None)
    score = _primary(hosted, row) if row else None
    return score.value if score else None


def _mark(hosted: Hosted, board: Board, row: BoardRow, *, differences: bool) -> intervals.Row:
    kind = "you" if row.you else "base" if row.baseline is not None else ""
    score = _primary(hosted, row)
    if differences:
        apart = _difference(hosted, row)
        if apart is None:
            return intervals.Row(t(*row.title), 0.0 if row.reference else None, kind=kind)
        return intervals.Row(t(*row.title), apart[0], apart[1], apart[2], kind)
    if score is None or score.value is None:
        return intervals.Row(t(*row.title), None, kind=kind)
    if board.state == "shown":
        # A baseline's place comes from the training file and carries no error here; a team's is one standard error wide.
        if row.baseline is not None or not score.se:
            return intervals.Row(t(*row.title), score.value, kind=kind)
        return intervals.Row(t(*row.title), score.value, score.value - score.se, score.value + score.se, kind)
    low, high = score.ci or (None, None)
    return intervals.Row(t(*row.title), score.value, low, high, kind=kind)


def _line(
    hosted: Hosted, row: BoardRow, axis: intervals.Axis, mark: intervals.Row, band: tuple[float, float] | None = None
) -> Line:
    tie_break = hosted.definition.tie_break
    return Line(
        row=row,
        score=_primary(hosted, row),
        difference=_difference(hosted, row),
        tie_break=row.scores.get(tie_break.key) if tie_break else None,
        drawn=intervals.board_cell(axis, mark, band),
    )


def _groups(lines: Sequence[Line], axis: intervals.Axis, marks: dict[int, intervals.Row]) -> list[Group]:
    groups: list[Group] = []
    # Teams without a tie group stand in one body; those of one group get a bracket and a pale band of their own.
    for name, members in groupby(lines, key=lambda line: line.row.tie_group or ""):
        found = tuple(members)
        band = _band([marks[line.row.team_id] for line in found]) if name and len(found) > 1 else None
        if band is not None:
            found = tuple(
                Line(
                    line.row,
                    line.score,
                    line.difference,
                    line.tie_break,
                    intervals.board_cell(axis, marks[line.row.team_id], band),
                )
                for line in found
            )
        groups.append(Group(name, found, intervals.board_cell(axis, None, band)))
    return groups


def _band(marks: Sequence[intervals.Row]) -> tuple[float, float] | None:
    lows = [mark.low for mark in marks if mark.low is not None]
    highs = [mark.high for mark in marks if mark.high is not None]
    return (min(lows), max(highs)) if lows and highs else None
