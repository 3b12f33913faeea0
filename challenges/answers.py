"""What an organizer answers when a challenge is drafted: one plain record, whether a shell or a page asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """One column of the data, as a line of the dictionary.

    Attributes
    ----------
    name : str
        As the data files have it.
    type : str
        integer, number, category or id.
    unit : str
        Such as years; empty where there is none.
    codes : str
        Such as ``1=male;2=female``; empty where there are none.
    description_ko, description_en : str
        A sentence each; empty ones become marked gaps.
    block : str
        A group of columns, such as demography.
    """

    name: str
    type: str = "number"
    unit: str = ""
    codes: str = ""
    description_ko: str = ""
    description_en: str = ""
    block: str = ""


@dataclass(frozen=True, slots=True)
class BaselineAnswer:
    """A prediction file of the organizer's own that lies, or will lie, in the folder."""

    name: str
    title_ko: str
    title_en: str
    file: str
    train_file: str = ""
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that a folder's texts are written from.

    Attributes
    ----------
    kind : str
        survival, competing, binary, effect or report.
    id, time, event, outcome, truth, split : str
        Names of the label columns; those that the kind does not use stay empty.
    horizons : tuple of float
        The days at which event probabilities are asked (survival and competing).
    primary : str
        The primary metric by name or by key (``ipa``, ``ipa@1095``); empty takes what is recommended for the kind.
        Without a time of its own it takes the middle horizon.
    metrics : tuple of str
        What is shown beside it, by name or key (``net_benefit@1095:0.2``); empty takes what is recommended for the primary.
    tie_break : str
        By name or key; empty takes what is recommended, ``none`` does without.
    columns : tuple of ColumnAnswer
        The dictionary. Columns of the labels that are not among them are added.
    license : str
        The licence of the data.
    provenance_ko, provenance_en : str
        Where the data come from and who permits their use; Markdown, empty ones become marked gaps.
    steps_ko, steps_en : tuple of str
        What was done to the data on the way into the folder, a sentence each.
    opens, closes : datetime or None
        Aware; none leaves them to the publication.
    admission : str
        open, approval or invite; empty is open for practice and approval otherwise.
    gate : str
        significant or none; empty is none for practice and significant otherwise.
    validation : bool
        Whether the folder names a part of its training file to practise on; the caller writes it.
    agreement : str
        When it is to be accepted: submission or download; empty asks for none.
    schema : str
        Where editors find the schema of challenge.toml: an address, or the name of a file that is written along.
    """

    slug: str
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    kind: str
    id: str = "id"
    time: str = ""
    event: str = ""
    outcome: str = ""
    truth: str = ""
    split: str = "split"
    horizons: tuple[float, ...] = ()
    primary: str = ""
    metrics: tuple[str, ...] = ()
    tie_break: str = ""
    columns: tuple[ColumnAnswer, ...] = ()
    baselines: tuple[BaselineAnswer, ...] = ()
    practice: bool = False
    synthetic: bool = False
    license: str = ""
    provenance_ko: str = ""
    provenance_en: str = ""
    steps_ko: tuple[str, ...] = ()
    steps_en: tuple[str, ...] = ()
    subgroups: tuple[str, ...] = ()
    per_day: int = 3
    total: int = 60
    team_size: int = 5
    opens: datetime | None = None
    closes: datetime | None = None
    timezone: str = "Asia/Seoul"
    admission: str = ""
    gate: str = ""
    validation: bool = False
    agreement: str = ""
    version: str = "1.0.0"
    schema: str = "challenge.schema.json"

    def but(self, **changed: Any) -> "Answers":
        """Return the answers with some of them changed."""
        return replace(self, **changed)

    @property
    def admits(self) -> str:
        return self.admission or ("open" if self.practice else "approval")

    @property
    def gated(self) -> str:
        return self.gate or ("none" if self.practice else "significant")
