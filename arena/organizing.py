"""What those who run a challenge see of it at a glance: people, submissions, scoring, sealed labels."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from arena import hosting, refusals
from arena.hosting import Hosted
from arena.store import evaluations, ledger, overview, participants
from arena.store import marks as mark_store
from arena.store.models import AllowedAddress, ChallengeInvitation, Grant, Mark, User
from arena.store.overview import TeamLine
from arena.store.participants import Person

RECENT = timedelta(days=7)
# Fewer decisions make no distribution, and one file's own time nobody's business.
FEWEST_TIMES = 5


@dataclass(frozen=True, slots=True)
class People:
    """Teams and persons, and who of them has not accepted the agreement."""

    teams: tuple[TeamLine, ...]
    members: int
    requests: dict[str, int]
    without_agreement: dict[int, tuple[str, ...]]

    @property
    def submitted(self) -> int:
        return sum(1 for line in self.teams if line.submissions)

    @property
    def silent(self) -> tuple[TeamLine, ...]:
        """Return the teams that could submit and have not."""
        return tuple(line for line in self.teams if not line.submissions and line.team.id not in self.without_agreement)


@dataclass(frozen=True, slots=True)
class Flow:
    """Submissions and their scoring, in counts alone."""

    days: tuple[tuple[date, int], ...]
    total: int
    recent: int
    waiting: int
    oldest: datetime | None
    seconds: tuple[int, int] | None  # of recent decisions: the median and the 95th percentile
    outcomes: dict[str, int]
    refused_files: dict[str, int]
    faults: dict[str, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the dashboard shows."""

    people: People
    flow: Flow
    openings: int
    last_opening: datetime | None
    marks: tuple[Mark, ...]
    judges: int


def listed(session: Session, user: User) -> list[Hosted]:
    """Return the challenges that this person runs: an administrator all of them."""
    if user.is_admin:
        return hosting.of_the_instance(session)
    own = {challenge.id for challenge in participants.challenges_organized(session, user.id or 0)}
    return [hosted for hosted in hosting.of_the_instance(session) if hosted.id in own]


def runs_any(session: Session, user: User) -> bool:
    """Whether this person has anything to do on the organizers' pages."""
    return user.is_admin or user.is_creator or bool(participants.challenges_organized(session, user.id or 0))


def overview_of(session: Session, hosted: Hosted, at: datetime) -> Overview:
    """Return the dashboard's figures. Nothing here depends on labels beyond what teams have been told."""
    openings, last = ledger.tally(session, hosted.id, "labels_opened")
    return Overview(
        people=_people(session, hosted),
        flow=_flow(session, hosted, at),
        openings=openings,
        last_opening=last,
        marks=tuple(mark_store.in_force(session, hosted.id)),
        judges=sum(1 for grant, _ in participants.grants(session, hosted.id) if grant.role == "judge"),
    )


def unfinished(session: Session, hosted: Hosted, split: str) -> int:
    """Count the evaluations of a split that are not finished."""
    return evaluations.unfinished(session, hosted.id, split)


def _people(session: Session, hosted: Hosted) -> People:
    lines = tuple(overview.teams(session, hosted.id))
    members = overview.members(session, hosted.id)
    missing: dict[int, tuple[str, ...]] = {}
    if hosted.definition.agreement is not None:
        agreed = participants.agreed(session, hosted.id, hosted.definition.agreement.version)
        for team_id, person in members:
            if person.id not in agreed and person.deleted_at is None:
                missing[team_id] = (*missing.get(team_id, ()), person.name)
    return People(lines, len(members), participants.counts(session, hosted.id), missing)


def _flow(session: Session, hosted: Hosted, at: datetime) -> Flow:
    times = overview.received(session, hosted.id)
    waiting, oldest = overview.waiting(session, hosted.id)
    return Flow(
        days=_by_day(hosted, times, at),
        total=len(times),
        recent=sum(1 for time in times if time > at - RECENT),
        waiting=waiting,
        oldest=oldest,
        seconds=_seconds(overview.decided(session, hosted.id, at - RECENT)),
        outcomes=overview.outcomes(session, hosted.id),
        refused_files=refusals.counts(session, hosted),
        faults=overview.faults(session, hosted.id),
    )


def _by_day(hosted: Hosted, times: list[datetime], at: datetime) -> tuple[tuple[date, int], ...]:
    """Return each calendar day from the opening to today, or to the close, with its count."""
    zone = ZoneInfo(hosted.definition.calendar.timezone)
    opened = hosted.row.opens_at
    if opened is None or opened > at:
        return ()
    ends = min(at, hosted.row.closes_at) if hosted.row.closes_at else at
    counts = Counter(time.astimezone(zone).date() for time in times)
    first = min([opened.astimezone(zone).date(), *counts])
    last = max([ends.astimezone(zone).date(), *counts])
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple((day, counts.get(day, 0)) for day in days)


def _seconds(decided: list[tuple[datetime, datetime]]) -> tuple[int, int] | None:
    lengths = sorted(max(0.0, (told - received).total_seconds()) for received, told in decided)
    if len(lengths) < FEWEST_TIMES:
        return None
    return round(lengths[len(lengths) // 2]), round(lengths[min(len(lengths) - 1, int(0.95 * len(lengths)))])


def people(
    session: Session, hosted: Hosted, *, state: str = "", limit: int | None = None, offset: int = 0
) -> tuple[int, list[Person]]:
    """Return how many accounts have asked or are in a team, and a stretch of them, those who wait first."""
    return participants.people(session, hosted.id, state=state, limit=limit, offset=offset)


def answers(session: Session, found: Sequence[Person]) -> dict[int, dict[int, str]]:
    """Return what these people answered, by account and question."""
    asked = {person.participation.id or 0: person.user.id or 0 for person in found if person.participation}
    given = participants.answers(session, list(asked))
    return {asked[request]: by_question for request, by_question in given.items()}


def counts(session: Session, hosted: Hosted) -> dict[str, int]:
    """Count the requests to take part by their state."""
    return participants.counts(session, hosted.id)


def allow_list(session: Session, hosted: Hosted) -> list[AllowedAddress]:
    return participants.allowed(session, hosted.id)


def invitations(session: Session, hosted: Hosted) -> list[tuple[ChallengeInvitation, User | None]]:
    """Return the challenge's invitations, the newest first, with whoever used them."""
    return participants.invitations(session, hosted.id)


def grants(session: Session, hosted: Hosted) -> list[tuple[Grant, User]]:
    """Return who organizes and judges the challenge."""
    return participants.grants(session, hosted.id)
