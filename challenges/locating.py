"""Where a key of a TOML document stands: tomllib tells values, not lines, and a mistake needs its line."""

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$"""
)
Path = tuple[str | int, ...]


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _still_open(text: str) -> str | None:
    """Return what a value left open at the line's end: a triple quote or a bracket; none if it is closed."""
    for quotes in ('"""', "'''"):
        if text.count(quotes) % 2:
            return quotes
    bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*$", "", text)
    depth = bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
    return "[" if depth > 0 else None


def lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table and key; entries of arrays of tables count from 0."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    pending, buffer = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if pending:
            buffer += "\n" + line
            if pending == "[":
                pending = "[" if _still_open(buffer) else ""
            elif pending in line:
                pending = ""
            continue
        heading = _TABLE.match(line)
        if heading:
            table = _resolve(_parts(heading[2]), counts, new=heading[1] == "[[")
            found.setdefault(table, number)
            continue
        entry = _KEY.match(line)
        if entry:
            parts = _parts(entry[1])
            for end in range(1, len(parts) + 1):
                found.setdefault(table + parts[:end], number)
            pending, buffer = _still_open(entry[2]) or "", entry[2]
    return found


def _resolve(parts: tuple[str, ...], counts: dict[Path, int], *, new: bool) -> Path:
    """Return the path of a heading, with the index of the newest entry where a parent is an array of tables."""
    path: Path = ()
    for place, part in enumerate(parts):
        path = (*path, part)
        if new and place == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def nearest(found: dict[Path, int], path: Path) -> int:
    """Return the line of the path, or of its nearest ancestor that is written down; line 1 for the document."""
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return 1


def dotted(path: Path) -> str:
    """Return a path as people write it: `metrics[2].horizon`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text
