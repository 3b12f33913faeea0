"""Random streams that follow from a secret, and the small draws that every part of the cohort uses."""

import hashlib
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
# Everything that is true of some patients, by name: one value a patient.
Patients = dict[str, Array]


def generator(secret: bytes, label: str) -> np.random.Generator:
    """An independent stream for each label of a secret."""
    digest = hashlib.sha256(secret + b"|" + label.encode()).digest()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int.from_bytes(digest, "big"))))


def choose(rng: np.random.Generator, n: int, shares: list[float]) -> Array:
    """Draw 0, 1, … with the given shares."""
    return np.asarray(np.searchsorted(np.cumsum(shares)[:-1], rng.uniform(size=n), side="right"))


def yes(rng: np.random.Generator, logit: Array) -> Array:
    """Draw 1 with the probability whose logit is given, else 0."""
    return np.asarray(rng.uniform(size=len(logit)) < 1 / (1 + np.exp(-logit)), dtype=int)
