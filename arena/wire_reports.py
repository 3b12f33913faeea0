"""What travels over the JSON API of a submission's report."""

from pydantic import Field

from arena.wire import Answered, Score


class SubgroupValue(Score):
    """One declared subgroup: its primary score and its counts, or `masked` where they would tell of too few people."""

    subgroup: str
    masked: bool
    rows: int | None = None
    events: int | None = None


class Subgroups(Answered):
    column: str
    values: list[SubgroupValue]


class RiskGroup(Answered):
    """A third of the patients by predicted risk; what rests on fewer than ten is left out.

    `steps` are [time, observed, lower, upper] (without limits where events compete), `predicted` are [time, mean prediction],
    `at_risk` are [time, patients].
    """

    steps: list[list[float]]
    predicted: list[tuple[float, float]]
    at_risk: list[tuple[float, int | None]] = Field(default_factory=list)


class Calibration(Answered):
    """Patients in groups of like size by prediction: [mean prediction, observed, lower, upper] of each."""

    horizon: float | None
    bins: list[tuple[float, float, float, float]]


class SubmissionReport(Answered):
    """The numbers of a submission's figures, as the worker computed and masked them; the lowest risk group comes first."""

    id: str
    challenge: str
    split: str
    rows: int
    events: int | None
    subgroups: list[Subgroups]
    survival: list[RiskGroup]
    incidence: list[RiskGroup]
    calibration: list[Calibration]
