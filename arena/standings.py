"""Who stands where: one short line for every team of a leaderboard, from one statement and one pure rank; no rank is stored."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from arena import analyses, viewing
from arena.errors import Forbidden, NotFound
from arena.hosting import Hosted
from arena.store import boards as store
from arena.store import marks
from arena.store import rescoring as rescoring_store
from arena.store.boards import Entrant, Standing
from arena.viewing import ScoreView
from challenges.text import Text


class Line(NamedTuple):
    """One team on a leaderboard: its place and its score in the primary metric.

    A tuple, since ten thousand of them are made at once.
    """

    team_id: int
    team: str
    affiliation: str
    baseline: str | None
    reference: bool
    rank: int | None = None
    would_rank: int | None = None  # a baseline's: the rank it would have
    score: ScoreView | None = None
    evaluation_id: int | None = None  # where the other metrics of the file are; none where they may not be shown
    shown_gain: float | None = None
    public_rank: int | None = None
    tie_group: str | None = None

    @property
    def shift(self) -> int | None:
        """Return how many ranks the team gained from the public to the private split."""
        return None if self.rank is None or self.public_rank is None else self.public_rank - self.rank


@dataclass(frozen=True, slots=True)
class Held:
    """What the database said of each team: kept, so that after a change only the teams that it concerns are asked for again."""

    definition_sha256: str
    entrants: Mapping[int, Entrant]
    files: Mapping[int, Standing]
    scores: Mapping[int, ScoreView]  # the files' primary scores as they may be shown
    gains: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Standings:
    """A whole leaderboard as it may be shown now: teams by rank, then the baselines."""

    split: str
    state: str  # shown (the gate's shown state) | full
    lines: tuple[Line, ...]
    revealed: bool
    labels_version: int | None = None  # which labels its scores come from; none counts where there are no scores
    held: Held | None = None

    @property
    def teams(self) -> list[Line]:
        return [line for line in self.lines if line.baseline is None]

    @property
    def baselines(self) -> list[Line]:
        return [line for line in self.lines if line.baseline is not None]


def rank(values: Sequence[float | None], *, better: str, comes_after: Sequence[bool] | None = None) -> list[int | None]:
    """Return standard competition ranks (1, 2, 2, 4) at full precision.

    Parameters
    ----------
    values : sequence of float or None
        One value a row; None, NaN and infinities never rank.
    better : {"higher", "lower"}
        The direction of the metric.
    comes_after : sequence of bool, optional
        Rows (baselines) that get the rank they would have without taking one from anybody.
    """
    sign = -1.0 if better == "higher" else 1.0
    aside = comes_after or [False] * len(values)
    sortable = [sign * value if value is not None and math.isfinite(value) else None for value in values]
    taken = sorted(value for value, off in zip(sortable, aside, strict=True) if value is not None and not off)
    return [None if value is None else 1 + bisect_left(taken, value) for value in sortable]


def standings(
    session: Session,
    hosted: Hosted,
    *,
    split: str,
    at: datetime,
    labels_version: int | None = None,
    earlier: Standings | None = None,
    changed: Sequence[int] = (),
) -> Standings:
    """Return the standings of one split as they may be shown at this time, on demand as they were under earlier labels.

    With `earlier` ones, only the teams that have `changed` since are asked for again.
    """
    revealed = hosted.status(at) == "revealed"
    if split == "private" and not revealed:
        raise Forbidden(
            "not_revealed",
            Text("비공개 점수는 결과 공개 뒤에 보입니다.", "Private scores are shown after the reveal."),
        )
    if labels_version is not None and labels_version == rescoring_store.labels_in_force(session, hosted.id):
        labels_version = None
    if labels_version is not None:
        _require_history(session, hosted, split, labels_version, at)
    if not hosted.definition.metrics:
        return Standings(split, "full", (), revealed)
    off_teams, off = marks.off_board(session, hosted.id)
    held = _gather(
        session, hosted, off, split, labels_version, _usable(hosted, split, labels_version, earlier), changed
    )
    teams = {one.id: one for one in held.entrants.values() if one.id not in off_teams}
    if hosted.gated and split == "public":
        return Standings(split, "shown", _ordered(hosted, _shown(hosted, teams, held.gains)), revealed, held=held)
    # Whatever counts, counts under the same labels; before anything does, the question has to be put apart.
    labels = max((one.labels_version for one in held.files.values()), default=None)
    if labels is None:
        labels = rescoring_store.labels_in_force(session, hosted.id)
    found = [one for one in held.files.values() if one.team_id in teams]
    public = _public_ranks(session, hosted, [teams[one.team_id] for one in found], off, split, labels_version)
    lines = _full(hosted, teams, found, held.scores, public)
    if split == "private" and labels_version is None:
        # Once the finals have been compared, places say no more than the data can; under earlier labels nobody compared them.
        places = analyses.places(session, hosted)
        lines = [
            line._replace(rank=places[line.team_id][0], tie_group=places[line.team_id][1])
            if line.team_id in places and line.baseline is None
            else line
            for line in lines
        ]
    return Standings(split, "full", _ordered(hosted, lines), revealed, labels, held)


def _usable(hosted: Hosted, split: str, labels_version: int | None, earlier: Standings | None) -> Held | None:
    # A final can change by what happens to another file of its team, and earlier labels change no more: those are read whole.
    held = earlier.held if earlier else None
    if held is None or split == "private" or labels_version is not None:
        return None
    return held if held.definition_sha256 == hosted.row.definition_sha256 else None


def _gather(
    session: Session,
    hosted: Hosted,
    off: set[int],
    split: str,
    labels_version: int | None,
    held: Held | None,
    changed: Sequence[int],
) -> Held:
    only = changed if held is not None else None
    entrants = {one.id: one for one in store.entrants(session, hosted.id, only)}
    files: dict[int, Standing] = {}
    gains: Mapping[int, float | None] = {}
    if hosted.gated and split == "public":
        gains = store.shown_gains(session, hosted.id, off, only)
    else:
        files = {one.team_id: one for one in _files(session, hosted, off, split, labels_version, only)}
    scores = {team: _score(one) for team, one in files.items()}
    if held is None:
        return Held(hosted.row.definition_sha256, entrants, files, scores, gains)
    gone = set(changed)
    return Held(
        held.definition_sha256,
        {team: one for team, one in held.entrants.items() if team not in gone} | entrants,
        {team: one for team, one in held.files.items() if team not in gone} | files,
        {team: one for team, one in held.scores.items() if team not in gone} | scores,
        {team: one for team, one in held.gains.items() if team not in gone} | dict(gains),
    )


def labels_versions(session: Session, hosted: Hosted, found: Standings, at: datetime) -> list[int]:
    """Return the versions of the labels under which a leaderboard may be read, the one that counts first."""
    if found.labels_version is None or (hosted.gated and found.split == "public"):
        return []
    if hosted.labels is not None and hosted.labels.version == 1:
        return [found.labels_version]
    return _labels_versions(session, hosted, found.split, at)


def _labels_versions(session: Session, hosted: Hosted, split: str, at: datetime) -> list[int]:
    in_force = rescoring_store.labels_in_force(session, hosted.id)
    if in_force is None or (hosted.gated and split == "public"):
        return []
    if not hosted.shows_history(at):
        return [in_force]
    # What is being evaluated now is shown when it is complete.
    evaluated = rescoring_store.labels_evaluated(session, hosted.id, split)
    return [version for version in evaluated if version <= in_force]


def _require_history(session: Session, hosted: Hosted, split: str, version: int, at: datetime) -> None:
    if not hosted.shows_history(at):
        raise Forbidden(
            "not_revealed",
            Text(
                "이전 결과 파일의 점수는 결과 공개 뒤에 보입니다.",
                "Scores of earlier labels are shown after the reveal.",
            ),
        )
    if version not in _labels_versions(session, hosted, split, at):
        raise NotFound


def _shown(hosted: Hosted, teams: Mapping[int, Entrant], gains: Mapping[int, float | None]) -> list[Line]:
    # Every acceptance beat the incumbent, so the last accepted file is the team's shown state; without a file that is off
    # the board, it is the last before that.
    listed = [team for team in teams.values() if team.submitted]
    values = [_baseline_gain(hosted, team) if team.baseline else gains.get(team.id) for team in listed]
    ranks = rank(values, better="higher", comes_after=[team.baseline is not None for team in listed])
    se = hosted.facts.get("se")
    # Shown gains are rounded to steps, so that many teams have the same one.
    scores = {gain: ScoreView(viewing.shown_value(hosted, gain), se) for gain in set(values) if gain is not None}
    return [
        _line(team, place, score=scores[gain] if gain is not None else None, shown_gain=gain)
        for team, place, gain in zip(listed, ranks, values, strict=True)
    ]


def _baseline_gain(hosted: Hosted, team: Entrant) -> float | None:
    # Before the reveal a baseline's place is known from the training file alone.
    if team.is_reference:
        return 0.0
    found = hosted.facts.get("baselines", {}).get(team.baseline)
    base = hosted.facts.get("baseline_value")
    if found is None or base is None:
        return None
    sign = 1.0 if hosted.better == "higher" else -1.0
    return sign * (float(found) - float(base))


def _full(
    hosted: Hosted,
    teams: Mapping[int, Entrant],
    found: Sequence[Standing],
    scores: Mapping[int, ScoreView],
    public: Sequence[int | None],
) -> list[Line]:
    listed = [teams[one.team_id] for one in found]
    aside = [team.baseline is not None for team in listed]
    ranks = rank([one.value for one in found], better=hosted.better, comes_after=aside)
    return [
        _line(team, place, score=scores[one.team_id], evaluation_id=one.evaluation_id, public_rank=public_rank)
        for team, place, one, public_rank in zip(listed, ranks, found, public, strict=True)
    ]


def _files(
    session: Session,
    hosted: Hosted,
    off: set[int],
    split: str,
    labels_version: int | None,
    only: Sequence[int] | None = None,
) -> Sequence[Standing]:
    """Return what stands for each team: on the private split its final, on an open public split its best file."""
    key = hosted.definition.primary.key
    if split == "private":
        return store.of_finals(session, hosted.id, key, off=off, labels_version=labels_version)
    higher = hosted.better == "higher"
    return store.best(session, hosted.id, key, higher=higher, off=off, labels_version=labels_version, only=only)


def _public_ranks(
    session: Session, hosted: Hosted, listed: Sequence[Entrant], off: set[int], split: str, labels_version: int | None
) -> Sequence[int | None]:
    if split != "private":
        return [None] * len(listed)
    better = "higher" if hosted.gated else hosted.better
    if hosted.gated:
        held: Mapping[int, float | None] = store.shown_gains(session, hosted.id, off)
    else:
        held = {one.team_id: one.value for one in _files(session, hosted, off, "public", labels_version)}
    return rank([None if team.baseline else held.get(team.id) for team in listed], better=better)


def _line(
    team: Entrant,
    place: int | None,
    *,
    score: ScoreView | None,
    evaluation_id: int | None = None,
    shown_gain: float | None = None,
    public_rank: int | None = None,
) -> Line:
    aside = team.baseline is not None
    return Line(
        team_id=team.id,
        team=team.name,
        affiliation=team.affiliation,
        baseline=team.baseline,
        reference=team.is_reference,
        rank=None if aside else place,
        would_rank=place if aside else None,
        score=score,
        evaluation_id=evaluation_id,
        shown_gain=shown_gain,
        public_rank=public_rank,
    )


def _score(one: Standing) -> ScoreView:
    ci = (one.low, one.high) if one.low is not None and one.high is not None else None
    return ScoreView(one.value, one.se, ci, None, one.difference, one.difference_se)


def _ordered(hosted: Hosted, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return teams by rank, then baselines by value, the best first; equals by name."""
    sign = -1.0 if hosted.better == "higher" else 1.0
    teams = sorted(
        (line for line in lines if line.baseline is None),
        key=lambda line: (math.inf if line.rank is None else line.rank, line.team),
    )

    def place(line: Line) -> tuple[float, str]:
        value = line.score.value if line.score else None
        return (math.inf if value is None else sign * value, line.team)

    return (*teams, *sorted((line for line in lines if line.baseline is not None), key=place))
