"""Practice on a plain folder: one that was downloaded, or an organizer's own. No key, no server."""

from pathlib import Path
from typing import Any

from arena.errors import Invalid
from challenges.definition import FILE, Definition, load
from challenges.predictions import PredictionProblems
from challenges.text import Text
from scorers.evaluation import Columns
from worker import folders, practice

DONE, REFUSED = range(2)


def report(folder: Path, predictions: Path, against: Path | None) -> tuple[dict[str, Any], int]:
    """Return what `practice.score` says of a prediction file, with the definition, or the file's problems."""
    if not (folder / FILE).is_file():
        raise Invalid(
            "no_definition",
            Text(
                f"{folder}에 {FILE}이 없습니다. 'arena download SLUG'로 폴더를 다시 받으십시오.",
                f"There is no {FILE} in {folder}. Get the folder again with 'arena download SLUG'.",
            ),
        )
    definition = load(folder)
    train, part = practice.names(definition)
    with folders.whole(folder, definition) as drawn:
        # A downloaded folder has the training file and no labels: nothing needs to be drawn for it.
        place = folder if all((folder / name).is_file() for name in (train, part)) else drawn
        for name in (train, part):
            if not (place / name).is_file():
                raise Invalid("missing_file", Text(f"{name} 파일이 없습니다.", f"The file {name} is missing."))
        with (place / train).open("rb") as whole, (place / part).open("rb") as ids:
            known = practice.held(definition, whole, ids)
    read: list[Columns] = []
    for path in [predictions, *([against] if against else [])]:
        try:
            with path.open("rb") as stream:
                read.append(practice.read_file(definition, known, stream, path.name))
        except PredictionProblems as found:
            return {"file": str(path), "problems": found.as_dicts(), "total": found.total}, REFUSED
    return _told(definition, predictions, against) | practice.score(definition, known, *read), DONE


def _told(definition: Definition, predictions: Path, against: Path | None) -> dict[str, Any]:
    return {
        "slug": definition.slug,
        "version": definition.version,
        "file": predictions.name,
        "against_file": against.name if against else None,
    }
