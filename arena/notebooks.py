"""Answers as a notebook shows them, and as the plain rows that pandas reads; names are the API's own, in whatever language."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Protocol


class Scored(Protocol):
    """One number with its interval."""

    value: float | None
    se: float | None
    ci: tuple[float, float] | None
    reason: str | None


class Told(Protocol):
    """A submission."""

    id: str
    number: int
    challenge: str
    status: str
    decision: str | None
    shown_gain: float | None
    final: bool
    scores: dict[str, dict[str, Any]]

    def table(self) -> list[dict[str, Any]]: ...


class Placed(Protocol):
    """A leaderboard."""

    challenge: str
    split: str
    primary: str | None
    rows: list[Any]

    def table(self) -> list[dict[str, Any]]: ...


class SubmissionTable:
    """What a submission adds for notebooks."""

    def table(self: Told) -> list[dict[str, Any]]:
        """Return one row per split and metric: `pandas.DataFrame(submission.table())`."""
        return [
            {"split": split, "metric": key, **_flat(score)}
            for split, scores in self.scores.items()
            for key, score in scores.items()
        ]

    def _repr_html_(self: Told) -> str:
        facts = [self.status, self.decision, "final" if self.final else None]
        gain = None if self.shown_gain is None else f"shown_gain {self.shown_gain:+.4g}"
        caption = f"{self.challenge} · {self.number} · " + " · ".join(one for one in (*facts, gain) if one)
        return _html(caption, self.table())


class BoardTable:
    """What a leaderboard adds for notebooks."""

    def table(self: Placed) -> list[dict[str, Any]]:
        """Return one row per team or baseline, with the primary metric's numbers: `pandas.DataFrame(board.table())`."""
        return [
            {
                "rank": row.rank,
                "team": row.team,
                "baseline": row.baseline is not None,
                "you": row.you,
                **_flat(row.scores.get(self.primary)),
                "shown_gain": row.shown_gain,
                "tie_group": row.tie_group,
            }
            for row in self.rows
        ]

    def _repr_html_(self: Placed) -> str:
        return _html(f"{self.challenge} · {self.split} · {self.primary or ''}", self.table())


def _flat(score: Scored | None) -> dict[str, Any]:
    low, high = (score.ci if score else None) or (None, None)
    value, se, reason = (score.value, score.se, score.reason) if score else (None, None, None)
    return {"value": value, "se": se, "low": low, "high": high, "reason": reason}


def _html(caption: str, rows: Sequence[Mapping[str, Any]]) -> str:
    # Columns that hold nothing take no room. A name may be anything that a team has typed.
    names = [name for name in (rows[0] if rows else ()) if any(row[name] not in (None, False) for row in rows)]
    head = _cells("th", names)
    body = "".join(f"<tr>{_cells('td', [_text(row[name]) for name in names])}</tr>" for row in rows)
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>" if rows else ""
    return f"<table><caption>{escape(caption)}</caption>{table}</table>"


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "✓"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
