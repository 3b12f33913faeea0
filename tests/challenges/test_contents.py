"""What a file holds, whatever it is called."""

import gzip
import random
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from challenges import contents, plaintext
from challenges.contents import TooMuch
from challenges.definition import parse
from tests.challenges.conftest import SURVIVAL

TABLE = b"patient_id,days,died,split\nC1,812,1,public\nC2,1900,0,private\n"


@pytest.fixture
def file(tmp_path: Path):
    def written(content: bytes, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


def test_every_sealed_box_is_taken_for_one(file):
    box = SealedBox(PrivateKey.generate().public_key)
    draw = random.Random(4)
    for size in (0, 1, 60, 5000):
        for _ in range(200):
            assert contents.is_ciphertext(file(box.encrypt(draw.randbytes(size))))
    # Chance may begin one as a gzip file, a text in UTF-16 or a text in UTF-8 begins.
    for mark in (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04"):
        assert contents.is_ciphertext(file(mark + draw.randbytes(500)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("packed", [0, 1, 2, 3])
def test_no_table_is_taken_for_a_sealed_box(file, encoding: str, packed: int):
    content = ("번호와 결과\n" + TABLE.decode()).encode(encoding)
    for _ in range(packed):
        content = gzip.compress(content)
    path = file(content)
    assert not contents.is_ciphertext(path)
    assert "patient_id,days,died,split" in "".join(contents.lines(path))
    assert contents.is_utf8(path) == encoding.startswith("utf-8")


def test_what_unpacks_to_too_much_stops(file):
    path = file(gzip.compress(b"0" * 300_000_000))
    with pytest.raises(TooMuch):
        contents.is_utf8(path)
    twice = file(gzip.compress(gzip.compress(b"0" * 300_000_000)))
    with pytest.raises(TooMuch):
        list(contents.lines(twice))
    assert contents.is_utf8(file(gzip.compress(TABLE * 1000)))


def test_a_packed_file_cut_short_is_no_text(file):
    assert not contents.is_utf8(file(gzip.compress(TABLE * 100)[:-20]))
    assert not contents.is_what_it_says(file(gzip.compress(TABLE * 100)[:-20], "file.csv.gz"))


@pytest.mark.parametrize(
    ("name", "content", "is_it"),
    [
        ("a.md", "글".encode(), True),
        ("a.md", "글".encode("cp949"), False),
        ("a.md", b"nul \0 nul", False),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, True),
        ("a.png", TABLE, False),
        ("a.csv", TABLE, True),
        ("a.csv.gz", gzip.compress(TABLE, mtime=0), True),
        ("a.csv", b"PK\x03\x04\x00\x00", False),
        ("labels.sealed", TABLE, False),
        ("a.exe", TABLE, False),
    ],
)
def test_a_name_is_held_to_what_it_says(file, name: str, content: bytes, is_it: bool):
    assert contents.is_what_it_says(file(content, name)) == is_it


def test_numbers_that_happen_to_be_ids_are_no_labels(tmp_path: Path):
    """Ages and stages in a table of outcomes equal ids that are numbers; ids under another name still tell."""
    definition = parse(SURVIVAL)
    (tmp_path / "test.csv").write_text("patient_id,age\n" + "".join(f"{n},60\n" for n in range(1, 100)))
    ages = "".join(f"T{n},{n % 40 + 40},{n % 5},812,1\n" for n in range(200))
    (tmp_path / "train.csv").write_text("patient_id,age,stage,days,died\n" + ages)
    (tmp_path / "means.csv").write_text(
        "stage,age,days,died\n" + "".join(f"{n},60,900,{n % 2}\n" for n in range(200, 260))
    )
    assert plaintext.find(tmp_path, definition) is None
    (tmp_path / "notes.csv").write_text("number,days,died\n" + "".join(f"{n},900,1\n" for n in range(1, 100)))
    assert plaintext.find(tmp_path, definition) == "notes.csv"
    (tmp_path / "notes.csv").write_text('"Name","patient_id","days"\n"Kim, A","7","812"\n')
    assert plaintext.find(tmp_path, definition) == "notes.csv"
