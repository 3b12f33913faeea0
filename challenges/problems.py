"""Problems of a prediction file: the codes, and how they are counted and kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from challenges.text import Text

SHOWN = 50
LONGEST_FOUND = 60
AROUND = 6  # fields on either side of the one that is marked
CODES = (
    "not_utf8",
    "not_csv",
    "missing_column",
    "unknown_column",
    "duplicate_column",
    "empty_file",
    "wrong_field_count",
    "missing_id",
    "unknown_id",
    "duplicate_id",
    "not_a_number",
    "not_finite",
    "out_of_range",
    "not_monotone",
    "too_large",
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of the file as it stands there: its fields, or of a wide row those around the one in question."""

    fields: tuple[str, ...]
    marked: int | None  # among these fields; None where the line as a whole is wrong
    first: int = 0  # how many fields stand before these
    more: bool = False  # whether others stand after them


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: where it is, what was found, what it means and how to mend it."""

    line: int | None
    column: str | None
    code: str
    message: Text
    found: str | None = None
    excerpt: Excerpt | None = None  # for pages, which show the line itself

    def as_dict(self, language: str | None = None) -> dict[str, Any]:
        """Return what the API and the shell print: the sentence in one language, or in both."""
        words = self.message._asdict() if language is None else self.message.pick(language)
        return {"line": self.line, "column": self.column, "code": self.code, "message": words, "found": self.found}


class PredictionProblems(ValueError):
    """A file with problems: the first fifty, and how many there are."""

    def __init__(self, problems: Iterable[Problem], total: int) -> None:
        self.problems = list(problems)
        self.total = total
        super().__init__(f"{total} problems: " + "; ".join(f"{one.line}:{one.code}" for one in self.problems[:5]))

    def as_dicts(self, language: str | None = None) -> list[dict[str, Any]]:
        """Return the problems as the API and the shell print them."""
        return [problem.as_dict(language) for problem in self.problems]


class Findings:
    """Counts every problem and keeps the first fifty in the order of the file."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.total = 0
        self._line: int | None = None
        self._fields: Sequence[str] = ()
        self._places: Mapping[str, int] = {}

    def reading(self, line: int, fields: Sequence[str], places: Mapping[str, int]) -> None:
        """Note which line is being read, so that what is found on it can be shown in its place."""
        self._line, self._fields, self._places = line, fields, places

    def add(
        self,
        line: int | None,
        column: str | None,
        code: str,
        message: Callable[[], Text] | Text,
        found: str | None = None,
    ) -> None:
        """Count a problem; a sentence that takes work is made only for a problem that is kept."""
        self.total += 1
        if len(self.kept) < SHOWN:
            words = message if isinstance(message, Text) else message()
            self.kept.append(Problem(line, column, code, words, cut(found), self._excerpt(line, column, code)))

    def _excerpt(self, line: int | None, column: str | None, code: str) -> Excerpt | None:
        # Ids that are missing are told of on the last line, and nothing on it is wrong.
        if line is None or line != self._line or not self._fields or code == "missing_id":
            return None
        place = self._places.get(column) if column is not None else None
        first = max(0, (place or 0) - AROUND)
        end = max(first + 2 * AROUND, (place or 0) + AROUND + 1)
        fields = tuple(cut(field) or "" for field in self._fields[first:end])
        marked = None if place is None or place >= len(self._fields) else place - first
        return Excerpt(fields, marked, first, end < len(self._fields))

    def explain(self, code: str, advice: Text) -> None:
        """Add to every kept problem of a kind what only the whole file shows."""
        self.kept = [
            replace(one, message=Text(f"{one.message.ko} {advice.ko}", f"{one.message.en} {advice.en}"))
            if one.code == code
            else one
            for one in self.kept
        ]

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if self.total:
            raise PredictionProblems(self.kept, self.total)


def cut(found: str | None) -> str | None:
    """Return what was found, short enough for a table and without signs that break one."""
    if not found:
        return found
    clean = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in found[: LONGEST_FOUND + 1])
    return clean if len(found) <= LONGEST_FOUND else clean[:LONGEST_FOUND] + "…"
