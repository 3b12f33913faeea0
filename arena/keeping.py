"""What is made once for many readers: kept by the version it was made from, bounded in size, made by one thread at a time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Engine

from arena import hosting, standings
from arena.standings import Standings
from arena.store import boards
from arena.store.boards import Version
from arena.store.engine import reading

V = TypeVar("V")

# What is costly to make may be this old when it is served, if nothing urgent has happened since.
LAG_SECONDS = 1.0
# Smaller leaderboards are made anew within milliseconds: they are served late only where so many ask for one that
# making it for every change would keep them all waiting.
LARGE = 500
HOT = 20
# What is asked for so often is made this many seconds apart.
APART = 0.25
# Of so many teams at most what has changed is asked for apart; of more, everything is read again.
FEW = 200
KEPT_LINES = 60_000
KEPT_BYTES = 16 << 20


class Label(NamedTuple):
    """The version that something was made from; `urgent` counts the changes that must be seen at once."""

    version: int
    urgent: int


class Made(NamedTuple, Generic[V]):
    """What was made, how much room it takes, until when the clock leaves it true, and whether it may lag.

    `label` is set by what was made from something older than the label asked for.
    """

    value: V
    size: int
    until: datetime | None = None
    may_lag: bool = False
    label: Label | None = None


@dataclass(slots=True)
class _Kept(Generic[V]):
    made: Made[V]
    label: Label
    confirmed: float  # when its label was last seen to be the newest
    cost: float
    finished: float
    served: int = 0

    def is_current(self, label: Label, at: datetime) -> bool:
        # Labels only grow: what was made from a newer one serves whoever has read an older.
        return self.label >= label and (self.made.until is None or at < self.made.until)

    def may_serve(self, label: Label, at: datetime) -> bool:
        """Whether it may be served although something has changed since, none of it urgent."""
        return (
            (self.made.may_lag or self.served >= HOT)
            and self.label.urgent == label.urgent
            and (self.made.until is None or at < self.made.until)
            and time.monotonic() - self.confirmed < LAG_SECONDS
        )

    def is_due(self) -> bool:
        """Whether it should be made again now: what takes long rests as long between, if that keeps it young enough."""
        rest = max(0.0, min(max(self.cost, APART), 0.9 * LAG_SECONDS - 2 * self.cost))
        return time.monotonic() - self.finished >= rest


@dataclass(slots=True)
class Shelf(Generic[V]):
    """Things by key. `room` is in the unit of their sizes; what was not asked for the longest goes first."""

    room: int
    beside: bool = (
        True  # whether `make` may run in a thread of its own; else whoever asks first makes, and others go on
    )
    _kept: OrderedDict[Hashable, _Kept[V]] = field(default_factory=OrderedDict)
    _making: dict[Hashable, threading.Event] = field(default_factory=dict)
    _used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def used(self) -> int:
        return self._used

    def peek(self, key: Hashable, at: datetime) -> tuple[V, Label] | None:
        """Return what stands under the key and the label that it was made from, if the clock leaves it true."""
        with self._lock:
            held = self._kept.get(key)
            if held is None or not held.is_current(held.label, at):
                return None
            self._kept.move_to_end(key)
            return held.made.value, held.label

    def get(self, key: Hashable, label: Label, at: datetime, make: Callable[[], Made[V]]) -> tuple[V, Label]:
        """Return what stands under the key for this label, made by `make` if need be, and the label that it has.

        `make` must read no earlier than the label was read. It runs in this thread, or, where what is kept may still be
        served, in one of its own.
        """
        while True:
            with self._lock:
                held = self._kept.get(key)
                if held is not None:
                    held.served += 1
                if held is not None and held.is_current(label, at):
                    held.confirmed = time.monotonic()
                    self._kept.move_to_end(key)
                    return held.made.value, held.label
                lagging = held is not None and held.may_serve(label, at)
                waiting = self._making.get(key)
                mine = waiting is None and (not lagging or (held is not None and (held.is_due() or not self.beside)))
                if mine:
                    self._making[key] = threading.Event()
            if held is not None and lagging and (self.beside or not mine):
                if mine:
                    threading.Thread(target=self._make_beside, args=(key, label, make), daemon=True).start()
                return held.made.value, held.label
            if mine:
                made = self._make(key, label, make)
                return made.value, made.label or label
            if waiting is not None:
                waiting.wait(LAG_SECONDS)

    def _make(self, key: Hashable, label: Label, make: Callable[[], Made[V]]) -> Made[V]:
        began = time.monotonic()
        try:
            made = make()
            self._put(key, made, made.label or label, began)
        finally:
            with self._lock:
                self._making.pop(key).set()
        return made

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
            # What was asked for often a moment ago will be again.
            hot = held is not None and held.served >= HOT and now - held.finished < 2 * LAG_SECONDS
            self._drop(key)
            self._kept[key] = _Kept(made, label, began, now - began, now, HOT if hot else 0)
            self._used += made.size
            while self._used > self.room and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        held = self._kept.pop(key, None)
        if held is not None:
            self._used -= held.made.size


class Bytes(NamedTuple):
    """One answer as it is sent: as it is, and as gzip for whoever reads that, with the tag by which it is known again.

    The split and the labels say which standings it was drawn from.
    """

    plain: bytes
    squeezed: bytes
    tag: str
    split: str
    labels_version: int | None
    until: datetime | None  # when the clock will change it


class Told(NamedTuple):
    """What a view tells whoever keeps its finished answer: until when it stands, by the leaderboard's version and by the clock."""

    label: Label
    until: datetime | None


# Where in the environment of a request a view puts it.
TOLD = "arena.leaderboard"


@dataclass(frozen=True, slots=True)
class Boards:
    """What pages and API of one process keep of leaderboards: standings, and what was drawn from them for many readers."""

    standings: Shelf[Standings] = field(default_factory=lambda: Shelf(KEPT_LINES))
    drawn: Shelf[Any] = field(default_factory=lambda: Shelf(KEPT_BYTES // 2, beside=False))
    answers: Shelf[Bytes] = field(default_factory=lambda: Shelf(KEPT_BYTES, beside=False))

    def now(
        self, engine: Engine, version: Version, clock: Callable[[], datetime], *, split: str, labels_version: int | None
    ) -> tuple[Standings, Label]:
        """Return the standings of a challenge as everybody may see them, and the version that they were taken at.

        They are read in a transaction of their own: it may be that of another reader, or of a thread beside all readers.
        """

        def make() -> Made[Standings]:
            at = clock()
            held = self.standings.peek(key, at)
            with reading(engine) as session:
                hosted = hosting.by_id(session, version.challenge_id)
                changed = boards.changed_since(session, hosted.id, held[1].version) if held else []
                found = standings.standings(
                    session,
                    hosted,
                    split=split,
                    at=at,
                    labels_version=labels_version,
                    earlier=held[0] if held and len(changed) <= FEW else None,
                    changed=changed,
                )
            return Made(found, 50 + len(found.lines), hosted.next_moment(at), may_lag=len(found.lines) >= LARGE)

        key = (version.challenge_id, split, labels_version)
        return self.standings.get(key, Label(version.changes, version.urgent), clock(), make)

    def answer(
        self,
        key: Hashable,
        engine: Engine,
        version: Version,
        clock: Callable[[], datetime],
        draw: Callable[[], Made[Bytes]],
    ) -> tuple[Bytes, Told]:
        """Return what is sent under a key to everybody: drawn anew when the standings that it comes from are."""
        label = Label(version.changes, version.urgent)
        held = self.answers.peek(key, clock())
        if held is not None and held[1] < label:
            # Those of a long leaderboard may be a moment old, and so may be what was drawn from them.
            drawn, _ = held
            _, label = self.now(engine, version, clock, split=drawn.split, labels_version=drawn.labels_version)
        answer, label = self.answers.get(key, label, clock(), draw)
        return answer, Told(label, answer.until)
