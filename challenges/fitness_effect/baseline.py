"""The organizer's three baselines, as prediction files. They are in this folder, since every installation has the same.

    python -m challenges.fitness_effect.baseline

writes them anew from the published training patients. `standardised`, the reference, is what the starter writes.
"""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from challenges.fitness_effect import cohort, starter

Model = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def crude(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Mortality in the fittest quarter of each group less that in the least fit quarter: nothing is standardised."""
    dead, weight = starter.known_by(train)
    quarters = train["vo2peak"] >= train[starter.HIGH], train["vo2peak"] <= train[starter.LOW]
    rows = []
    for group in starter.members(train, test):
        shares = [np.average(dead[group & part], weights=weight[group & part]) for part in quarters]
        variance = sum(share * (1 - share) / (group & part).sum() for share, part in zip(shares, quarters, strict=True))
        rows.append((shares[0] - shares[1], 1.96 * variance**0.5))
    found, reach = np.array(rows).T
    columns = {"estimate": found, "lower": found - reach, "upper": found + reach}
    return pd.DataFrame({"estimand": test["estimand"], **columns})


MODELS: dict[str, Model] = {
    "crude": crude,
    "one_effect": partial(starter.estimate, modified=False),
    "standardised": starter.estimate,
}


def write(folder: Path) -> None:
    """Read train.csv and test.csv in `folder`; write every baseline file, and as sample an effect of nothing."""
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    for name, model in MODELS.items():
        _save(folder / f"baseline_{name}.csv", model(train, test))
    sample = test[["estimand"]].assign(estimate=0.0, lower=-0.1, upper=0.1)
    _save(folder / "sample_submission.csv", sample)


def _save(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n")


if __name__ == "__main__":
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as name:
        drawn = Path(name)
        cohort.make(drawn, secret=b"")
        (drawn / "test.csv").write_bytes((here / "test.csv").read_bytes())
        write(drawn)
        for path in [*drawn.glob("baseline_*.csv"), drawn / "sample_submission.csv"]:
            (here / path.name).write_bytes(path.read_bytes())
