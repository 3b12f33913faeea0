"""The crude risk of a group of patients: what a prediction that knows nothing of a patient says. Standard library only."""

from collections.abc import Sequence
from typing import NamedTuple

USUAL = (365.0, 1095.0, 1825.0)
SHORT = (30.0, 90.0, 180.0)
LEAST_UNCENSORED = 0.1
LEAST_AT_RISK = 20
LEAST_EVENTS = 10


class Followed(NamedTuple):
    """How much is known at a time: who is at risk after it, the share that is not lost by then, the first cause's events."""

    at_risk: int
    uncensored: float
    events: int


def incidence(times: Sequence[float], events: Sequence[int], horizon: float) -> float:
    """Return the probability of the first cause by the horizon (Aalen-Johansen; with one cause 1 - Kaplan-Meier)."""
    free = 1.0
    risk = 0.0
    for at_risk, fell, first, _ in _moments(times, events, horizon):
        risk += free * first / at_risk
        free *= 1 - fell / at_risk
    return risk


def followed(times: Sequence[float], events: Sequence[int], horizon: float) -> Followed:
    """Return the numbers by which a horizon is admissible."""
    kept = 1.0
    fallen = 0
    for at_risk, fell, first, lost in _moments(times, events, horizon):
        fallen += first
        # Those who fall at a moment are no longer at risk of being lost at it.
        if lost:
            kept *= 1 - lost / (at_risk - fell)
    return Followed(sum(time > horizon for time in times), kept, fallen)


def horizons(times: Sequence[float], events: Sequence[int], smallest_share: float) -> tuple[float, ...]:
    """Return the usual horizons at which enough of the smallest part are still followed, and enough have had the event."""
    for candidates in (USUAL, SHORT):
        found = tuple(day for day in candidates if _admissible(followed(times, events, day), smallest_share))
        if found:
            return found
    return ()


def _admissible(found: Followed, share: float) -> bool:
    enough = found.at_risk * share >= LEAST_AT_RISK and found.events * share >= LEAST_EVENTS
    return enough and found.uncensored >= LEAST_UNCENSORED


def _moments(times: Sequence[float], events: Sequence[int], horizon: float) -> list[tuple[int, int, int, int]]:
    """Return, for every moment up to the horizon: at risk, events of any cause, events of the first, lost."""
    order = sorted(zip(times, events, strict=True))
    found: list[tuple[int, int, int, int]] = []
    place = 0
    while place < len(order) and order[place][0] <= horizon:
        end = place
        counts = [0, 0, 0]
        while end < len(order) and order[end][0] == order[place][0]:
            counts[order[end][1]] += 1
            end += 1
        found.append((len(order) - place, counts[1] + counts[2], counts[1], counts[0]))
        place = end
    return found
