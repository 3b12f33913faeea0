"""The model of challenge.toml: frozen parts with the properties that the rest of the house reads."""

import hashlib
import json
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from challenges.text import Text
from scorers.catalogue import metric_key

Kind = Literal["survival", "competing", "binary", "effect", "report"]
PlainName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
ColumnName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\s,;\"'\x00-\x1f][^,;\"'\x00-\x1f]*$")]
Positive = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]


class Part(BaseModel):
    """A table of the definition: frozen, and strict about names so that a misspelt key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=False)


class Words(Part):
    """A text in both languages."""

    ko: Annotated[str, Field(min_length=1, max_length=300)]
    en: Annotated[str, Field(min_length=1, max_length=300)]

    @property
    def text(self) -> Text:
        """Return the pair as the rest of the house passes it."""
        return Text(self.ko, self.en)


class Calendar(Part):
    """When the challenge opens and closes. Without a close it is open for ever; the server's clock decides."""

    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    verification_days: Annotated[int, Field(ge=0, le=365)] = 10
    team_freeze_days: Annotated[int, Field(ge=0, le=365)] = 7
    timezone: str = "Asia/Seoul"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("unknown_timezone") from error
        return value

    @model_validator(mode="after")
    def _ordered(self) -> "Calendar":
        if self.opens and self.closes and self.opens >= self.closes:
            raise ValueError("closes_before_it_opens")
        return self


class Files(Part):
    """The folder's files by their use; plain names, since a folder has no sub-folders."""

    train: PlainName | None = None
    test: PlainName | None = None
    dictionary: PlainName | None = None
    labels: PlainName | None = None
    sample: PlainName | None = None


class LabelColumns(Part):
    """The columns of the hidden labels."""

    id: ColumnName = "id"
    time: ColumnName | None = None
    event: ColumnName | None = None
    outcome: ColumnName | None = None
    truth: ColumnName | None = None
    split: ColumnName | None = None


class Column(Part):
    """One column of the prediction file besides the id."""

    name: ColumnName
    is_: Annotated[
        Literal["risk", "event_probability", "probability", "estimate", "lower", "upper"],
        Field(alias="is"),
    ]
    horizon: Positive | None = None


class MetricEntry(Part):
    """One metric of the challenge with its parameters."""

    name: str
    horizon: Positive | None = None
    tau: Positive | None = None
    grid: tuple[Positive, ...] | None = None
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = None
    level: Annotated[float, Field(gt=0.5, lt=1)] | None = None
    primary: bool = False
    tie_break: bool = False

    @property
    def key(self) -> str:
        """Return the name with its parameters, as scores are keyed: `ipa@1095`."""
        return metric_key(self.name, horizon=self.horizon, tau=self.tau, grid=self.grid, threshold=self.threshold)


class Leaderboard(Part):
    """What the leaderboard may show, and when."""

    gate: Literal["significant", "none"] = "significant"
    reveal: Literal["after_close", "after_reviews"] = "after_close"


class Limits(Part):
    """How much a team may send."""

    per_day: Annotated[int, Field(ge=1, le=1000)] = 3
    total: Annotated[int, Field(ge=1, le=100_000)] = 60
    team_size: Annotated[int, Field(ge=1, le=100)] = 5
    max_bytes: Annotated[int, Field(ge=1000, le=200_000_000)] = 50_000_000


class Subgroups(Part):
    """Columns of the test file by which private scores are told apart; fixed before the opening."""

    columns: tuple[ColumnName, ...] = ()


class Baseline(Part):
    """An organizer's prediction file that stands on the leaderboard unranked."""

    name: PlainName
    title: Words
    file: PlainName
    train_file: PlainName | None = None
    reference: bool = False


class AgreementText(Part):
    """The agreement that each person accepts, by version."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    file: PlainName
    before: Literal["submission", "download"] = "submission"


class Criterion(Part):
    """One criterion of the judges' rubric."""

    name: Words
    weight: Annotated[float, Field(gt=0, le=1)]


class Document(Part):
    """Whether a written document is asked for, and until when."""

    required: bool = False
    closes: AwareDatetime | None = None


class Judging(Part):
    """How leaderboard and rubric make an award."""

    leaderboard_weight: Annotated[float, Field(ge=0, le=1)] = 1.0
    criteria: tuple[Criterion, ...] = ()
    document: Document | None = None

    @model_validator(mode="after")
    def _weights_add_up(self) -> "Judging":
        if self.criteria and abs(sum(one.weight for one in self.criteria) - 1) > 1e-9:
            raise ValueError("weights_must_sum_to_one")
        return self


class Definition(Part):
    """A whole challenge as challenge.toml defines it."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=60)]
    title: Words
    summary: Words
    version: Annotated[str, Field(min_length=1, max_length=40)]
    license: Annotated[str, Field(min_length=1, max_length=100)]
    synthetic: bool
    practice: bool = False
    admission: Literal["open", "approval", "invite"] = "approval"
    kind: Kind
    calendar: Calendar = Calendar()
    files: Files
    labels: LabelColumns = LabelColumns()
    columns: tuple[Column, ...] = ()
    metrics: tuple[MetricEntry, ...] = ()
    leaderboard: Leaderboard = Leaderboard()
    limits: Limits = Limits()
    subgroups: Subgroups = Subgroups()
    baselines: tuple[Baseline, ...] = ()
    agreement: AgreementText | None = None
    judging: Judging | None = None

    @property
    def primary(self) -> MetricEntry:
        """Return the metric that ranks; a report challenge has none and raises LookupError."""
        for metric in self.metrics:
            if metric.primary:
                return metric
        raise LookupError("a report challenge has no primary metric")

    @property
    def tie_break(self) -> MetricEntry | None:
        """Return the metric that decides inside a tie group."""
        return next((metric for metric in self.metrics if metric.tie_break), None)

    @property
    def reference(self) -> Baseline | None:
        """Return the baseline that paired differences are taken from; none means the null model."""
        return next((baseline for baseline in self.baselines if baseline.reference), None)

    @property
    def horizons(self) -> tuple[float, ...]:
        """Return the horizons of the event-probability columns, ascending."""
        return tuple(sorted(column.horizon for column in self.columns if column.horizon is not None))

    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON of the whole definition."""
        return _sha256(self.model_dump(mode="json", by_alias=True))

    def binding(self, ids_sha256: str) -> str:
        """Return the digest that sealed labels carry: nobody can use them under other rules."""
        whole = self.model_dump(mode="json", by_alias=True)
        bound = {name: whole[name] for name in ("slug", "version", "labels", "columns", "metrics", "leaderboard")}
        return _sha256(bound | {"ids_sha256": ids_sha256})


def _sha256(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
