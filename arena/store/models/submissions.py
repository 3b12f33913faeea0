"""Submissions, their evaluations, scores, decisions and reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from arena.store.models.base import SQLModel, json_column


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
    late: bool = False  # received after the close, where the challenge takes such files: never ranked, never a final


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
    in_force: bool = True  # whether it counts: those of a rescoring do, all at once, when the last of them is done
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


class FileRefusal(SQLModel, table=True):
    """How many files sent as submissions were refused on one day because of one kind of problem; the files are not kept."""

    __tablename__ = "file_refusal"
    __table_args__ = (UniqueConstraint("challenge_id", "day", "code"),)
    id: int | None = Field(default=None, primary_key=True)
    challenge_id: int = Field(foreign_key="challenge.id", index=True)
    day: str  # a calendar day in the challenge's zone: 2026-11-23
    code: str
    files: int
