"""A progress bar for what is sent or received, where somebody sees it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from arena.transfers import Progress


@contextmanager
def bar(name: str) -> Iterator[Progress | None]:
    """Yield what draws a progress bar, or nothing where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    # Loaded only where a bar is drawn: it doubles the time in which a command starts.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, DownloadColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (TextColumn(name), BarColumn(), DownloadColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        row = bars.add_task(name, total=None)

        def progress(done: int, total: int) -> None:
            bars.update(row, completed=done, total=total)

        yield progress
