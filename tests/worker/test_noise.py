"""The gate's noise: foretold only with the secret, the same when asked again, Laplace in distribution."""

import math

import numpy as np
import pytest

from worker.noise import Noise

SECRET = bytes(range(32))


def test_the_same_question_gets_the_same_draw():
    assert Noise(SECRET, "c", "1", 1).laplace(2.0, "x", 7, "f") == Noise(SECRET, "c", "1", 1).laplace(2.0, "x", 7, "f")


@pytest.mark.parametrize(
    "other",
    [
        Noise(SECRET, "c", "1", 2).laplace(1.0, "x", 7, "f"),
        Noise(SECRET, "d", "1", 1).laplace(1.0, "x", 7, "f"),
        Noise(bytes(32), "c", "1", 1).laplace(1.0, "x", 7, "f"),
        Noise(SECRET, "c", "1", 1).laplace(1.0, "y", 7, "f"),
        Noise(SECRET, "c", "1", 1).laplace(1.0, "x", 8, "f"),
        Noise(SECRET, "c", "1", 1).laplace(1.0, "x", 7, "g"),
    ],
)
def test_every_part_of_the_question_counts(other: float):
    assert other != Noise(SECRET, "c", "1", 1).laplace(1.0, "x", 7, "f")


def test_words_cannot_run_together():
    noise = Noise(SECRET, "c")
    assert noise.laplace(1.0, "ab", "c") != noise.laplace(1.0, "a", "bc")


def test_draws_are_laplace():
    noise = Noise(SECRET, "c", "1", 1)
    draws = np.sort([noise.laplace(1.0, "x", number) for number in range(20_000)])
    expected = np.where(draws < 0, np.exp(draws) / 2, 1 - np.exp(-draws) / 2)
    distance = np.abs(expected - (np.arange(20_000) + 0.5) / 20_000).max()
    # Kolmogorov-Smirnov: 1.95 / sqrt(n) is passed by a right sampler with probability 0.999.
    assert distance < 1.95 / math.sqrt(20_000)
    assert all(math.isfinite(draw) for draw in draws)
