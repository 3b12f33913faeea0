"""The lines of an uploaded file on which something is wrong, each once, for the page that lists the problems."""

from collections.abc import Iterable
from dataclasses import dataclass

from challenges.problems import Problem


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its fields with those that are wrong."""

    number: int
    fields: tuple[tuple[str, bool], ...]  # text, whether it is marked
    before: bool  # whether fields of it are left out before these
    after: bool


def lines(problems: Iterable[object]) -> tuple[Line, ...]:
    """Return the lines that problems come with, in the order of the file; the fields of all its problems are marked."""
    found: dict[int, tuple[Problem, set[int]]] = {}
    for problem in problems:
        if not isinstance(problem, Problem) or problem.line is None or problem.excerpt is None:
            continue
        _, marked = found.setdefault(problem.line, (problem, set()))
        excerpt = problem.excerpt
        shown = range(len(excerpt.fields)) if excerpt.marked is None else (excerpt.marked,)
        marked.update(excerpt.first + place for place in shown)
    return tuple(_line(number, *one) for number, one in sorted(found.items()))


def _line(number: int, problem: Problem, marked: set[int]) -> Line:
    excerpt = problem.excerpt
    assert excerpt is not None  # noqa: S101 - only such problems were kept
    fields = tuple((field, excerpt.first + place in marked) for place, field in enumerate(excerpt.fields))
    return Line(number, fields, excerpt.first > 0, excerpt.more)
