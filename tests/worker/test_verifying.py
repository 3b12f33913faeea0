"""Verification by the worker's own job: what it refuses, what it says, what it keeps, and what a killed one leaves."""

import io
import json
import logging
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from arena import publications, sealing, sweeping
from arena.store import publications as store
from arena.store.engine import transaction
from arena.store.models import Challenge, ChallengeFile, DryRun, Labels, LedgerEntry, Publication
from challenges import sealed
from challenges.definition import load
from tests.challenges.conftest import KINDS
from tests.support import publishing
from tests.support.publishing import SLUG, World
from tests.worker import site as sites
from tests.worker import small
from worker import essentials, jobs, verifying

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(home: Path):
    with publishing.world(home) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder")
    return tmp_path / "folder"


def mistakes(world: World) -> list[tuple[object, ...]]:
    row = world.rows(Publication)[-1]
    return [
        (one["code"], one["line"], one["column"], one["about"]) for one in row.findings if one["severity"] == "mistake"
    ]


def boxed(world: World, folder: Path, table: bytes, **header: str) -> bytes:
    """Seal a table that nobody has checked, under the header that a whole one would have."""
    packed = sealed.pack(load(folder), (folder / "labels.csv").read_bytes())
    line = json.loads(packed.partition(b"\n")[0]) | header
    return sealing.seal(json.dumps(line).encode() + b"\n" + table, world.key())


def test_labels_for_another_key_definition_or_challenge_are_refused(world: World, folder: Path, tmp_path: Path):
    stranger = PrivateKey.generate().public_key.encode()
    whole = (folder / "labels.csv").read_bytes()
    small.write(tmp_path / "other", gate="none")
    small.write(tmp_path / "renamed", slug="renamed-challenge")
    for labels, code in (
        (sealing.seal(sealed.pack(load(folder), whole), stranger), "not_sealed_for_us"),
        (world.seal(tmp_path / "other"), "other_rules"),
        (world.seal(tmp_path / "renamed"), "other_challenge"),
        (sealing.seal(b"no header at all", world.key()), "unreadable_labels"),
    ):
        world.send("creator", folder, labels=labels)
        assert mistakes(world) == [(code, None, None, None)]
        assert world.rows(Publication)[-1].facts == {}
    assert world.rows(Labels) == world.rows(ChallengeFile) == []


def test_labels_that_cannot_be_read_are_told_by_line_and_column(world: World, folder: Path):
    whole = (folder / "labels.csv").read_bytes()
    rows = whole.splitlines()
    lacking = b"\n".join(rows[:-3]) + b"\n"
    for table, expected in (
        (lacking, ("other_rows", None, None, None)),
        (
            whole.replace(rows[5], rows[5].replace(b",public", b",secret4711").replace(b",private", b",secret4711")),
            ("unreadable_labels", 6, "split", None),
        ),
        (whole.replace(rows[7], b"P000006,notanumber4711,1,public"), ("unreadable_labels", 8, "days", None)),
        (whole.replace(rows[9], rows[8]), ("unreadable_labels", 10, "patient_id", None)),
        (whole.replace(rows[3], "환자4711,1,1,public".encode("cp949")), ("unreadable_labels", 4, None, None)),
        (whole.decode().encode("utf-16"), ("unreadable_labels", 1, None, None)),
    ):
        world.send("creator", folder, labels=boxed(world, folder, table))
        assert mistakes(world) == [expected]
    assert "4711" not in str([row.model_dump() for row in world.rows(Publication)])


def test_a_stolen_box_tells_its_thief_nothing(world: World, folder: Path):
    """Under a definition of the thief's making nothing of the table is read: where it cannot be read would tell of values."""
    spoilt = (folder / "labels.csv").read_bytes().replace(b",public\n", b",nowhere\n", 1)
    box = boxed(world, folder, spoilt)
    toml = folder / "challenge.toml"
    toml.write_text(toml.read_text().replace("horizon = 1095\nprimary", "horizon = 1000\nprimary"))
    text = toml.read_text().replace(
        'name = "p_3y"\nis = "event_probability"\nhorizon = 1095',
        'name = "p_3y"\nis = "event_probability"\nhorizon = 1000',
    )
    toml.write_text(text)
    world.send("creator", folder, labels=box)
    assert mistakes(world) == [("other_rules", None, None, None)]


def test_only_codes_and_masked_facts_are_kept(world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Figures that checking makes from labels stay in the worker: the sentence of a censored horizon holds two of them."""
    caplog.set_level(logging.INFO)
    rows = small.draw(300, 1, "P")
    early = rows.days.clip(max=900)
    small.write(tmp_path / "short", days=early)
    world.send("creator", tmp_path / "short")
    assert ("too_censored", None, None, "1095") in mistakes(world)
    row = world.rows(Publication)[0]
    for finding in row.findings:
        assert set(finding) == {"code", "severity", "file", "line", "column", "about"}
    for text in (json.dumps(row.model_dump(mode="json")), caplog.text):
        assert "0.00" not in text
        assert "at risk" not in text


def test_a_code_that_nobody_knows_carries_no_subject(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch):
    from challenges.text import Text

    def examine(*given: object) -> dict[str, object]:
        found = given[-1]
        assert isinstance(found, essentials.Found)
        found.mistake("new_code", Text("4711", "4711"), about="4711 events")
        return {}

    monkeypatch.setattr(essentials, "examine", examine)
    world.send("creator", folder)
    assert mistakes(world) == [("new_code", None, None, None)]
    told = world.caller("creator").get(f"/challenges/{SLUG}/verification")
    assert "4711" not in told.text
    assert "'arena challenge check' says more" in told.json["findings"][0]["message"]


LABELS = {
    "survival": "patient_id,days,died,split",
    "competing": "patient_id,days,died,split",
    "binary": "patient_id,died_1y,split",
    "effect": "estimand,truth,split",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_challenge_can_be_sent(world: World, tmp_path: Path, kind: str):
    """With the fewest files that its definition asks for; a challenge of reports has no labels at all."""
    folder = tmp_path / kind
    folder.mkdir()
    draw = random.Random(7)
    text = KINDS[kind].replace("[[baselines]]", "[[unused]]") if kind != "survival" else KINDS[kind]
    (folder / "challenge.toml").write_text(text)
    definition = load(folder)
    ids = [f"P{number}" for number in range(400)]

    def outcome(number: int) -> str:
        if kind in ("survival", "competing"):
            return f"{draw.randint(1, 3000)},{draw.choice('0012' if kind == 'competing' else '01')}"
        return draw.choice("01") if kind == "binary" else f"{draw.gauss(0, 1):.3f}"

    if kind != "report":
        header = LABELS[kind]
        id_column, named = header.split(",")[0], header.rpartition(",")[0]
        rows = [f"{one},{outcome(n)},{('public', 'private')[n % 2]}\n" for n, one in enumerate(ids)]
        (folder / "labels.csv").write_text(header + "\n" + "".join(rows))
        (folder / "test.csv").write_text(f"{id_column},sex\n" + "".join(f"{one},{draw.choice('12')}\n" for one in ids))
        columns = ",".join(column.name for column in definition.columns)
        values = ",".join("0.3" for _ in definition.columns)
        sample = f"{id_column},{columns}\n" + "".join(f"{one},{values}\n" for one in ids)
        for name in ("sample_submission.csv", "baseline_null.csv", "baseline_simple.csv"):
            (folder / name).write_text(sample)
    else:
        named = "patient_id"
    train = "".join(f"T{n},{outcome(n)},1\n" for n in range(300)) if kind != "report" else "T1,1\n"
    (folder / "train.csv").write_text(f"{named},sex\n{train}")
    (folder / "dictionary.csv").write_text("column,type,unit,codes,block,description.ko,description.en\n")
    for language in ("ko", "en"):
        (folder / f"agreement.{language}.md").write_text("Text.\n")
    world.caller("creator")
    if kind == "report":
        sent = world.caller("creator").ask(
            "POST", "/challenges", data={"bundle": (io.BytesIO(publishing.packed(folder)), "b.zip")}
        )
        with_labels = world.send("creator", folder, labels=random.Random(1).randbytes(200))
        assert with_labels.json["code"] == "labels_not_asked"
    else:
        sent = world.send("creator", folder)
    assert sent.status_code == 202, sent.text
    assert mistakes(world) == []
    assert world.hosted("small-challenge").row.state == "ready"
    assert (world.hosted("small-challenge").labels is None) == (kind == "report")
    dates = {
        "opens_at": (world.now() + timedelta(days=1)).isoformat(),
        "closes_at": (world.now() + timedelta(days=9)).isoformat(),
    }
    assert world.caller("creator").post("/challenges/small-challenge/schedule", dates).status_code == 200


def test_a_header_without_end_is_told_in_a_hundred_lines(world: World, folder: Path):
    lines = (folder / "test.csv").read_text().splitlines()
    names, values = ",".join(f"{'v' * 90}{n}" for n in range(900)), ",0" * 900
    (folder / "test.csv").write_text("\n".join([f"{lines[0]},{names}", *(line + values for line in lines[1:])]) + "\n")
    world.send("creator", folder)
    warnings = [one for one in world.rows(Publication)[0].findings if one["severity"] == "warning"]
    assert len(warnings) == 101
    assert warnings[-1]["code"] == "more"
    assert max(len(one["about"] or "") for one in warnings) <= 100


def test_a_split_of_nine_is_too_small_to_be_scored(world: World, folder: Path):
    lines = (folder / "labels.csv").read_text().splitlines()
    few = [line.rpartition(",")[0] + (",private" if number < 9 else ",public") for number, line in enumerate(lines[1:])]
    world.send("creator", folder, labels=world.seal(folder, ("\n".join([lines[0], *few]) + "\n").encode()))
    assert ("small_split", None, None, "private") in mistakes(world)


def test_training_outcomes_that_are_no_numbers_are_a_mistake_and_no_fault(world: World, folder: Path):
    train = (folder / "train.csv").read_text().splitlines()
    train[4] = train[4].rpartition(",")[0] + ",died4711"
    (folder / "train.csv").write_text("\n".join(train) + "\n")
    world.send("creator", folder)
    assert mistakes(world) == [("bad_training_labels", None, None, None)]
    assert world.rows(Publication)[0].attempts == 1


def test_a_second_ring_changes_nothing(world: World, folder: Path):
    world.send("creator", folder)
    before = [
        row.model_dump() for table in (Publication, Challenge, ChallengeFile, LedgerEntry) for row in world.rows(table)
    ]
    jobs.verify(1)
    jobs.verify(4711)
    assert before == [
        row.model_dump() for table in (Publication, Challenge, ChallengeFile, LedgerEntry) for row in world.rows(table)
    ]


def test_a_fault_of_ours_is_tried_again_and_then_told(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> object:
        raise RuntimeError("days=777777")

    world.queue.deaf = True
    world.send("creator", folder)
    monkeypatch.setattr(essentials, "examine", fail)
    for attempt in range(1, store.ATTEMPTS + 1):
        jobs.verify(1)
        row = world.rows(Publication)[0]
        assert row.attempts == attempt
        if attempt < store.ATTEMPTS:
            assert row.state == "verifying"
            jobs.verify(1)  # it rests: another ring comes too early
            assert world.rows(Publication)[0].attempts == attempt
            with transaction(world.site.engine) as session:
                held = session.get_one(Publication, 1)
                held.lease_until = sites.now() - timedelta(seconds=1)
                session.add(held)
    assert mistakes(world) == [("not_verified", None, None, None)]
    assert "777777" not in caplog.text + json.dumps(world.rows(Publication)[0].model_dump(mode="json"))
    assert world.hosted().row.state == "refused"


def test_a_lost_claim_installs_nothing(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch):
    examine = essentials.examine

    def slow(*given: object) -> object:
        # The organizer sends a newer upload while this one is examined.
        world.queue.deaf = True
        (folder / "rules.en.md").write_text("Other rules.\n")
        assert world.send("creator", folder).status_code == 202
        return examine(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(essentials, "examine", slow)
    world.send("creator", folder)
    assert [row.state for row in world.rows(Publication)] == ["dropped", "verifying"]
    assert world.hosted().row.state == "verifying"
    monkeypatch.setattr(essentials, "examine", examine)
    jobs.verify(2)
    assert world.hosted().row.state == "ready"


def test_a_claim_that_another_worker_took_over_writes_nothing(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    examine = essentials.examine

    def slow(*given: object) -> object:
        with transaction(world.site.engine) as session:
            row = session.get_one(Publication, 1)
            row.token = "another"
            session.add(row)
        return examine(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(essentials, "examine", slow)
    world.send("creator", folder)
    assert (world.rows(Publication)[0].state, world.hosted().row.state) == ("verifying", "verifying")
    assert world.rows(ChallengeFile) == []


KILLED = """
import os, signal, sys
from worker import essentials, jobs, leases, verifying
verifying.LEASE_SECONDS = 0.5
essentials.examine = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
jobs.verify(int(sys.argv[1]))
"""


def test_a_verification_killed_halfway_is_done_again(world: World, folder: Path):
    """The process that verifies is killed while the labels are open; the sweeper rings again, and it is done once."""
    world.queue.deaf = True
    world.send("creator", folder)
    killed = subprocess.run([sys.executable, "-c", KILLED, "1"], cwd=ROOT, env=world.site.environ(), check=False)
    assert killed.returncode == -9
    row = world.rows(Publication)[0]
    assert (row.state, row.attempts) == ("verifying", 1)
    left = world.site.worker.private_folder / verifying.WORKPLACE / "1"
    assert left.is_dir()
    assert not any("labels" in path.name for path in left.iterdir()), "labels are opened in memory only"
    world.queue.deaf, world.queue.rung = False, []
    time.sleep(0.6)  # its lease ends
    late = sites.now() + timedelta(seconds=60)
    assert sweeping.sweep(world.site.engine, world.queue, late, world.site.blobs).rung == 1
    assert world.hosted().row.state == "ready"
    assert world.rows(Publication)[0].attempts == 2
    assert not left.exists()
    assert sweeping.sweep(world.site.engine, world.queue, late, world.site.blobs).rung == 0


def test_what_kills_its_worker_again_and_again_is_refused(world: World, folder: Path):
    world.queue.deaf = True
    world.send("creator", folder)
    with transaction(world.site.engine) as session:
        row = session.get_one(Publication, 1)
        row.attempts, row.token, row.lease_until = 2 * store.ATTEMPTS, "dead", sites.now() - timedelta(seconds=1)
        session.add(row)
    swept = sweeping.sweep(world.site.engine, world.queue, sites.now(), world.site.blobs)
    assert swept.failed == 1
    assert mistakes(world) == [("not_verified", None, None, None)]


def test_lost_rings_are_rung_again(world: World, folder: Path):
    world.queue.deaf = True
    world.send("creator", folder)
    world.queue.deaf = False
    assert sweeping.sweep(world.site.engine, world.queue, sites.now()).rung == 0, "it has only just come"
    assert sweeping.sweep(world.site.engine, world.queue, sites.now() + timedelta(seconds=60)).rung == 1
    world.queue.deaf = True
    world.caller("creator").send(f"/challenges/{SLUG}/dry-run", (folder / "sample_submission.csv").read_bytes())
    assert world.rows(DryRun)[0].state == "waiting"
    world.queue.deaf = False
    assert sweeping.sweep(world.site.engine, world.queue, sites.now() + timedelta(seconds=60)).rung == 1
    assert world.rows(DryRun)[0].state == "done"


def test_a_refused_upload_is_forgotten_after_a_week(world: World, folder: Path):
    whole = (folder / "labels.csv").read_bytes()
    world.send("creator", folder, labels=world.seal(folder, whole.replace(b",private\n", b",public\n")))
    kept = len(world.stored())
    assert kept > 5
    engine, blobs = world.site.engine, world.site.blobs
    week = sites.now() + publications.KEPT
    assert sweeping.sweep(engine, world.queue, week - timedelta(hours=1), blobs).tidied == 0
    assert len(world.stored()) == kept
    assert sweeping.sweep(engine, world.queue, week + timedelta(hours=1), blobs).tidied == 1
    assert world.stored() == []
    assert world.rows(Publication) == []
    # The name is free, for anybody.
    assert world.send("other-creator", folder).status_code == 202
    assert world.hosted().row.state == "ready"
    # Of two uploads that share files, the dropped one takes nothing from the other.
    (folder / "rules.en.md").write_text("Other rules.\n")
    world.send("other-creator", folder)
    stored = set(world.stored())
    assert sweeping.sweep(engine, world.queue, week + timedelta(days=1), blobs).tidied == 1
    assert len(stored) - len(world.stored()) == 1, "the old seal; the old rules are the other texts too"
    assert {file.sha256 for file in world.hosted().files.values()} <= set(world.stored())


def test_the_worker_needs_no_part_of_the_site(home: Path):
    """What `pip install .[worker]` brings must do: no Flask, no password hashing."""
    code = "import sys, worker.jobs; print(sorted(set(sys.modules) & {'flask', 'argon2', 'apiflask', 'waitress', 'markdown_it'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
