"""The inner loops: compiled where numba loads, in numpy elsewhere, with the same values."""

import numpy as np

try:
    from scorers import compiled as chosen
    from scorers import compiled_lanes as lanes

    COMPILED = True
except ImportError:  # No numba on this machine, or none for its processor.
    from scorers import fallback as chosen  # type: ignore[no-redef]
    from scorers import fallback_lanes as lanes  # type: ignore[no-redef]

    COMPILED = False

packed_keys = chosen.packed_keys
unpack_order = chosen.unpack_order
ranks_of = chosen.ranks_of
concordance_counts = chosen.concordance_counts
pair_sums = chosen.pair_sums
other_cause_sums = chosen.other_cause_sums
squared_errors = chosen.squared_errors
auc_horizons = chosen.auc_horizons
efron_sums = chosen.efron_sums
treated_survival = chosen.treated_survival
LANES = lanes.LANES
tally = lanes.tally
concordance_lanes = lanes.concordance_lanes
weighted_concordance_lanes = lanes.weighted_concordance_lanes
auc_lanes = lanes.auc_lanes


def warm() -> None:
    """Compile every kernel, or load it from the cache on disk, so that nobody waits for it later.

    To be called by a process before it forks: its children inherit the machine code. The cache needs a writable `__pycache__` beside
    this module (or `NUMBA_CACHE_DIR`).
    """
    time = np.array([1.0, 2.0, 3.0])
    event = np.array([1, 2, 0], dtype=np.int8)
    rank = np.array([2, 1, 0], dtype=np.int32)
    weight = np.array([1.0, 0.0, 0.0])
    # Truths hold arrays that cannot be written to, which numba takes for another type.
    frozen = time.copy()
    frozen.flags.writeable = False
    for values in (time, frozen):
        order = packed_keys(values, event, 2)
        unpack_order(values, event, order, 2)
        ranks_of(values, order)
    concordance_counts(time, event, rank, 3, 3.0)
    pair_sums(time, event, rank, 3, weight)
    other_cause_sums(time, rank, 3, weight, weight)
    weights = np.ones((3, LANES))
    for kind in (np.int16, np.int32):
        tally(rank, np.zeros(3, kind))
        concordance_lanes(time, event, rank, 3, weights.astype(kind), 3.0)
        weighted_concordance_lanes(time, event, rank, 3, weights.astype(kind), weights)
    auc_lanes(np.array([2, 1, 0]), np.array([0, 1, 2], dtype=np.int32), weights, weights)
    squared_errors(time, weight, weight, 2.0)
    auc_horizons(time, weight, rank, np.array([2.0]))
    efron_sums(time, event, time, np.ones((3, 1)), np.empty(1), np.empty((1, 1)))
    treated_survival(time, event, weight, 0.5, 2.0)
