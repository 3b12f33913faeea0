"""The command line: participant, organizer and operator. The light client is enough to import it."""

from arena.cli import conduct, folders, instance, lifecycle, new, over_http, publish
from arena.cli.commands import app, main

__all__ = ["app", "conduct", "folders", "instance", "lifecycle", "main", "new", "over_http", "publish"]
