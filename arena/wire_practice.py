"""What travels over the JSON API of practice: full scores on the validation part of the training file."""

from datetime import datetime
from typing import Any

from pydantic import Field

from arena.wire import Answered, Score


class PracticeDifference(Answered):
    """How much a file differs from the one that it is compared with: its value less the other's, paired on the same rows."""

    value: float | None
    se: float | None = None
    ci: tuple[float, float] | None = None
    reason: str | None = None


class Practice(Answered):
    """A practice file. Its scores come from training patients: they have to do with no rank and no decision."""

    id: str
    challenge: str
    status: str  # waiting | done | failed
    created_at: datetime
    finished_at: datetime | None = None
    filename: str
    sha256: str
    rows: int
    note: str = ""
    against: str | None = None
    against_id: str | None = None
    splits: dict[str, dict[str, Score]] = Field(default_factory=dict)
    differences: dict[str, PracticeDifference] = Field(default_factory=dict)
    report: dict[str, Any] | None = None
    failure: str | None = None
    place_in_line: int | None = None

    @property
    def finished(self) -> bool:
        return self.status in ("done", "failed")


class PracticeList(Answered):
    """The last practice files of the caller and the caller's team, the newest first."""

    practice: list[Practice]
