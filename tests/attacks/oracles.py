"""Published oracles: labels read from exact scores of classifiers, and what the gate leaves of them, by the real scorers."""

import numpy as np

from challenges.definition import MetricEntry
from scorers.evaluation import Columns, Spec, value
from scorers.inputs import BinaryTruth
from worker.gate import Gate, Scale
from worker.noise import Noise

ROWS, ATTACKED, ENCODED = 2000, 30, 26
ROC = MetricEntry(name="roc_auc", primary=True)


def world(seed: int) -> tuple[BinaryTruth, np.ndarray]:
    generator = np.random.default_rng(seed)
    risk = 1 / (1 + np.exp(1.2 - generator.normal(size=ROWS)))
    outcome = (generator.uniform(size=ROWS) < risk).astype(int)
    outcome[:ATTACKED] = generator.permutation(np.arange(ATTACKED) % 2)
    return BinaryTruth(outcome), np.clip(risk + generator.normal(0, 0.05, ROWS), 0.01, 0.99)


def area_oracle(seed: int, *, gated: bool) -> float:
    """Whitehill (2016): one row a file moved to the top; the area rises for an event and falls for anybody else."""
    truth, file = world(seed)
    events = int(truth.outcome.sum())
    gate = Gate(truth, np.ones(ROWS, dtype=bool), ROC, Scale(1.0 / min(events, ROWS - events)), Noise(b"x" * 32, seed))
    base = value(truth, Columns(probability=file), Spec("roc_auc"))
    guessed = np.zeros(ATTACKED, dtype=bool)
    for row in range(ATTACKED):
        moved = file.copy()
        moved[row] = 1.0
        if gated:
            told, _ = gate.decide(
                team=1,
                canonical_sha256=str(row),
                file=Columns(probability=moved),
                incumbent=Columns(probability=file),
                reference=Columns(probability=file),
                acceptances=0,
            )
            guessed[row] = told == "accepted"
        else:
            guessed[row] = value(truth, Columns(probability=moved), Spec("roc_auc")) > base
    return _learnt(guessed, truth)


def log_loss_oracle(seed: int, *, rows: int = ENCODED) -> float:
    """Aggarwal (2021): all labels from a single exact log loss, each row's odds a power of two, all other rows at one half."""
    truth, _ = world(seed)
    file = np.full(ROWS, 0.5)
    odds = 2.0 ** np.arange(rows)
    unit = 1e-7
    file[:rows] = 1 / (1 + np.exp(-odds * unit))
    exact = value(truth, Columns(probability=file), Spec("log_loss")) * ROWS
    # Σ log(1 + e^z) − Σ y z, with every row's z known: what is missing is Σ y 2^i.
    z = np.zeros(ROWS)
    z[:rows] = odds * unit
    missing = round(float((np.logaddexp(0, z).sum() - exact) / unit))
    guessed = np.array([bool(missing >> place & 1) for place in range(rows)])
    return _learnt(guessed, truth)


def _learnt(guessed: np.ndarray, truth: BinaryTruth) -> float:
    labels = truth.outcome[: guessed.size] == 1
    accuracy = (guessed[labels].mean() + (~guessed[~labels]).mean()) / 2
    return float(guessed.size * (2 * accuracy - 1))
