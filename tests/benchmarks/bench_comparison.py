"""The whole rank analysis: many teams, 14,000 private rows, 2,000 paired bootstraps of the primary metric and of the tie-break."""

import time

import numpy as np
import pytest

from challenges.definition import Definition
from scorers import kernels
from scorers.evaluation import Columns
from scorers.inputs import SurvivalTruth
from tests.benchmarks.bench_scorers import megabytes
from worker.columns import Outcomes
from worker.comparing import comparison

DEFINITION = {
    "schema": 1,
    "slug": "bench",
    "title": {"ko": "가", "en": "a"},
    "summary": {"ko": "가", "en": "a"},
    "version": "1",
    "license": "CC0",
    "kind": "survival",
    "files": {"test": "test.csv", "labels": "labels.csv"},
    "labels": {"id": "id", "time": "days", "event": "died", "split": "split"},
    "columns": [{"name": "p", "is": "event_probability", "horizon": 1095.0}],
    "metrics": [
        {"name": "ipa", "horizon": 1095.0, "primary": True},
        {"name": "uno_c", "tau": 1095.0, "tie_break": True},
    ],
}
SECONDS = {50: 30, 500: 360}


def world(teams: int, rows: int) -> tuple[Definition, Outcomes, dict[str, Columns]]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=rows)
    death = generator.exponential(1 / (2e-4 * np.exp(0.8 * x)))
    censoring = generator.uniform(1100, 4000, rows)
    timed = np.ceil(np.minimum(death, censoring))
    truth = SurvivalTruth(timed, (death <= censoring).astype(np.int8))
    files = {}
    for team in range(teams):
        noisy = x + generator.normal(0, 0.2 + team / teams, rows)
        risk = 1 - np.exp(-2e-4 * np.exp(0.8 * noisy) * 1095)
        files[f"team-{team}"] = Columns(risk=risk, event_probability={1095.0: risk})
    return Definition.model_validate(DEFINITION), Outcomes(truth, {"private": np.ones(rows, dtype=bool)}), files


@pytest.mark.parametrize(("teams", "rows"), [(10, 14_000), (50, 2_000), (50, 14_000), (500, 14_000)])
def test_rank_analysis(teams: int, rows: int):
    kernels.warm()
    definition, hidden, files = world(teams, rows)
    began = time.process_time()
    found = comparison(definition, hidden, files, "private")
    took = time.process_time() - began
    assert len(found["ranks"]["rank"]) == teams
    most = megabytes(lambda: comparison(definition, hidden, files, "private", replicates=64)) if teams <= 50 else None
    written = "" if most is None else f", {most:,.0f} MB of arrays"
    print(f"\nrank analysis, {teams} teams × {rows:,} rows × 2,000 bootstraps of two metrics: {took:.1f} s{written}")
    if rows == 14_000 and teams in SECONDS:
        assert took <= SECONDS[teams]
    if most is not None:
        assert most <= 500
