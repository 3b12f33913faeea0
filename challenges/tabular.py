"""Reading plain tables, as TOML and JSON give them, without trusting any type."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from challenges.locating import Place
from challenges.text import Text

WINDOWS_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class Finding(NamedTuple):
    """A mistake at a place: what was found there and what is allowed."""

    path: Place
    found: str
    message: Text


def table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of this name, or an empty one."""
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def entries(data: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the tables of a list with their positions."""
    found = data.get(name)
    if isinstance(found, list | tuple):
        yield from ((index, entry) for index, entry in enumerate(found) if isinstance(entry, Mapping))


def string(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    return found if isinstance(found, str) else ""


def number(data: Mapping[str, Any], name: str) -> float | None:
    found = data.get(name)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def numbers(data: Mapping[str, Any], name: str) -> list[float] | None:
    """Return a list of numbers; nothing if any entry is none."""
    found = data.get(name)
    if not isinstance(found, list | tuple) or not found:
        return None
    values = [number({"value": one}, "value") for one in found]
    return None if None in values else [value for value in values if value is not None]


def quoted(value: object) -> str:
    """Return a value as the file writes it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False, default=str)


def repeated(data: Mapping[str, Any], keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the keys whose string an earlier key has already."""
    seen: set[str] = set()
    for name in keys:
        value = string(data, name)
        if value and value in seen:
            yield name, value
        seen.add(value)


def names(data: Mapping[str, Any], files: Sequence[str]) -> Iterator[tuple[Place, str]]:
    """Yield every file that a definition names, with its place."""
    for name in files:
        if string(table(data, "files"), name):
            yield ("files", name), string(table(data, "files"), name)
    for index, entry in entries(data, "baselines"):
        for key in ("file", "train_file"):
            if string(entry, key):
                yield ("baselines", index, key), string(entry, key)
    agreement = string(table(data, "agreement"), "file")
    if agreement:
        yield ("agreement", "file"), agreement
