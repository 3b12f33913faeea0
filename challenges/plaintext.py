"""Recognising hidden labels that nobody sealed, by what they hold and not by what their file is called."""

import re
from collections.abc import Iterator
from pathlib import Path

from challenges import lines, tables
from challenges.definition import Definition

LARGEST = 2_000_000_000
_SEPARATORS = re.compile(r"[,;\t|]")
_NOT_TEXT = (".png", ".toml")


def find(folder: Path, definition: Definition) -> str | None:
    """Return the name of the first file that holds labels of test patients, or nothing."""
    ids = _test_ids(folder, definition)
    for path in sorted(folder.iterdir()):
        if path.is_file() and _holds_labels(path, definition, ids):
            return path.name
    return None


def _test_ids(folder: Path, definition: Definition) -> frozenset[str]:
    test = folder / (definition.files.test or "")
    try:
        return frozenset(tables.read_ids(test, definition.labels.id)) if test.is_file() else frozenset()
    except lines.TableError:
        return frozenset()


def _holds_labels(path: Path, definition: Definition, ids: frozenset[str]) -> bool:
    name = path.name.lower()
    if name.endswith(".sealed"):
        return _is_text(path)
    named = definition.labels
    secret = {one.lower() for one in (named.time, named.event, named.outcome, named.truth, named.split) if one}
    if not secret or name.endswith(_NOT_TEXT):
        return False
    try:
        return _tells(path, secret, ids, train=path.name == definition.files.train, id_column=named.id.lower())
    except lines.TableError:
        return False  # whatever it is, nobody can read it as a table


def _is_text(path: Path) -> bool:
    # Ciphertext is not UTF-8 for long; a table of labels is.
    with path.open("rb") as stream:
        head = stream.read(4096)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == 4096 and error.start > len(head) - 4
    return True


def _tells(path: Path, secret: set[str], ids: frozenset[str], *, train: bool, id_column: str) -> bool:
    """Whether a line names a column of the labels and a row of the same width under it names a test patient."""
    width = 0
    for cells in _cells(path):
        if len(cells) == width and not ids.isdisjoint(cells):
            return True
        lowered = {cell.lower() for cell in cells}
        if len(cells) > 1 and lowered & secret:
            if not ids and id_column in lowered and not train:
                return True  # there is no test file to compare with
            width = len(cells)
    return False


def _cells(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as stream:
        for _, held in lines.chunks(lines.pieces(stream, largest=LARGEST)):
            for line in held:
                yield [cell.strip(" \"'") for cell in _SEPARATORS.split(line)]
