"""The gate's rule: what is compared with what, when a file is accepted, what it shows."""

import math

import numpy as np
import pytest

from challenges.definition import MetricEntry
from scorers.evaluation import Columns, evaluate, paired_difference
from scorers.inputs import SurvivalTruth
from tests.worker import small
from worker.columns import spec_of
from worker.gate import Gate, Scale, comparable, gain, limit, percentile_ranks
from worker.noise import Noise

IPA = MetricEntry(name="ipa", horizon=1095, primary=True)
HARRELL = MetricEntry(name="harrell_c", primary=True)
BRIER = MetricEntry(name="brier", horizon=1095, primary=True)
ROWS = 2000
COHORT = small.draw(ROWS, 3, "P")
TRUTH = SurvivalTruth(COHORT.days, COHORT.died)
PUBLIC = np.random.default_rng(4).permutation(ROWS) % 2 == 0


class Silent(Noise):
    """No noise: the rule itself."""

    def __init__(self) -> None:
        super().__init__(b"", "")

    def laplace(self, scale: float, *purpose: str | int) -> float:
        del scale, purpose
        return 0.0


def file(share: float, noise: float = 0.0, seed: int = 0) -> Columns:
    values = COHORT.probability(share, noise=noise, seed=seed)
    return Columns(risk=values, event_probability={1095.0: values})


def gate(primary: MetricEntry = IPA, row: float = 0.001, noise: Noise | None = None) -> Gate:
    return Gate(TRUTH, PUBLIC, primary, Scale(row), noise or Silent())


def decide(
    made: Gate, mine: Columns, incumbent: Columns | None = None, acceptances: int = 0, team: int = 1
) -> tuple[str, float | None]:
    reference = file(0.0)
    return made.decide(
        team=team,
        canonical_sha256="f",
        file=mine,
        incumbent=incumbent or reference,
        reference=reference,
        acceptances=acceptances,
    )


def test_every_prediction_is_held_near_the_incumbent():
    near = limit(file(1.0), file(0.0), IPA).event_probability[1095.0]
    base, own = file(0.0).event_probability[1095.0], file(1.0).event_probability[1095.0]
    assert np.abs(near - base).max() <= 0.05 + 1e-12
    inside = np.abs(own - base) <= 0.05
    assert np.array_equal(near[inside], own[inside])
    assert 0 <= near.min() <= near.max() <= 1


def test_ranks_are_held_near_the_incumbents():
    near = limit(file(1.0), file(0.0), HARRELL).risk
    base = percentile_ranks(COHORT.probability(0.0))
    assert near is not None
    assert np.abs(near - base).max() <= 0.10 + 1e-12


def test_percentile_ranks_keep_order_and_ties():
    ranks = percentile_ranks(np.array([3.0, 1.0, 1.0, -2.0]))
    assert ranks.tolist() == [0.875, 0.5, 0.5, 0.125]
    score, ranked = (
        evaluate(TRUTH, columns, [spec_of(HARRELL)], rows=PUBLIC)["harrell_c"].value
        for columns in (file(0.7), comparable(file(0.7), HARRELL))
    )
    assert score == pytest.approx(ranked, abs=1e-12)


def test_one_row_moves_a_comparison_by_a_tenth_of_its_effect():
    """The limit's point, by changing each row's outcome in both of its forms."""
    rows = 400
    cohort = small.draw(rows, 5, "P")
    time, event = np.where(cohort.days > 1095, 2000.0, 500.0), (cohort.days <= 1095).astype(float)
    everybody = np.ones(rows, dtype=bool)
    base = cohort.probability(0.0)
    base_columns = Columns(event_probability={1095.0: base})
    # The worst file for each row: as far as it may go, in either direction.
    attack = Columns(event_probability={1095.0: np.where(np.arange(rows) % 2, 0.0, 1.0)})
    brier = float(np.mean(event) * (1 - np.mean(event)))
    row = 1 / (rows * brier)
    whole = gain(SurvivalTruth(time, event), attack, base_columns, BRIER, everybody).value
    moves = []
    for place in range(0, rows, 7):
        flipped_time, flipped = time.copy(), event.copy()
        flipped[place] = 1 - event[place]
        flipped_time[place] = 500.0 if flipped[place] else 2000.0
        other = gain(SurvivalTruth(flipped_time, flipped), attack, base_columns, BRIER, everybody).value
        assert whole is not None
        assert other is not None
        moves.append(abs(whole - other) / brier)
    assert max(moves) <= 0.1 * row * 1.0001
    assert max(moves) > 0.09 * row


def test_a_clear_improvement_is_accepted_and_shown_on_the_grid():
    made = gate()
    outcome, shown = decide(made, file(1.0))
    assert outcome == "accepted"
    assert shown is not None
    expected = gain(TRUTH, file(1.0), file(0.0), IPA, PUBLIC).value
    assert expected is not None
    assert shown == pytest.approx(round(expected / 0.008) * 0.008, abs=1e-9)


def test_where_lower_is_better_a_gain_is_still_positive():
    better, worse = (gain(TRUTH, file(share), file(0.5), BRIER, PUBLIC).value for share in (1.0, 0.0))
    assert better is not None
    assert worse is not None
    assert better > 0 > worse
    assert decide(gate(BRIER, row=1e-5), file(1.0))[0] == "accepted"


@pytest.mark.parametrize("primary", [IPA, HARRELL, BRIER])
def test_the_threshold_is_1_64_standard_errors_or_eight_rows(primary: MetricEntry):
    mine, base = file(0.6), file(0.0)
    found = paired_difference(
        TRUTH, limit(mine, base, primary), comparable(base, primary), spec_of(primary), rows=PUBLIC
    )
    assert found.value is not None
    assert found.se is not None
    size = abs(found.value)
    assert gate(primary, row=1e-9).threshold(found.se) == pytest.approx(1.64 * found.se)
    assert gate(primary, row=1.0).threshold(found.se) == 8.0
    assert decide(gate(primary, row=size / 8 * 0.999), mine)[0] == (
        "accepted" if size > 1.64 * found.se else "not_improved"
    )
    assert decide(gate(primary, row=size / 8 * 1.001), mine)[0] == "not_improved"


def test_noise_enters_on_both_sides_and_in_what_is_shown():
    asked: list[tuple[float, tuple[str | int, ...]]] = []

    class Heard(Silent):
        def laplace(self, scale: float, *purpose: str | int) -> float:
            asked.append((scale, purpose))
            return 0.0

    decide(gate(noise=Heard()), file(1.0), acceptances=2, team=9)
    assert asked == [
        (0.001, ("comparison", 9, "f")),
        (0.001, ("threshold", 9, 2)),
        (pytest.approx(0.003), ("shown", 9, "f")),
    ]


def test_a_refusal_says_nothing_and_costs_no_draw_of_the_shown_gain():
    assert decide(gate(), file(0.0)) == ("not_improved", None)
    assert decide(gate(), file(-0.5)) == ("not_improved", None)


def test_after_three_acceptances_a_file_is_kept_unseen():
    class Deaf(Silent):
        def laplace(self, scale: float, *purpose: str | int) -> float:
            raise AssertionError(f"a kept file is not compared: {scale} {purpose}")

    assert decide(gate(noise=Deaf()), file(1.0), acceptances=3) == ("kept", None)


def test_what_is_undefined_looks_like_no_improvement():
    nobody = SurvivalTruth(np.full(ROWS, 2000.0), np.zeros(ROWS))
    made = Gate(nobody, PUBLIC, HARRELL, Scale(0.001), Silent())
    assert decide(made, file(1.0)) == ("not_improved", None)


def test_half_of_the_files_at_the_threshold_pass():
    """With noise on, acceptance follows the size of the gain: .03, .5, .97 at half, once, one and a half times the threshold."""
    found = gain(TRUTH, file(1.0), file(0.0), IPA, PUBLIC).value
    assert found is not None
    passed = {}
    for factor in (0.5, 1.0, 1.5):
        # The threshold is 8 rows, so that this gain is `factor` thresholds.
        row = found / factor / 8
        made = [gate(row=row, noise=Noise(bytes(32), "world", number)) for number in range(300)]
        passed[factor] = np.mean([decide(one, file(1.0))[0] == "accepted" for one in made])
    assert passed[0.5] < 0.1
    assert passed[1.0] == pytest.approx(0.5, abs=0.1)
    assert passed[1.5] > 0.9


@pytest.mark.parametrize("far", [1, 5])
def test_what_is_accepted_shows_at_least_one_step(far: int):
    class Down(Silent):
        def laplace(self, scale: float, *purpose: str | int) -> float:
            return -0.0 * scale if purpose[0] != "shown" else -far * gain_of_best

    gain_of_best = gain(TRUTH, file(1.0), file(0.0), IPA, PUBLIC).value or 0.0
    assert decide(gate(noise=Down()), file(1.0)) == ("accepted", Scale(0.001).step)


class Broken(Noise):
    """A draw that is no number, standing for any step of the sum that could become one."""

    def __init__(self) -> None:
        super().__init__(b"", "")

    def laplace(self, scale: float, *purpose: str | int) -> float:
        del scale, purpose
        return math.nan


def test_what_is_no_number_is_no_acceptance():
    assert decide(gate(), file(1.0))[0] == "accepted"
    assert decide(gate(noise=Broken()), file(1.0)) == ("not_improved", None)
