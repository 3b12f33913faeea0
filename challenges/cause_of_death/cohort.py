"""Cause of death's drawing of the synthetic cohort: 20,000 patients, followed to a death of colorectal cancer or another one."""

from pathlib import Path

import numpy as np

from challenges.colorectal_cohort import VERSION, releasing
from challenges.colorectal_cohort.chance import Array, Patients

__all__ = ["RECIPE", "VERSION", "make", "outcome"]


def outcome(x: Patients) -> dict[str, Array]:
    """Days to death or the last observation; 0 alive then, 1 died of colorectal cancer, 2 of another cause."""
    return {"days": x["days"], "event": np.where(x["died"] == 1, np.where(x["cause"] == 1, 1, 2), 0)}


RECIPE = releasing.Recipe(
    train_seed=b"arena/cause-of-death/train/1.0.0",
    train=6_000,
    public=9_000,
    private=5_000,
    outcome=outcome,
    fate="event",
)


def make(out: Path, *, secret: bytes) -> None:
    """Write train.csv, test.csv and labels.csv into `out`."""
    releasing.make(out, RECIPE, secret=secret)
