"""Which submissions a list shows, as the address says it; what the address gets wrong asks for all."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arena.store.overview import Filter
from arena.web.organizing import words

# What the form offers beside the states and outcomes.
DECISIONS = (*words.OUTCOMES, "none")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter's fields as they stand in the form."""

    team: str = ""
    state: str = ""
    decision: str = ""
    day: str = ""
    refunded: str = ""
    mark: str = ""

    @property
    def any(self) -> bool:
        return bool(self.team or self.state or self.decision or self.day or self.refunded or self.mark)

    def arguments(self) -> dict[str, str]:
        """Return the fields that say something, for an address."""
        fields = ("team", "state", "decision", "day", "refunded", "mark")
        return {name: getattr(self, name) for name in fields if getattr(self, name)}


def asked(arguments: dict[str, str]) -> Asked:
    """Return the fields that make sense."""
    team, day = arguments.get("team", ""), arguments.get("day", "")
    return Asked(
        team=team if team.isascii() and team.isdigit() and len(team) < 10 else "",
        state=_one_of(arguments.get("state", ""), tuple(words.STATES)),
        decision=_one_of(arguments.get("decision", ""), DECISIONS),
        day=day if _day(day) else "",
        refunded=_one_of(arguments.get("refunded", ""), ("yes", "no")),
        mark=_one_of(arguments.get("mark", ""), tuple(words.MARKS)),
    )


def wanted(found: Asked, zone: ZoneInfo) -> Filter:
    """Return the filter for the store; a day is a calendar day in the challenge's zone."""
    day = _day(found.day)
    return Filter(
        team_id=int(found.team) if found.team else None,
        state=found.state,
        decision=found.decision,
        since=datetime.combine(day, time(), zone) if day else None,
        before=datetime.combine(day + timedelta(days=1), time(), zone) if day else None,
        refunded={"yes": True, "no": False}.get(found.refunded),
        mark=found.mark,
    )


def _one_of(text: str, allowed: tuple[str, ...]) -> str:
    return text if text in allowed else ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year <= 2999 else None
