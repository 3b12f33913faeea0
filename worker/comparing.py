"""The finals of a challenge against each other, as aggregates that may leave the worker."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from challenges.definition import Definition
from scorers import ranking, sensitivity, significance
from scorers.catalogue import METRICS
from scorers.comparison import Comparison, compare
from scorers.evaluation import Columns, paired_difference
from scorers.inputs import InputError, Undefined
from scorers.ranking import TieGroups
from scorers.significance import RankSets
from scorers.uncertainty import Resamples, bootstrap
from worker.columns import Outcomes, spec_of

REPLICATES = 2000
LEVEL = 0.95

Floats = NDArray[np.float64]
Scores = Mapping[str, Mapping[str, float | None]]


def beside(definition: Definition, hidden: Outcomes, file: Columns, other: Columns, split: str) -> dict[str, Any]:
    """Return what a file gains over another of its team on one split, by metric: the primary and the tie-break, no more.

    Every further number at full precision would tell more of single rows than the question needs.
    """
    entries = [entry for entry in (definition.primary, definition.tie_break) if entry is not None]
    found = {
        entry.key: paired_difference(hidden.truth, file, other, spec_of(entry), rows=hidden.rows(split))
        for entry in entries
    }
    return {
        key: {"value": apart.value, "se": apart.se, "ci": list(apart.ci) if apart.ci else None, "reason": apart.reason}
        for key, apart in found.items()
    }


def comparison(
    definition: Definition,
    hidden: Outcomes,
    finals: Mapping[str, Columns],
    split: str,
    *,
    baselines: Collection[str] = (),
    scores: Scores | None = None,
    replicates: int = REPLICATES,
) -> dict[str, Any]:
    """Return how finals differ and how sure their ranks are, by the primary metric.

    `finals` is by public id, in their order of receipt; `baselines` names those that are compared but take no rank; `scores` holds
    every metric's value on this split by public id and key, for the sensitivity of the ranks to the choice of the metric. The resamples
    come from the finals' names, so that the same finals always give the same comparison.
    """
    names = list(finals)
    seed = int.from_bytes(hashlib.sha256("\n".join([definition.slug, split, *names]).encode()).digest()[:8], "big")
    content: dict[str, Any] = {"split": split, "key": definition.primary.key, "submissions": names, "seed": seed}
    resamples, rows = Resamples(seed, replicates), hidden.rows(split)
    try:
        found = compare(hidden.truth, list(finals.values()), spec_of(definition.primary), resamples, rows=rows)
    except (Undefined, InputError) as error:
        return {**content, "reason": error.code}
    content |= {
        "value": found.value.tolist(),
        "se": found.se.tolist(),
        "difference": found.difference.tolist(),
        "difference_se": found.difference_se.tolist(),
        "replicates": found.scores.shape[1],
    }
    teams = [place for place, name in enumerate(names) if name not in baselines]
    if teams:
        second = _tie_break(definition, hidden, [finals[names[place]] for place in teams], resamples, rows)
        content["ranks"] = _ranks(definition, found, teams, second)
        chosen = [names[place] for place in teams]
        content["sensitivity"] = _sensitivity(definition, found, teams, chosen, content["ranks"], scores or {})
    return content


def _tie_break(
    definition: Definition, hidden: Outcomes, files: Sequence[Columns], resamples: Resamples, rows: Any
) -> tuple[Floats, Floats, str] | None:
    entry = definition.tie_break
    if entry is None:
        return None
    try:
        found = compare(hidden.truth, files, spec_of(entry), Resamples(resamples.seed, 1), rows=rows)
        drawn = bootstrap(hidden.truth, files, spec_of(entry), resamples, rows=rows)
    except (Undefined, InputError):
        return None
    return found.value, drawn, METRICS[entry.name].better


def _ranks(
    definition: Definition, found: Comparison, teams: list[int], second: tuple[Floats, Floats, str] | None
) -> dict[str, Any]:
    better = METRICS[definition.primary.name].better
    value, drawn = found.value[teams], found.scores[teams]
    groups = ranking.tie_groups(value, drawn, better, tie_break=second)
    counts = ranking.rank_counts(drawn, better)
    summed = ranking.summary(counts, LEVEL)
    advantage, se = _advantage(found, teams, better)
    sets = significance.rank_sets(advantage, se, -ranking.costs(drawn, better), level=LEVEL)
    return {
        "teams": teams,
        **_of_groups(groups, definition, second),
        "counts": counts.tolist(),
        "first": summed.first.tolist(),
        "median": summed.median.tolist(),
        "low": summed.low.tolist(),
        "high": summed.high.tolist(),
        **_of_sets(sets),
        "p_holm": _listed(significance.holm(significance.one_sided(advantage, se))),
        "level": LEVEL,
    }


def _of_groups(groups: TieGroups, definition: Definition, second: tuple[Floats, Floats, str] | None) -> dict[str, Any]:
    entry = definition.tie_break
    return {
        "rank": groups.rank.tolist(),
        "tie_group": groups.group.tolist(),
        # JSON has no infinity: a leader that never loses has no K.
        "factor": _listed(np.where(np.isinf(groups.factor), np.nan, groups.factor)),
        "tie_break": None if second is None or entry is None else {"key": entry.key, "value": second[0].tolist()},
    }


def _of_sets(sets: RankSets) -> dict[str, Any]:
    return {"set_low": sets.low.tolist(), "set_high": sets.high.tolist(), "better": sets.better.tolist()}


def _advantage(found: Comparison, teams: list[int], better: str) -> tuple[Floats, Floats]:
    """Return by how much the row is better than the column, positive for better, and its standard error."""
    sign = 1.0 if better == "higher" else -1.0
    places = np.ix_(teams, teams)
    return sign * found.difference[places], found.difference_se[places]


def _sensitivity(
    definition: Definition,
    found: Comparison,
    teams: list[int],
    names: list[str],
    ranks: dict[str, Any],
    scores: Scores,
) -> dict[str, Any]:
    better = METRICS[definition.primary.name].better
    drawn, official = found.scores[teams], ranks["rank"]
    claims = np.asarray(ranks["p_holm"], dtype=np.float64) <= 1.0 - LEVEL
    schemes = {
        "full_sample": ranking.costs(found.value[teams], better),
        "aggregate_then_rank": sensitivity.aggregate_then_rank(drawn, better),
        "rank_then_aggregate": sensitivity.rank_then_aggregate(drawn, better),
        "test_then_rank": sensitivity.compare_then_rank(claims),
    }
    metrics = {}
    for entry in definition.metrics:
        values = [scores.get(name, {}).get(entry.key) for name in names]
        if any(value is not None for value in values):
            given = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
            metrics[entry.key] = ranking.costs(given, METRICS[entry.name].better)
    return {
        "schemes": {name: _scheme(cost, official) for name, cost in schemes.items()},
        "metrics": {key: _scheme(cost, official) for key, cost in metrics.items()},
        "stability": sensitivity.stability(drawn, better, official),
    }


def _scheme(cost: Floats, official: list[int]) -> dict[str, Any]:
    found = sensitivity.scheme(cost, official)
    return {"rank": found.rank.tolist(), "tau": found.tau, "winner_changes": found.winner_changes}


def _listed(values: Floats) -> list[Any]:
    """Return an array as JSON has it: null where there is no number."""
    found = values.astype(object)
    found[np.isnan(values)] = None
    listed: list[Any] = found.tolist()
    return listed
