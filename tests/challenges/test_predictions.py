"""Prediction files: good ones in every dress, bad ones with the right code, line and sentence."""

import gzip
import io
import math
import random
from array import array
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from challenges.definition import parse
from challenges.lines import chunks
from challenges.predictions import ExpectedIds, PredictionProblems, read
from challenges.problems import CODES
from tests.challenges.conftest import BINARY, EFFECT, IDS, SURVIVAL
from tests.challenges.prediction_files import GOOD, HEADER, ROWS, with_cell


def test_a_good_file_is_aligned_to_the_test_file(take):
    found = take(GOOD)
    assert found.ids == IDS
    assert list(found.columns) == ["p_1y", "p_3y", "p_5y"]
    assert found.columns["p_5y"] == array("d", [0.3, 0.4, 0.5, 0.6, 0.7, 0.8])


SHUFFLED = "\n".join(
    ["p_5y,patient_id,p_1y,p_3y", *(f"{f},{a},{b},{c}" for a, b, c, f in (row.split(",") for row in ROWS[::-1]))]
)


DRESSES = {
    "byte-order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "CR": GOOD.replace("\n", "\r").encode(),
    "no end of line": GOOD.rstrip().encode(),
    "blank lines at the end": GOOD.encode() + b"\n  \n\r\n",
    "blank lines before": b"\n\n" + GOOD.encode(),
    "gzip": gzip.compress(GOOD.encode()),
    "two gzip members": gzip.compress(GOOD[:40].encode()) + gzip.compress(GOOD[40:].encode()),
    "other order": SHUFFLED.encode(),
    "quotes": "\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in GOOD.split()).encode(),
    "blanks around numbers": GOOD.replace(",0.", ", 0.").encode(),
    "other spellings": GOOD.replace(",0.1,", ",1e-1,").replace(",0.2,", ",+.2,").encode(),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_predictions_are_the_same_however_dressed(dress, take):
    plain, found = take(GOOD), take(DRESSES[dress])
    assert found.columns == plain.columns
    assert found.canonical_sha256 == plain.canonical_sha256


def test_other_predictions_have_another_digest(take):
    other = take(GOOD.replace("0012,0.1", "0012,0.11"))
    assert other.canonical_sha256 != take(GOOD).canonical_sha256
    assert (
        take(with_cell("0.2").replace("NA,0,", "NA,-0.0,")).canonical_sha256 == take(with_cell("0.2")).canonical_sha256
    )


def test_a_problem_far_down_has_its_line():
    """Chunks of a megabyte do not move lines: the clean ones before, one quoted, one in CRLF."""
    ids = [f"patient-{number:06d}" for number in range(60_000)]
    big = parse(SURVIVAL.replace("max_bytes = 100000", "max_bytes = 100000000"))
    lines = [HEADER, *(f"{one},0.123456,0.234567,0.345678" for one in ids)]
    for number, spoilt in ((3, '"x'), (41_234, "patient-041232,0.1,0.2,oh"), (59_999, lines[20])):
        changed = [*lines]
        changed[number - 1] = spoilt
        with pytest.raises(PredictionProblems) as caught:
            read(BytesIO("\r\n".join(changed).encode()), definition=big, expected=ExpectedIds(ids))
        assert caught.value.problems[0].line == number
    assert read(BytesIO("\r\n".join(lines).encode()), definition=big, expected=ExpectedIds(ids)).ids == tuple(ids)


def test_a_file_appended_to_itself_is_not_read_to_its_end(refuse):
    text = GOOD + "\n".join(ROWS * 400)
    caught = refuse(text, parse(SURVIVAL.replace("max_bytes = 100000", "max_bytes = 100000000")))
    assert caught.problems[0].code == "duplicate_id"
    chunk = "Z1,0,0,0\n" * 200_000
    caught = refuse(GOOD + chunk * 2, parse(SURVIVAL.replace("max_bytes = 100000", "max_bytes = 100000000")))
    assert caught.total < 300_000


class Endless(io.RawIOBase):
    """A file that never ends, and counts what was read of it."""

    def __init__(self, start: bytes, then: bytes) -> None:
        self.start, self.then, self.at, self.most = start, then, 0, 0

    def readable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        assert whence == 0
        self.at = place
        return place

    def tell(self) -> int:
        return self.at

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.at += size
        self.most = max(self.most, self.at)
        return (
            self.start[self.at - size :][:size] if self.at <= len(self.start) else self.then * (size // len(self.then))
        )


def test_a_line_without_end_is_not_waited_for():
    huge = parse(SURVIVAL.replace("max_bytes = 100000", "max_bytes = 2000000000"))
    endless = Endless(b"", b"x")
    with pytest.raises(PredictionProblems) as caught:
        read(endless, definition=huge, expected=ExpectedIds(IDS))
    assert [one.code for one in caught.value.problems] == ["not_csv"]
    assert endless.most < 3_000_000


def test_effects_have_intervals_in_order():
    effect = parse(EFFECT)
    text = "estimand,estimate,lower,upper\na,0.1,0.0,0.2\nb,0.5,0.3,0.1\n"
    with pytest.raises(PredictionProblems) as caught:
        read(BytesIO(text.encode()), definition=effect, expected=ExpectedIds(["a", "b"]))
    assert [(one.line, one.column, one.code) for one in caught.value.problems] == [(3, "upper", "not_monotone")]
    assert "interval" not in caught.value.problems[0].message.ko
    assert "lower end" in caught.value.problems[0].message.en


def test_a_risk_is_any_finite_number():
    risk = parse(SURVIVAL.replace("[[metrics]]", '[[columns]]\nname = "risk"\nis = "risk"\n[[metrics]]', 1))
    text = f"{HEADER},risk\na,0,0,0,-1e3\nb,0,0,0,1e308\n"
    found = read(BytesIO(text.encode()), definition=risk, expected=ExpectedIds(["a", "b"]))
    assert list(found.columns["risk"]) == [-1000.0, 1e308]
    for value in ("inf", "-Infinity", "1e309", "nan"):
        with pytest.raises(PredictionProblems) as caught:
            read(BytesIO(text.replace("1e308", value).encode()), definition=risk, expected=ExpectedIds(["a", "b"]))
        assert [(one.line, one.column, one.code) for one in caught.value.problems] == [(3, "risk", "not_finite")]


def advice_on(definition, header: str, rows: list[str], usual: dict[str, float] | None = None) -> list[str]:
    ids = [f"P{number}" for number in range(len(rows))]
    text = "\n".join([header, *(f"{one},{row}" for one, row in zip(ids, rows, strict=True))])
    found = read(BytesIO(text.encode()), definition=parse(definition), expected=ExpectedIds(ids), usual=usual)
    return [one.en for one in found.advice]


def test_advice_blocks_nothing():
    draw = random.Random(1)
    values = [draw.random() for _ in range(200)]
    assert advice_on(BINARY, "patient_id,p", [f"{value:.3f}" for value in values]) == []
    (constant,) = advice_on(BINARY, "patient_id,p", ["0.25"] * 200)
    assert "the same" in constant
    (classes,) = advice_on(BINARY, "patient_id,p", [str(round(value)) for value in values])
    assert "zeros and ones" in classes
    with_risk = SURVIVAL.replace("[[metrics]]", '[[columns]]\nname = "risk"\nis = "risk"\n[[metrics]]', 1)
    rows = [f"{value / 3:.4f},{value / 2:.4f},{value:.4f},{-5 * value:.4f}" for value in values]
    (opposed,) = advice_on(with_risk, HEADER + ",risk", rows)
    assert "sign" in opposed
    assert advice_on(with_risk, HEADER + ",risk", [row.replace("-", "") for row in rows]) == []


SIZES = {
    "as in training": (0.2, []),
    "survival": (0.8, ["survival probabilities"]),
    "divided twice": (0.002, ["divided by 100 twice"]),
    "another horizon": (0.49, ["another horizon"]),
}


@pytest.mark.parametrize("name", SIZES)
def test_means_are_compared_with_the_training_data(name):
    """A published figure of the training file; no label of a test patient comes into it."""
    mean, expected = SIZES[name]
    rows = [f"{mean * (0.9 + 0.2 * (number % 11) / 10):.6f}" for number in range(200)]
    share = {"p": 0.15 if name == "another horizon" else 0.2}
    found = advice_on(BINARY, "patient_id,p", rows, share)
    assert len(found) == len(expected)
    assert all(words in sentence for words, sentence in zip(expected, found, strict=True))
    assert not found or f"{mean:.2g}" in found[0]


probabilities = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)


identifiers = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(lambda one: one.strip()),
    min_size=1,
    max_size=12,
    unique=True,
)


@given(st.data(), identifiers, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
def test_what_is_written_is_read(data, ids, end, packed, shuffled):
    values = {one: data.draw(probabilities) for one in ids}
    order = data.draw(st.permutations(ids)) if shuffled else ids
    text = (
        HEADER
        + end
        + "".join('"' + one.replace('"', '""') + '",' + ",".join(map(repr, values[one])) + end for one in order)
    )
    content = gzip.compress(text.encode()) if packed else text.encode()
    found = read(BytesIO(content), definition=parse(SURVIVAL), expected=ExpectedIds(ids))
    for place, name in enumerate(("p_1y", "p_3y", "p_5y")):
        assert list(found.columns[name]) == [values[one][place] for one in ids]
        assert not any(math.copysign(1, value) < 0 for value in found.columns[name])


@given(st.binary(max_size=300), st.integers(0, len(GOOD)))
def test_any_bytes_are_read_or_refused(junk: bytes, place: int):
    content = GOOD[:place].encode() + junk + GOOD[place:].encode()
    caught = None
    try:
        found = read(BytesIO(content), definition=parse(SURVIVAL), expected=ExpectedIds(IDS))
    except PredictionProblems as error:
        caught = error
    if caught is None:
        assert all(len(column) == len(IDS) for column in found.columns.values())
    else:
        assert caught.total >= len(caught.problems) > 0
        assert {one.code for one in caught.problems} <= set(CODES)


@example("a\r\nb\r\n\r\n가\r\r", list(range(20)))
@example("\ufeff", [1, 2])
@given(st.text("ab,가\r\n", max_size=40), st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_where_chunks_end(text: str, cuts: list[int]):
    data = text.encode()
    text = text.removeprefix("\ufeff")
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(ends)]
    found = list(chunks(iter(pieces)))
    whole = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []
    assert [line for _, held in found for line in held] == whole
    assert [first for first, _ in found] == [1 + sum(len(held) for _, held in found[:k]) for k in range(len(found))]


@given(st.text("0123456789+-.eE_ naif\u0660\uff11", max_size=12))
def test_a_number_is_read_only_as_python_reads_plain_ones(text: str):
    """Both ways through the reader, whole chunks and line by line, take the same spellings."""
    both = []
    for other in ("0.5", '"0.5'):  # the second row sends the whole chunk through the slow way
        content = f"patient_id,p\na,{text}\nb,{other}\n"
        try:
            read(BytesIO(content.encode()), definition=parse(BINARY), expected=ExpectedIds(["a", "b"]))
            both.append([])
        except PredictionProblems as caught:
            both.append([one.code for one in caught.problems if one.line == 2])
    assert both[0] == both[1]
    if not both[0]:
        assert 0 <= float(text) <= 1
        assert text.isascii()
        assert "_" not in text
