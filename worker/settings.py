"""The workers' own settings, beside the site's that they share."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arena.errors import SetupError
from arena.settings import Setting, Settings
from arena.settings import load as load_site
from challenges.text import Text

SETTINGS = (
    Setting(
        "WORKER_LABELS_KEY",
        "ARENA_HOME/worker/labels.key",
        "private key of the labels (0600); its folder is the workers' alone",
    ),
    Setting("WORKER_PROCESSES", "cores less one", "how many submissions are scored side by side"),
)
MOST_PROCESSES = 256


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker knows: the site's addresses, and where its own secrets lie."""

    site: Settings
    labels_key: Path
    processes: int

    @property
    def private_folder(self) -> Path:
        """The workers' own folder: key, gate secret, seeds of the shipped challenges."""
        return self.labels_key.parent

    @property
    def gate_secret(self) -> Path:
        """Where the secret behind the gate's noise lies."""
        return self.private_folder / "gate.secret"

    def seed(self, slug: str) -> Path:
        """Where the secret that draws a shipped challenge's test rows lies."""
        return self.private_folder / "seeds" / slug


def load(environ: Mapping[str, str] | None = None) -> WorkerSettings:
    """Read the settings; raise SetupError with every mistake of the workers' own."""
    given = os.environ if environ is None else environ
    site = load_site(environ)
    mistakes: list[str] = []
    processes = given.get("WORKER_PROCESSES") or str(max(1, _cores() - 1))
    if not (processes.isascii() and processes.isdigit() and 1 <= int(processes) <= MOST_PROCESSES):
        mistakes.append(f"WORKER_PROCESSES must be a whole number from 1 to {MOST_PROCESSES}, not {processes!r}")
    known = {setting.name for setting in SETTINGS}
    mistakes += [
        f"{name} is not a setting" for name in sorted(given) if name.startswith("WORKER_") and name not in known
    ]
    if mistakes:
        listed = "\n".join(f"  - {mistake}" for mistake in mistakes)
        raise SetupError("settings", Text(f"설정을 고치십시오:\n{listed}", f"Mend these settings:\n{listed}"))
    key = given.get("WORKER_LABELS_KEY")
    return WorkerSettings(
        site=site,
        labels_key=Path(key).expanduser().absolute() if key else site.home / "worker" / "labels.key",
        processes=int(processes),
    )


def _cores() -> int:
    # What this process may use can be fewer than what the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
