"""What is made once for many readers: kept by the version it was made from, bounded in size, made by one thread at a time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from arena.standings import Standings

V = TypeVar("V")

# What is costly to make may be this old when it is served, if nothing urgent has happened since.
LAG_SECONDS = 1.0
# Smaller leaderboards are made anew within milliseconds, so none of them is ever served late.
LARGE = 500
KEPT_LINES = 60_000
KEPT_BYTES = 16 << 20


class Made(NamedTuple, Generic[V]):
    """What was made, how much room it takes, until when the clock leaves it true, and whether it may lag."""

    value: V
    size: int
    until: datetime | None = None
    may_lag: bool = False


class Label(NamedTuple):
    """The version that something was made from; `urgent` counts the changes that must be seen at once."""

    version: int
    urgent: int


@dataclass(slots=True)
class _Kept(Generic[V]):
    made: Made[V]
    label: Label
    confirmed: float  # when its label was last seen to be the newest
    cost: float
    finished: float

    def is_current(self, label: Label, at: datetime) -> bool:
        return self.label == label and (self.made.until is None or at < self.made.until)

    def may_serve(self, label: Label, at: datetime) -> bool:
        """Whether it may be served although something has changed since, none of it urgent."""
        return (
            self.made.may_lag
            and self.label.urgent == label.urgent
            and (self.made.until is None or at < self.made.until)
            and time.monotonic() - self.confirmed < LAG_SECONDS
        )

    def is_due(self) -> bool:
        """Whether it should be made again now: what takes long rests as long between, if that keeps it young enough."""
        rest = max(0.0, min(self.cost, 0.9 * LAG_SECONDS - 2 * self.cost))
        return time.monotonic() - self.finished >= rest


@dataclass(slots=True)
class Shelf(Generic[V]):
    """Things by key. `room` is in the unit of their sizes; what was not asked for the longest goes first."""

    room: int
    _kept: OrderedDict[Hashable, _Kept[V]] = field(default_factory=OrderedDict)
    _making: dict[Hashable, threading.Event] = field(default_factory=dict)
    _used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def used(self) -> int:
        return self._used

    def get(self, key: Hashable, label: Label, at: datetime, make: Callable[[], Made[V]]) -> tuple[V, Label]:
        """Return what stands under the key for this label, made by `make` if need be, and the label that it has.

        `make` must read no earlier than the label was read. It runs in this thread, or, where what is kept may still be
        served, in one of its own.
        """
        while True:
            with self._lock:
                held = self._kept.get(key)
                if held is not None and held.is_current(label, at):
                    held.confirmed = time.monotonic()
                    self._kept.move_to_end(key)
                    return held.made.value, held.label
                lagging = held is not None and held.may_serve(label, at)
                waiting = self._making.get(key)
                mine = waiting is None and (not lagging or (held is not None and held.is_due()))
                if mine:
                    self._making[key] = threading.Event()
            if held is not None and lagging:
                if mine:
                    threading.Thread(target=self._make_beside, args=(key, label, make), daemon=True).start()
                return held.made.value, held.label
            if mine:
                return self._make(key, label, make), label
            if waiting is not None:
                waiting.wait(LAG_SECONDS)

    def _make(self, key: Hashable, label: Label, make: Callable[[], Made[V]]) -> V:
        began = time.monotonic()
        try:
            made = make()
            self._put(key, made, label, began)
        finally:
            with self._lock:
                self._making.pop(key).set()
        return made.value

    def _make_beside(self, key: Hashable, label: Label, make: Callable[[], Made[V]]) -> None:
        try:
            self._make(key, label, make)
        except Exception:  # noqa: BLE001 (the next reader makes it in its own thread, and sees why it fails)
            with self._lock:
                self._drop(key)

    def _put(self, key: Hashable, made: Made[V], label: Label, began: float) -> None:
        now = time.monotonic()
        with self._lock:
            held = self._kept.get(key)
            if held is not None and held.label > label:
                return
            self._drop(key)
            self._kept[key] = _Kept(made, label, began, now - began, now)
            self._used += made.size
            while self._used > self.room and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        held = self._kept.pop(key, None)
        if held is not None:
            self._used -= held.made.size


@dataclass(frozen=True, slots=True)
class Boards:
    """What pages and API of one process keep of leaderboards: standings, and the bytes that were drawn from them."""

    standings: Shelf[Standings] = field(default_factory=lambda: Shelf(KEPT_LINES))
    pages: Shelf[bytes] = field(default_factory=lambda: Shelf(KEPT_BYTES))
