"""What may be said of a fault: its kind and where it happened, never its message, which can quote labels."""

from pathlib import Path

from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import SQLAlchemyError

from challenges.predictions import PredictionProblems


class LabelsRefused(Exception):
    """Sealed labels that cannot be used; `code` says why, and nothing here quotes what they hold.

    Line and column are known only where the labels belong to the definition, and so to whoever asks.
    """

    def __init__(self, code: str, *, line: int | None = None, column: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.column = column


# The code that a failed evaluation keeps; the first kind that fits.
_CODES: tuple[tuple[type[Exception], str], ...] = (
    (JobTimeoutException, "timeout"),
    (MemoryError, "memory"),
    (PredictionProblems, "file_unreadable"),
    (FileNotFoundError, "file_missing"),
    (SQLAlchemyError, "database"),
)


def code(fault: Exception) -> str:
    """Return the fixed code of a fault."""
    return next((name for kind, name in _CODES if isinstance(fault, kind)), "scoring")


def describe(fault: BaseException) -> str:
    """Return the exception's class with the module and line of each frame that is ours."""
    frames = []
    trace = fault.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.parent.name in ("worker", "scorers", "challenges", "arena", "store"):
            frames.append(f"{path.parent.name}/{path.name}:{trace.tb_lineno}")
        trace = trace.tb_next
    reason = getattr(fault, "code", None)
    # Codes are our own constants; any other attribute could hold anything.
    known = f" ({reason})" if isinstance(reason, str) and reason.isidentifier() else ""
    return f"{type(fault).__name__}{known} at {' < '.join(reversed(frames)) or '?'}"
