"""Small cells are hidden before anything leaves the worker, so that every format shows the same."""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_ROWS = 10
LEAST_EVENTS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """How many rows a subgroup has, and how many with and without the event; none where a kind has no events."""

    rows: int
    events: int | None = None

    @property
    def small(self) -> bool:
        """Whether its figures could point at a person."""
        if 0 < self.rows < LEAST_ROWS:
            return True
        if self.events is None or self.rows == 0:
            return False
        return min(self.events, self.rows - self.events) < LEAST_EVENTS


def masked(cells: Sequence[Cell]) -> list[bool]:
    """Return which cells of one column to hide: the small ones and, were one alone hidden, the next smallest.

    A single hidden cell could be had back as the difference between the total and the others. If what is hidden together is
    still small, another goes with it.
    """
    hidden = [cell.small for cell in cells]
    while any(hidden) and not all(hidden):
        together = [cell for cell, off in zip(cells, hidden, strict=True) if off]
        rows = sum(cell.rows for cell in together)
        known = [cell.events for cell in together if cell.events is not None]
        whole = Cell(rows, sum(known) if known else None)
        if len(together) > 1 and not whole.small:
            break
        open_ones = [place for place, off in enumerate(hidden) if not off and cells[place].rows > 0]
        if not open_ones:
            break
        hidden[min(open_ones, key=lambda place: (cells[place].rows, place))] = True
    return hidden
