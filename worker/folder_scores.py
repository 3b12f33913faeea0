"""Scoring a prediction file against a plain folder's own labels: no key, no server."""

from pathlib import Path
from typing import Any

from arena.errors import Invalid
from challenges.definition import Definition, load
from challenges.labels import read_labels
from challenges.predictions import ExpectedIds, PredictionProblems, read
from challenges.tables import read_ids
from challenges.text import Text
from worker import folders, scoring
from worker.columns import outcomes, predicted

DONE, REFUSED, USAGE = range(3)
SPLITS = ("public", "private", scoring.ALL)


def score(folder: Path, predictions: Path) -> tuple[dict[str, Any], int]:
    """Return every score of every split and of all rows together, or the file's problems."""
    definition = load(folder)
    if not definition.metrics or definition.files.labels is None:
        message = Text(
            "이 챌린지는 심사로 평가하므로 채점할 것이 없습니다.",
            "This challenge is judged by people; there is nothing to score.",
        )
        return {"errors": [{"code": "nothing_to_score", "message": message._asdict()}]}, USAGE
    with folders.whole(folder, definition) as place:
        labels = read_labels(_bytes(place / definition.files.labels), definition)
        expected = ExpectedIds(test_ids(place, definition) or labels.ids)
        if sorted(expected.ids) != sorted(labels.ids):
            raise Invalid(
                "other_rows",
                Text(
                    "시험 자료와 결과 파일의 번호가 서로 다릅니다.",
                    "The test file and the labels do not name the same ids.",
                ),
            )
    try:
        with predictions.open("rb") as stream:
            parsed = read(stream, definition=definition, expected=expected, filename=predictions.name)
    except PredictionProblems as found:
        return {"problems": found.as_dicts(), "total": found.total}, REFUSED
    hidden = outcomes(labels, definition, expected.ids)
    scores = scoring.full(definition, hidden, predicted(parsed, definition), None, SPLITS)
    return {"rows": len(expected.ids), "splits": scoring.by_split(scores)}, DONE


def test_ids(folder: Path, definition: Definition) -> list[str] | None:
    """Return the ids that a prediction file must hold; none where the folder has no test file."""
    name = definition.files.test
    if name is None or not (folder / name).is_file():
        return None
    with (folder / name).open("rb") as stream:
        return read_ids(stream, definition.labels.id)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Invalid("missing_file", Text(f"{path.name} 파일이 없습니다.", f"The file {path.name} is missing."))
    return path.read_bytes()
