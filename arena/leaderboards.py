"""Leaderboards: a query and one pure rank; no rank is stored."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from arena import analyses, viewing
from arena.errors import Forbidden, NotFound
from arena.hosting import Hosted
from arena.store import ledger, marks
from arena.store import rescoring as rescoring_store
from arena.store import submissions as store
from arena.store import teams as team_store
from arena.store.models import Team
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
    revealed = hosted.status(at) == "revealed"
    if split == "private" and not revealed:
        raise Forbidden(
            "not_revealed",
            Text("비공개 점수는 결과 공개 뒤에 보입니다.", "Private scores are shown after the reveal."),
        )
    in_force = rescoring_store.labels_in_force(session, hosted.id)
    if labels_version == in_force:
        labels_version = None
    if labels_version is not None:
        _require_history(session, hosted, split, labels_version, at)
    if not hosted.definition.metrics:
        return Board(split, "full", (), revealed)
    off_teams, _ = marks.off_board(session, hosted.id)
    teams = {team.id or 0: team for team in team_store.of_challenge(session, hosted.id) if team.id not in off_teams}
    if hosted.gated and split == "public":
        return Board(split, "shown", tuple(_shown_rows(session, hosted, teams, viewer_team_id)), revealed)
    rows = _full_rows(session, hosted, teams, split, viewer_team_id, labels_version)
    return Board(split, "full", tuple(rows), revealed, labels_version or in_force)


def labels_versions(session: Session, hosted: Hosted, split: str, at: datetime) -> list[int]:
    """Return the versions of the labels under which this leaderboard may be read, the one that counts first."""
    in_force = rescoring_store.labels_in_force(session, hosted.id)
    if in_force is None or (hosted.gated and split == "public"):
        return []
    if not hosted.shows_history(at):
        return [in_force]
    # What is being evaluated now is shown when it is complete.
    evaluated = rescoring_store.labels_evaluated(session, hosted.id, split)
    return [version for version in evaluated if version <= in_force]


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


def _require_history(session: Session, hosted: Hosted, split: str, version: int, at: datetime) -> None:
    if not hosted.shows_history(at):
        raise Forbidden(
            "not_revealed",
            Text(
                "이전 결과 자료의 점수는 결과 공개 뒤에 보입니다.",
                "Scores of earlier labels are shown after the reveal.",
            ),
        )
    if version not in labels_versions(session, hosted, split, at):
        raise NotFound


def _shown_gains(session: Session, hosted: Hosted) -> dict[int, float | None]:
    # Every acceptance beat the incumbent, so the last accepted file is the team's shown state; without a file that is off
    # the board, it is the last before that.
    _, off = marks.off_board(session, hosted.id)
    return {team_id: gain for team_id, file, _, gain in store.shown(session, hosted.id) if file not in off}


def _shown_rows(session: Session, hosted: Hosted, teams: dict[int, Team], viewer: int | None) -> list[BoardRow]:
    gains = _shown_gains(session, hosted)
    submitted = store.teams_that_submitted(session, hosted.id)
    listed = [team for team_id, team in teams.items() if team_id in submitted]
    values = [_baseline_gain(hosted, team) if team.baseline else gains.get(team.id or 0) for team in listed]
    ranks = rank(values, better="higher", comes_after=[team.baseline is not None for team in listed])
    key = hosted.definition.primary.key
    se = hosted.facts.get("se")
    rows = [
        _row(
            team,
            place,
            viewer,
            hosted,
            scores={key: ScoreView(viewing.shown_value(hosted, gain), se)} if gain is not None else {},
            shown_gain=gain,
        )
        for team, place, gain in zip(listed, ranks, values, strict=True)
    ]
    return _ordered(hosted, rows)


def _baseline_gain(hosted: Hosted, team: Team) -> float | None:
    # Before the reveal a baseline's place is known from the training file alone.
    if team.is_reference:
        return 0.0
    found = hosted.facts.get("baselines", {}).get(team.baseline)
    base = hosted.facts.get("baseline_value")
    if found is None or base is None:
        return None
    sign = 1.0 if hosted.better == "higher" else -1.0
    return sign * (float(found) - float(base))


def _full_rows(
    session: Session,
    hosted: Hosted,
    teams: dict[int, Team],
    split: str,
    viewer: int | None,
    labels_version: int | None,
) -> list[BoardRow]:
    best = _listed(session, hosted, split, labels_version)
    best = {team_id: found for team_id, found in best.items() if team_id in teams}
    scores: dict[int, dict[str, ScoreView]] = {}
    for score in store.scores(session, [evaluation for _, evaluation, _ in best.values()]):
        if score.split == split:
            scores.setdefault(score.evaluation_id, {})[score.key] = viewing.score_view(score)
    listed = [teams[team_id] for team_id in best]
    values = [value for _, _, value in best.values()]
    aside = [team.baseline is not None for team in listed]
    ranks = rank(values, better=hosted.better, comes_after=aside)
    public = _public_ranks(session, hosted, listed, labels_version) if split == "private" else {}
    # Once the finals have been compared, places say no more than the data can; under earlier labels nobody compared them.
    places = analyses.places(session, hosted) if split == "private" and labels_version is None else {}
    rows = [
        _row(
            team,
            places[team.id or 0][0] if team.id in places else place,
            viewer,
            hosted,
            scores=scores.get(best[team.id or 0][1], {}),
            public_rank=public.get(team.id or 0),
            tie_group=places[team.id or 0][1] if team.id in places else None,
        )
        for team, place in zip(listed, ranks, strict=True)
    ]
    return _ordered(hosted, rows)


def _listed(
    session: Session, hosted: Hosted, split: str, labels_version: int | None
) -> dict[int, tuple[int, int, float | None]]:
    """Return (submission, evaluation, value) of the file that stands for each team.

    On the private split that is its final; on an open public split its best, the earlier of equals.
    """
    finals = store.finals(session, hosted.id) if split == "private" else {}
    _, off = marks.off_board(session, hosted.id)
    sign = 1.0 if hosted.better == "higher" else -1.0
    chosen: dict[int, tuple[int, int, float | None]] = {}
    for team_id, submission_id, evaluation_id, value in store.scored(
        session, hosted.id, split, hosted.definition.primary.key, labels_version
    ):
        if submission_id in off or (split == "private" and finals.get(team_id) != submission_id):
            continue
        held = chosen.get(team_id)
        if (
            held is None
            or held[2] is None
            or (value is not None and sign * value > sign * held[2])
            or (split == "private")
        ):
            chosen[team_id] = (submission_id, evaluation_id, value)
    return chosen


def _public_ranks(
    session: Session, hosted: Hosted, listed: list[Team], labels_version: int | None
) -> dict[int, int | None]:
    if hosted.gated:
        gains = _shown_gains(session, hosted)
        values = [None if team.baseline else gains.get(team.id or 0) for team in listed]
        better = "higher"
    else:
        public = _listed(session, hosted, "public", labels_version)
        values = [public[team.id or 0][2] if team.id in public and not team.baseline else None for team in listed]
        better = hosted.better
    return {team.id or 0: place for team, place in zip(listed, rank(values, better=better), strict=True)}


def _row(
    team: Team,
    place: int | None,
    viewer: int | None,
    hosted: Hosted,
    *,
    scores: dict[str, ScoreView],
    shown_gain: float | None = None,
    public_rank: int | None = None,
    tie_group: str | None = None,
) -> BoardRow:
    baseline = team.baseline is not None
    return BoardRow(
        rank=None if baseline else place,
        would_rank=place if baseline else None,
        team_id=team.id or 0,
        team=team.name,
        title=_title(hosted, team),
        baseline=team.baseline,
        reference=team.is_reference,
        you=team.id == viewer,
        scores=scores,
        shown_gain=shown_gain,
        public_rank=public_rank,
        tie_group=tie_group,
    )


def _title(hosted: Hosted, team: Team) -> Text:
    found = next((one for one in hosted.definition.baselines if one.name == team.baseline), None)
    return Text(found.title.ko, found.title.en) if found else Text(team.name, team.name)


def _ordered(hosted: Hosted, rows: list[BoardRow]) -> list[BoardRow]:
    """Return teams by rank, then baselines by value, the best first; equals by name."""
    key = hosted.definition.primary.key
    sign = -1.0 if hosted.better == "higher" else 1.0

    def place(row: BoardRow) -> tuple[bool, float, str]:
        if not row.baseline:
            return (False, math.inf if row.rank is None else row.rank, row.team)
        value = row.scores[key].value if key in row.scores else None
        return (True, math.inf if value is None else sign * value, row.team)

    return sorted(rows, key=place)
