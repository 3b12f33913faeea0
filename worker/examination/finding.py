"""What an examination finds: one line for each thing that was looked at, with its figure, its place and a remedy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from challenges.text import Text
from worker.examination.questions import QUESTIONS

PASS, WARN, FAIL = "pass", "warn", "fail"
SEVERITY = {FAIL: 0, WARN: 1, PASS: 2}


@dataclass(frozen=True, slots=True)
class Line:
    """One verdict."""

    code: str
    state: str
    message: Text
    figure: str | None = None
    remedy: Text | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None
    accepted: Text | None = None  # the organizer's reason why a warning may stand

    @property
    def question(self) -> Text:
        return QUESTIONS.get(self.code, QUESTIONS["file"])

    def as_dict(self) -> dict[str, Any]:
        """Return the line as JSON has it."""
        return {
            "code": self.code,
            "state": self.state,
            "question": self.question._asdict(),
            "figure": self.figure,
            "message": self.message._asdict(),
            "remedy": None if self.remedy is None else self.remedy._asdict(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "accepted": None if self.accepted is None else self.accepted._asdict(),
        }


@dataclass(slots=True)
class Findings:
    """The lines so far, in the order in which things were looked at."""

    lines: list[Line] = field(default_factory=list)

    def add(
        self,
        state: str,
        code: str,
        message: Text,
        *,
        figure: str | None = None,
        remedy: Text | None = None,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.lines.append(Line(code, state, message, figure, remedy, file, line, column))

    def passed(self, code: str, message: Text, *, figure: str | None = None, file: str | None = None) -> None:
        """Say that a thing is in order."""
        self.add(PASS, code, message, figure=figure, file=file)

    def took(self, codes: Iterable[str]) -> bool:
        """Whether any line but passes has one of these codes."""
        wanted = set(codes)
        return any(one.code in wanted and one.state != PASS for one in self.lines)

    def of(self, *states: str) -> Iterator[Line]:
        return (one for one in self.lines if one.state in states)

    def replace(self, old: Line, **changed: Any) -> None:
        """Put a changed line in the place of one."""
        self.lines[self.lines.index(old)] = replace(old, **changed)

    def ordered(self) -> list[Line]:
        """Return the lines, what has to be mended first."""
        return sorted(self.lines, key=lambda one: (SEVERITY[one.state], one.accepted is not None))


def places(count: int) -> Text:
    """Return how many places a finding has beyond the one that it names."""
    if count < 2:
        return Text("", "")
    return Text(f" 이런 곳이 모두 {count:,}곳입니다.", f" There are {count:,} such places.")


def shown(count: int) -> str:
    """Return a count of people as it may be told: 1 to 9 are one."""
    return "1–9" if 0 < count < 10 else f"{count:,}"


def shown_events(count: int) -> str:
    """Return a count of events as it may be told: fewer than 5 are one."""
    return "<5" if count < 5 else f"{count:,}"
