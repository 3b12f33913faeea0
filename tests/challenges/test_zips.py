"""How long a zip's list of members is said to be: what zipfile would read, whatever the bytes around it look like."""

import io
import struct
import zipfile

import pytest

from challenges import zips

NAMES = [f"member-{number}.csv" for number in range(40)]


def packed(comment: bytes = b"") -> tuple[bytes, int]:
    """Return a zip of many members and the length of its list."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in NAMES:
            archive.writestr(name, b"1")
        archive.comment = comment
    data = file.getvalue()
    with zipfile.ZipFile(file) as archive:
        return data, len(data) - archive.start_dir - 22 - len(comment)


def large(data: bytes, said: int, *, gap: bytes = b"") -> bytes:
    """Return the zip with the records of a large one before its end, and a small record that says nothing of the list."""
    body, end = data[:-22], bytearray(data[-22:])
    length, start = struct.unpack_from("<LL", end, 12)
    struct.pack_into("<LL", end, 12, said, 0xFFFFFFFF)
    members = len(NAMES)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44 + len(gap), 45, 45, 0, 0, members, members, length, start)
    return body + record + gap + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body), 1) + bytes(end)


@pytest.mark.parametrize("comment", [b"", b"said", b"said PK", b"\0" * 65_535])
def test_the_length_is_the_list_s(comment):
    data, length = packed(comment)
    assert zips.listing_bytes(io.BytesIO(data)) == length


def test_the_file_is_rewound():
    file = io.BytesIO(packed()[0])
    file.seek(3)
    zips.listing_bytes(file)
    assert file.tell() == 0


@pytest.mark.parametrize("said", [0, 5, 0xFFFFFFFF])
def test_the_large_record_counts_whatever_the_small_one_says(said):
    data, length = packed()
    hostile = large(data, said)
    with zipfile.ZipFile(io.BytesIO(hostile)) as archive:
        assert archive.namelist() == NAMES
    assert zips.listing_bytes(io.BytesIO(hostile)) == length
    assert zips.listing_bytes(io.BytesIO(large(data, said, gap=b"\0" * 8))) == length


def test_a_mark_inside_the_record_is_not_another_record():
    data, length = packed()
    end = bytearray(data[-22:])
    end[16:20] = b"PK\x05\x06"  # the list's place, in a file that is just so long
    assert zips.listing_bytes(io.BytesIO(data[:-22] + end)) == length


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06", b"PK\x06\x07" * 9, b"no zip " * 20_000])
def test_what_is_no_zip_has_no_list(data):
    assert zips.listing_bytes(io.BytesIO(data)) == 0


def test_a_broken_extra_field_is_among_what_zipfile_raises():
    info = zipfile.ZipInfo("a.csv")
    info.extra = struct.pack("<HH", 1, 8) + b"1234"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, b"1")
    with pytest.raises(zips.UNREADABLE):
        zipfile.ZipFile(io.BytesIO(file.getvalue()))
