"""What travels between an organizer and the API: uploads, verifications, dry runs, and the acts of conducting a challenge."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from arena.wire import Answered, Asked, Line, Score


def _written(value: object) -> object:
    # A number would pass as seconds since 1970.
    if isinstance(value, str | datetime):
        return value
    raise ValueError("a date and time is expected")


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written)]
Why = Annotated[str, Field(min_length=1, max_length=500)]


class Dates(Asked):
    """When the challenge opens and closes; what is left out comes from the definition's calendar."""

    opens_at: Moment | None = None
    closes_at: Moment | None = None


class Extension(Asked):
    closes_at: Moment
    reason: Why


class Reason(Asked):
    """Why; kept in the ledger, and shown to participants where they are concerned."""

    reason: Why


class VersionChoice(Asked):
    """Names the verified version that takes the place of the present one."""

    version: Line


class ChallengeState(Answered):
    """Where a challenge stands, as its organizers see it."""

    slug: str
    version: str
    state: Literal["verifying", "refused", "ready", "published", "withdrawn", "cancelled"]
    status: str
    opens_at: datetime | None
    closes_at: datetime | None
    paused: str | None
    stopped: str | None
    definition_sha256: str
    url: str


class Upload(Answered):
    """What became of an upload so far; `created` is false if the very same was sent before and still waits."""

    slug: str
    version: str
    state: Literal["verifying", "refused", "verified", "installed", "dropped"]
    challenge: ChallengeState
    definition_sha256: str
    labels_sha256: str | None
    received_at: datetime
    created: bool
    url: str
    verification_url: str


class Finding(Answered):
    """One thing that a worker found: a code and a place, never a figure made from labels."""

    code: str
    severity: Literal["mistake", "warning"]
    message: str
    file: str | None = None
    line: int | None = None
    column: str | None = None
    about: str | None = None


class Verification(Answered):
    """What a worker found of the newest upload."""

    slug: str
    version: str
    state: Literal["verifying", "refused", "verified", "installed", "dropped"]
    challenge: ChallengeState
    received_at: datetime
    finished_at: datetime | None
    findings: list[Finding]
    facts: dict[str, Any]

    @property
    def finished(self) -> bool:
        """Whether a worker has done with it."""
        return self.state != "verifying"


class DryRun(Answered):
    """How a dry run went; scores only where the labels are public."""

    slug: str
    state: Literal["waiting", "done", "failed"]
    filename: str
    rows: int
    ok: bool | None
    codes: list[str]
    seconds: float | None
    scores: dict[str, Score]
    sent_at: datetime
    finished_at: datetime | None
