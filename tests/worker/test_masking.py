"""Small cells are hidden, and cannot be had back by subtraction."""

import itertools

import pytest

from worker.masking import Cell, masked


@pytest.mark.parametrize(
    ("cell", "small"),
    [
        (Cell(0), False),
        (Cell(1), True),
        (Cell(9), True),
        (Cell(10), False),
        (Cell(100, 4), True),
        (Cell(100, 5), False),
        (Cell(100, 95), False),
        (Cell(100, 96), True),
        (Cell(9, 5), True),
    ],
)
def test_counts_below_ten_and_events_below_five_are_small(cell: Cell, small: bool):
    assert cell.small is small


def test_a_single_hidden_cell_takes_the_next_smallest_with_it():
    assert masked([Cell(500, 100), Cell(7, 3), Cell(60, 20)]) == [False, True, True]


def test_nothing_is_hidden_without_need():
    assert masked([Cell(500, 100), Cell(60, 20)]) == [False, False]


def test_an_empty_cell_protects_nobody():
    assert masked([Cell(500, 100), Cell(7, 3), Cell(0, 0)]) == [True, True, False]


def test_what_is_hidden_together_is_never_small_unless_everything_is_hidden():
    sizes = (Cell(0, 0), Cell(3, 1), Cell(9, 4), Cell(12, 2), Cell(40, 20), Cell(200, 100))
    for cells in itertools.product(sizes, repeat=3):
        hidden = masked(list(cells))
        off = [cell for cell, out in zip(cells, hidden, strict=True) if out]
        assert all(out for cell, out in zip(cells, hidden, strict=True) if cell.small)
        left = [cell for cell, out in zip(cells, hidden, strict=True) if not out and cell.rows]
        if off and left:
            assert len(off) > 1
            assert not Cell(sum(cell.rows for cell in off), sum(cell.events or 0 for cell in off)).small
