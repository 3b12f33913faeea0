"""Everything of a folder that the examination looks at, read once."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from challenges import annotations, dictionary, locating, tables
from challenges.annotations import Annotations
from challenges.definition import Definition, DefinitionError
from challenges.dictionary import Variable
from challenges.labels import LABELS, LabelsError, read_labels
from challenges.lines import TableError
from challenges.locating import Place
from challenges.text import Text
from worker.columns import Outcomes
from worker.examination import known as known_rows
from worker.examination import tables as reading
from worker.examination.finding import FAIL, Findings
from worker.examination.known import Known
from worker.examination.tables import Table

LARGEST = 2_000_000_000


@dataclass
class Material:
    """A folder's definition, texts and tables; what could not be read is none, and a line says why."""

    folder: Path  # where the organizer's texts are
    place: Path  # where the data are: the folder itself, or where a generator has drawn them
    definition: Definition
    written: Mapping[Place, int]  # the line of each part of challenge.toml
    notes: Annotations = field(default_factory=Annotations)
    noted: Mapping[Place, int] = field(default_factory=dict)  # the line of each part of datasheet.toml
    variables: dict[str, Variable] = field(default_factory=dict)
    described: dict[str, int] = field(default_factory=dict)  # the line of each variable in the dictionary
    tables: dict[str, Table] = field(default_factory=dict)  # train, test, labels, sample
    trained: Known | None = None  # rows of the training file
    hidden: Known | None = None  # rows of the labels
    whole_labels: bool = False  # whether every row of the labels can be used

    @property
    def train(self) -> Table | None:
        return self.tables.get("train")

    @property
    def test(self) -> Table | None:
        return self.tables.get("test")

    @cached_property
    def tested(self) -> Known | None:
        """The hidden rows as the test file has them."""
        if self.hidden is None or self.test is None:
            return None
        moved = self.hidden.moved(self.test)
        return moved if len(moved) else None

    @cached_property
    def label_columns(self) -> frozenset[str]:
        named = self.definition.labels
        return frozenset(name for name in (named.time, named.event, named.outcome, named.truth, named.split) if name)

    @cached_property
    def _bare_labels(self) -> frozenset[str]:
        return frozenset(map(_bare, self.label_columns))

    def is_label(self, name: str) -> bool:
        """Whether a column is one of the labels', however it is written: "Days " holds what "days" holds."""
        return _bare(name) in self._bare_labels

    @cached_property
    def covariates(self) -> list[str]:
        """What participants are given of every test patient: no id, and nothing of the outcome."""
        table = self.test or self.train
        if table is None:
            return []
        return [name for name in table.columns if name != table.id_column and not self.is_label(name)]

    @property
    def patients(self) -> list[Table]:
        """The released files with one person a row: where the test rows are estimands, the training file alone."""
        found = [self.train] if self.definition.kind == "effect" else [self.train, self.test]
        return [table for table in found if table is not None]

    @cached_property
    def outcomes(self) -> Outcomes | None:
        """The hidden outcomes in the order of the test file, if both hold exactly the same rows."""
        known, test = self.tested, self.test
        if known is None or test is None or not self.whole_labels or len(known) != len(test):
            return None
        splits = {name: known.part(name) for name in ("public", "private") if known.part(name).any()}
        return Outcomes(known.truth, splits)

    def line(self, *place: int | str) -> int:
        """Return the line of a part of challenge.toml."""
        return locating.line_of(self.written, place)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def gather(
    folder: Path, place: Path, definition: Definition, text: str, findings: Findings, *, labels: bytes | None = None
) -> Material:
    """Read a folder; `labels` holds the labels' bytes where they do not lie in it."""
    found = Material(folder, place, definition, locating.lines(text))
    _notes(found, findings)
    _dictionary(found, findings)
    files = definition.files
    named = {"train": files.train, "test": files.test, "labels": files.labels, "sample": files.sample}
    for role, name in named.items():
        content = labels if role == "labels" and labels is not None else _content(place, name, findings)
        if name is None or content is None:
            continue
        needs_id = role != "train" or definition.kind != "effect"
        table = reading.read(name, content, (definition.labels.id or None) if needs_id else None, findings)
        if table is not None:
            found.tables[role] = table
        if role == "labels":
            _labels(found, content, findings)
    if found.train is not None and definition.kind in ("survival", "competing", "binary"):
        found.trained = known_rows.read(found.train, definition, findings, hidden=False)
    return found


def _content(place: Path, name: str | None, findings: Findings) -> bytes | None:
    if name is None or not (place / name).is_file():
        return None
    try:
        with (place / name).open("rb") as stream:
            return tables.unpack(stream, largest=LARGEST)
    except TableError as error:
        findings.add(FAIL, error.code, error.message, file=name, line=error.line)
        return None


def _labels(found: Material, content: bytes, findings: Findings) -> None:
    table = found.tables.get("labels")
    if table is None or not LABELS[found.definition.kind]:
        return
    before = len(findings.lines)
    try:
        read_labels(content, found.definition)
        found.whole_labels = True
    except LabelsError as error:
        # What is wrong with single rows has been told above, or is told here; the other rows are still examined.
        if not any(one.file == table.name and one.code == error.code for one in findings.lines[:before]):
            findings.add(
                FAIL,
                error.code,
                error.message,
                remedy=Text("결과 파일을 고치십시오.", "Mend the labels."),
                file=table.name,
                line=error.line,
                column=error.column,
            )
    found.hidden = known_rows.read(table, found.definition, None, hidden=True)


def _notes(found: Material, findings: Findings) -> None:
    try:
        found.notes, found.noted = annotations.load(found.folder)
    except DefinitionError as error:
        for one in error.mistakes:
            findings.add(FAIL, "bad_datasheet", one.message, file=one.file, line=one.line, column=one.where or None)


def _dictionary(found: Material, findings: Findings) -> None:
    name = found.definition.files.dictionary
    if name is None or not (found.place / name).is_file():
        return
    try:
        content = (found.place / name).read_text(encoding="utf-8-sig")
        read = dictionary.read(content)
    except UnicodeDecodeError:
        message = Text("자료 사전이 UTF-8이 아닙니다.", "The dictionary is not UTF-8.")
        findings.add(FAIL, "bad_dictionary", message, file=name, line=1)
        return
    except dictionary.DictionaryError as error:
        findings.add(FAIL, "bad_dictionary", error.message, file=name, line=error.line)
        return
    found.variables = {one.column: one for one in read}
    rows = csv.reader(io.StringIO(content, newline=""))
    place = next(rows).index("column")
    found.described = {row[place]: rows.line_num for row in rows if row}
