"""Small data sets with ties of every sort, as hypothesis draws them and as fixed examples."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st


@dataclass(frozen=True)
class Case:
    time: np.ndarray
    event: np.ndarray
    risk: np.ndarray
    probability: np.ndarray


def drawn(seed, n=30, *, competing=False, times=8, levels=6):
    """A data set with ties in time, in risk, and of events with censorings."""
    generator = np.random.default_rng(seed)
    time = generator.integers(0, times, n).astype(float) if times else generator.exponential(5.0, n)
    event = generator.choice([0, 1, 2] if competing else [0, 1], n)
    risk = generator.integers(0, levels, n) / levels if levels else generator.normal(size=n)
    return Case(time, event, risk, np.clip(generator.integers(1, 10, n) / 10, 0, 1))


@st.composite
def cases(draw, *, competing=False, least=2, most=14):
    n = draw(st.integers(least, most))
    time = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    event = draw(st.lists(st.integers(0, 2 if competing else 1), min_size=n, max_size=n))
    risk = draw(st.lists(st.sampled_from([-3.0, -0.0, 0.0, 5e-324, 0.25, 0.5, 1.0, 1e300]), min_size=n, max_size=n))
    probability = draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=n, max_size=n))
    return Case(np.array(time, dtype=float), np.array(event), np.array(risk), np.array(probability))
