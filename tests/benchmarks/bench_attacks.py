"""What an attacker learns of hidden labels: attack × gate, over full quotas and many label worlds. `make bench attacks`."""

import numpy as np
import pytest

from tests.attacks import attacks, oracles
from tests.attacks.worlds import Cohort

WORLDS = 500
# attack, rows, teams, most labels learnt by the rule's promise (none: only printed)
GATED = (
    ("one_row_probes", 30, 1, 1.0),
    ("ten_row_probes", 30, 1, 1.0),
    ("parked_probes", 30, 1, 1.0),
    ("parked_ten_row_probes", 30, 1, 1.0),
    ("parked_probes", 100, 10, 8.0),
    ("parked_probes", 100, 100, None),
    ("rounding_edge", 80, 100, None),
    ("board_order", 50, 100, None),
)
COHORT = Cohort.drawn()


def line(name: str, gate: str, rows: int, teams: int, found: tuple[float, float], files: float, more: str = "") -> None:
    value, error = found
    print(
        f"  {name:26}{gate:13}{teams:5d} teams {rows:4d} rows {files:8.0f} files   labels learnt {value:6.2f} ± {1.96 * error:4.2f}{more}"
    )


@pytest.mark.parametrize(("name", "rows", "teams", "most"), GATED)
def test_attacks_through_the_gate(name: str, rows: int, teams: int, most: float | None):
    worlds = WORLDS if teams <= 10 else 100
    value, error, files, acceptances = attacks.learnt(
        getattr(attacks, name), COHORT, rows=rows, teams=teams, worlds=worlds
    )
    print()
    line(
        name,
        "significant",
        rows,
        teams,
        (value, error),
        files,
        f", {acceptances:.1f} acceptances, {value / files:.3f} a file",
    )
    if most is not None:
        assert value - 1.96 * error <= most
    if teams == 1:
        assert (value - 1.96 * error) / files <= 0.1


def test_attacks_without_a_gate():
    value, error, files, _ = attacks.learnt(attacks.exact_scores, COHORT, rows=60, teams=1, worlds=WORLDS)
    print()
    line("one_row_probes", "none", 60, 1, (value, error), files)
    for gated in (False, True):
        found = [oracles.area_oracle(seed, gated=gated) for seed in range(100)]
        gate = "significant" if gated else "none"
        line("area_oracle", gate, oracles.ATTACKED, 1, (np.mean(found), np.std(found) / 10), oracles.ATTACKED)
    found = [oracles.log_loss_oracle(seed) for seed in range(100)]
    line("log_loss_oracle", "none", oracles.ENCODED, 1, (np.mean(found), np.std(found) / 10), 1)
    print("  log_loss_oracle           significant  log loss is never shown before the reveal: nothing to read")


@pytest.mark.parametrize(("teams", "most"), [(1, 0.55), (10, None)])
def test_the_strongest_adversary(teams: int, most: float | None):
    right, error = attacks.decided(COHORT, teams=teams, worlds=2000 if teams == 1 else 300)
    print(
        f"\n  knows every other label, parks exactly, {teams} teams: right {right:.3f} ± {1.96 * error:.3f} of the time"
    )
    if most is not None:
        assert right - 1.96 * error <= most


def test_hill_climbing():
    for gated in (True, False):
        found = np.array([attacks.climb(COHORT, files=300, gated=gated, seed=seed) for seed in range(10)])
        public, private, kept = found.mean(axis=0)
        error = found[:, 1].std() / np.sqrt(10)
        gate = "significant" if gated else "none"
        print(
            f"\n  climbing, 300 files, {gate:12} public {public:+.4f}, private {private:+.4f} ± {1.96 * error:.4f}, {kept:.1f} kept"
        )
        assert private <= 1.96 * error


def test_an_honest_team_hears():
    for name, weak in (("the flagship’s baseline", False), ("a weak baseline", True)):
        heard, error = attacks.heard_by_an_honest_team(Cohort.drawn(weak=weak), worlds=200)
        print(f"\n  an honest team of twenty models hears of {heard:.2f} ± {1.96 * error:.2f} improvements over {name}")
