"""A challenge's definition: challenge.toml as a frozen model that checks itself."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from challenges import consistency, mistakes
from challenges.mistakes import DefinitionError, Mistake
from challenges.text import Text
from scorers.catalogue import metric_key

__all__ = ["FILE", "Definition", "DefinitionError", "Mistake", "load", "parse"]

FILE = "challenge.toml"
LATER = ("companion", "figure")


def _moment(value: object) -> object:
    # Numbers would pass as seconds since 1970; a date without an hour would pass as midnight of nobody's zone.
    if isinstance(value, datetime | str) or value is None:
        return value
    kind = "date" if isinstance(value, date) else "number"
    raise PydanticCustomError("moment", "a date and time with an offset is expected", {"given": kind})


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_moment)]
# Plain names only: nothing in a definition can point outside its folder.
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
ColumnName = Annotated[str, Field(pattern=r"^\w[\w.-]*$", max_length=64)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]*$", max_length=32)]
Sentence = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
Share = Annotated[Number, Field(gt=0, lt=1)]


class Model(BaseModel):
    """What every part of a definition has in common: frozen, exact in its types, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Words(Model):
    """A title or a name in both languages."""

    ko: Sentence
    en: Sentence

    @property
    def text(self) -> Text:
        return Text(self.ko, self.en)


class Calendar(Model):
    """When the challenge opens and closes; aware, and the server's clock decides."""

    opens: Moment | None = None
    closes: Moment | None = None
    verification_days: Annotated[int, Field(ge=0, le=365)] = 10
    team_freeze_days: Annotated[int, Field(ge=0, le=365)] = 7
    timezone: str = "Asia/Seoul"


class Files(Model):
    """Names of the files in the folder."""

    train: FileName | None = None
    test: FileName | None = None
    dictionary: FileName | None = None
    labels: FileName | None = None
    sample: FileName | None = None
    validation: FileName | None = None  # ids of the training rows that practice is scored on


class LabelColumns(Model):
    """Which column of the labels holds what; a challenge of reports has none."""

    id: ColumnName | Literal[""] = ""
    time: ColumnName | None = None
    event: ColumnName | None = None
    outcome: ColumnName | None = None
    truth: ColumnName | None = None
    split: ColumnName | None = None


class Column(Model):
    """One column that a prediction file must hold."""

    name: ColumnName
    is_: Literal["risk", "event_probability", "probability", "estimate", "lower", "upper"] = Field(alias="is")
    horizon: Positive | None = None


class MetricEntry(Model):
    """One metric of the challenge with its parameters."""

    name: str
    horizon: Positive | None = None
    tau: Positive | None = None
    grid: Annotated[tuple[Positive, ...], Field(strict=False, min_length=2)] | None = None
    threshold: Share | None = None
    level: Share | None = None
    primary: bool = False
    tie_break: bool = False

    @property
    def key(self) -> str:
        """The name under which scores of this metric are stored and shown, for example ipa@1095."""
        return metric_key(self.name, horizon=self.horizon, tau=self.tau, grid=self.grid, threshold=self.threshold)


class Leaderboard(Model):
    """What is shown before the reveal, and when the reveal may be."""

    gate: Literal["significant", "none"] = "significant"
    reveal: Literal["after_close", "after_reviews"] = "after_close"


class Limits(Model):
    """How much may be sent; a day is a calendar day in the challenge's zone."""

    per_day: Annotated[int, Field(ge=1, le=1000)] = 3
    total: Annotated[int, Field(ge=1, le=100_000)] = 60
    team_size: Annotated[int, Field(ge=1, le=100)] = 5
    max_bytes: Annotated[int, Field(ge=1000, le=2_000_000_000)] = 50_000_000
    late: bool = False  # whether files are still taken after the close: unranked, gated as before, never a final


class Subgroups(Model):
    """Columns of the test file whose groups get scores of their own after the reveal."""

    columns: Annotated[tuple[ColumnName, ...], Field(strict=False)] = ()


class Baseline(Model):
    """A prediction file of the organizer's; the one reference is what finals are compared with."""

    name: Name
    title: Words
    file: FileName
    train_file: FileName | None = None
    reference: bool = False


class Companion(Model):
    """A second file that teams may send beside a submission: never ranked, compared with the final after the reveal."""

    title: Words  # what the file holds
    description: Words  # how to make it
    question: Words  # what its difference from the final answers


class Figure(Model):
    """What the overview draws beside the question: the training patients' outcomes by groups of one column."""

    title: Words  # what divides the patients
    column: ColumnName  # a code's groups as they are; of a measured column, thirds
    within: Annotated[tuple[ColumnName, ...], Field(strict=False)] = ()  # thirds are taken among those alike in these
    time: ColumnName | None = None  # of the training file, where they are not those of the labels
    event: ColumnName | None = None
    horizon: Positive = 1095.0


class Agreement(Model):
    """What every member accepts, in FILE.ko.md and FILE.en.md, before submitting or before downloading."""

    version: Version
    file: FileName
    before: Literal["submission", "download"]


class Criterion(Model):
    """One line of the judges' rubric."""

    name: Words
    weight: Positive


class Document(Model):
    """The document that teams hand to the judges."""

    required: bool = False
    closes: Moment | None = None


class Judging(Model):
    """How awards are decided: the leaderboard's part and the rubric's, which together make 1 or 100."""

    leaderboard_weight: Annotated[Number, Field(ge=0)]
    criteria: Annotated[tuple[Criterion, ...], Field(strict=False)] = ()
    document: Document | None = None


class Definition(Model):
    """What a challenge is. Everything that a page, a check or a score needs to know is in it."""

    schema_: Literal[1] = Field(alias="schema")
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=3, max_length=60)]
    title: Words
    summary: Words
    version: Version
    license: Sentence
    synthetic: bool = False
    practice: bool = False
    # Where awards are at stake, throw-away teams are kept out: see the model validator for the default.
    admission: Literal["open", "approval", "invite"] = "approval"
    kind: Literal["survival", "competing", "binary", "effect", "report"]
    calendar: Calendar = Calendar()
    files: Files = Files()
    labels: LabelColumns = LabelColumns()
    columns: Annotated[tuple[Column, ...], Field(strict=False)] = ()
    metrics: Annotated[tuple[MetricEntry, ...], Field(strict=False)] = ()
    leaderboard: Leaderboard = Leaderboard()
    limits: Limits = Limits()
    subgroups: Subgroups = Subgroups()
    baselines: Annotated[tuple[Baseline, ...], Field(strict=False)] = ()
    companion: Companion | None = None
    figure: Figure | None = None
    agreement: Agreement | None = None
    judging: Judging | None = None

    @model_validator(mode="before")
    @classmethod
    def _default_admission(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "admission" not in data:
            return {**data, "admission": "open" if data.get("practice") is True else "approval"}
        return data

    @model_validator(mode="after")
    def _check_itself(self) -> Self:
        for finding in consistency.find(self.model_dump(by_alias=True, exclude_none=True)):
            where = mistakes.written(finding.path)
            raise PydanticCustomError(
                "inconsistent",
                "{where}: {sentence}",
                {"where": where, "sentence": finding.message.en, "finding": finding},
            )
        return self

    @property
    def primary(self) -> MetricEntry:
        """The metric that ranks; a challenge of reports has none, and must not be asked for it."""
        for entry in self.metrics:
            if entry.primary:
                return entry
        raise LookupError(f"{self.slug} has no metric")

    @property
    def tie_break(self) -> MetricEntry | None:
        return next((entry for entry in self.metrics if entry.tie_break), None)

    @property
    def reference(self) -> Baseline | None:
        return next((baseline for baseline in self.baselines if baseline.reference), None)

    @property
    def horizons(self) -> tuple[float, ...]:
        """The horizons at which event probabilities are asked, in order."""
        return tuple(sorted(column.horizon for column in self.columns if column.horizon is not None))

    def stored(self) -> dict[str, Any]:
        """Return everything in the definition, defaults included, as it is kept and shown: its digest is that of this.

        A key that came later is left out where it says nothing, so that older definitions keep their digests.
        """
        parts = self.model_dump(mode="json", by_alias=True)
        if not self.limits.late:
            del parts["limits"]["late"]
        if self.files.validation is None:
            del parts["files"]["validation"]
        return {name: value for name, value in parts.items() if name not in LATER or value is not None}

    def digest(self) -> str:
        """SHA-256 of everything in the definition, defaults included."""
        return _sha256(self.stored())

    def binding(self, ids_sha256: str) -> str:
        """SHA-256 of what hidden labels are sealed for: any other definition must not open them."""
        parts = self.model_dump(mode="json", by_alias=True, include={"slug", "version", "labels", "columns", "metrics"})
        return _sha256({**parts, "leaderboard": self.leaderboard.model_dump(mode="json"), "ids_sha256": ids_sha256})


def _sha256(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def parse(text: str, *, source: str = FILE) -> Definition:
    """Return the definition that the text holds, or raise DefinitionError with every mistake and its line."""
    return mistakes.validated(Definition, text, source)


def load(folder: Path) -> Definition:
    """Read a folder's challenge.toml."""
    return parse(mistakes.read_source(folder / FILE), source=FILE)
