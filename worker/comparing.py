"""The finals of a challenge against each other, as aggregates that may leave the worker."""

import hashlib
from collections.abc import Mapping
from typing import Any

from challenges.definition import Definition
from scorers.comparison import compare
from scorers.evaluation import Columns, paired_difference
from scorers.inputs import InputError, Undefined
from scorers.uncertainty import Resamples
from worker.columns import Outcomes, spec_of

REPLICATES = 2000


def beside(definition: Definition, hidden: Outcomes, final: Columns, companion: Columns, split: str) -> dict[str, Any]:
    """Return what a final gains over its second file on one split, by metric: the primary and the tie-break, no more.

    Every further number at full precision would tell more of single rows than the question needs.
    """
    entries = [entry for entry in (definition.primary, definition.tie_break) if entry is not None]
    found = {
        entry.key: paired_difference(hidden.truth, final, companion, spec_of(entry), rows=hidden.rows(split))
        for entry in entries
    }
    return {
        key: {"value": apart.value, "se": apart.se, "ci": list(apart.ci) if apart.ci else None, "reason": apart.reason}
        for key, apart in found.items()
    }


def comparison(definition: Definition, hidden: Outcomes, finals: Mapping[str, Columns], split: str) -> dict[str, Any]:
    """Return pairwise differences and rank counts of the primary metric; `finals` is by public id, in their order of receipt.

    The resamples come from the finals' names, so that the same finals always give the same comparison.
    """
    names = list(finals)
    seed = int.from_bytes(hashlib.sha256("\n".join([definition.slug, split, *names]).encode()).digest()[:8], "big")
    content: dict[str, Any] = {"split": split, "key": definition.primary.key, "submissions": names, "seed": seed}
    try:
        found = compare(
            hidden.truth,
            list(finals.values()),
            spec_of(definition.primary),
            Resamples(seed, REPLICATES),
            rows=hidden.rows(split),
        )
    except (Undefined, InputError) as error:
        return {**content, "reason": error.code}
    return {
        **content,
        "value": found.value.tolist(),
        "se": found.se.tolist(),
        "difference": found.difference.tolist(),
        "difference_se": found.difference_se.tolist(),
        "rank_counts": found.rank_counts.tolist(),
        "replicates": found.replicates,
    }
