"""Bundles: the same folder gives the same bytes, and nothing dangerous comes out of one."""

import gzip
import os
import random
import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges import bundle
from challenges.bundle import BundleError
from challenges.definition import DefinitionError
from tests.challenges.conftest import BINARY, SURVIVAL

TEST = "patient_id,age,sex\nC1,60,1\nC2,71,2\n"
TRAIN = "patient_id,age,sex,days,died\nT1,60,1,100,1\nT2,65,2,900,0\n"
LABELS = "patient_id,days,died,split\nC1,812,1,public\nC2,1900,0,private\n"
FILES = {
    "challenge.toml": SURVIVAL,
    "train.csv": TRAIN,
    "test.csv": TEST,
    "dictionary.csv": "column,type,unit,codes,block,description.ko,description.en\n"
    "patient_id,id,,,,번호,Id\ndays,number,days,,outcome,날,Days\ndied,integer,,,outcome,사망,Died\n",
    "sample_submission.csv": "patient_id,p_1y,p_3y,p_5y\nC1,0,0,0\nC2,0,0,0\n",
    "overview.ko.md": "# 개요\n\n| patient_id | days | died |\n|---|---|---|\n| T1 | 100 | 1 |\n",
    "labels.sealed": random.Random(5).randbytes(300),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    for name, content in FILES.items():
        (made / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


def zipped(files: dict[str, bytes | str], **changes: object) -> BytesIO:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in changes.items():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    packed.seek(0)
    return packed


def refused(packed: BytesIO, out: Path) -> str:
    with pytest.raises(BundleError) as caught:
        bundle.unpack(packed, out)
    assert list(out.iterdir()) == [], "something was left behind"
    assert any("가" <= sign <= "힣" for sign in caught.value.message.ko)
    return caught.value.code


def test_a_folder_goes_in_and_comes_out(folder: Path, out: Path):
    packed = bundle.pack(folder)
    definition = bundle.unpack(BytesIO(packed), out)
    assert definition.slug == "small-challenge"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }


def test_the_same_folder_gives_the_same_bytes(folder: Path, out: Path):
    packed = bundle.pack(folder)
    for path in folder.iterdir():
        os.utime(path, (0, 1_000_000_000))
        path.chmod(0o600)
    assert bundle.pack(folder) == packed
    bundle.unpack(BytesIO(packed), out)
    assert bundle.pack(out) == packed


def test_code_labels_and_links_stay_behind(folder: Path):
    (folder / "cohort.py").write_text("import os")
    (folder / ".secret.csv").write_text("x")
    (folder / "sub").mkdir()
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "labels.csv").write_text(LABELS)
    with zipfile.ZipFile(BytesIO(bundle.pack(folder, without=["labels.csv"]))) as archive:
        assert sorted(archive.namelist()) == sorted(FILES)


NAMES = {
    "zip slip": "../evil.csv",
    "absolute": "/tmp/evil.csv",
    "folder": "a/evil.csv",
    "backslash": "..\\evil.csv",
    "drive": "C:evil.csv",
    "device": "NUL.csv",
    "port": "com1.csv",
    "hidden": ".bashrc",
    "only dots": "..",
    "space": "evil .csv",
    "end": "evil.csv.",
    "letters": "라벨.csv",
    "long": "x" * 200 + ".csv",
    "folder entry": "data/",
    "stream": "test.csv:hidden.csv",
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_that_is_no_plain_name_is_refused(kind: str, out: Path):
    assert refused(zipped(FILES | {NAMES[kind]: b"x"}), out) == "bad_name"
    assert not (out.parent / "evil.csv").exists()


@pytest.mark.parametrize(
    "name", ["cohort.py", "starter.R", "model.pkl", "setup.sh", "data.yaml", "page.html", "x.js", "run.exe"]
)
def test_code_is_refused(name: str, out: Path):
    assert refused(zipped(FILES | {name: b"x"}), out) in ("code", "bad_type")


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_plain_file_is_refused(mode: int, out: Path):
    assert refused(zipped(FILES, external_attr=(mode | 0o777) << 16), out) == "not_a_file"


def test_too_many_files_are_refused(out: Path):
    for count in (bundle.MAX_FILES, 10_000):
        many = {f"f{number}.md": b"" for number in range(count)}
        assert refused(zipped(FILES | many), out) == "too_many_files"


def test_names_that_differ_by_case_only_are_refused(out: Path):
    assert refused(zipped(FILES | {"TEST.csv": TEST}), out) == "duplicate_name"


def test_a_bomb_is_refused_by_what_it_says(out: Path):
    assert refused(zipped(FILES | {"big.csv": b"0" * 20_000_000}), out) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused(out: Path):
    packed = zipped(FILES | {"big.csv": b"0" * 20_000_000}).getvalue()
    packed = packed.replace(struct.pack("<L", 20_000_000), struct.pack("<L", 1000))
    assert refused(BytesIO(packed), out) == "not_a_bundle"


def test_an_encrypted_file_is_refused(out: Path):
    packed = bytearray(zipped(FILES).getvalue())
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 8] |= 1
    assert refused(BytesIO(bytes(packed)), out) == "encrypted"


def test_a_bundle_needs_a_good_definition(out: Path):
    assert (
        refused(zipped({name: content for name, content in FILES.items() if name != "challenge.toml"}), out)
        == "no_definition"
    )
    with pytest.raises(DefinitionError):
        bundle.unpack(zipped(FILES | {"challenge.toml": "schema = 2"}), out)
    assert list(out.iterdir()) == []


def test_a_file_that_is_there_already_is_left_alone(out: Path):
    (out / "test.csv").write_text("mine")
    with pytest.raises(BundleError):
        bundle.unpack(zipped(FILES), out)
    assert [path.name for path in out.iterdir()] == ["test.csv"]
    assert (out / "test.csv").read_text() == "mine"


PLAIN = {
    "by its name": ("labels.csv", LABELS),
    "another name": ("notes.csv", LABELS),
    "a readme": ("readme.md", LABELS),
    "JSON by name": ("facts.json", LABELS),
    "as sealed": ("labels.sealed", LABELS),
    "as training file": ("train.csv", LABELS),
    "added to the training file": ("train.csv", TRAIN + "C1,60,1,812,1\n"),
    "in the test file": ("test.csv", "patient_id,age,died\nC1,60,1\nC2,71,0\n"),
    "as the dictionary": ("dictionary.csv", LABELS),
    "semicolons": ("notes.csv", LABELS.replace(",", ";")),
    "quotes, case, order": ("notes.csv", '"Died";"Patient_ID"\n"1";"C1"\n'),
    "after a title": ("notes.csv", "Our study\n\n" + LABELS),
    "gzip": ("notes.csv.gz", gzip.compress(LABELS.encode())),
    "Markdown table": ("notes.md", "# x\n\n| patient_id | died |\n|---|---|\n| C1 | 1 |\n"),
    "the split alone": ("notes.csv", "patient_id,split\nC1,public\nC2,private\n"),
    "renamed id": ("notes.csv", LABELS.replace("patient_id", "number")),
}


@pytest.mark.parametrize("way", PLAIN)
def test_plaintext_labels_are_recognised_whatever_they_are_called(way: str, out: Path):
    name, content = PLAIN[way]
    assert refused(zipped(FILES | {name: content}), out) == "plaintext_labels"


def test_labels_are_recognised_without_a_test_file_too(out: Path):
    files = {name: content for name, content in FILES.items() if name != "test.csv"}
    assert refused(zipped(files | {"notes.csv": LABELS}), out) == "plaintext_labels"


def test_labels_of_a_binary_outcome_are_recognised(out: Path):
    files = FILES | {"challenge.toml": BINARY, "train.csv": "patient_id,died_1y\nT1,1\n", "overview.ko.md": "# x"}
    bundle.unpack(zipped(files), out)
    for path in out.iterdir():
        path.unlink()
    assert refused(zipped(files | {"x.csv": "patient_id,died_1y\nC1,1\n"}), out) == "plaintext_labels"


def test_an_organizers_own_machine_may_hold_labels(out: Path):
    bundle.unpack(zipped(FILES | {"labels.csv": LABELS}), out, allow_labels=True)
    assert (out / "labels.csv").exists()


@given(st.binary(max_size=200), st.integers(0, 3000))
def test_a_damaged_bundle_is_refused_or_whole(tmp_path_factory, junk: bytes, place: int):
    out = tmp_path_factory.mktemp("out")
    whole = zipped(FILES).getvalue()
    try:
        bundle.unpack(BytesIO(whole[:place] + junk + whole[place + len(junk) :]), out)
    except (BundleError, DefinitionError):
        assert list(out.iterdir()) == []
    else:
        assert (out / "challenge.toml").exists()
