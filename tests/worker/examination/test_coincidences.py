"""People who stand twice are told from people who happen to be alike."""

import numpy as np
import pytest

from worker.examination.coincidences import Coincidences

MANY = (2, 3, 2, 60, 50, 300, 400)  # so many values that no two of 3,000 people are alike by chance


def codes(rng: np.random.Generator, rows: int, *levels: int) -> list[np.ndarray]:
    return [rng.integers(0, count, rows) for count in levels]


def again(columns: list[np.ndarray], rows: int) -> list[np.ndarray]:
    """The same table with its first rows once more."""
    return [np.concatenate([column, column[:rows]]) for column in columns]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("levels", [(2, 2, 2, 2), (4, 3, 40), (2, 3, 2, 60, 50, 300)])
def test_people_who_happen_to_be_alike_are_no_surprise(levels: tuple[int, ...], seed: int):
    table = Coincidences(codes(np.random.default_rng(seed), 3000, *levels))
    assert not table.alike().surprising
    assert not table.nearly()[0].surprising


@pytest.mark.parametrize("copies", [2, 12, 1500, 3000])
def test_people_who_stand_twice_are_a_surprise(copies: int):
    columns = again(codes(np.random.default_rng(1), 3000, *MANY), copies)
    found = Coincidences(columns).alike()
    assert found.surprising
    assert copies <= found.pairs <= copies + 2
    assert found.rows[:2].all()
    assert found.rows[3000 : 3000 + copies].all()


def test_a_copy_with_one_value_changed_is_a_surprise_in_that_column():
    columns = again(codes(np.random.default_rng(2), 3000, *MANY), 6)
    columns[4][-6:] += 1
    table = Coincidences(columns)
    assert not table.alike().surprising
    near, where = table.nearly()
    assert near.surprising
    assert where == 4


def test_columns_that_follow_from_each_other_tell_nobody_apart():
    rng = np.random.default_rng(3)
    age = rng.integers(0, 60, 3000)
    columns = [rng.integers(0, 2, 3000), rng.integers(0, 3, 3000), age, age // 10, 90 - age]
    table = Coincidences(columns)
    assert table.alike().pairs > 1000
    assert not table.alike().surprising


def test_a_table_that_stands_there_twice_is_found_however_little_it_tells():
    columns = codes(np.random.default_rng(4), 400, 2, 3, 20)
    assert not Coincidences(columns).alike().surprising
    assert Coincidences(again(columns, 400)).alike().surprising
