"""Which site this person uses and with what token: one file that only they can read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from arena.cli.words import language
from arena.client import Arena
from arena.errors import SetupError
from arena.organizer import Organizer
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class Login:
    """A site and a token for it."""

    url: str
    token: str


def place() -> Path:
    """Return where the login is kept."""
    return Path(typer.get_app_dir("arena")) / "login.json"


def keep(login: Login) -> Path:
    """Keep a login; the file is never readable by others, not even for a moment."""
    return write(place(), asdict(login))


def write(path: Path, content: dict[str, str]) -> Path:
    """Write a file of this person's own, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(content, out)
    unfinished.replace(path)
    return path


def arena() -> Arena:
    """Return a client for the site that this person logged in to."""
    found = login()
    return Arena(found.url, found.token, language=language())


def organizer() -> Organizer:
    """Return a client with the organizer's part."""
    found = login()
    return Organizer(found.url, found.token, language=language())


def login() -> Login:
    """Return the site that this person logged in to."""
    try:
        return Login(**json.loads(place().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise SetupError(
            "not_logged_in",
            Text("먼저 'arena login URL'로 로그인하십시오.", "First log in: arena login URL"),
        ) from None
