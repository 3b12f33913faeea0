"""The folder scored by the worker's command gives R's numbers for the committed Cox predictions.

Computed with R 4.2.2, survival 3.5-3: `concordance(Surv(days, died) ~ risk, reverse = TRUE)`, its square root of `var`
(infinitesimal jackknife), and the same with `timewt = "n/G2", ymax = 1095`.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from challenges.colon_adjuvant import split

FOLDER = Path(split.__file__).parent
FROM_R = {
    "age_sex_nodes": (0.6310203999517161, 0.020757519933774924, 0.63279619796941744),
    "full": (0.66510079266084576, 0.019156539197420018, 0.67315513705200236),
}


@pytest.mark.parametrize("name", FROM_R)
def test_concordance_equals_r(name):
    command = [sys.executable, "-m", "worker", "score", str(FOLDER), str(FOLDER / f"baseline_{name}.csv")]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=170).stdout
    document = json.loads(told)
    assert document["rows"] == 371
    scores = document["splits"]["public"]
    harrell, error, uno = FROM_R[name]
    assert scores["harrell_c"]["value"] == pytest.approx(harrell, abs=1e-12)
    assert scores["harrell_c"]["se"] == pytest.approx(error, abs=1e-10)
    assert scores["uno_c@1095"]["value"] == pytest.approx(uno, abs=1e-12)
