"""What leaves the worker in a report: nothing that a few people could be had back from, whatever the file that asks."""

import json
from pathlib import Path

import numpy as np
import pytest

from challenges.definition import load
from scorers.evaluation import Columns
from scorers.inputs import EffectTruth, SurvivalTruth
from tests.worker import small
from worker.columns import Outcomes
from worker.reports import report

H = 1095.0
N = 400


@pytest.fixture(scope="module")
def definition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    small.write(folder, gate="none")
    return load(folder)


@pytest.fixture(scope="module")
def rows() -> small.Cohort:
    return small.draw(N, 3, "P")


def asked(definition, rows, p, sex) -> dict:
    truth = SurvivalTruth(rows.days, rows.died)
    public = np.arange(N) % 2 == 0
    hidden = Outcomes(truth, {"public": public, "private": ~public})
    return report(definition, hidden, Columns(risk=p, event_probability={H: p}), {"sex": list(sex)}, "public")


def test_a_subgroup_of_nine_is_masked_with_the_one_that_would_betray_it(definition, rows):
    sex = np.full(N, "1", dtype="U1")
    sex[0:18:2] = "2"  # nine of the public rows
    sex[200:300] = "3"
    found = asked(definition, rows, rows.probability(), sex)["subgroups"][0]["values"]
    by_value = {one["value"]: one for one in found}
    assert by_value["2"] == {"value": "2", "masked": True}
    assert by_value["3"] == {"value": "3", "masked": True}, "the difference from the whole would tell the nine"
    assert by_value["1"]["rows"] == 141
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("few", [1, 3, 9])
def test_three_people_of_a_high_prediction_are_nowhere_alone(definition, rows, few):
    p = np.round(0.1 + 0.001 * (np.arange(N) % 100), 3)
    p[0 : 2 * few : 2] = 0.97
    found = asked(definition, rows, p, rows.sex.astype(str))
    spans = found["predictions"]["1095"]
    assert all(count == 0 or count >= 10 for count in spans["rows"])
    assert sum(spans["rows"]) == N // 2
    assert all(size >= 10 for size in found["calibration"]["1095"]["rows"])
    assert max(step[0] for step in found["decision"]["1095"]) < 0.97 or found["decision"]["1095"] == []
    for group in found["survival"]:
        assert all(left is None or left >= 10 for _, left in group["at_risk"])


def test_one_persons_fate_moves_no_count_that_is_shown(definition, rows):
    """A file that gives one row a prediction of its own: whether that row had the event must not be read off the curves over thresholds."""
    place = 2 * int(np.flatnonzero(rows.days[::2] < H)[0])
    p = np.full(N, 0.2)
    p[place] = 0.9
    found = {}
    for died in (0, 1):
        turned = rows.died.copy()
        turned[place] = died
        other = small.Cohort(rows.ids, rows.x, rows.z, rows.sex, rows.days, turned)
        found[died] = asked(definition, other, p, rows.sex.astype(str))
    for name in ("roc", "predictions"):
        assert found[0][name] == found[1][name]
    # Everybody is treated up to the common prediction, and nothing is drawn beyond: the one row never stands apart.
    assert max((step[0] for step in found[1]["decision"]["1095"]), default=0.0) <= 0.2


@pytest.mark.parametrize("public", [True, False])
def test_the_truth_of_effects_leaves_the_worker_in_practice_alone(public):
    import challenges

    definition = load(Path(challenges.__path__[0]) / "fitness_effect")
    if not public:
        definition = definition.model_copy(update={"practice": False})
    truth = EffectTruth([0.111222333, -0.444555666])
    file = Columns(estimate=[0.1, -0.4], lower=[0.0, -0.5], upper=[0.2, -0.3])
    hidden = Outcomes(truth, {"public": np.array([True, True])})
    found = report(definition, hidden, file, {}, "public", ["a", "b"])
    assert ("0.111222333" in json.dumps(found)) is public
    assert [row[:4] for row in found["estimates"]] == [["a", 0.1, 0.0, 0.2], ["b", -0.4, -0.5, -0.3]]
