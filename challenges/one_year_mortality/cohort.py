"""One-year mortality's drawing of the synthetic cohort: 20,000 patients, each known to be dead or alive after one year."""

from pathlib import Path

from challenges.colorectal_cohort import VERSION, releasing
from challenges.colorectal_cohort.chance import Array, Patients
from challenges.colorectal_cohort.deaths import dead_by

__all__ = ["DAY", "RECIPE", "VERSION", "make", "outcome"]

DAY = 365


def outcome(x: Patients) -> dict[str, Array]:
    """Vital status on day 365, from the deaths themselves: being lost to follow-up does not hide it."""
    return {"died_1y": dead_by(x, DAY)}


RECIPE = releasing.Recipe(
    train_seed=b"arena/one-year-mortality/train/1.0.0",
    train=5_000,
    public=10_000,
    private=5_000,
    outcome=outcome,
    fate="died_1y",
)


def make(out: Path, *, secret: bytes) -> None:
    """Write train.csv, test.csv and labels.csv into `out`."""
    releasing.make(out, RECIPE, secret=secret)
