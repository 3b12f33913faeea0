"""Checking a prediction file against a downloaded folder: the server's own reader, without the server."""

from pathlib import Path

from arena import wire
from arena.cli.words import language
from arena.client import Refused
from arena.errors import SetupError
from challenges.definition import FILE, Definition, DefinitionError, load
from challenges.predictions import ExpectedIds, PredictionProblems, Predictions, read
from challenges.tables import TableError, read_ids
from challenges.text import Text


def downloaded(place: str) -> Path | None:
    """Return the folder that holds a challenge's definition, or nothing: then the argument is a challenge's name."""
    folder = Path(place)
    return folder if (folder / FILE).is_file() else None


def check(folder: Path, file: Path, companion: Path | None) -> wire.Checked:
    """Check a file, and its companion, as the server would; raise Refused with every problem, as the client does."""
    definition, expected = _asked(folder)
    if companion is not None and definition.companion is None:
        raise _refused(
            "invalid_field", Text("이 챌린지는 둘째 파일을 받지 않습니다.", "This challenge takes no second file.")
        )
    first = _read(file, definition, expected)
    second = None if companion is None else _read(companion, definition, expected)
    if second is not None and second.canonical_sha256 == first.canonical_sha256:
        raise _refused("same_predictions", Text("두 파일의 예측이 같습니다.", "Both files hold the same predictions."))
    return wire.Checked(
        rows=len(first.ids),
        advice=[one.pick(language()) for one in first.advice],
        companion_rows=None if second is None else len(second.ids),
    )


def _asked(folder: Path) -> tuple[Definition, ExpectedIds]:
    try:
        definition = load(folder)
    except DefinitionError as error:
        place, first = folder / FILE, error.mistakes[0]
        raise SetupError(
            "bad_definition",
            Text(
                f"{place}의 {first.line}번째 줄을 읽을 수 없습니다: {first.message.ko} 'arena download'로 다시 받으십시오.",
                f"{place} cannot be read at line {first.line}: {first.message.en} Download it again with 'arena download'.",
            ),
        ) from None
    test = definition.files.test
    if test is None or not definition.columns:
        raise _refused(
            "no_predictions",
            Text("이 챌린지는 예측 파일을 받지 않습니다.", "This challenge takes no prediction files."),
        )
    try:
        return definition, ExpectedIds(read_ids(folder / test, definition.labels.id))
    except FileNotFoundError:
        raise SetupError(
            "no_test_file",
            Text(
                f"{folder}에 시험 자료 {test}이(가) 없습니다. 'arena download {definition.slug} {folder}'로 받으십시오.",
                f"{folder} holds no test file {test}. Get it with 'arena download {definition.slug} {folder}'.",
            ),
        ) from None
    except TableError as error:
        raise SetupError(
            "bad_test_file",
            Text(
                f"{folder / test}: {error.message.ko} 'arena download'로 다시 받으십시오.",
                f"{folder / test}: {error.message.en} Download it again with 'arena download'.",
            ),
        ) from None


def _read(file: Path, definition: Definition, expected: ExpectedIds) -> Predictions:
    try:
        with file.open("rb") as stream:
            return read(stream, definition=definition, expected=expected, filename=file.name)
    except PredictionProblems as found:
        message = Text(
            f"{file}에서 문제 {found.total}건을 찾았습니다.",
            f"{file} has {found.total} problem{'s' if found.total != 1 else ''}.",
        )
        items = [wire.ProblemItem(**one) for one in found.as_dicts(language())]
        raise _refused("bad_file", message, items, found.total) from None


def _refused(code: str, message: Text, items: list[wire.ProblemItem] | None = None, total: int = 0) -> Refused:
    detail = message.pick(language())
    return Refused(
        wire.Problem(
            type="about:blank", title=detail, status=422, detail=detail, code=code, errors=items or [], total=total
        )
    )
