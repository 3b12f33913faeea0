"""The parts of README.md and arena/REFERENCE.md that are written from the code: `make documents` writes them anew."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from flask import Flask

from arena.api import create_api
from arena.cli.commands import app
from arena.queue import Queue
from arena.receipts import Signer
from arena.settings import SETTINGS, load
from arena.store.blobs import FolderBlobs
from arena.store.engine import make_engine
from arena.web import create_app
from arena.web.site import utc_now
from worker import settings as worker_settings

ROOT = Path(__file__).parents[2]
# Addresses that a library serves, without a sentence of its own.
BUILT_IN = {"/openapi.json": "Describe this API as OpenAPI 3.1"}


def settings_table() -> str:
    """Return the table of every setting of both programs."""
    rows = []
    for setting in (*SETTINGS, *worker_settings.SETTINGS):
        allowed = f" ({', '.join(f'`{word}`' for word in setting.allowed)})" if setting.allowed else ""
        rows.append((f"`{setting.name}`", f"`{setting.default}`", setting.meaning + allowed))
    return _table(("setting", "default", "meaning"), rows)


def commands_table() -> str:
    """Return the table of every command with its first sentence."""
    return _table(("command", "does"), [(f"`arena {usage}`", meaning) for usage, meaning in commands()])


def commands() -> Iterator[tuple[str, str]]:
    root = typer.main.get_command(app)
    yield from _commands(root, ())


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))
        return
    words = [f"[{word}]" if not parameter.required else word for parameter, word in _arguments(command)]
    yield " ".join((*path, *words)), _first_sentence(command.help or command.short_help or "")


def _arguments(command: Any) -> Iterator[tuple[Any, str]]:
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield parameter, (parameter.metavar or parameter.name or "").upper().strip("[]")


def pages_table() -> str:
    """Return the table of the site's addresses."""
    return _routes(_applications()[0])


def api_table() -> str:
    """Return the table of the API's addresses, below /api/v1."""
    return _routes(_applications()[1])


def _applications() -> tuple[Flask, Flask]:
    # Nothing is opened or connected: only the addresses are read.
    settings = load({"ARENA_HOME": "/nonexistent", "ARENA_SECRET_KEY": "0" * 64})
    engine, blobs, queue = make_engine("sqlite://"), FolderBlobs(Path("/nonexistent")), Queue("unix:///nonexistent")
    signer = Signer(bytes(32))
    site = create_app(settings, engine=engine, blobs=blobs, queue=queue, sign=signer.sign)
    api = create_api(
        settings=settings,
        engine=engine,
        blobs=blobs,
        queue=queue,
        signer=signer,
        clock=utc_now,
        limited=False,
    )
    return site, api


def _routes(app: Flask) -> str:
    rows = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            view = app.view_functions[rule.endpoint]
            rows.append((f"`{method} {address}`", _first_sentence(view.__doc__ or BUILT_IN.get(address, ""))))
    return _table(("address", "does"), sorted(rows, key=lambda row: row[0].split()[::-1]))


def _first_sentence(text: str) -> str:
    first = " ".join(text.strip().partition("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", first)[0].rstrip(".")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |".replace("| --- ", "|---").replace("--- |", "---|") for line in lines)


PARTS = {
    "README.md": {"settings": settings_table},
    "arena/REFERENCE.md": {"commands": commands_table, "api": api_table, "pages": pages_table},
}


def with_part(text: str, name: str, part: str) -> str:
    """Return the text with what stands between the marks of `name` replaced."""
    pattern = re.compile(rf"(<!-- {name}:.*?-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    assert pattern.search(text), f"there is no part {name}"
    return pattern.sub(lambda found: f"{found[1]}{part}\n{found[2]}", text)


def written(name: str) -> str:
    """Return a document with all of its parts as the code has them."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for part, make in PARTS[name].items():
        text = with_part(text, part, make())
    return text


if __name__ == "__main__":
    for document in PARTS:
        (ROOT / document).write_text(written(document), encoding="utf-8")
