"""Finals against each other: ranks no finer than the data, the same for the same finals, and nothing of a single row."""

import json

import numpy as np
import pytest

from challenges.definition import Definition
from challenges.labels import read_labels
from scorers.evaluation import Columns
from tests.worker import small
from worker.columns import Outcomes, outcomes
from worker.comparing import comparison


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> tuple[Definition, Outcomes, small.Cohort]:
    from challenges.definition import load

    folder = tmp_path_factory.mktemp("world")
    rows = small.write(folder, rows=3000)
    definition = load(folder)
    labels = read_labels((folder / "labels.csv").read_bytes(), definition)
    return definition, outcomes(labels, definition, rows.ids), rows


def file(rows: small.Cohort, share: float, noise: float = 0.0, seed: int = 0) -> Columns:
    values = rows.probability(share, noise=noise, seed=seed)
    return Columns(risk=values, event_probability={1095.0: values})


def finals(rows: small.Cohort) -> dict[str, Columns]:
    return {
        "reference": file(rows, 0.0),
        "good": file(rows, 1.0),
        "copy": file(rows, 1.0),
        "near": file(rows, 1.0, 0.02, 3),
        "poor": file(rows, 0.3, 1.5, 4),
    }


def test_ranks_hold_what_can_be_told_apart(world):
    definition, hidden, rows = world
    found = comparison(definition, hidden, finals(rows), "private", baselines={"reference"}, replicates=400)
    ranks = found["ranks"]
    assert ranks["teams"] == [1, 2, 3, 4]
    assert ranks["tie_group"][:3] == [1, 1, 1]
    assert ranks["tie_group"][3] == 2
    assert ranks["rank"] == [1, 1, 1, 4]
    assert ranks["factor"][0] == ranks["factor"][1]  # a copy is as good
    assert ranks["set_high"][3] == 4
    assert ranks["set_low"][3] == 4
    assert ranks["better"][0] == [False, False, False, True]
    assert ranks["p_holm"][0][3] < 0.001
    assert ranks["p_holm"][0][0] is None
    assert ranks["p_holm"][0][1] == 1.0
    assert [sum(counts) for counts in ranks["counts"]] == [found["replicates"]] * 4
    assert ranks["first"][3] == 0.0
    assert found["sensitivity"]["schemes"]["test_then_rank"]["rank"][3] == 4
    assert found["sensitivity"]["schemes"]["rank_then_aggregate"]["rank"][3] == 4


def test_the_same_finals_give_the_same_bytes_and_json_without_infinities(world):
    definition, hidden, rows = world
    one, two = (
        json.dumps(comparison(definition, hidden, finals(rows), "private", replicates=64), allow_nan=False)
        for _ in range(2)
    )
    assert one == two


def test_other_metrics_are_compared_by_the_scores_that_are_given(world):
    definition, hidden, rows = world
    scores = {"good": {"harrell_c": 0.6}, "poor": {"harrell_c": 0.7}, "near": {"harrell_c": None}}
    found = comparison(
        definition, hidden, finals(rows), "private", baselines={"reference"}, scores=scores, replicates=64
    )
    by_c = found["sensitivity"]["metrics"]["harrell_c"]
    assert by_c["winner_changes"]
    # Whoever has no score ranks behind those who have one.
    assert by_c["rank"] == [2, 3, 3, 1]
    assert "ipa@1095" not in found["sensitivity"]["metrics"]


def test_one_team_no_team_and_all_equal(world):
    definition, hidden, rows = world
    alone = comparison(definition, hidden, {"a": file(rows, 1.0)}, "private", replicates=64)
    assert (alone["ranks"]["rank"], alone["ranks"]["set_low"], alone["ranks"]["set_high"]) == ([1], [1], [1])
    assert alone["sensitivity"]["schemes"]["test_then_rank"]["tau"] is None
    nobody = comparison(definition, hidden, {"a": file(rows, 1.0)}, "private", baselines={"a"}, replicates=64)
    assert "ranks" not in nobody
    same = {name: file(rows, 1.0) for name in "abc"}
    equal = comparison(definition, hidden, same, "private", replicates=64)["ranks"]
    assert (equal["rank"], equal["tie_group"]) == ([1, 1, 1], [1, 1, 1])
    assert (equal["set_low"], equal["set_high"]) == ([1, 1, 1], [3, 3, 3])


def test_nothing_of_a_single_row_is_in_it(world):
    definition, hidden, rows = world
    found = comparison(definition, hidden, finals(rows), "private", replicates=64)

    def longest(value):
        if isinstance(value, dict):
            return max(map(longest, value.values()), default=0)
        if isinstance(value, list):
            return max(len(value), max(map(longest, value), default=0))
        return 0

    assert longest(found) <= len(finals(rows)) < np.count_nonzero(hidden.rows("private"))
