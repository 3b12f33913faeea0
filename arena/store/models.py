"""The tables. Rows carry no behaviour; states are plain strings so that both databases and migrations agree."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String, UniqueConstraint
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def json_column() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


class User(SQLModel, table=True):
    __tablename__ = "user_account"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(sa_column=Column(String(254), unique=True, nullable=False))  # lower case
    name: str
    affiliation: str = ""
    language: str = "ko"
    password_hash: str | None = None
    is_admin: bool = False
    is_creator: bool = False
    session_epoch: int = 0  # raised to end every open session of the account
    created_at: datetime
    disabled_at: datetime | None = None


class ApiToken(SQLModel, table=True):
    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    name: str
    token_hash: str = Field(unique=True)  # SHA-256 of a 32-byte random secret
    hint: str  # its first characters, for the account page
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Link(SQLModel, table=True):
    """A one-time link: the first administrator's set-up, an invitation to sign up, a password reset."""

    __tablename__ = "one_time_link"
    id: int | None = Field(default=None, primary_key=True)
    purpose: str  # setup | signup | reset
    code_hash: str = Field(unique=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Challenge(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    version: str
    kind: str
    definition: dict[str, Any] = json_column()  # the frozen definition, as challenges.definition dumps it
    definition_sha256: str
    facts: dict[str, Any] = json_column()  # what is printed beside decisions; from the training file only
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    created_at: datetime
    reveal_started_at: datetime | None = None
    revealed_at: datetime | None = None


class ChallengeFile(SQLModel, table=True):
    __tablename__ = "challenge_file"
    __table_args__ = (UniqueConstraint("challenge_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str
    role: str  # train | test | dictionary | sample | text | baseline | starter
    sha256: str
    size: int


class Labels(SQLModel, table=True):
    """One version of a challenge's sealed labels; the site holds the ciphertext only."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("challenge_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    version: int
    ciphertext_sha256: str  # a blob
    ids_sha256: str
    secret_sha256: str | None = None  # commitment to the instance secret, where a generator made the rows
    created_at: datetime


class Grant(SQLModel, table=True):
    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "challenge_id", "role"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    role: str  # organizer | judge
    created_at: datetime


class Agreement(SQLModel, table=True):
    """One person's acceptance of one version of a challenge's agreement."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("user_id", "challenge_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    version: str
    accepted_at: datetime


class Team(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("challenge_id", "name_key"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    name: str
    name_key: str  # case-folded and normalised, so that two names cannot look alike by case or width
    baseline: str | None = None  # the baseline's name in the definition; such a team has no member
    is_reference: bool = False
    captain_id: int | None = Field(default=None, foreign_key="user_account.id")
    final_submission_id: int | None = None  # the team's own choice; none means the latest
    created_at: datetime


class Membership(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("user_id", "challenge_id"),)  # one team per account per challenge
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    joined_at: datetime


class Invitation(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    code_hash: str = Field(unique=True)
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Submission(SQLModel, table=True):
    """Who sent what file when. Never changes, but for the refund of a fault of ours."""

    __table_args__ = (UniqueConstraint("team_id", "number"), UniqueConstraint("team_id", "idempotency_key"))
    id: int | None = Field(default=None, primary_key=True)  # ascending in order of receipt
    public_id: str = Field(unique=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id")  # none: a baseline
    number: int  # 1, 2, 3 … within the team
    received_at: datetime = Field(index=True)
    filename: str
    file_sha256: str
    canonical_sha256: str
    rows: int
    size: int
    note: str = ""
    method: str = ""
    idempotency_key: str | None = None
    receipt: dict[str, Any] = json_column()
    refunded_at: datetime | None = None


class Evaluation(SQLModel, table=True):
    """Submission × split × scorer version × label version."""

    __table_args__ = (UniqueConstraint("submission_id", "split", "scorer_version", "labels_version"),)
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    split: str  # public | private
    scorer_version: str
    labels_version: int
    state: str = Field(default="received", index=True)  # received | scoring | scored | failed
    token: str | None = None  # fencing token of the worker that holds the claim
    lease_until: datetime | None = None
    attempts: int = 0
    failure: str | None = None  # a fixed code, never a message
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Score(SQLModel, table=True):
    """One number. A gated challenge has none on the public split before its reveal."""

    __table_args__ = (UniqueConstraint("evaluation_id", "split", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    evaluation_id: int = Field(foreign_key="evaluation.id", index=True)
    split: str
    key: str
    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None  # why there is no value
    # The paired difference from the reference baseline, computed where both files lie: in the worker.
    difference: float | None = None
    difference_se: float | None = None


class Decision(SQLModel, table=True):
    """What the gate told the team about one submission. Once told, it stands."""

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", unique=True)
    outcome: str  # accepted | not_improved | kept (three acceptances used) | shown (no gate)
    shown_gain: float | None = None  # over the reference baseline, noised and rounded
    labels_version: int
    decided_at: datetime


class Report(SQLModel, table=True):
    """Curves, subgroups and calibration of one evaluation: aggregates that the worker has masked already."""

    id: int | None = Field(default=None, primary_key=True)
    evaluation_id: int = Field(foreign_key="evaluation.id", unique=True)
    content: dict[str, Any] = json_column()


class Comparison(SQLModel, table=True):
    """Pairwise differences between the finals of a challenge, with seeds and digests."""

    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    split: str
    labels_version: int
    content: dict[str, Any] = json_column()
    created_at: datetime


class LedgerEntry(SQLModel, table=True):
    """An act worth proving. Rows are only ever added; the sweeper chains their digests."""

    __tablename__ = "ledger_entry"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    kind: str
    challenge_id: int | None = Field(default=None, index=True)
    data: dict[str, Any] = json_column()
    digest: str


class LedgerLink(SQLModel, table=True):
    """One batch of the ledger: the digest over the previous link and the entries it covers, in order."""

    __tablename__ = "ledger_link"
    id: int | None = Field(default=None, primary_key=True)
    entry_ids: list[int] = json_column()
    last_id: int = Field(index=True)
    previous: str
    digest: str = Field(unique=True)
    chained_at: datetime


class InstanceFact(SQLModel, table=True):
    """Small facts of this instance: schema of the home, fingerprint of the labels' key, heartbeats."""

    __tablename__ = "instance_fact"
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime
