"""What travels of the analysis of a challenge's finals."""

from datetime import datetime

from arena.wire import Answered, BoardRow


class Entrant(Answered):
    """One team's final: its score, its rank, and what the resamples of the patients say of that rank."""

    team: str
    submission: str
    value: float
    se: float
    rank: int
    tie_group: str
    factor: float | None
    first: float
    median: int
    low: int
    high: int
    set_low: int
    set_high: int
    tie_break: float | None
    gain: float | None
    gain_se: float | None


class Ordering(Answered):
    """The ranks by another metric or way of putting resamples together, in the order of the entrants."""

    kind: str
    name: str
    ranks: list[int]
    tau: float | None
    winner_changes: bool


class Comparison(Answered):
    """The finals against each other; rows and columns of every matrix follow the entrants."""

    key: str
    replicates: int
    seed: int
    level: float
    labels_version: int
    computed_at: datetime
    sha256: str
    entrants: list[Entrant]
    counts: list[list[int]]
    advantage: list[list[float | None]]
    advantage_se: list[list[float | None]]
    p: list[list[float | None]]
    orderings: list[Ordering]
    stability: float | None


class Analysis(Answered):
    """What the private split says of the finals, after the reveal; no comparison while a worker has yet to make it."""

    challenge: str
    revealed: bool
    primary: str | None
    total: int
    rows: list[BoardRow]
    next: str | None = None
    comparison: Comparison | None = None
