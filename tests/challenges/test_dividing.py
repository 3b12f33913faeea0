"""Dividing: shares inside every stratum, the same again from the seed, nothing of the source's order left."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from challenges import dividing


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=200),
    st.tuples(*[st.integers(1, 60)] * 3),
    st.text(max_size=8),
)
def test_every_stratum_is_divided_by_the_shares(levels, shares, seed):
    parts = dividing.divide([(level,) for level in levels], shares, seed)
    total = sum(shares)
    for level in set(levels):
        own = Counter(part for part, one in zip(parts, levels, strict=True) if one == level)
        size = levels.count(level)
        for part, share in zip(dividing.PARTS, shares, strict=True):
            assert abs(own[part] - size * share / total) < 2
    assert dividing.divide([(level,) for level in levels], shares, seed) == parts


def test_a_part_without_a_share_gets_nobody():
    parts = dividing.divide([()] * 50, (0.0, 50.0, 50.0), "s")
    assert Counter(parts) == {"public": 25, "private": 25}


def test_another_seed_divides_otherwise():
    strata = [()] * 200
    assert dividing.divide(strata, (50, 25, 25), "a") != dividing.divide(strata, (50, 25, 25), "b")


def test_ids_and_order_say_nothing_of_the_source():
    count = 3000
    ids, order = dividing.ids(count, "seed"), dividing.shuffled(range(count), "seed")
    parts = dividing.divide([()] * count, (50, 25, 25), "seed")
    assert len(set(ids)) == count
    assert sorted(order) == list(range(count))
    half = count // 2

    def share_of_first_half(rows):
        return sum(row < half for row in rows) / len(rows)

    by_id = sorted(range(count), key=ids.__getitem__)
    # A label-sorted source would leak through any of these; the standard error is 0.013.
    assert abs(share_of_first_half(by_id[:half]) - 0.5) < 0.05
    assert abs(share_of_first_half(order[:half]) - 0.5) < 0.05
    assert abs(share_of_first_half([row for row in range(count) if parts[row] == "train"]) - 0.5) < 0.05
    place = {row: at for at, row in enumerate(order)}
    assert abs(sum(place[row] < half for row in by_id[:half]) / half - 0.5) < 0.05
    assert all(one[0] == "P" and one[1:].isdigit() and len(one) == 7 for one in ids)


def test_numbers_with_many_values_count_by_their_quarters():
    ages = [str(age) for age in range(20, 100)] + [""]
    strata = dividing.strata([ages, ["x"] * 81])
    assert len(set(strata)) == 5
    assert Counter(strata)["0", "x"] == 20
    assert dividing.strata([["1", "2", "1"]]) == [("1",), ("2",), ("1",)]
