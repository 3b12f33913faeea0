"""Prediction files of the organizer's: the sample and the baselines, read as the site would read them."""

from dataclasses import dataclass, field

from challenges.definition import FILE
from challenges.predictions import ExpectedIds, PredictionProblems
from challenges.text import Text
from scorers.evaluation import Columns
from worker import facts
from worker.columns import predicted
from worker.examination.finding import FAIL, Findings
from worker.examination.material import Material


@dataclass
class Predicted:
    """The files that can be used, by the baseline's name."""

    test: dict[str, Columns] = field(default_factory=dict)
    train: dict[str, Columns] = field(default_factory=dict)
    broken: bool = False


def examine(material: Material, findings: Findings) -> Predicted:
    """Read every prediction file; each that cannot be used is told with its first problem."""
    found = Predicted()
    test, train = material.test, material.train
    before = len(findings.lines)
    if test is not None and len(test.at) == len(test):
        expected = ExpectedIds(test.ids)
        _read(material, material.definition.files.sample, expected, findings)
        for one in material.definition.baselines:
            columns = _read(material, one.file, expected, findings)
            if columns is not None:
                found.test[one.name] = columns
    if train is not None and train.id_column is not None and len(train.at) == len(train):
        expected = ExpectedIds(train.ids)
        for one in material.definition.baselines:
            columns = _read(material, one.train_file, expected, findings)
            if columns is not None:
                found.train[one.name] = columns
    _missing(material, findings)
    found.broken = len(findings.lines) > before
    return found


def _read(material: Material, file: str | None, expected: ExpectedIds, findings: Findings) -> Columns | None:
    if not file or not (material.place / file).is_file():
        return None
    try:
        read = facts.predictions_of(material.place / file, material.definition, expected)
    except PredictionProblems as problems:
        first, rest = problems.problems[0], problems.total - 1
        findings.add(
            FAIL,
            first.code,
            Text(
                first.message.ko + (f" 그 밖에 {rest:,}건이 더 있습니다." if rest else ""),
                first.message.en + (f" There are {rest:,} more problems." if rest else ""),
            ),
            figure=f"{problems.total:,}",
            remedy=Text("그 파일을 다시 만드십시오.", "Make the file again."),
            file=file,
            line=first.line,
            column=first.column,
        )
        return None
    return predicted(read, material.definition)


def _missing(material: Material, findings: Findings) -> None:
    # A program that has failed has been told of, and one cause is enough.
    if findings.took(["baseline_failed"]):
        return
    for index, one in enumerate(material.definition.baselines):
        for name in (one.file, one.train_file):
            if name and not (material.place / name).is_file():
                findings.add(
                    FAIL,
                    "missing_baseline",
                    Text(f"기준 모형의 파일 {name}이(가) 없습니다.", f"The baseline's file {name} is missing."),
                    remedy=Text(
                        f"파일을 넣거나, 그것을 만드는 baseline.py를 두거나, {FILE}에서 빼십시오.",
                        f"Add the file, or a baseline.py that writes it, or take it out of {FILE}.",
                    ),
                    file=FILE,
                    line=material.line("baselines", index, "file"),
                    column=name,
                )
