"""Which of a folder's files are published, and what can be found wrong with them without numerics and without labels."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from challenges import contents, datasheet, dictionary, lines, tables, validation
from challenges.definition import Definition
from challenges.predictions import ExpectedIds, PredictionProblems, read
from challenges.text import Text

# The only kinds of file that a challenge publishes; anything else in the folder stays with its organizer.
KINDS = (".csv", ".csv.gz", ".md", ".toml", ".py", ".R")
LANGUAGES = ("ko", "en")
LONGEST_TEXT = 1_000_000
SHOWN = 5  # problems of one prediction file


class Flaw(NamedTuple):
    """What is wrong with one file, where, and how to mend it."""

    file: str
    line: int | None
    column: str | None
    code: str
    message: Text
    found: str | None = None


def roles(folder: Path, definition: Definition) -> dict[str, str]:
    """Return the files that are published and what each is to the challenge; those that are named may be absent."""
    files = definition.files
    named = {"train": files.train, "test": files.test, "dictionary": files.dictionary, "sample": files.sample}
    named["validation"] = files.validation
    found = {name: role for role, name in named.items() if name}
    found |= {baseline.file: "baseline" for baseline in definition.baselines if baseline.file}
    found |= {path.name: "text" for path in sorted(folder.glob("*.md"))}
    if (folder / datasheet.FILE).is_file():
        found[datasheet.FILE] = "datasheet"
    found |= {path.name: "starter" for path in sorted(folder.glob("starter.*")) if path.name.endswith(KINDS)}
    return found


def evidence(definition: Definition) -> dict[str, str]:
    """Return the files that facts are computed from and nobody downloads: the baselines' predictions of training rows."""
    return {one.train_file: "baseline_train" for one in definition.baselines if one.train_file}


def missing(folder: Path, definition: Definition) -> list[str]:
    """Return the files that the definition names and the folder does not hold, the labels aside."""
    names = [*roles(folder, definition), *evidence(definition)]
    if definition.agreement is not None:
        names += [f"{definition.agreement.file}.{language}.md" for language in LANGUAGES]
    return [name for name in dict.fromkeys(names) if not (folder / name).is_file()]


def flaws(folder: Path, definition: Definition) -> list[Flaw]:
    """Return everything that is wrong with a folder's files, as far as it can be seen without labels."""
    absent = missing(folder, definition)
    found = [
        Flaw(name, None, None, "missing_file", Text(f"{name} 파일이 없습니다.", f"The file {name} is missing."))
        for name in absent
    ]
    found += _texts(folder, definition, set(absent))
    if (flaw := datasheet_flaw(folder, definition)) is not None:
        found.append(flaw)
    test = _ids(folder, definition.files.test, definition, absent, found)
    train = _ids(folder, definition.files.train, definition, absent, found)
    found += _label_columns(folder, definition, absent)
    found += _figure_columns(folder, definition, absent)
    both = set(test or ()) & set(train or ())
    if both and definition.files.train:
        message = Text(
            f"번호 {len(both)}개가 학습 자료와 시험 자료에 모두 있습니다.",
            f"{len(both)} ids stand in both the training and the test file.",
        )
        found.append(Flaw(definition.files.train, None, definition.labels.id, "same_patient", message))
    found += _validation(folder, definition, absent, train)
    for name, ids in _predictions(definition, test, train):
        if name not in absent:
            found += _problems(folder / name, definition, ids)
    return found


def datasheet_flaw(folder: Path, definition: Definition) -> Flaw | None:
    """Return what is wrong with a folder's datasheet: another definition's would say of this challenge what is not so."""
    path = folder / datasheet.FILE
    if not path.is_file():
        return None
    try:
        found = datasheet.read(path.read_bytes())
    except datasheet.DatasheetError:
        found = None
    if found is not None and found.definition_sha256 == definition.digest():
        return None
    message = Text(
        f"{datasheet.FILE}은(는) 이 정의의 데이터시트가 아닙니다. 폴더를 다시 만드십시오.",
        f"{datasheet.FILE} is not a datasheet of this definition. Make the folder again.",
    )
    return Flaw(datasheet.FILE, None, None, "bad_datasheet", message)


def _texts(folder: Path, definition: Definition, absent: set[str]) -> Iterator[Flaw]:
    name = definition.files.dictionary
    table = [folder / name] if name and name not in absent else []
    for path in [*sorted(folder.glob("*.md")), *table]:
        if path.stat().st_size > LONGEST_TEXT:
            message = Text(
                f"글이 {LONGEST_TEXT:,}바이트를 넘습니다.", f"The text is longer than {LONGEST_TEXT:,} bytes."
            )
            yield Flaw(path.name, None, None, "too_large", message)
        elif not contents.is_utf8(path):
            message = Text("UTF-8로 저장한 글이 아닙니다.", "The text is not saved as UTF-8.")
            yield Flaw(path.name, None, None, "not_utf8", message)
        elif path in table:
            try:
                dictionary.read(path)
            except dictionary.DictionaryError as error:
                yield Flaw(path.name, error.line, None, "bad_dictionary", error.message)


def _ids(
    folder: Path, name: str | None, definition: Definition, absent: list[str], found: list[Flaw]
) -> list[str] | None:
    if not name or name in absent or not definition.labels.id:
        return None
    try:
        return tables.read_ids(folder / name, definition.labels.id)
    except lines.TableError as error:
        found.append(Flaw(name, error.line, None, error.code, error.message))
        return None


def _validation(folder: Path, definition: Definition, absent: list[str], train: list[str] | None) -> Iterator[Flaw]:
    """Yield what is wrong with the validation part: it names some of the training patients, and says nothing of them."""
    name = definition.files.validation
    if not name or name in absent:
        return
    try:
        ids = validation.read(folder / name, definition.labels.id)
    except lines.TableError as error:
        yield Flaw(name, error.line, None, error.code, error.message)
        return
    if train is None:
        return
    strange = len(set(ids) - set(train))
    if strange:
        message = Text(
            f"번호 {strange:,}개가 학습 자료에 없습니다.", f"{strange:,} ids do not stand in the training file."
        )
        yield Flaw(name, None, definition.labels.id, "not_in_train", message)
    elif len(ids) == len(train):
        message = Text(
            "학습 환자가 모두 들어 있어, 모형을 맞출 환자가 남지 않습니다.",
            "It names every training patient, so that none is left to fit a model to.",
        )
        yield Flaw(name, None, definition.labels.id, "whole_train", message)


def _label_columns(folder: Path, definition: Definition, absent: list[str]) -> Iterator[Flaw]:
    name, held = definition.files.test, definition.labels
    if not name or name in absent:
        return
    hidden = {one for one in (held.time, held.event, held.outcome, held.truth, held.split) if one}
    header = next(csv.reader(islice(contents.lines(folder / name), 1)), [])
    for column in header:
        if column in hidden:
            message = Text(
                f"시험 자료에 결과의 열 {column}이(가) 있습니다. 빼고 다시 하십시오.",
                f"The test file holds the label column {column}. Take it out.",
            )
            yield Flaw(name, 1, column, "label_in_test", message)


def _figure_columns(folder: Path, definition: Definition, absent: list[str]) -> Iterator[Flaw]:
    name, figure = definition.files.train, definition.figure
    if not name or name in absent or figure is None:
        return
    header = next(csv.reader(islice(contents.lines(folder / name), 1)), [])
    for column in (figure.column, *figure.within, figure.time, figure.event):
        if column is not None and column not in header:
            message = Text(
                f"학습 자료에 [figure]가 말하는 열 {column}이(가) 없습니다.",
                f"The training file has no column {column}, which [figure] names.",
            )
            yield Flaw(name, 1, column, "missing_column", message)


def _predictions(
    definition: Definition, test: list[str] | None, train: list[str] | None
) -> Iterator[tuple[str, list[str]]]:
    """Yield each prediction file that the definition names, with the ids that it must hold."""
    if test is not None and definition.columns:
        for name in dict.fromkeys((definition.files.sample, *(one.file for one in definition.baselines))):
            if name:
                yield name, test
    if train is not None and definition.columns:
        for name in evidence(definition):
            yield name, train


def _problems(path: Path, definition: Definition, ids: list[str]) -> Iterator[Flaw]:
    try:
        with path.open("rb") as stream:
            read(stream, definition=definition, expected=ExpectedIds(ids), filename=path.name)
    except PredictionProblems as problems:
        for one in problems.problems[:SHOWN]:
            yield Flaw(path.name, one.line, one.column, one.code, one.message, one.found)
        rest = problems.total - SHOWN
        if rest > 0:
            message = Text(f"그 밖에 {rest:,}건이 더 있습니다.", f"{rest:,} more problems follow.")
            yield Flaw(path.name, None, None, "more", message)
