"""What a made folder would change in the hidden labels of a hosted challenge: said in yes and no, never in figures."""

from pathlib import Path

from arena import hosting
from arena.errors import Conflict
from arena.store.engine import reading
from challenges.definition import load
from worker import jobs
from worker.columns import alike_split, same_truth
from worker.folders import SEALED
from worker.settings import WorkerSettings


def compare(settings: WorkerSettings, slug: str, folder: Path) -> dict[str, bool]:
    """Return whether a made and sealed folder names the same rows, splits them alike, and holds the same outcomes.

    The labels of both must open: those of the folder for its own definition. Neither is read of before the ledger has a line.
    """
    station = jobs.open_station(settings)
    with reading(station.engine) as session:
        hosted = hosting.find(session, slug)
    if hosted.labels is None:
        return {"same_rows": True, "same_splits": True, "same_labels": True}
    ids = hosting.expected_ids(station.blobs, hosted).ids
    before = jobs.outcomes_of(hosted, hosted.labels.version)
    try:
        after = jobs.outcomes_under(load(folder), (folder / SEALED).read_bytes(), ids, hosted.id)
    except Conflict as refused:
        if refused.code != "other_rows":
            raise
        return {"same_rows": False, "same_splits": False, "same_labels": False}
    finally:
        station.engine.dispose()
    same_splits = alike_split(before, after)
    return {"same_rows": True, "same_splits": same_splits, "same_labels": same_splits and same_truth(before, after)}
