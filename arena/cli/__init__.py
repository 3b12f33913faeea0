"""The command line: participant, organizer and operator. The light client is enough to import it."""

from arena.cli import folders, instance, lifecycle, over_http
from arena.cli.commands import app, main

__all__ = ["app", "folders", "instance", "lifecycle", "main", "over_http"]
