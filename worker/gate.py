"""The gate: what a team may hear of a file before the reveal.

A file is compared with the team's incumbent (at first the reference baseline) after each of its predictions has been limited
to the incumbent's ± 0.05, or, where the primary metric ranks, each percentile rank to the incumbent's ± 0.10. It is accepted if

    gain + Laplace(row) >= max(1.64 SE, 8 row) + Laplace(row)

where `row` is the largest change of the metric that one row can make (see `worker.effects`), SE the standard error of the
paired, limited gain, the first draw belongs to the team and the file, the second to the team and its number of acceptances.
An accepted file shows its gain over the reference, limited alike, plus Laplace(3 row), rounded to 8 row, and never less than 8
row: what is accepted has passed that much, and "accepted, gain 0" would say the opposite. A refused one shows nothing. After three acceptances files are kept and judged after the close.

Why the limit: within it a row of a probability metric moves a comparison by at most a tenth of `row` (its squared errors differ
by 2·0.05·weight between the two outcomes, where an unlimited row moves by the whole weight). One acceptance therefore costs a
team's row eps = 0.1 for the threshold, 0.2 for the comparisons however many are refused (the sparse vector technique), 0.03
for the shown gain; three acceptances cost 1.0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from challenges.definition import MetricEntry
from scorers.catalogue import METRICS
from scorers.evaluation import Columns, Score, paired_difference
from scorers.inputs import Truth, Undefined
from worker.columns import spec_of
from worker.noise import Noise

ACCEPTANCES = 3
PROBABILITY_LIMIT = 0.05
RANK_LIMIT = 0.10
Z_ONE_SIDED = 1.64
STEP_ROWS = 8
SHOWN_ROWS = 3

RANK_METRICS = frozenset({"harrell_c", "uno_c", "auc_t", "wolbers_c", "auc_cr", "roc_auc", "average_precision"})

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """What one row can do to the primary metric of a challenge, and the grid of shown gains that follows from it."""

    row: float

    @property
    def step(self) -> float:
        """The distance between two shown gains, and the least threshold."""
        return STEP_ROWS * self.row


@dataclass(frozen=True, slots=True)
class Gate:
    """The primary metric on the public split of one label version, with the noise of this instance."""

    truth: Truth
    rows: NDArray[np.bool_]
    primary: MetricEntry
    scale: Scale
    noise: Noise

    def decide(
        self,
        *,
        team: int,
        canonical_sha256: str,
        file: Columns,
        incumbent: Columns,
        reference: Columns,
        acceptances: int,
    ) -> tuple[str, float | None]:
        """Return (outcome, shown gain); `acceptances` counts the team's earlier ones.

        Outcomes are `accepted` with a shown gain, `not_improved` and `kept`, without.
        """
        if acceptances >= ACCEPTANCES:
            return "kept", None
        gain, se = self._gain(file, incumbent)
        if gain is None:
            # Whether a metric is defined depends on the labels: before the reveal it looks like no improvement.
            return "not_improved", None
        heard = gain + self.noise.laplace(self.scale.row, "comparison", team, canonical_sha256)
        wanted = self.threshold(se) + self.noise.laplace(self.scale.row, "threshold", team, acceptances)
        if not heard >= wanted:  # said so that a NaN on either side is no acceptance
            return "not_improved", None
        total, _ = self._gain(file, reference)
        return "accepted", self._shown(total or 0.0, team, canonical_sha256)

    def threshold(self, se: float | None) -> float:
        """Return what a gain is compared with, before noise."""
        return max(Z_ONE_SIDED * (se or 0.0), self.scale.step)

    def _gain(self, file: Columns, other: Columns) -> tuple[float | None, float | None]:
        found = gain(self.truth, file, other, self.primary, self.rows)
        return found.value, found.se

    def _shown(self, total: float, team: int, canonical_sha256: str) -> float:
        # The bound is no second look at the labels: whoever sees that a file is accepted could apply it too.
        noisy = total + self.noise.laplace(SHOWN_ROWS * self.scale.row, "shown", team, canonical_sha256)
        # Twelve decimals drop the last bits of the product.
        return round(max(round(noisy / self.scale.step), 1) * self.scale.step, 12)


def gain(
    truth: Truth,
    file: Columns,
    other: Columns,
    primary: MetricEntry,
    rows: NDArray[np.bool_] | None = None,
) -> Score:
    """Return how much better a file is than another after limiting: positive is better, whatever the metric's direction."""
    spec = spec_of(primary)
    limited = limit(file, other, primary)
    try:
        found = paired_difference(truth, limited, comparable(other, primary), spec, rows=rows)
    except Undefined as error:
        return Score(None, None, None, error.code)
    if found.value is None or METRICS[primary.name].better == "higher":
        return found
    return Score(-found.value, found.se, None, None)


def limit(file: Columns, other: Columns, primary: MetricEntry) -> Columns:
    """Return what the primary metric reads of a file, each prediction held near the other's."""
    reach = RANK_LIMIT if primary.name in RANK_METRICS else PROBABILITY_LIMIT
    mine, theirs = comparable(file, primary), comparable(other, primary)
    return Columns(
        risk=_near(mine.risk, theirs.risk, reach),
        event_probability={
            horizon: _between(_floats(mine.event_probability[horizon]), _floats(values), reach)
            for horizon, values in theirs.event_probability.items()
        },
        probability=_near(mine.probability, theirs.probability, reach),
    )


def _near(mine: ArrayLike | None, theirs: ArrayLike | None, reach: float) -> Floats | None:
    return None if mine is None or theirs is None else _between(_floats(mine), _floats(theirs), reach)


def _between(mine: Floats, theirs: Floats, reach: float) -> Floats:
    return np.clip(mine, theirs - reach, theirs + reach)


def _floats(values: ArrayLike | None) -> Floats:
    if values is None:
        raise ValueError("the primary metric's column is missing")
    return np.asarray(values, dtype=np.float64)


def comparable(columns: Columns, primary: MetricEntry) -> Columns:
    """Return only what the primary metric reads: probabilities as they are, or percentile ranks where it ranks."""
    prepared = percentile_ranks if primary.name in RANK_METRICS else _floats
    if primary.name in ("brier_binary", "roc_auc", "average_precision"):
        return Columns(probability=prepared(columns.probability))
    if primary.grid:
        return Columns(event_probability={float(t): columns.event_probability[float(t)] for t in primary.grid})
    horizon = primary.horizon if primary.horizon is not None else primary.tau
    needs_risk = primary.name in ("harrell_c", "uno_c") or horizon not in columns.event_probability
    if needs_risk or horizon is None:
        return Columns(risk=prepared(columns.risk))
    return Columns(event_probability={float(horizon): prepared(columns.event_probability[float(horizon)])})


def percentile_ranks(given: ArrayLike | None) -> Floats:
    """Return mid-ranks between 0 and 1 among all test rows, so that no rank tells which rows are public.

    Ties share a rank, so a concordance of ranks is the concordance of the values.
    """
    values = _floats(given)
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return np.asarray((below + upto) / (2.0 * len(values)), dtype=np.float64)
