"""The flagship's drawing of the synthetic cohort: 14,000 patients to train on, 28,000 to predict, followed to death."""

from pathlib import Path

from challenges.colorectal_cohort import VERSION, releasing
from challenges.colorectal_cohort.chance import Array, Patients

__all__ = ["RECIPE", "VERSION", "make", "outcome"]


def outcome(x: Patients) -> dict[str, Array]:
    """Days from the operation to death or the last observation, and which of the two it was."""
    return {"days": x["days"], "died": x["died"]}


RECIPE = releasing.Recipe(
    train_seed=b"arena/colorectal-fitness/train/1.0.0",
    train=14_000,
    public=14_000,
    private=14_000,
    outcome=outcome,
    fate="died",
)


def make(out: Path, *, secret: bytes) -> None:
    """Write train.csv, test.csv and labels.csv into `out`."""
    releasing.make(out, RECIPE, secret=secret)
