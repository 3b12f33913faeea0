"""The folder scored by the worker gives R's numbers for the committed Cox predictions, and the figures that the texts name.

Computed with R 4.2.2, survival 3.5-3: `concordance(Surv(days, event) ~ risk, reverse = TRUE)`, its square root of `var`
(infinitesimal jackknife), and the same with `timewt = "n/G2", ymax = 1095`, whose error takes the weights as known.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import definition
from challenges.breast_gbsg2 import split, starter
from scorers.evaluation import evaluate
from worker import facts, folder_scores
from worker.columns import spec_of

FOLDER = Path(split.__file__).parent
FROM_R = {
    "age_size_grade": (0.61569285248345906, 0.027213418551669932, 0.6205029089863292, 0.029683963553182854),
    "full": (0.65888547199701797, 0.025657733226582262, 0.66220242124109907, 0.027862462276585294),
}


@pytest.mark.parametrize("name", FROM_R)
def test_concordance_equals_r(name):
    document, code = folder_scores.score(FOLDER, FOLDER / f"baseline_{name}.csv")
    assert (code, document["rows"]) == (0, 275)
    scores = document["splits"]["public"]
    harrell, harrell_se, uno, uno_se = FROM_R[name]
    assert scores["harrell_c"]["value"] == pytest.approx(harrell, abs=1e-12)
    assert scores["harrell_c"]["se"] == pytest.approx(harrell_se, abs=1e-10)
    assert scores["uno_c@1095"]["value"] == pytest.approx(uno, abs=1e-12)
    assert scores["uno_c@1095"]["se"] == pytest.approx(uno_se, rel=0.01)


def test_the_starters_own_index_is_the_scorers():
    patients, outcomes = pd.read_csv(FOLDER / "baseline_full.csv"), pd.read_csv(FOLDER / "labels.csv")
    found = starter.uno_c(outcomes, patients["risk"].to_numpy(), starter.TAU)
    # lifelines leaves those with an event at risk of censoring at the same moment; the scorers, as R, do not.
    assert found == pytest.approx(FROM_R["full"][2], abs=1e-5)
    assert starter.uno_c(outcomes, np.zeros(len(outcomes)), starter.TAU) == pytest.approx(0.5)


def test_the_text_names_what_cross_validation_and_test_patients_give():
    defined = definition.load(FOLDER)
    known = facts.training(FOLDER, defined)
    assert known is not None
    primary = spec_of(defined.primary)
    values = {
        name: evaluate(known.truth, columns, [primary])["uno_c@1095"].value for name, columns in known.baselines.items()
    }
    for language in ("ko", "en"):
        text = (FOLDER / f"evaluation.{language}.md").read_text(encoding="utf-8")
        for value in (values["age_size_grade"], values["full"], FROM_R["full"][2]):
            assert f"{value:.3f}" in text
