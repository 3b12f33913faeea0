"""The attacks in short form, and their shortcut held to the real gate; `make bench attacks` runs them over whole quotas."""

import numpy as np
import pytest

from challenges.definition import MetricEntry
from scorers.evaluation import Columns
from scorers.inputs import SurvivalTruth
from tests.attacks import attacks, oracles
from tests.attacks.worlds import NONE, Cohort, Pair, Team, World
from worker.gate import Gate, Scale, gain

IPA = MetricEntry(name="ipa", horizon=1095.0, primary=True)


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return Cohort.drawn(rows=3000)


def whole(world: World) -> tuple[SurvivalTruth, np.ndarray]:
    time = np.where(world.y == 1, 500.0, 2000.0)
    return SurvivalTruth(time, world.y.astype(np.int8)), np.ones(world.n, dtype=bool)


def columns(values: np.ndarray) -> Columns:
    return Columns(event_probability={1095.0: values})


def test_the_shortcut_equals_the_gate(cohort: Cohort):
    """Gain, standard error and the whole decision, noise included, on whole files through the scorers."""
    world = World(cohort, 3)
    truth, rows = whole(world)
    probed, values = np.array([1, 5, 70]), np.array([1.0, 0.0, 0.4])
    for base in (cohort.better, cohort.reference):
        pair = Pair(world, base, cohort.reference)
        for changed, to in ((NONE, NONE), (probed, values)):
            expected = gain(truth, columns(pair.file(changed, to)), columns(cohort.reference), IPA, rows)
            assert pair.probe(changed, to) == pytest.approx((expected.value, expected.se), rel=1e-6, abs=1e-12)
    team = Team(world, 4)
    gate = Gate(truth, rows, IPA, Scale(world.row), world.noise)
    mixed = 0.5 * (cohort.reference + cohort.better)
    for number, file in enumerate((cohort.reference, mixed, cohort.better, cohort.better + 0.001), start=1):
        incumbent, before = team.incumbent, team.acceptances
        accepted = team.submit(file)
        told, shown = gate.decide(
            team=4,
            canonical_sha256=f"file {number}",
            file=columns(file),
            incumbent=columns(incumbent),
            reference=columns(cohort.reference),
            acceptances=before,
        )
        assert (told == "accepted") == accepted
        if accepted:
            assert shown == pytest.approx(team.shown[-1] * 8 * world.row)


def test_probes_learn_next_to_nothing_through_the_gate_and_everything_without(cohort: Cohort):
    # The rule allows a team 1 label of a quota; sixty worlds know this to half a label.
    for attack in (attacks.one_row_probes, attacks.ten_row_probes, attacks.parked_probes):
        found, error, _, _ = attacks.learnt(attack, cohort, rows=30, teams=1, worlds=60)
        assert found <= 1.0 + 3 * error
    found, _, _, _ = attacks.learnt(attacks.exact_scores, cohort, rows=30, teams=1, worlds=10)
    assert found == 30.0


def test_the_strongest_adversary_tosses_a_coin(cohort: Cohort):
    right, error = attacks.decided(cohort, teams=1, worlds=300)
    assert right <= 0.55 + 3 * error


def test_climbing_gains_nothing_through_the_gate_and_loses_without(cohort: Cohort):
    gated = attacks.climb(cohort, files=120, gated=True, seed=1)
    free = attacks.climb(cohort, files=120, gated=False, seed=1)
    assert gated[1] <= 0.0
    assert free[0] > 0 > free[1]


def test_published_oracles_read_everything_without_the_gate_and_nothing_with_it():
    assert oracles.area_oracle(1, gated=False) == oracles.ATTACKED
    assert oracles.area_oracle(1, gated=True) == 0.0
    assert oracles.log_loss_oracle(1) == oracles.ENCODED
