"""Hostile and mistaken uploads through the real route: each refused with its sentence, and nothing is left of any."""

import gzip
import io
import random
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.store.models import LedgerEntry
from tests.support import publishing
from tests.support.publishing import World, added, packed
from tests.worker import small


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where every temporary file of this process goes meanwhile."""
    made, before = tmp_path_factory.mktemp("temporary"), tempfile.tempdir
    tempfile.tempdir = str(made)
    yield made
    tempfile.tempdir = before


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, temporary: Path) -> Iterator[World]:
    with publishing.world(tmp_path_factory.mktemp("world") / "home") as made:
        made.caller("creator")
        made.caller("creator-without-luck")
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("folder")
    small.write(made, rows=60)
    return made


@pytest.fixture
def refuse(world: World, temporary: Path, folder: Path):
    """Send something and return the refusal; whatever it was, nothing is left of it."""

    def refused(bundle: bytes | None = None, labels: bytes | None = None, **fields: object):
        entries = len(world.rows(LedgerEntry))
        answer = world.send("creator", folder, bundle=bundle, labels=labels, **fields)
        assert answer.status_code in (413, 422), answer.text
        assert answer.mimetype == "application/problem+json"
        world.nothing_is_left()
        assert [path for path in temporary.rglob("*") if path.is_file()] == []
        assert len(world.rows(LedgerEntry)) == entries
        return answer.json

    return refused


def zipped(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def linked(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


PICKLED = b"\x80\x04\x95\n\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s."
BOOK = "".join(random.Random(1).choices("abcdefghij \n", k=30_000)) * 40

HOSTILE = {
    "zip slip": ({"../../evil.csv": b"x"}, "bad_name"),
    "absolute": ({"/tmp/evil.csv": b"x"}, "bad_name"),
    "windows device": ({"NUL.csv": b"x"}, "bad_name"),
    "windows drive": ({"C:evil.csv": b"x"}, "bad_name"),
    "backslash": ({"..\\evil.csv": b"x"}, "bad_name"),
    "program": ({"cohort.py": b"import os"}, "code"),
    "script": ({"setup.sh": b"rm -rf /"}, "code"),
    "pickle": ({"model.pkl": PICKLED}, "code"),
    "yaml": ({"data.yaml": b"!!python/object/apply:os.system ['true']"}, "code"),
    "page": ({"page.html": b"<script>alert(1)</script>"}, "bad_type"),
    "pickle called a table": ({"notes.csv": PICKLED}, "not_what_it_says"),
    "workbook called a table": ({"notes.csv": zipped([("xl/a.xml", b"<a/>")])}, "not_what_it_says"),
    "page called a picture": ({"photo.png": b"<script>alert(1)</script>"}, "not_what_it_says"),
    "bomb": ({"big.csv": b"0" * 20_000_000}, "bomb"),
    "bomb within": ({"big.csv.gz": gzip.compress(b"0" * 200_000_000)}, "bomb"),
    "two names": ({"TEST.csv": b"x"}, "duplicate_name"),
    "no definition": ({"challenge.toml": None}, "no_definition"),
    "strange letters": ({"challenge.toml": 'slug = "챌린지"'.encode("cp949")}, "bad_definition"),
    "book": ({"overview.en.md": BOOK.encode()}, "bad_bundle"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_bundle_is_refused(kind: str, refuse, folder: Path):
    files, code = HOSTILE[kind]
    told = refuse(added(packed(folder), files))
    assert told["code"] == code
    assert len(told["detail"]) > 20
    assert not Path("/tmp/evil.csv").exists()


def test_links_and_lists_without_end_are_refused(refuse, folder: Path):
    whole = packed(folder)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        entries: list[tuple[zipfile.ZipInfo | str, bytes]] = [(one, archive.read(one)) for one in archive.namelist()]
    assert refuse(zipped([*entries, (linked("train2.csv"), b"/etc/passwd")]))["code"] == "not_a_file"
    many = [(f"f{number}.md", b"") for number in range(10_000)]
    assert refuse(zipped([*entries, *many]))["code"] == "too_many_files"
    assert refuse(b"PK\x03\x04 and nothing more")["code"] == "not_a_bundle"
    assert refuse(whole[: len(whole) // 2])["code"] == "not_a_bundle"


def test_every_mistake_of_a_definition_is_told_with_its_line(refuse, folder: Path):
    text = (folder / "challenge.toml").read_text()
    broken = text.replace('kind = "survival"', 'kind = "revival"').replace("per_day = 1000", 'per_day = "many"')
    told = refuse(added(packed(folder), {"challenge.toml": broken.encode()}))
    assert (told["code"], told["total"]) == ("bad_definition", 2)
    lines = broken.splitlines()
    for one in told["errors"]:
        assert one["field"] == "challenge.toml"
        assert one["column"].split(".")[-1] in lines[one["line"] - 1]


FLAWS = {
    "YAML as the training file": ({"train.csv": b"- patient_id: T1\n  days: 3\n"}, "train.csv", "missing_column", 1),
    "a missing file": ({"test.csv": None}, "test.csv", "missing_file", None),
    "a missing agreement": ({"agreement.ko.md": None}, "agreement.ko.md", "missing_file", None),
    "an id twice": ({"test.csv": b"patient_id,x,sex\nP000000,1,1\nP000000,1,1\n"}, "test.csv", "duplicate_id", 3),
    "a dictionary without types": ({"dictionary.csv": b"column\nx\n"}, "dictionary.csv", "bad_dictionary", 1),
    "a probability of two": (
        {"baseline_reference.csv": small.predictions([f"P{n:06d}" for n in range(60)], [2.0] * 60)},
        "baseline_reference.csv",
        "out_of_range",
        2,
    ),
}


@pytest.mark.parametrize("kind", FLAWS)
def test_a_flaw_is_told_with_its_file_and_line(kind: str, refuse, folder: Path):
    files, file, code, line = FLAWS[kind]
    told = refuse(added(packed(folder), files))
    assert told["code"] == "bad_bundle"
    assert (file, code, line) in [(one["field"], one["code"], one.get("line")) for one in told["errors"]]


def labels_of(folder: Path) -> bytes:
    return (folder / "labels.csv").read_bytes()


DISGUISES = {
    "labels.csv": lambda text: text,
    "photo.png": lambda text: text,
    "other.csv": lambda text: text,
    "other.csv.gz": gzip.compress,
    "twice.csv.gz": lambda text: gzip.compress(gzip.compress(text)),
    "notes.md": lambda text: b"# Notes\n\n" + text.replace(b",", b" | "),
    "excel.csv": lambda text: text.decode().encode("utf-16"),
    "unmarked.csv": lambda text: text.decode().encode("utf-16-le"),
    "facts.json": lambda text: text,
    "semicolons.csv": lambda text: text.replace(b",", b";"),
    "korean.csv": lambda text: "환자의 결과\n".encode("cp949") + text,
    "second.sealed": lambda text: text,
    "second.toml": lambda text: text,
    "test.csv": lambda text: text,
}


@pytest.mark.parametrize("name", DISGUISES)
def test_plaintext_labels_are_refused_whatever_they_are_called(name: str, refuse, folder: Path):
    told = refuse(added(packed(folder), {name: DISGUISES[name](labels_of(folder))}))
    assert told["code"] == "plaintext_labels"
    assert name in told["detail"]


@pytest.mark.parametrize(
    "name", ["labels.csv", "other.csv.gz", "twice.csv.gz", "excel.csv", "unmarked.csv", "korean.csv"]
)
def test_labels_that_nobody_sealed_are_refused_as_such(name: str, refuse, folder: Path):
    assert refuse(labels=DISGUISES[name](labels_of(folder)))["code"] == "plaintext_labels"


def test_an_upload_too_large_is_stopped(world: World, refuse, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("arena.api.receiving.LARGEST_CHALLENGE", 10_000)
    assert refuse(added(packed(folder), {"pad.md": random.Random(2).randbytes(20_000)}))["code"] == "too_large"
    monkeypatch.setattr("arena.uploads.LARGEST_LABELS", 100)
    monkeypatch.setattr("arena.api.receiving.LARGEST_CHALLENGE", 10_000_000)
    assert refuse()["code"] == "too_large"


def test_ids_that_are_numbers_are_no_labels(world: World, tmp_path: Path):
    """In R's own data sets patients are numbered: an age of 60 in the training file is not patient 60 of the test file."""
    small.write(tmp_path / "numbered", rows=60)
    folder = tmp_path / "numbered"
    for name in ("test.csv", "labels.csv", "sample_submission.csv", "baseline_reference.csv"):
        text = (folder / name).read_text()
        for number in range(60):
            text = text.replace(f"P{number:06d}", str(number + 1))
        (folder / name).write_text(text)
    train = (folder / "train.csv").read_text().splitlines()
    aged = [train[0] + ",age", *(f"{line},{number % 60 + 1}" for number, line in enumerate(train[1:]))]
    (folder / "train.csv").write_text("\n".join(aged) + "\n")
    assert world.send("creator", folder).status_code == 202


def test_what_a_killed_upload_left_is_cleared_by_the_next(world: World, folder: Path):
    import os

    left = world.site.settings.home / "incoming" / "left"
    (left / "bundle").mkdir(parents=True)
    (left / "bundle" / "labels.csv").write_bytes(labels_of(folder))
    fresh = world.site.settings.home / "incoming" / "another's"
    fresh.mkdir()
    os.utime(left, (1, 1))
    world.send("creator", folder, bundle=b"none")
    assert world.spooled() == [fresh]
    fresh.rmdir()
