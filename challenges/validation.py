"""The validation part of a training file: ids whose outcomes a team has, but leaves out when it fits a model.

Such a file holds ids and nothing else. Whoever makes one takes the fifth of the training ids whose SHA-256 is smallest, so that
anybody can make it again and nobody has chosen who is in it.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from challenges import tables
from challenges.lines import TableError
from challenges.text import Text

FILE = "validation.csv"
KINDS = ("survival", "competing", "binary")  # the others have no training rows that could be predicted
PARTS = 5
# Below these an interval says nothing, and single patients could be made out in a group.
LEAST_ROWS, LEAST_EVENTS = 50, 5


def chosen(ids: Sequence[str]) -> list[str]:
    """Return a fifth of the ids, in their order: those whose SHA-256 is smallest."""
    by_digest = sorted(ids, key=lambda one: hashlib.sha256(one.encode()).digest())
    taken = set(by_digest[: len(ids) // PARTS])
    return [one for one in ids if one in taken]


def written(id_column: str, ids: Sequence[str]) -> str:
    """Return the file's text."""
    # An id with a comma or a quotation mark in it is written as the training file would write it.
    quoted = (f'"{one.replace(chr(34), chr(34) * 2)}"' if set(one) & set(',"') else one for one in (id_column, *ids))
    return "".join(f"{one}\n" for one in quoted)


def write(folder: Path, id_column: str, train: str = "train.csv") -> None:
    """Write the validation part of a folder's training file beside it."""
    ids = chosen(tables.read_ids(folder / train, id_column))
    (folder / FILE).write_text(written(id_column, ids), encoding="utf-8", newline="")


def read(source: Path | BinaryIO, id_column: str) -> list[str]:
    """Return the ids of a validation file in the order of its rows; TableError if it holds anything besides."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return read(stream, id_column)
    content = tables.unpack(source, largest=tables.LARGEST)
    _, header = next(tables.rows(tables.decode(content)), (1, [id_column]))
    if header != [id_column]:
        raise TableError(
            "not_only_ids",
            Text(
                f"머리글에 {id_column} 열 하나만 있어야 합니다. 변수와 결과는 학습 자료에 있습니다.",
                f"The header must be {id_column} alone: variables and outcomes stand in the training file.",
            ),
            1,
        )
    return tables.read_ids(io.BytesIO(content), id_column)
