"""What the scripts of the publishing pages send: strict models, so that a wrong type is refused and not guessed at."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from arena.wire import Asked
from challenges.answers import Answers, ColumnAnswer

ZONE = ZoneInfo("Asia/Seoul")
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, Field(max_length=500)]
Long = Annotated[str, Field(max_length=10_000)]
# As a field of the type datetime-local has it: a moment without an offset, in the challenge's zone.
Local = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?)?$")]


class DefinitionAsked(Asked):
    """A challenge.toml, and the digest of the labels' ids once the browser knows it."""

    text: Annotated[str, Field(max_length=200_000)]
    ids_sha256: Digest | None = None


class ColumnAsked(Asked):
    """One released column."""

    name: Short
    type: Literal["integer", "number", "category", "id"]
    unit: Short = ""
    codes: Long = ""
    description_ko: Short = ""
    description_en: Short = ""


class AnswersAsked(Asked):
    """The answers of the form; each is checked where the definition is."""

    slug: Short
    title_ko: Short
    title_en: Short
    summary_ko: Long
    summary_en: Long
    kind: Literal["survival", "competing", "binary"]
    id: Short
    time: Short = ""
    event: Short = ""
    outcome: Short = ""
    split: Short
    horizons: Annotated[list[float], Field(max_length=20)]
    primary: Short
    columns: Annotated[list[ColumnAsked], Field(max_length=2000)]
    practice: bool
    synthetic: bool
    license: Short
    provenance_ko: Long
    provenance_en: Long
    steps_ko: Annotated[list[Short], Field(max_length=20)]
    steps_en: Annotated[list[Short], Field(max_length=20)]
    subgroups: Annotated[list[Short], Field(max_length=100)]
    per_day: int
    total: int
    opens: Local = ""
    closes: Local = ""
    admission: Literal["", "open", "approval", "invite"]
    agreement: Literal["", "submission", "download"]
    validation: bool = False
    ids_sha256: Digest

    def answers(self) -> Answers:
        """Return the answers as authoring takes them."""
        given = self.model_dump(exclude={"ids_sha256", "opens", "closes", "columns"})
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return Answers(
            **given,
            columns=tuple(ColumnAnswer(**column.model_dump()) for column in self.columns),
            opens=_moment(self.opens),
            closes=_moment(self.closes),
            schema="",
        )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None
    except ValueError:  # the thirtieth of February
        return None
