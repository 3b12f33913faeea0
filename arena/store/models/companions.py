"""Second files beside submissions: never ranked, compared with the final after the reveal."""

from datetime import datetime

from sqlmodel import Field

from arena.store.models.base import SQLModel


class Companion(SQLModel, table=True):
    """One second file of a submission. Rows are only ever added, and the newest counts."""

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    user_id: int = Field(foreign_key="user_account.id")
    received_at: datetime
    filename: str
    file_sha256: str
    canonical_sha256: str
    rows: int
    size: int
