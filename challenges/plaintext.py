"""Recognising hidden labels that nobody sealed, by what they hold and not by what their file is called."""

from pathlib import Path

from challenges import contents, lines, tables
from challenges.definition import FILE, Definition

_SEPARATORS = str.maketrans({";": ",", "\t": ",", "|": ","})
_QUOTED = str.maketrans({";": " ", "\t": " ", "|": " ", ",": " "})


def find(folder: Path, definition: Definition) -> str | None:
    """Return the name of the first file that holds labels of test patients, or nothing."""
    ids = _test_ids(folder, definition)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name != FILE and _holds_labels(path, definition, ids):
            return path.name
    return None


def _test_ids(folder: Path, definition: Definition) -> frozenset[str]:
    test = folder / (definition.files.test or "")
    try:
        return frozenset(tables.read_ids(test, definition.labels.id)) if test.is_file() else frozenset()
    except lines.TableError:
        return frozenset()


def _holds_labels(path: Path, definition: Definition, ids: frozenset[str]) -> bool:
    if path.name.lower().endswith(".sealed"):
        return not contents.is_ciphertext(path)
    named = definition.labels
    secret = {one.lower() for one in (named.time, named.event, named.outcome, named.truth, named.split) if one}
    if not secret:
        return False
    train = path.name == definition.files.train
    return _Reading(secret, ids, named.id.lower(), compared=bool(ids) or train).finds(path)


class _Reading:
    """Looks for a line that names a column of the labels, and for test patients in the rows under it."""

    def __init__(self, secret: set[str], ids: frozenset[str], id_column: str, *, compared: bool) -> None:
        self._secret = secret
        self._ids = ids
        self._id_column = id_column
        self._compared = compared  # without test ids to compare with, a header alone has to tell
        self._place: int | None = None  # of the id column, where the header names it
        self._width = 0
        self._rows = 0
        self._named: list[set[str]] = []  # by column: the test patients met there, where no header names the id

    def finds(self, path: Path) -> bool:
        for line in contents.lines(path):
            if self._width and self._row(line):
                return True
            lowered = line.lower()
            if any(name in lowered for name in self._secret) and self._header(_cells(lowered)):
                return True
        return self._mostly_ids()

    def _header(self, names: list[str]) -> bool:
        if len(names) < 2 or self._secret.isdisjoint(names):
            return False
        if self._mostly_ids() or (not self._compared and self._id_column in names):
            return True
        self._width, self._rows = len(names), 0
        self._place = names.index(self._id_column) if self._id_column in names else None
        self._named = [set() for _ in names]
        return False

    def _row(self, line: str) -> bool:
        cells = _cells(line)
        if self._place is not None:
            # Elsewhere a number may equal a test id by chance: a patient of 60 years is not patient 60.
            return len(cells) > self._place and cells[self._place] in self._ids
        if len(cells) == self._width and any(cells):
            self._rows += 1
            for column, cell in enumerate(cells):
                if cell in self._ids:
                    self._named[column].add(cell)
        return False

    def _mostly_ids(self) -> bool:
        """Whether some column names another test patient in most rows: ages and codes repeat themselves, ids do not."""
        return any(len(met) > self._rows / 2 for met in self._named)


def _cells(line: str) -> list[str]:
    if '"' in line:
        # What is quoted holds no separators.
        parts = line.split('"')
        parts[1::2] = [part.translate(_QUOTED) for part in parts[1::2]]
        line = "".join(parts)
    return [cell.strip(" '\r\n\ufeff") for cell in line.translate(_SEPARATORS).split(",")]
