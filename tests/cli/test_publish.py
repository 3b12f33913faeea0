"""Publishing from the shell: over a real socket, with a worker's own job behind it."""

import io
import json
import shutil
import stat
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from nacl.public import PrivateKey

from arena import sealing
from arena.cli import main
from arena.store.models import Evaluation, Publication
from tests.api.serving import serving
from tests.support import publishing
from tests.support.publishing import SLUG, World
from tests.worker import small
from worker.__main__ import main as worker_main


@pytest.fixture
def world(home: Path):
    with publishing.world(home) as made:
        yield made


@pytest.fixture
def address(world: World):
    with serving(world.app) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Call `arena` in this process, as a person with a home folder of their own: a process for each call costs a second."""
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def called(*arguments: object) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["arena", *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        return SimpleNamespace(returncode=ended.value.code or 0, stdout=out.getvalue(), stderr=err.getvalue())

    return called


@pytest.fixture
def creator(shell, address, world):
    world.caller("creator")
    done = shell("login", address, "--token", world.token("creator"))
    assert done.returncode == 0, done.stderr
    return shell


def day(world: World, days: int) -> str:
    return (world.now() + timedelta(days=days)).isoformat(timespec="seconds")


def test_an_organizer_goes_the_whole_way(creator, world, folder, tmp_path, address):
    done = creator("challenge", "publish", folder, "--wait")
    assert done.returncode == 0, done.stderr
    print_ = sealing.fingerprint(world.key())
    assert f"The site's key {print_}. It is new here" in done.stderr
    assert "note: The reference's own gain" in done.stderr
    assert f"{address}/challenges/{SLUG}" in done.stderr
    assert f"arena challenge schedule {SLUG}" in done.stderr
    assert done.stdout.split() == [SLUG, "1.0.0", "ready"]
    pins = tmp_path / "person" / ".config" / "arena" / "labels-keys.json"
    assert json.loads(pins.read_text()) == {address: world.key().hex()}
    assert stat.S_IMODE(pins.stat().st_mode) == 0o600
    tried = creator("challenge", "dry-run", SLUG, folder / "sample_submission.csv")
    assert (tried.returncode, tried.stdout.split()[:3]) == (0, [SLUG, "done", "ok"])
    naive = creator("challenge", "schedule", SLUG, "--opens", "2098-01-01T00:00")
    assert (naive.returncode, "offset" in naive.stderr) == (2, True)
    published = creator("challenge", "schedule", SLUG, "--opens", "now", "--closes", day(world, 30), "--json")
    assert (published.returncode, json.loads(published.stdout)["status"]) == (0, "open"), published.stderr
    assert [row.state for row in world.rows(Evaluation)] == ["scored"]
    extended = creator("challenge", "extend", SLUG, "--closes", day(world, 40), "--reason", "A server was away")
    assert extended.returncode == 0
    assert "Why: the dictionary" in creator("challenge", "pause", SLUG, "--reason", "the dictionary").stderr
    assert creator("challenge", "resume", SLUG).returncode == 0
    assert creator("challenge", "withdraw", SLUG, "--reason", "x").returncode == 1
    cancelled = creator("challenge", "cancel", SLUG, "--reason", "labels were published")
    assert (cancelled.returncode, "cancelled" in cancelled.stdout) == (0, True)


def test_publishing_with_dates_schedules_and_a_version_waits_for_its_word(creator, world, folder):
    dates = ("--opens", day(world, 1), "--closes", day(world, 30))
    done = creator("challenge", "publish", folder, *dates, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["challenge"]["state"] == "published"
    toml = folder / "challenge.toml"
    toml.write_text(toml.read_text().replace('version = "1.0.0"', 'version = "1.1.0"'))
    refused = creator("challenge", "publish", folder)
    assert (refused.returncode, "public note in both languages" in refused.stderr) == (1, True)
    notes = ("--note-ko", "바로잡음", "--note-en", "Corrected")
    done = creator("challenge", "publish", folder, "--wait", *notes)
    assert (done.returncode, f"arena challenge adopt {SLUG} 1.1.0" in done.stderr) == (0, True), done.stderr
    assert "(as before)" in done.stderr
    adopted = creator("challenge", "adopt", SLUG, "1.1.0")
    assert (adopted.returncode, "1.1.0  published" in adopted.stdout) == (0, True)


def test_a_changed_key_is_refused_until_it_is_accepted_by_name(creator, world, folder):
    assert creator("challenge", "publish", folder, "--wait").returncode == 0
    before = world.key()
    other = PrivateKey.generate().public_key.encode()
    world.site.settings.labels_key_file.write_text(other.hex() + "\n")
    done = creator("challenge", "publish", folder)
    assert done.returncode == 1
    assert f"from {sealing.fingerprint(before)} to {sealing.fingerprint(other)}" in done.stderr
    assert f'--accept-key "{sealing.fingerprint(other)}"' in done.stderr
    wrong = creator("challenge", "publish", folder, "--accept-key", "0000 1111")
    assert (wrong.returncode, "Nothing was sealed" in wrong.stderr) == (1, True)
    assert len(world.rows(Publication)) == 1
    # Whoever accepts it writes the fingerprint as they like. The worker has another key, and says so.
    accepted = sealing.fingerprint(other).replace(" ", "").upper()
    done = creator("challenge", "publish", folder, "--accept-key", accepted, "--wait")
    assert (done.returncode, "not sealed with this site's key" in done.stderr) == (1, True)
    assert world.hosted().row.state == "ready", "the verified one still stands"
    told = creator("challenge", "verification", SLUG, "--json")
    assert (told.returncode, json.loads(told.stdout)["findings"][0]["code"]) == (1, "not_sealed_for_us")


def test_what_is_wrong_is_said_before_anything_is_sent(creator, world, folder):
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}

    def refused(name: str, content: bytes | None, *expected: str) -> None:
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)
        done = creator("challenge", "publish", folder)
        assert done.returncode == 1, done.stderr
        for part in expected:
            assert part in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        (folder / name).unlink(missing_ok=True)
        if name in whole:
            (folder / name).write_bytes(whole[name])

    labels = whole["labels.csv"].splitlines()
    definition = whole["challenge.toml"]
    refused(
        "challenge.toml",
        definition.replace(b"per_day = 1000", b'per_day = "many"'),
        "challenge.toml:",
        "Nothing was sent",
    )
    refused("labels.csv", None, "The file labels.csv is missing", "Nothing was sent")
    refused("labels.csv", b"\n".join(labels[:-3]), "labels.csv", "3 are missing here, 0 are too many", "[other_rows]")
    refused(
        "labels.csv", whole["labels.csv"].replace(labels[5], b"\xc8\xaf\xc0\xda,1,1,public"), "labels.csv:6", "CP949"
    )
    refused("labels.csv", whole["labels.csv"].replace(b",public", b",open"), "[bad_split]")
    refused(
        "baseline_reference.csv", b"patient_id,p_3y\nP000000,2\n", "baseline_reference.csv:2:p_3y", "[out_of_range]"
    )
    refused("train.csv", whole["train.csv"] + b"P000000,1,1,1,1\n", "[same_patient]", "Nothing was sent")
    refused("rules.en.md", b"# Rules\n\n" + whole["labels.csv"], "rules.en.md holds unsealed labels")
    assert world.rows(Publication) == []
    assert world.spooled() == []
    # What the definition does not name is nobody's business and is not sent: the raw data of the study above all.
    (folder / "raw_labels.csv").write_bytes(whole["labels.csv"])
    (folder / "names.csv").write_text("patient_id,name\nP000000,Kim\n")
    assert creator("challenge", "publish", folder, "--wait").returncode == 0
    assert not {"raw_labels.csv", "names.csv", "labels.csv"} & {
        file["name"] for file in world.rows(Publication)[0].files
    }


BASELINE = """
from pathlib import Path
from shutil import copyfile

def write(folder: Path) -> None:
    copyfile(folder / "sample_submission.csv", folder / "baseline_reference.csv")
    rows = (folder / "train.csv").read_text().splitlines()[1:]
    ids = [row.partition(",")[0] for row in rows]
    (folder / "baseline_reference_train.csv").write_text("patient_id,p_3y\\n" + "".join(f"{one},0.3\\n" for one in ids))
"""
COHORT = """
from shutil import copyfile
from pathlib import Path

def make(out: Path, *, secret: bytes) -> None:
    for name in ("train.csv", "test.csv", "labels.csv", "sample_submission.csv", "dictionary.csv"):
        copyfile(Path(__file__).parent / "drawn" / name, out / name)
    (out / "seen").write_text(secret.hex())
"""


def test_what_the_folder_makes_itself_is_made_first(creator, world, folder, tmp_path):
    for name in ("baseline_reference.csv", "baseline_reference_train.csv"):
        (folder / name).unlink()
    missing = creator("challenge", "publish", folder)
    assert (missing.returncode, "baseline_reference.csv is missing" in missing.stderr) == (1, True)
    (folder / "baseline.py").write_text(BASELINE)
    done = creator("challenge", "publish", folder, "--wait")
    assert (done.returncode, "Making the baselines' files" in done.stderr) == (0, True), done.stderr
    assert not (folder / "baseline_reference.csv").exists(), "the folder is left as it was"
    # A generator draws from a published seed unless it is given a secret: the shell does not do that on its own.
    (folder / "drawn").mkdir()
    for name in ("train.csv", "test.csv", "labels.csv", "sample_submission.csv"):
        shutil.move(folder / name, folder / "drawn" / name)
    shutil.copy(folder / "dictionary.csv", folder / "drawn" / "dictionary.csv")
    (folder / "cohort.py").write_text(COHORT)
    drawn = creator("challenge", "publish", folder)
    assert (drawn.returncode, "with a secret that nobody else gets" in drawn.stderr) == (1, True)
    out, secret = tmp_path / "out", tmp_path / "secret"
    assert worker_main(["make", str(folder), str(out), "--secret-file", str(secret)]) == 0
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert (out / "seen").read_text() == secret.read_text().strip()
    assert creator("challenge", "publish", out, "--wait").returncode == 0


def test_as_a_process_without_login_or_grant_and_with_both(arena, address, world, folder):
    done = arena("challenge", "publish", folder)
    assert (done.returncode, "arena login URL" in done.stderr) == (1, True)
    world.caller("kim")
    arena("login", address, "--token", world.token("kim"))
    done = arena("challenge", "publish", folder)
    assert (done.returncode, "may not make challenges" in done.stderr) == (1, True)
    world.nothing_is_left()
    world.person("lee", creator=True)
    arena("login", address, "--token", world.token("lee"))
    done = arena("challenge", "publish", folder, "--wait", "--json")
    assert (done.returncode, json.loads(done.stdout)["challenge"]["state"]) == (0, "ready"), done.stderr
    arena("login", address, "--token", world.token("kim"))
    korean = arena("challenge", "verification", SLUG, language="ko_KR.UTF-8")
    assert (korean.returncode, "그런 챌린지가 없습니다" in korean.stderr) == (1, True)
