"""The command line: participant, organizer and operator. The light client is enough to import it."""

from arena.cli import conduct, folders, instance, lifecycle, new, over_http, practice, publish, verifying
from arena.cli.commands import app, challenge, main

__all__ = [
    "app",
    "conduct",
    "folders",
    "instance",
    "lifecycle",
    "main",
    "new",
    "over_http",
    "practice",
    "publish",
    "verifying",
]

# The help lists what a challenge needs in the order in which it needs it; the rest follows as it was declared.
WAY = (
    "new",
    "check",
    "score",
    "publish",
    "verification",
    "dry-run",
    "schedule",
    "extend",
    "pause",
    "resume",
    "close",
    "reveal",
)
challenge.registered_commands.sort(key=lambda one: WAY.index(one.name) if one.name in WAY else len(WAY))
