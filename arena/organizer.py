"""The organizer's part of the client: sending a challenge, following its verification, trying it out, conducting it.

>>> from arena.organizer import Organizer
>>> arena = Organizer("http://127.0.0.1:8000", token="arena_…")  # doctest: +SKIP
>>> arena.verified("one-year-mortality").findings  # doctest: +SKIP
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from arena import wire_organizer as wire
from arena.client import Arena
from arena.transfers import Progress, Watched


class Organizer(Arena):
    """One site, seen with an organizer's token."""

    def send_challenge(
        self,
        bundle: Path,
        labels: Path | None,
        *,
        note_ko: str = "",
        note_en: str = "",
        progress: Progress | None = None,
    ) -> wire.Upload:
        """Send a bundle without labels, and the labels sealed; safe on a bad line, since the same bytes are known again."""
        notes = {name: text for name, text in (("note_ko", note_ko), ("note_en", note_en)) if text}
        with Watched(bundle, progress) as packed:
            files: dict[str, Any] = {"bundle": (bundle.name, packed, "application/zip")}
            if labels is not None:
                files["labels"] = (labels.name, labels.read_bytes(), "application/octet-stream")
            return self._post(wire.Upload, "/challenges", files, data=notes)

    def verification(self, slug: str) -> wire.Verification:
        """Return what a worker found of the newest upload so far."""
        return self._ask(wire.Verification, "GET", f"/challenges/{slug}/verification")

    def verified(
        self,
        slug: str,
        *,
        timeout: float = 600.0,
        told: Callable[[wire.Verification], None] | None = None,
    ) -> wire.Verification:
        """Ask until a worker has done with the newest upload; raise TimeoutError after `timeout` seconds."""
        give_up, pause = time.monotonic() + timeout, 0.3
        while True:
            found = self.verification(slug)
            if told is not None:
                told(found)
            if found.finished:
                return found
            if time.monotonic() + pause > give_up:
                raise TimeoutError(f"{slug} is still being verified after {timeout:g} s")
            time.sleep(pause)
            pause = min(2.0, 1.3 * pause)

    def send_dry_run(self, slug: str, file: str | Path, *, progress: Progress | None = None) -> wire.DryRun:
        """Send a prediction file through a worker before the opening."""
        return self._send(wire.DryRun, f"/challenges/{slug}/dry-run", (Path(file), None), progress)

    def dry_run(self, slug: str) -> wire.DryRun:
        """Return how the newest dry run went."""
        return self._ask(wire.DryRun, "GET", f"/challenges/{slug}/dry-run")

    def schedule(
        self, slug: str, *, opens_at: datetime | None = None, closes_at: datetime | None = None
    ) -> wire.ChallengeState:
        """Publish a verified challenge, or move its calendar before it opens."""
        dates = {"opens_at": opens_at, "closes_at": closes_at}
        return self._act(slug, "schedule", {name: moment.isoformat() for name, moment in dates.items() if moment})

    def extend(self, slug: str, *, closes_at: datetime, reason: str) -> wire.ChallengeState:
        """Move the close to a later time."""
        return self._act(slug, "extend", {"closes_at": closes_at.isoformat(), "reason": reason})

    def pause(self, slug: str, *, reason: str) -> wire.ChallengeState:
        """Take no submissions for a while."""
        return self._act(slug, "pause", {"reason": reason})

    def resume(self, slug: str) -> wire.ChallengeState:
        """Take submissions again."""
        return self._act(slug, "resume", None)

    def withdraw(self, slug: str, *, reason: str) -> wire.ChallengeState:
        """Take a challenge back before it opens."""
        return self._act(slug, "withdraw", {"reason": reason})

    def cancel(self, slug: str, *, reason: str) -> wire.ChallengeState:
        """End a challenge that has opened."""
        return self._act(slug, "cancel", {"reason": reason})

    def adopt(self, slug: str, version: str) -> wire.ChallengeState:
        """Make a verified new version the present one."""
        return self._act(slug, "version", {"version": version})

    def _act(self, slug: str, act: str, body: dict[str, str] | None) -> wire.ChallengeState:
        return self._ask(wire.ChallengeState, "POST", f"/challenges/{slug}/{act}", json=body)
