"""Practice: a prediction file scored on the validation part of the training file, whose outcomes every team holds.

No hidden label is near: all that is read here is what participants download. So the same numbers come out on a laptop and on
the site, and no gate stands before them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from arena.errors import Conflict, Invalid
from challenges import tables, validation
from challenges.definition import Definition
from challenges.labels import EVENTS, LABELS
from challenges.predictions import ExpectedIds, read
from challenges.text import Text
from scorers.evaluation import Columns, Score
from worker import reports, scoring
from worker.columns import Floats, Outcomes, predicted, truth_of

SPLIT = "validation"

NONE = Text(
    "이 챌린지에는 연습할 검증 부분이 없습니다. 학습 자료에 예측할 환자의 결과가 있는 챌린지에만 있습니다.",
    "This challenge names no validation part to practise on: only one with outcomes of training patients can.",
)


@dataclass(frozen=True, slots=True)
class Held:
    """The rows that practice is scored on, in the order of the validation file."""

    expected: ExpectedIds
    outcomes: Outcomes
    covariates: Mapping[str, Sequence[str]]  # the declared subgroup columns


def names(definition: Definition) -> tuple[str, str]:
    """Return the names of the training file and of its validation part, or raise Conflict where there is none."""
    files = definition.files
    if files.train is None or files.validation is None:
        raise Conflict("no_validation", NONE)
    return files.train, files.validation


def held(definition: Definition, train: BinaryIO, part: BinaryIO) -> Held:
    """Read the outcomes of the validation rows from the training file.

    Raises
    ------
    TableError
        A file cannot be read; it names the line.
    Invalid
        The files do not belong together, or an outcome has no value.
    """
    ids = validation.read(part, definition.labels.id)
    table = tables.rows(tables.decode(tables.unpack(train, largest=tables.LARGEST)))
    header = next(table, (1, []))[1]
    meanings = {meaning: str(getattr(definition.labels, meaning)) for meaning in LABELS[definition.kind]}
    missing = [name for name in (definition.labels.id, *meanings.values()) if name not in header]
    if missing:
        raise Invalid(
            "missing_column",
            Text(f"학습 자료에 {missing[0]} 열이 없습니다.", f"The training file has no column {missing[0]}."),
        )
    place, wanted = header.index(definition.labels.id), set(ids)
    rows = {row[place]: row for _, row in table if len(row) == len(header) and row[place] in wanted}
    if len(rows) != len(ids):
        raise Invalid(
            "not_in_train",
            Text(
                f"검증 부분의 번호 {len(ids) - len(rows):,}개가 학습 자료에 없습니다.",
                f"{len(ids) - len(rows):,} ids of the validation part do not stand in the training file.",
            ),
        )

    def column(name: str) -> list[str]:
        return [rows[one][header.index(name)] for one in ids]

    values = {meaning: _numbers(column(name), name, meaning, definition) for meaning, name in meanings.items()}
    truth = truth_of(values, definition)
    return Held(
        ExpectedIds(ids),
        Outcomes(truth, {SPLIT: np.ones(len(ids), dtype=bool)}),
        {name: column(name) for name in definition.subgroups.columns if name in header},
    )


def _numbers(texts: list[str], name: str, meaning: str, definition: Definition) -> Floats:
    codes = {"event": EVENTS.get(definition.kind, ()), "outcome": (0.0, 1.0)}.get(meaning)
    try:
        values = np.array(texts, dtype=np.float64)
    except ValueError:
        values = np.array([np.nan])
    allowed = np.isfinite(values) & (values >= 0) if codes is None else np.isin(values, codes)
    if not allowed.all():
        raise Invalid(
            "bad_value",
            Text(
                f"학습 자료의 {name} 열에 허용하지 않는 값이 있습니다.",
                f"The column {name} of the training file holds a value that is not allowed.",
            ),
        )
    return values


def read_file(definition: Definition, known: Held, stream: BinaryIO, filename: str) -> Columns:
    """Read a prediction file of the validation rows as any prediction file is read; PredictionProblems if it has any."""
    return predicted(read(stream, definition=definition, expected=known.expected, filename=filename), definition)


def score(definition: Definition, known: Held, file: Columns, against: Columns | None = None) -> dict[str, Any]:
    """Return every metric as `challenge score` does, the curves and subgroups of a report, and the paired differences.

    `against` holds how much the file differs from the other one, metric by metric: the file's value less the other's.
    """
    scores = scoring.full(definition, known.outcomes, file, against, (SPLIT,))
    differences = {one.key: _plain(one.difference) for one in scores if one.difference is not None}
    return {
        "rows": len(known.expected.ids),
        "splits": scoring.by_split(scores),
        "report": reports.report(definition, known.outcomes, file, known.covariates, SPLIT),
        "against": None if against is None else differences,
    }


def _plain(score: Score) -> dict[str, Any]:
    return {"value": score.value, "se": score.se, "ci": list(score.ci) if score.ci else None, "reason": score.reason}
