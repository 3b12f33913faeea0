"""What travels over the JSON API, version 1: the server writes these models and `arena.client` reads them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from arena.notebooks import BoardTable, SubmissionTable

# The longest identifiers and sentences that any route takes; use cases set narrower bounds of their own.
Line = Annotated[str, Field(min_length=1, max_length=200)]
Split = Literal["public", "private"]


class Asked(BaseModel):
    """A request's body: strict, so that a wrong type or a misspelt name is refused and not guessed at."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answered(BaseModel):
    """A response's body; a client ignores what a newer server adds."""

    model_config = ConfigDict(frozen=True)


def _truth(value: object) -> object:
    # In Python 1 == True, and a Literal compares with ==.
    return value if isinstance(value, bool) else None


class Acceptance(Asked):
    """The version of the agreement that the caller accepts."""

    version: Line


class NewTeam(Asked):
    name: Line


class FinalChoice(Asked):
    """Makes a submission the team's final."""

    final: Annotated[Literal[True], BeforeValidator(_truth)]


class Words(Answered):
    ko: str
    en: str


class ProblemItem(Answered):
    """One thing to mend: a place in the file, or a field of the request."""

    code: str
    message: str
    line: int | None = None
    column: str | None = None
    field: str | None = None
    found: str | None = None


class Problem(Answered):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str = ""  # names the request; quote it when asking an operator what happened
    errors: list[ProblemItem] = []
    total: int = 0
    mend: str | None = None  # the page on which it can be mended, where there is one


class Score(Answered):
    """One number with its standard error and 95 % interval, or the reason why there is none."""

    value: float | None
    se: float | None = None
    ci: tuple[float, float] | None = None
    reason: str | None = None
    difference: float | None = None
    difference_se: float | None = None


class Metric(Answered):
    """A metric that the challenge uses, under the key by which its scores are listed."""

    key: str
    name: str
    title: Words
    better: str
    primary: bool
    tie_break: bool
    decimals: int


class ColumnAsked(Answered):
    name: str
    holds: str
    horizon: float | None = None


class FileLink(Answered):
    """A file to download; `sha256` is also its ETag."""

    name: str
    role: str
    size: int
    sha256: str
    url: str


class Limits(Answered):
    per_day: int
    total: int
    team_size: int
    max_bytes: int
    late: bool = False


class AgreementTerms(Answered):
    """The agreement as it stands, and whether the caller has accepted it."""

    version: str
    before: str
    accepted: bool
    text: Words


class BaselineName(Answered):
    """A baseline and whether it is the one that others are compared with."""

    name: str
    title: Words
    reference: bool


class CompanionAsked(Answered):
    """The second file that a team may send beside a submission: what it holds and what its comparison answers."""

    title: Words
    description: Words
    question: Words


class ChallengeSummary(Answered):
    slug: str
    title: Words
    summary: Words
    kind: str
    version: str
    status: str
    practice: bool
    synthetic: bool
    generator_version: str | None = None
    license: str
    gate: str
    primary: str | None
    opens_at: datetime | None
    closes_at: datetime | None
    paused: str | None = None  # why no submission is taken at the moment
    stopped: str | None = None  # why it was cancelled
    url: str


class SealedLabels(Answered):
    """The sealed labels that count now: digests of a ciphertext that only the workers open."""

    version: int
    ciphertext_sha256: str
    ids_sha256: str
    secret_sha256: str | None


class Disclosure(Answered):
    """A disclosed secret: `command` draws the hidden rows again and prints digests that equal these."""

    secret: str
    secret_sha256: str
    ids_sha256: str
    labels_sha256: str
    labels_version: int
    disclosed_at: datetime
    command: str


class ChallengeDetail(ChallengeSummary):
    """A challenge with everything that a participant needs."""

    admission: str
    timezone: str
    id_column: str | None
    columns: list[ColumnAsked]
    metrics: list[Metric]
    limits: Limits
    baselines: list[BaselineName]
    agreement: AgreementTerms | None
    companion: CompanionAsked | None = None
    files: list[FileLink]
    texts: dict[str, Words]
    facts: dict[str, Any]
    definition_sha256: str
    labels: SealedLabels | None
    disclosure: Disclosure | None
    versions_url: str


class ChallengeList(Answered):
    """Challenges in the order of their publication; `next` leads to later ones."""

    challenges: list[ChallengeSummary]
    next: str | None = None


class Accepted(Answered):
    """The acceptance of an agreement."""

    challenge: str
    version: str
    accepted_at: datetime | None


class Quota(Answered):
    """What a team has used and has left; a day is a calendar day in the challenge's zone."""

    used_today: int
    per_day: int
    left_today: int
    used_total: int
    total: int
    left_total: int
    renews_at: datetime


class AgreementAccepted(Answered):
    """Which version of the agreement somebody accepted, and when."""

    version: str
    accepted_at: datetime


class Member(Answered):
    """One member of the own team; `agreed` says whether the present version of the agreement is accepted."""

    name: str
    captain: bool
    agreed: bool
    agreements: list[AgreementAccepted] = []


class Mark(Answered):
    """Why the organizers have hidden or disqualified something."""

    kind: str
    reason: str
    since: datetime


class Team(Answered):
    """The caller's own team."""

    id: int
    name: str
    challenge: str
    affiliation: str = ""
    members: list[Member]
    quota: Quota
    frozen_from: datetime | None = None  # from then on nobody joins or leaves a team
    marks: list[Mark] = []


class Invitation(Answered):
    """A code that lets one person join, and where to send it."""

    code: str
    accept_url: str
    expires_at: datetime


class Checked(Answered):
    """A prediction file without problems; `advice` is worth reading before it is submitted."""

    rows: int
    advice: list[str] = []
    companion_rows: int | None = None


class Companion(Answered):
    """The unranked second file of a submission; after the reveal, what the final gained over it, by metric."""

    filename: str
    sha256: str
    rows: int
    size: int
    received_at: datetime
    differences: dict[str, Score] = {}


class Submission(SubmissionTable, Answered):
    """A submission as its own team sees it."""

    id: str
    number: int
    challenge: str
    team: str
    status: Literal["received", "scoring", "scored", "failed"]
    decision: str | None
    shown_gain: float | None
    shown_value: float | None
    received_at: datetime
    decided_at: datetime | None
    sha256: str
    filename: str
    rows: int
    size: int
    note: str
    method: str = ""
    final: bool
    final_by_default: bool
    refunded: bool
    failure: str | None
    place_in_line: int | None
    scores: dict[str, dict[str, Score]]
    receipt: dict[str, Any]
    marks: list[Mark] = []
    late: bool = False
    companion: Companion | None = None
    url: str

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it before the close."""
        return self.status in ("scored", "failed")


class Submitted(Submission):
    """What became of a sent file: `created` is false for predictions that the team had sent before."""

    created: bool
    advice: list[str] = []


class SubmissionList(Answered):
    """The team's submissions, the newest first; `next` leads to older ones."""

    submissions: list[Submission]
    next: str | None = None


class BoardRow(Answered):
    """One team's line; a baseline has no rank but the one it would have."""

    rank: int | None
    would_rank: int | None
    team: str
    baseline: str | None
    reference: bool
    you: bool
    scores: dict[str, Score]
    shown_gain: float | None
    public_rank: int | None
    shift: int | None
    tie_group: str | None


class Leaderboard(BoardTable, Answered):
    """A leaderboard; in the state `shown` it holds what the gate lets through, in the state `full` everything."""

    challenge: str
    split: Split
    state: Literal["shown", "full"]
    revealed: bool
    primary: str | None
    total: int
    rows: list[BoardRow]
    next: str | None = None
    labels_version: int | None = None
    labels_versions: list[int] = []  # those under which it can be read, by `labels`; the one that counts comes first


class LabelsKey(Answered):
    """The public key that labels are sealed with, and what two people compare before they trust it."""

    key: str
    fingerprint: str
