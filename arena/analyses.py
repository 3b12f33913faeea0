"""The analysis of the finals: how sure each rank is and which teams can be told apart, from what the worker computed and stored.

A comparison is of certain files. Once another file is a team's final, or a team has left the leaderboard, the stored one says
nothing of the board that is shown: until the worker has made the next, there is no analysis and there are no tie groups.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from arena.errors import Forbidden
from arena.hosting import Hosted
from arena.store import comparisons as store
from arena.store import marks
from arena.store import submissions as submission_store
from arena.store import teams as team_store
from arena.store.models import Comparison
from challenges.text import Text

Matrix = tuple[tuple[float | None, ...], ...]
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Entrant:
    """One team's final, with its score and what the resamples say of its rank."""

    team_id: int
    team: str
    submission: str
    value: float
    se: float
    rank: int
    tie_group: str
    factor: float | None  # K of the first of its tie group over it
    first: float  # the share of resamples in which it is first
    median: int
    low: int
    high: int
    set_low: int  # the simultaneous confidence set of its rank
    set_high: int
    tie_break: float | None
    gain: float | None  # over the reference baseline: positive is better, whatever the metric's direction
    gain_se: float | None


@dataclass(frozen=True, slots=True)
class Ordering:
    """The ranks that another metric, or another way of putting resamples together, would give; in the order of the entrants."""

    kind: str  # scheme | metric
    name: str
    ranks: tuple[int, ...]
    tau: float | None
    winner_changes: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """A comparison of the present finals; rows and columns follow the entrants, which are in the order of their ranks."""

    key: str
    replicates: int
    seed: int
    level: float
    labels_version: int
    computed_at: datetime
    sha256: str
    entrants: tuple[Entrant, ...]
    counts: tuple[tuple[int, ...], ...]  # row: entrant; column: rank less one
    advantage: Matrix  # row over column: positive is better
    advantage_se: Matrix
    p: Matrix  # one-sided, Holm
    orderings: tuple[Ordering, ...]
    stability: float | None

    def wins(self, row: int) -> list[int]:
        """Return whom an entrant is significantly better than."""
        return [column for column, p in enumerate(self.p[row]) if p is not None and p <= ALPHA]


def of(session: Session, hosted: Hosted, at: datetime) -> Analysis | None:
    """Return the analysis of the present finals; none while the worker has not compared them.

    Raises Forbidden `not_revealed` before the reveal.
    """
    if hosted.status(at) != "revealed":
        raise Forbidden(
            "not_revealed",
            Text("분석은 결과 공개 뒤에 보입니다.", "The analysis is shown after the reveal."),
        )
    found = current(session, hosted)
    if found is None or "ranks" not in found.content:
        return None
    return _analysis(session, hosted, found)


def current(session: Session, hosted: Hosted) -> Comparison | None:
    """Return the stored comparison if it is one of the finals that stand on the leaderboard now."""
    if not hosted.definition.metrics:
        return None
    found = store.latest(session, hosted.id, "private")
    if found is None or set(found.content.get("submissions", ())) != set(_teams(session, hosted)):
        return None
    return found


def finals(session: Session, hosted: Hosted) -> dict[int, int]:
    """Return the finals on the leaderboard by team, those of the baselines too."""
    off_teams, off_files = marks.off_board(session, hosted.id)
    by_team = submission_store.finals(session, hosted.id)
    return {team: file for team, file in by_team.items() if team not in off_teams and file not in off_files}


def _teams(session: Session, hosted: Hosted) -> dict[str, int]:
    """Return the teams of the finals by the public id of the file."""
    by_team = finals(session, hosted)
    names = submission_store.public_ids(session, list(by_team.values()))
    return {names[file]: team for team, file in by_team.items()}


def places(session: Session, hosted: Hosted) -> dict[int, tuple[int, str]]:
    """Return (rank, tie group) by team, as the comparison of the present finals has them; empty without one."""
    found = current(session, hosted)
    if found is None or "ranks" not in found.content:
        return {}
    ranks, names = found.content["ranks"], found.content["submissions"]
    team_of = _teams(session, hosted)
    return {
        team_of[names[place]]: (ranks["rank"][index], letters(ranks["tie_group"][index]))
        for index, place in enumerate(ranks["teams"])
    }


def letters(number: int) -> str:
    """Name a tie group: 1 is A, 26 is Z, 27 is AA."""
    name = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a comparison as it is stored, so that minutes can name what they rest on."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _analysis(session: Session, hosted: Hosted, found: Comparison) -> Analysis:
    content, ranks = found.content, found.content["ranks"]
    entrants = _entrants(session, hosted, content)
    order = sorted(range(len(entrants)), key=lambda one: (entrants[one].rank, _cost(hosted, entrants[one])))
    places_of = [ranks["teams"][one] for one in order]
    sign = 1.0 if hosted.better == "higher" else -1.0
    difference = _square(content["difference"], places_of)
    return Analysis(
        key=content["key"],
        replicates=content["replicates"],
        seed=content["seed"],
        level=ranks["level"],
        labels_version=found.labels_version,
        computed_at=found.created_at,
        sha256=digest(content),
        entrants=tuple(entrants[one] for one in order),
        counts=tuple(tuple(ranks["counts"][one]) for one in order),
        advantage=tuple(tuple(None if one is None else sign * one for one in row) for row in difference),
        advantage_se=_square(content["difference_se"], places_of),
        p=_square(ranks["p_holm"], order),
        orderings=_orderings(content, order),
        stability=content.get("sensitivity", {}).get("stability"),
    )


def _cost(hosted: Hosted, entrant: Entrant) -> tuple[float, str]:
    return (-entrant.value if hosted.better == "higher" else entrant.value), entrant.team


def _entrants(session: Session, hosted: Hosted, content: Mapping[str, Any]) -> list[Entrant]:
    ranks, names = content["ranks"], content["submissions"]
    teams = {team.id or 0: team for team in team_store.of_challenge(session, hosted.id)}
    team_of = {public_id: teams[team] for public_id, team in _teams(session, hosted).items()}
    reference = next((place for place, name in enumerate(names) if team_of[name].is_reference), None)
    sign = 1.0 if hosted.better == "higher" else -1.0
    second = (ranks.get("tie_break") or {}).get("value")
    made = []
    for index, place in enumerate(ranks["teams"]):
        gain = None if reference is None else sign * content["difference"][place][reference]
        made.append(
            Entrant(
                team_id=team_of[names[place]].id or 0,
                team=team_of[names[place]].name,
                submission=names[place],
                value=content["value"][place],
                se=content["se"][place],
                rank=ranks["rank"][index],
                tie_group=letters(ranks["tie_group"][index]),
                factor=ranks["factor"][index],
                first=ranks["first"][index],
                median=ranks["median"][index],
                low=ranks["low"][index],
                high=ranks["high"][index],
                set_low=ranks["set_low"][index],
                set_high=ranks["set_high"][index],
                tie_break=second[index] if second else None,
                gain=gain,
                gain_se=None if reference is None else content["difference_se"][place][reference],
            )
        )
    return made


def _square(matrix: Sequence[Sequence[float | None]], places_of: Sequence[int]) -> Matrix:
    return tuple(tuple(matrix[row][column] for column in places_of) for row in places_of)


def _orderings(content: Mapping[str, Any], order: Sequence[int]) -> tuple[Ordering, ...]:
    sensitivity = content.get("sensitivity", {})
    return tuple(
        Ordering(kind, name, tuple(one["rank"][place] for place in order), one["tau"], one["winner_changes"])
        for kind, group in (("scheme", "schemes"), ("metric", "metrics"))
        for name, one in sensitivity.get(group, {}).items()
        if name != content["key"]  # the primary metric's own ranks are those of the scores on all patients
    )
