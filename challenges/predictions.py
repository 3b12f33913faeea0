"""The reader of prediction files: bytes in, aligned columns or every problem by line out."""

import hashlib
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from challenges import advice, lines, sentences, tables
from challenges.checking import Checking, ExpectedIds, layout
from challenges.definition import Definition
from challenges.lines import TableError
from challenges.problems import Findings, PredictionProblems, Problem
from challenges.text import Text

__all__ = ["ExpectedIds", "PredictionProblems", "Predictions", "Problem", "read"]


@dataclass(frozen=True, slots=True)
class Predictions:
    """A parsed file: columns of float64 aligned to the expected ids."""

    ids: tuple[str, ...]
    columns: dict[str, "array[float]"]
    canonical_sha256: str  # of the predictions alone: the order of rows and columns, line ends and gzip change nothing
    advice: tuple[Text, ...] = ()


def read(
    stream: BinaryIO,
    *,
    definition: Definition,
    expected: ExpectedIds,
    filename: str = "",
    usual: Mapping[str, float] | None = None,
) -> Predictions:
    """Read and check a prediction file.

    Parameters
    ----------
    stream : binary file
        UTF-8 CSV, a byte-order mark tolerated, plain or gzipped; seekable.
    definition : Definition
        Which columns the challenge asks for, and how large a file may be.
    expected : ExpectedIds
        The ids of the test file, in the order in which the columns are returned.
    filename : str
        As the sender named it; the content alone decides how it is read.
    usual : mapping, optional
        By column, the share of the training patients who had the event: advice compares the predictions with it.

    Raises
    ------
    PredictionProblems
        Every problem with line, column, code and a sentence in both languages.
    """
    del filename
    findings = Findings()
    try:
        checked = _checked(stream, definition, expected, findings)
    except TableError as error:
        # Nothing beyond this place can be read; what was found before it is told too.
        findings.add(error.line, None, error.code, error.message)
        raise PredictionProblems(findings.kept, findings.total) from None
    findings.settle()
    columns = checked.aligned()
    return Predictions(expected.ids, columns, _digest(columns), advice.give(columns, definition, usual or {}))


def _checked(stream: BinaryIO, definition: Definition, expected: ExpectedIds, findings: Findings) -> Checking:
    source = _after_blanks(lines.chunks(lines.pieces(stream, largest=definition.limits.max_bytes)))
    first, held = next(source, (1, []))
    if not held:
        raise TableError("empty_file", sentences.EMPTY, 1)
    names = _header(first, held[0], definition, expected, findings)
    checking = Checking(expected, layout(names, definition), findings)
    checking.take(first + 1, held[1:])
    for number, more in source:
        checking.take(number, more)
        if checking.rows > 2 * len(expected.ids) + 1000:
            raise TableError("too_large", sentences.TOO_MANY_ROWS, checking.last_line)
    checking.finish()
    return checking


def _after_blanks(source: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Pass over blank lines before the header."""
    for first, held in source:
        blank = next((place for place, line in enumerate(held) if line.strip()), None)
        if blank is not None:
            yield first + blank, held[blank:]
            break
    yield from source


def _header(line: int, text: str, definition: Definition, expected: ExpectedIds, findings: Findings) -> Sequence[str]:
    """Return the names in the header; report those that are wrong, missing or there twice."""
    names = tables.split(text, line)
    findings.reading(line, names, {name: place for place, name in reversed(list(enumerate(names)))})
    wanted = [definition.labels.id, *(column.name for column in definition.columns)]
    if len(names) == 1 and names[0] not in wanted:
        _refuse_one_field(names[0], wanted, line)
    if not set(names) & set(wanted) and any(name in expected.index for name in names):
        findings.add(line, definition.labels.id, "missing_column", sentences.no_header(wanted), text)
        findings.settle()
    for place, name in enumerate(names):
        if name not in wanted:
            findings.add(line, name[:60], "unknown_column", sentences.unknown_column(name, wanted), name)
        elif name in names[:place]:
            findings.add(line, name, "duplicate_column", sentences.duplicate_column(name), name)
    for name in wanted:
        if name not in names:
            findings.add(line, name, "missing_column", sentences.missing_column(name))
    return names


def _refuse_one_field(name: str, wanted: Sequence[str], line: int) -> None:
    """Say why a header is one field: other separators, or quotation marks around the whole line."""
    for sign, words in sentences.SEPARATORS.items():
        if sign in name:
            raise TableError("not_csv", sentences.SEPARATOR.format(ko=words.ko, en=words.en), line)
    if name.split(",", maxsplit=1)[0] in wanted:
        raise TableError("not_csv", sentences.QUOTED, line)


def _digest(columns: dict[str, "array[float]"]) -> str:
    digest = hashlib.sha256()
    for name, column in columns.items():
        digest.update(name.encode() + b"\0")
        if sys.byteorder == "big":
            column = array("d", column)  # noqa: PLW2901 - a copy, so that the caller's numbers stay as they are
            column.byteswap()
        digest.update(column)
    return digest.hexdigest()
