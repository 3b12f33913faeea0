"""Leaderboards as people read them: the standings, with every metric of the rows that are looked at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from arena import standings, viewing
from arena.hosting import Hosted
from arena.standings import Line, Standings
from arena.store import ledger
from arena.store import submissions as store
from arena.viewing import ScoreView
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One team's line."""

    rank: int | None
    would_rank: int | None  # a baseline's: the rank it would have
    team_id: int
    team: str
    title: Text  # a team's name as it is; a baseline's title in both languages
    baseline: str | None
    reference: bool
    you: bool
    scores: dict[str, ScoreView] = field(default_factory=dict)
    shown_gain: float | None = None
    public_rank: int | None = None
    submission: str | None = None
    tie_group: str | None = None
    affiliation: str = ""

    @property
    def shift(self) -> int | None:
        """Return how many ranks the team gained from the public to the private split."""
        return None if self.rank is None or self.public_rank is None else self.public_rank - self.rank


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard as it may be shown now."""

    split: str
    state: str  # shown (the gate's shown state) | full
    rows: tuple[BoardRow, ...]
    revealed: bool
    labels_version: int | None = None  # which labels its scores come from; none counts where there are no scores


def board(
    session: Session,
    hosted: Hosted,
    *,
    split: str,
    viewer_team_id: int | None,
    at: datetime,
    labels_version: int | None = None,
) -> Board:
    """Return the leaderboard of one split as it may be shown at this time, on demand as it was under earlier labels."""
    found = standings.standings(session, hosted, split=split, at=at, labels_version=labels_version)
    rows = tuple(rows_of(session, hosted, found, found.lines, viewer_team_id=viewer_team_id))
    return Board(found.split, found.state, rows, found.revealed, found.labels_version)


def rows_of(
    session: Session, hosted: Hosted, found: Standings, lines: Sequence[Line], *, viewer_team_id: int | None = None
) -> list[BoardRow]:
    """Return some lines of the standings with every metric that may be shown of them."""
    scores: dict[int, dict[str, ScoreView]] = {}
    for score in store.scores(session, [line.evaluation_id for line in lines if line.evaluation_id is not None]):
        if score.split == found.split:
            scores.setdefault(score.evaluation_id, {})[score.key] = viewing.score_view(score)
    return [_row(hosted, line, scores.get(line.evaluation_id or 0), viewer_team_id) for line in lines]


def _row(hosted: Hosted, line: Line, scores: dict[str, ScoreView] | None, viewer_team_id: int | None) -> BoardRow:
    if scores is None:
        # Before the reveal of a gated challenge there is the primary metric and nothing else.
        scores = {hosted.definition.primary.key: line.score} if line.score is not None else {}
    return BoardRow(
        rank=line.rank,
        would_rank=line.would_rank,
        team_id=line.team_id,
        team=line.team,
        title=title(hosted, line),
        baseline=line.baseline,
        reference=line.reference,
        you=line.team_id == viewer_team_id,
        scores=scores,
        shown_gain=line.shown_gain,
        public_rank=line.public_rank,
        tie_group=line.tie_group,
        affiliation=line.affiliation,
    )


def title(hosted: Hosted, line: Line) -> Text:
    """Return a team's name as it is, or a baseline's title in both languages."""
    found = next((one for one in hosted.definition.baselines if one.name == line.baseline), None)
    return Text(found.title.ko, found.title.en) if found else Text(line.team, line.team)


@dataclass(frozen=True, slots=True)
class Moves:
    """What the last rescoring did to the ranks of a leaderboard: (team, before, after), those that moved first."""

    before: int
    after: int
    at: datetime
    ranks: tuple[tuple[str, int | None, int | None], ...]


def moves(session: Session, hosted: Hosted, split: str, at: datetime) -> Moves | None:
    """Return what the ledger has of the last change of labels; none before the reveal, when it has nothing."""
    if not hosted.shows_history(at):
        return None
    entries = [one for one in ledger.of_kinds(session, hosted.id, ("rescored",)) if "ranks" in one.data]
    entry = next(
        (one for one in reversed(entries) if one.data["labels"]["before"] != one.data["labels"]["after"]), None
    )
    if entry is None:
        return None
    found = [(one["team"], one["before"], one["after"]) for one in entry.data["ranks"] if one["split"] == split]
    found.sort(key=lambda one: (one[1] == one[2], math.inf if one[2] is None else one[2], one[0]))
    return Moves(entry.data["labels"]["before"], entry.data["labels"]["after"], entry.at, tuple(found))
