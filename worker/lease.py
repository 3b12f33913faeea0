"""Keeping a claim while its scores are computed."""

import logging
import threading
from datetime import UTC, datetime
from types import TracebackType

from arena.store import evaluations
from arena.store.engine import transaction
from arena.store.evaluations import Claim
from worker import faults
from worker.station import Station

LEASE_SECONDS = 10.0
log = logging.getLogger("worker")


class Lease:
    """Prolongs a claim while its scores are computed, so that a long computation is not begun twice."""

    def __init__(self, station: Station, claim: Claim) -> None:
        self._station = station
        self._claim = claim
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._prolong, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(timeout=LEASE_SECONDS)

    def _prolong(self) -> None:
        while not self._done.wait(LEASE_SECONDS / 3):
            try:
                with transaction(self._station.engine) as session:
                    evaluations.renew(session, self._claim, at=datetime.now(UTC), lease_seconds=LEASE_SECONDS)
            except Exception as fault:  # noqa: BLE001 (the next renewal may succeed; the claim's end does no harm)
                log.warning("evaluation %d: lease: %s", self._claim.evaluation_id, faults.describe(fault))
