"""Keeping a claim while its work is done, so that long work is not begun twice."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

from sqlmodel import Session

from arena.store.engine import transaction
from worker import faults
from worker.station import Station

LEASE_SECONDS = 10.0
log = logging.getLogger("worker")


class Lease:
    """Prolongs a claim, from a thread of its own, until the block ends; `renew` writes the new end of the lease."""

    def __init__(self, station: Station, renew: Callable[[Session, datetime], object], name: str) -> None:
        self._station = station
        self._renew = renew
        self._name = name
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
                    self._renew(session, datetime.now(UTC))
            except Exception as fault:  # noqa: BLE001 (the next renewal may succeed; the claim's end does no harm)
                log.warning("%s: lease: %s", self._name, faults.describe(fault))
