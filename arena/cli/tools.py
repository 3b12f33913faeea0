"""Calling the worker's tools, which alone have numerics and keys, and showing what they found."""

import importlib.util
import json
import subprocess
import sys
from typing import Any

import typer

from arena.cli.commands import REFUSED, SERVER, USAGE, not_installed
from arena.cli.words import language, said, tell
from challenges.text import Text


def run_worker(verb: str, *arguments: str) -> tuple[Any, int]:
    """Return what `python -m worker VERB` printed as JSON, and its exit code: 0 good, 1 to be mended, 2 not possible."""
    if importlib.util.find_spec("numpy") is None:
        raise not_installed("worker", "numpy")
    done = subprocess.run(
        (sys.executable, "-m", "worker", verb, *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        return json.loads(done.stdout), done.returncode
    except ValueError:
        # The tool has said on stderr what happened.
        raise typer.Exit(done.returncode if done.returncode in (REFUSED, USAGE) else SERVER) from None


def show_findings(found: dict[str, Any]) -> None:
    """Say what there is to mend, and what is only worth knowing."""
    items = [*found.get("errors", ()), *found.get("mistakes", ()), *found.get("problems", ())]
    for item in items:
        show_finding(item)
    rest = found.get("total", len(items)) - len(items)
    if rest > 0:
        tell(Text(f"… 그 밖에 {rest:,}건", f"… and {rest:,} more"))
    for item in found.get("warnings", ()):
        show_finding(item, said("참고: ", "note: "))


def show_finding(item: dict[str, Any], mark: str = "") -> None:
    """Say one thing with its place: file, line, column."""
    sentence = Text(**item["message"]).pick(language())
    where = ":".join(str(item[name]) for name in ("file", "line", "column") if item.get(name) is not None)
    line = f"{mark}{where}{'  ' if where else ''}{sentence} [{item.get('code', 'mistake')}]"
    tell(Text(line, line))
