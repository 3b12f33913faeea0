"""Worlds to attack: patients whose outcomes are drawn anew in each, and the gate's rule in closed form, so that thousands can be run.

Everybody is followed past the horizon, so the index of prediction accuracy is one minus a ratio of plain Brier scores, and what a file
gains over another, with its standard error, is a sum over the rows that differ. `test_attacks` holds both to `worker.gate` on whole files.
"""

from dataclasses import dataclass, field

import numpy as np

from worker.gate import ACCEPTANCES, PROBABILITY_LIMIT, SHOWN_ROWS, STEP_ROWS, Z_ONE_SIDED
from worker.noise import Noise

ROWS = 14_000


@dataclass(frozen=True)
class Cohort:
    """What an attacker sees: predictions of the reference and of a better model, and which rows are attacked."""

    risk: np.ndarray  # the true probability of the event
    reference: np.ndarray
    better: np.ndarray

    @classmethod
    def drawn(cls, seed: int = 0, rows: int = ROWS, *, weak: bool = False) -> "Cohort":
        """Draw a cohort like the flagship's: a fifth has the event; the reference explains about a quarter of it."""
        generator = np.random.default_rng(seed)
        known, more, hidden = generator.normal(size=(3, rows))
        strength = 0.6 if weak else 1.25
        logit = -2.1 + 1.25 * known + 0.42 * more + 0.3 * hidden

        def probability(values: np.ndarray) -> np.ndarray:
            return 1 / (1 + np.exp(-values))

        reference = probability(-2.05 + strength * known)
        return cls(probability(logit), reference, probability(-2.09 + 1.25 * known + 0.42 * more))


class World:
    """One draw of the outcomes; the attacked rows may have labels of even odds."""

    def __init__(self, cohort: Cohort, seed: int, even: np.ndarray | None = None) -> None:
        generator = np.random.default_rng(seed)
        self.cohort = cohort
        self.y = (generator.uniform(size=cohort.risk.size) < cohort.risk).astype(np.float64)
        if even is not None:
            self.y[even] = generator.permutation(np.arange(even.size) % 2)
        self.n = self.y.size
        self.mean = float(self.y.mean())
        self.null = self.mean * (1 - self.mean)
        self.row = 1.0 / (self.n * self.null)
        self.noise = Noise(b"gate's secret of the attacked world", "attack", seed)

    def ipa(self, file: np.ndarray) -> float:
        return 1.0 - float(((self.y - file) ** 2).mean()) / self.null


def limited(file: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.clip(file, other - PROBABILITY_LIMIT, other + PROBABILITY_LIMIT)


class Pair:
    """A base file against an incumbent, kept as sums, so that a probe of a few rows costs a few operations."""

    def __init__(self, world: World, base: np.ndarray, incumbent: np.ndarray) -> None:
        self.world, self.incumbent = world, incumbent
        self.base = limited(base, incumbent)
        self._was = (world.y - incumbent) ** 2
        self._gain = self._was - (world.y - self.base) ** 2
        self._sums = self._of(self._gain, world.y - world.mean)

    @staticmethod
    def _of(gain: np.ndarray, centred: np.ndarray) -> np.ndarray:
        return np.array([gain.sum(), (gain**2).sum(), (gain * centred).sum()])

    def probe(self, rows: np.ndarray, values: np.ndarray) -> tuple[float, float]:
        """Return the limited gain and its standard error with some rows of the base replaced."""
        world = self.world
        sums = self._sums
        if rows.size:
            held = limited(values, self.incumbent[rows])
            centred = world.y[rows] - world.mean
            new = self._was[rows] - (world.y[rows] - held) ** 2
            sums = sums - self._of(self._gain[rows], centred) + self._of(new, centred)
        first, second, cross = sums
        n, null = world.n, world.null
        gain = first / (n * null)
        slope = gain * (1 - 2 * world.mean)
        squares = second - first**2 / n - 2 * slope * cross + slope**2 * n * null
        return float(gain), float(np.sqrt(max(squares, 0.0)) / (n * null))

    def file(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        whole = self.base.copy()
        whole[rows] = values
        return whole


NONE = np.empty(0, dtype=np.intp)


@dataclass
class Team:
    """A team before the gate of one world: its incumbent, what it was told, and how many files it sent."""

    world: World
    number: int
    sent: int = 0
    acceptances: int = 0
    incumbent: np.ndarray = field(init=False)
    shown: list[float] = field(default_factory=list)
    _pairs: dict[int, Pair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.incumbent = self.world.cohort.reference

    def pair(self, base: np.ndarray) -> Pair:
        if id(base) not in self._pairs:
            self._pairs[id(base)] = Pair(self.world, base, self.incumbent)
        return self._pairs[id(base)]

    def submit(self, base: np.ndarray, rows: np.ndarray = NONE, values: np.ndarray = NONE) -> bool:
        """Send a file; return whether it was accepted. The rule is that of `worker.gate`."""
        self.sent += 1
        if self.acceptances >= ACCEPTANCES:
            return False
        world, pair = self.world, self.pair(base)
        gain, se = pair.probe(rows, values)
        name = f"file {self.sent}"
        heard = gain + world.noise.laplace(world.row, "comparison", self.number, name)
        wanted = max(Z_ONE_SIDED * se, STEP_ROWS * world.row)
        wanted += world.noise.laplace(world.row, "threshold", self.number, self.acceptances)
        if not heard >= wanted:
            return False
        file = pair.file(rows, values)
        total, _ = Pair(world, file, world.cohort.reference).probe(NONE, NONE)
        noisy = total + world.noise.laplace(SHOWN_ROWS * world.row, "shown", self.number, name)
        self.shown.append(round(noisy / (STEP_ROWS * world.row)))
        self.acceptances += 1
        self.incumbent = file
        self._pairs.clear()
        return True
