"""datasheet.json: what everybody may read of a challenge's examination, as a model that its writer and its page share.

Nothing in it depends on a hidden outcome but the verdicts themselves: every number comes from the training file, from the
sizes of the splits or from the definition, and small ones are masked before they are written.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from challenges.annotations import Provenance, Statements
from challenges.definition import Model, Number, Sentence, Words
from challenges.text import Text

__all__ = [
    "FILE",
    "Block",
    "Count",
    "Datasheet",
    "DatasheetError",
    "Examined",
    "Group",
    "Horizon",
    "Precision",
    "Privacy",
    "Rules",
    "Sizes",
    "Subgroup",
    "Value",
    "read",
]

FILE = "datasheet.json"
LARGEST = 1_000_000  # bytes
Count = Annotated[int, Field(ge=0)]
Short = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(pattern=r"^[\w.@:-]+$", max_length=120)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Split = Literal["public", "private"]


class Sizes(Model):
    """How many patients each file has; none where a count is too small to be told, or there is no such file."""

    train: Count | None
    public: Count | None
    private: Count | None


class Block(Model):
    """A block of the dictionary with how many variables it has."""

    name: Short
    variables: Count


class Horizon(Model):
    """The training patients at one day, and how many events the scored splits are expected to hold by it."""

    day: Number
    events: Count | None
    at_risk: Count | None
    kept: Number | None  # the probability of not being censored up to the day
    public: Count | None
    private: Count | None


class Value(Model):
    """A baseline's value of the primary metric, out of fold on the training file."""

    title: Words
    value: Number
    reference: bool


class Precision(Model):
    """The expected standard error of the primary metric on a split, and the smallest difference that it can tell."""

    split: Split
    se: Number | None
    difference: Number | None


class Group(Model):
    """One value of a subgroup column among the training patients."""

    value: Short
    rows: Count | None
    events: Count | None
    masked: bool


class Subgroup(Model):
    """A declared subgroup column."""

    column: Short
    groups: tuple[Group, ...] = Field(strict=False, max_length=100)


class Rules(Model):
    """The rules that were fixed before the opening, in words."""

    ranking: Statements
    missing: Statements
    ties: Statements


class Privacy(Model):
    """What is known of the people behind the rows."""

    quasi_identifiers: tuple[Short, ...] | None = Field(strict=False, max_length=100)
    least_group: Count | None  # the smallest group of people who share them; none where it is too small to be told
    small_group: bool


class Examined(Model):
    """One check: what was asked, what came of it, and the organizer's reason where a warning stands."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    state: Literal["pass", "warn", "fail"]
    question: Words
    reason: Statements | None


class Datasheet(Model):
    """All of datasheet.json."""

    format: Literal[1]
    definition_sha256: Digest
    scorer: Short
    slug: Short
    version: Short
    synthetic: bool
    license: Sentence
    provenance: Provenance | None
    sizes: Sizes
    blocks: tuple[Block, ...] = Field(strict=False, max_length=200)
    horizons: tuple[Horizon, ...] = Field(strict=False, max_length=100)
    outcome: Group | None
    primary: Key | None
    baselines: tuple[Value, ...] = Field(strict=False, max_length=100)
    precision: tuple[Precision, ...] = Field(strict=False, max_length=2)
    basis: Statements | None
    subgroups: tuple[Subgroup, ...] = Field(strict=False, max_length=50)
    privacy: Privacy
    rules: Rules
    lines: tuple[Examined, ...] = Field(strict=False, max_length=1000)

    def counted(self, state: str) -> int:
        """Return how many checks ended in this state."""
        return sum(1 for line in self.lines if line.state == state)

    @property
    def headline(self) -> Text:
        """The examination's finding in one sentence."""
        total, failed, warned = len(self.lines), self.counted("fail"), self.counted("warn")
        if failed:
            return Text(f"점검 {total}건 가운데 {failed}건이 실패했습니다", f"{failed} of {total} checks failed")
        if warned:
            return Text(
                f"점검 {total}건 가운데 {warned}건에 주의가 있습니다", f"{total} checks, {warned} with a warning"
            )
        return Text(f"점검 {total}건을 모두 통과했습니다", f"All {total} checks passed")

    def written(self) -> str:
        """Return the file's text: the same sheet gives the same bytes."""
        return self.model_dump_json(indent=1) + "\n"


class DatasheetError(ValueError):
    """A file that is no datasheet of ours; the message quotes nothing of it."""


def read(content: bytes) -> Datasheet:
    """Return the datasheet that a file holds."""
    if len(content) > LARGEST:
        raise DatasheetError("larger than any datasheet")
    try:
        return Datasheet.model_validate_json(content)
    except ValidationError:
        raise DatasheetError("not a datasheet of this format") from None
