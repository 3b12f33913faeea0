"""Lines of keys, in every way in which TOML writes them."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from challenges.locating import line_of, lines

TEXT = """# a comment with [brackets] = "and quotes
title.ko = "가 # no comment"
"quoted.key" = 1

[[metrics]]            # first
name = 'a "b" c'
grid = [
  365,   # one = [
  1095,
]
[[metrics]]
name = \"\"\"many
[lines] = 3
\"\"\"
level = 0.95
at = 1979-05-27 07:32:00Z
[metrics.more]
x.y = 1
[judging]
[[judging.criteria]]
name = { ko = "x", en = "y, z" }
[judging.document]
closes = 3
[[judging.criteria]]
weight = 2
"""


def test_every_way_of_writing_is_found():
    tomllib.loads(TEXT)
    found = lines(TEXT)
    expected = {
        ("title", "ko"): 2,
        ("quoted.key",): 3,
        ("metrics",): 5,
        ("metrics", 0): 5,
        ("metrics", 0, "name"): 6,
        ("metrics", 0, "grid"): 7,
        ("metrics", 0, "grid", 1): 9,
        ("metrics", 1): 11,
        ("metrics", 1, "name"): 12,
        ("metrics", 1, "level"): 15,
        ("metrics", 1, "at"): 16,
        ("metrics", 1, "more"): 17,
        ("metrics", 1, "more", "x", "y"): 18,
        ("judging", "criteria", 0, "name", "en"): 21,
        ("judging", "document", "closes"): 23,
        ("judging", "criteria", 1, "weight"): 25,
    }
    assert {place: found.get(place) for place in expected} == expected
    assert line_of(found, ("metrics", 1, "horizon")) == 11
    assert line_of(found, ("nothing",)) == 1


@given(st.text(max_size=200))
def test_any_text_is_scanned_to_its_end(text: str):
    assert all(1 <= line <= text.count("\n") + 1 for line in lines(text).values())


@given(
    st.lists(
        st.tuples(st.text("abc", min_size=1), st.text("#[]=\"'xy\\", max_size=5), st.integers(0, 3)),
        unique_by=lambda one: one[0],
    )
)
def test_each_key_is_on_the_line_where_it_was_written(pairs):
    text, expected, line = "", {}, 1
    for key, value, blanks in pairs:
        text += "\n" * blanks
        line += blanks
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        text += f'{key} = "{escaped}" # {value}\n'
        expected[(key,)] = line
        line += 1
    tomllib.loads(text)
    assert lines(text) == expected
