"""Starting the worker's command-line tools, which alone handle keys and labels."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import Popen

from arena.errors import SetupError
from arena.running import home, processes
from challenges.text import Text


def start(arguments: Sequence[str], *, environ: Mapping[str, str], log: Path) -> Popen[bytes]:
    """Start `python -m worker …` with what it prints kept in `log`; it ends with this process."""
    with log.open("wb") as out:
        return processes.start((sys.executable, "-m", "worker", *arguments), environ=environ, log=out)


def failure(what: str, log: Path) -> SetupError:
    """Return the sentence for a tool that failed."""
    said = log.read_text(encoding="utf-8", errors="replace")
    if "No space left on device" in said:
        return SetupError("disk_full", home.disk_full(log.parent))
    last = said.strip().rpartition("\n")[2]
    return SetupError(
        "tool_failed",
        Text(
            f"{what}: 채점기의 도구가 실패했습니다({last}). 모두는 {log}에 있습니다.",
            f"{what}: the worker's tool failed ({last}). All of it is in {log}.",
        ),
    )
