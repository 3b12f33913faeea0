"""A stretch of a leaderboard as a table: who is looked for, in which order, every interval drawn on one common axis."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from arena import leaderboards, standings
from arena.hosting import Hosted
from arena.leaderboards import BoardRow
from arena.standings import Standings
from arena.viewing import ScoreView
from arena.web import reports
from arena.web.charts import intervals
from arena.web.rendering import t

PAGE = 100
SORTS = ("rank", "team", "public", "shift")


class Asked(NamedTuple):
    """What a reader asks of a leaderboard."""

    split: str
    page: int = 1
    labels: int | None = None
    name: str = ""
    affiliation: str = ""
    sort: str = "rank"

    @property
    def narrows(self) -> bool:
        """Whether the reader looks for some teams only."""
        return bool(self.name or self.affiliation)


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
    """Teams that cannot be told apart, or teams without a group; `size` counts those on other pages too."""

    name: str
    size: int
    lines: tuple[Line, ...]
    band: Markup


@dataclass(frozen=True, slots=True)
class Frame:
    """What all rows of a table share, whoever reads it."""

    hosted: Hosted
    split: str
    state: str
    axis: intervals.Axis
    differences: bool
    bands: Mapping[str, tuple[float, float]]

    def line(self, row: BoardRow) -> Line:
        """Return one row as the table draws it."""
        tie_break = self.hosted.definition.tie_break
        mark = _mark(self, row)
        return Line(
            row=row,
            score=_primary(self.hosted, row),
            difference=_difference(_primary(self.hosted, row)),
            tie_break=row.scores.get(tie_break.key) if tie_break else None,
            drawn=intervals.board_cell(self.axis, mark, self.bands.get(row.tie_group or "")),
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A stretch of the leaderboard as its template draws it."""

    frame: Frame
    groups: tuple[Group, ...]
    baselines: tuple[Line, ...]
    axis: Markup
    grid: Markup

    @property
    def differences(self) -> bool:
        return self.frame.differences


def chosen(found: Standings, asked: Asked) -> list[standings.Line]:
    """Return the teams that the reader looks for, in the order asked for."""
    teams = found.teams
    if asked.name:
        wanted = asked.name.casefold()
        teams = [line for line in teams if wanted in line.team.casefold()]
    if asked.affiliation:
        teams = [line for line in teams if line.affiliation == asked.affiliation]
    if asked.sort == "team":
        teams.sort(key=lambda line: line.team.casefold())
    elif asked.sort == "public":
        teams.sort(key=lambda line: (line.public_rank is None, line.public_rank or 0))
    elif asked.sort == "shift":
        teams.sort(key=lambda line: (line.shift is None, -(line.shift or 0)))
    return teams


def affiliations(found: Standings) -> list[str]:
    """Return the affiliations of the teams on the leaderboard in alphabetical order."""
    return sorted({line.affiliation for line in found.lines if line.affiliation})


def lay_out(hosted: Hosted, found: Standings, rows: Sequence[BoardRow], asked: Asked) -> Table:
    """Return the rows of one page; the first rows are the teams of the page, the baselines come last."""
    differences = found.split == "private" and any(_difference(line.score) for line in found.lines)
    grouped = asked.sort == "rank" and not asked.narrows
    bands = _bands(found, differences=differences) if grouped else {}
    sizes = Counter(line.tie_group for line in found.teams if line.tie_group)
    bare = Frame(hosted, found.split, found.state, _axis(found, differences=differences), differences, bands)
    frame = replace(bare, bands={name: band for name, band in bands.items() if sizes[name] > 1})
    teams = [frame.line(row) for row in rows if row.baseline is None]
    groups = []
    # Teams without a tie group stand in one body; those of one group get a bracket and a pale band of their own.
    for name, members in groupby(teams, key=lambda line: (line.row.tie_group or "") if grouped else ""):
        band = intervals.board_cell(frame.axis, None, frame.bands.get(name))
        groups.append(Group(name, sizes[name], tuple(members), band))
    return Table(
        frame=frame,
        groups=tuple(groups),
        baselines=tuple(frame.line(row) for row in rows if row.baseline is not None),
        axis=intervals.board_axis(frame.axis, differences=differences),
        grid=intervals.board_cell(frame.axis, None),
    )


def first_page_of(teams: Sequence[standings.Line], team_id: int | None) -> int:
    """Return the page on which a team stands, 0 if it is not among them."""
    place = next((index for index, line in enumerate(teams) if line.team_id == team_id), None)
    return 0 if place is None else place // PAGE + 1


def title(hosted: Hosted, line: standings.Line) -> str:
    return t(leaderboards.title(hosted, line))


def _primary(hosted: Hosted, row: BoardRow) -> ScoreView | None:
    return row.scores.get(hosted.definition.primary.key)


def _difference(score: ScoreView | None) -> tuple[float, float, float] | None:
    return reports.difference(score) if score else None


class _Span(NamedTuple):
    value: float | None
    low: float | None = None
    high: float | None = None


def _span(state: str, score: ScoreView | None, *, aside: bool, reference: bool, differences: bool) -> _Span:
    if differences:
        apart = _difference(score)
        return _Span(0.0 if reference else None) if apart is None else _Span(*apart)
    if score is None or score.value is None:
        return _Span(None)
    if state == "shown":
        # A baseline's place comes from the training file and carries no error here; a team's is one standard error wide.
        wide = not aside and score.se
        return (
            _Span(score.value, score.value - score.se, score.value + score.se)
            if wide and score.se
            else _Span(score.value)
        )
    return _Span(score.value, *(score.ci or (None, None)))


def _of_line(found: Standings, line: standings.Line, *, differences: bool) -> _Span:
    aside = line.baseline is not None
    return _span(found.state, line.score, aside=aside, reference=line.reference, differences=differences)


def _mark(frame: Frame, row: BoardRow) -> intervals.Row:
    aside = row.baseline is not None
    kind = "you" if row.you else "base" if aside else ""
    score = _primary(frame.hosted, row)
    span = _span(frame.state, score, aside=aside, reference=row.reference, differences=frame.differences)
    return intervals.Row(t(*row.title), *span, kind)


def _axis(found: Standings, *, differences: bool) -> intervals.Axis:
    # The teams and the reference span the axis: a null model far below must not press all teams together.
    spanning = [line for line in found.lines if line.baseline is None or line.reference] or found.lines
    spans = [_of_line(found, line, differences=differences) for line in spanning]
    bounds = [bound for span in spans for bound in span if bound is not None]
    reference = next((line.score for line in found.baselines if line.reference), None)
    zero = 0.0 if differences else reference.value if reference else None
    ends = [intervals.Row("", bound) for bound in (min(bounds), max(bounds))] if bounds else []
    return intervals.Axis.over(ends, zero=zero)


def _bands(found: Standings, *, differences: bool) -> dict[str, tuple[float, float]]:
    """Return from where to where the intervals of each tie group reach, all of its teams counted."""
    bands: dict[str, tuple[float, float]] = {}
    for line in found.teams:
        if not line.tie_group:
            continue
        span = _of_line(found, line, differences=differences)
        if span.low is not None and span.high is not None:
            low, high = bands.get(line.tie_group, (span.low, span.high))
            bands[line.tie_group] = (min(low, span.low), max(high, span.high))
    return bands


def cells(rows: Iterable[standings.Line], hosted: Hosted) -> list[tuple[str | int | float | None, ...]]:
    """Return the lines as rows of a file: every number at full precision."""
    return [
        (
            line.rank,
            title(hosted, line),
            line.affiliation,
            line.baseline,
            *((line.score.value, line.score.se, *(line.score.ci or (None, None))) if line.score else (None,) * 4),
            *((line.score.difference, line.score.difference_se) if line.score else (None, None)),
            line.tie_group,
            line.public_rank,
            line.shift,
        )
        for line in rows
    ]
