"""The worker as a confused deputy: whoever runs one challenge tries to have another's sealed labels opened for them.

The thief here holds the other challenge's ciphertext, as whoever has seen a backup may, and knows its whole definition.
"""

import hashlib
import io
import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from arena import archive_files, exporting, importing, publications, sealing, sweeping
from arena.publishing import add_baselines
from arena.store.engine import snapshot, transaction
from arena.store.models import ChallengeFile, Companion, DryRun, Evaluation, Labels, Publication, Score, Submission
from tests.arena.archiving import edited, remade
from tests.support import publishing
from tests.support.publishing import SLUG, World
from tests.worker import site as sites
from tests.worker import small


@pytest.fixture
def world(home: Path):
    with publishing.world(home) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder")
    return tmp_path / "folder"


@pytest.fixture
def box(world: World, folder: Path) -> bytes:
    """The sealed labels of a challenge that is verified, and not yet published."""
    sealed = world.seal(folder)
    assert world.send("creator", folder, labels=sealed).status_code == 202
    assert world.hosted().row.state == "ready"
    return sealed


def write(folder: Path, *changes: tuple[str, str]) -> None:
    toml = folder / "challenge.toml"
    text = toml.read_text("utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    toml.write_text(text, "utf-8")


def mistakes(world: World) -> list[str]:
    newest = world.rows(Publication)[-1]
    return [one["code"] for one in newest.findings if one["severity"] == "mistake"]


def schedule(world: World, who: str = "creator") -> None:
    dates = {
        "opens_at": (world.now() + timedelta(minutes=1)).isoformat(),
        "closes_at": (world.now() + timedelta(days=9)).isoformat(),
    }
    assert world.caller(who).post(f"/challenges/{SLUG}/schedule", dates).status_code == 200


def test_a_box_is_refused_under_a_name_of_the_thiefs_own(world: World, folder: Path, box: bytes):
    write(folder, (f'slug = "{SLUG}"', 'slug = "another-one"'))
    assert world.send("other-creator", folder, labels=box).status_code == 202
    assert mistakes(world) == ["other_challenge"]
    assert world.hosted("another-one").labels is None
    # Nothing scores, and nothing tells more than that it is not verified.
    sent = world.caller("other-creator").send(
        "/challenges/another-one/dry-run", (folder / "sample_submission.csv").read_bytes()
    )
    assert sent.status_code == 404


def test_nobody_else_sends_anything_under_the_others_name(world: World, folder: Path, box: bytes):
    refused = world.send("other-creator", folder, labels=box)
    assert (refused.status_code, refused.json["code"]) == (409, "slug_taken")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('gate = "significant"', 'gate = "none"'), "other_rules"),
        (('version = "1.0.0"', 'version = "1.1.0"'), "other_challenge"),
        (("horizon = 1095", "horizon = 365"), "other_rules"),
    ],
)
def test_a_helper_who_holds_the_box_gets_no_looser_rules(
    world: World, folder: Path, box: bytes, change: tuple[str, str], code: str
):
    """Somebody invited to help organize has the right to send, and no labels of their own."""
    world.caller("kim")
    world.grant("kim", "organizer")
    before = world.hosted()
    write(folder, change)
    assert world.send("kim", folder, labels=box).status_code == 202
    assert mistakes(world) == [code]
    assert world.hosted().row.definition_sha256 == before.row.definition_sha256


def test_the_word_practice_opens_no_scores_of_gated_labels(world: World, folder: Path, box: bytes):
    """What labels are sealed for does not hold the word practice, so that word alone must loosen nothing."""
    world.caller("kim")
    world.grant("kim", "organizer")
    write(folder, ("practice = false", "practice = true"))
    assert world.send("kim", folder, labels=box).status_code == 202
    file = (folder / "baseline_reference.csv").read_bytes()
    assert world.caller("kim").send(f"/challenges/{SLUG}/dry-run", file).status_code == 202
    told = world.caller("kim").get(f"/challenges/{SLUG}/dry-run").json
    assert (told["state"], told["scores"]) == ("done", {})
    assert set(world.rows(DryRun)[-1].outcome) == {"ok", "codes", "seconds"}
    assert not world.hosted().shows_scores(world.now())
    assert not world.hosted().shows_history(world.now())


def test_other_rows_or_fewer_are_refused(world: World, folder: Path, box: bytes):
    lines = (folder / "test.csv").read_text().splitlines()
    for kept in (lines[:151], [*lines[:-1], lines[-1].replace("P", "Q", 1)]):
        (folder / "test.csv").write_text("\n".join(kept) + "\n")
        answer = world.send("creator", folder, labels=box)
        assert answer.status_code == 422 or mistakes(world) == ["other_rows"]


def test_nobody_downloads_a_box(world: World, folder: Path, box: bytes):
    (labels,) = world.rows(Labels)
    assert hashlib.sha256(box).hexdigest() == labels.ciphertext_sha256
    schedule(world)
    world.later = timedelta(minutes=2)
    for who in (None, "creator", "admin", "kim"):
        for name in ("labels.csv", "labels.sealed", labels.ciphertext_sha256, "baseline_reference.csv", "..", "%2e"):
            assert world.caller(who).get(f"/challenges/{SLUG}/files/{name}").status_code in (404, 405), (who, name)


def test_a_box_among_the_files_of_another_challenge_stays_a_box(world: World, folder: Path, box: bytes):
    """An archive that carries the other's ciphertext as one of its files makes no labels of it."""
    write(folder, (f'slug = "{SLUG}"', 'slug = "another-one"'))
    bundle = publishing.packed(folder, labels__sealed=box)
    answer = world.send("other-creator", folder, bundle=bundle)
    assert answer.status_code in (202, 422)
    assert all(row.role != "labels" and row.name != "labels.sealed" for row in world.rows(ChallengeFile))


def test_a_new_version_with_the_old_box_is_refused(world: World, folder: Path, box: bytes):
    schedule(world)
    write(folder, ('version = "1.0.0"', 'version = "2"'))
    (folder / "rules.en.md").write_text("Other rules.\n")
    assert world.send("creator", folder, labels=box, note_ko="가", note_en="a").status_code == 202
    assert mistakes(world) == ["other_challenge"]
    refused = world.caller("creator").post(f"/challenges/{SLUG}/version", {"version": "2"})
    assert (refused.status_code, len(world.rows(Labels))) == (409, 1)


@pytest.mark.parametrize("what", ["gate", "slug", "practice"])
def test_an_archive_with_other_rules_has_its_labels_opened_by_nobody(
    world: World, folder: Path, box: bytes, tmp_path: Path, what: str
):
    """Its digests agree with what was changed, as a forger's would; the seal does not."""
    schedule(world)
    assert {row.state for row in world.rows(Evaluation)} == {"scored"}
    content = _forged(_exported(world), what)
    with publishing.world(tmp_path / "elsewhere") as there:
        # The same workers' key: an operator who moves a hospital's instance takes it along.
        shutil.copy(world.site.worker.labels_key, there.site.worker.labels_key)
        shutil.copy(world.site.settings.labels_key_file, there.site.settings.labels_key_file)
        assert sealing.public_key(there.site.settings.labels_key_file) == world.key()
        with archive_files.opened(io.BytesIO(content)) as archive:
            found = importing.check(archive)
            importing.put_files(there.site.blobs, archive)
            with transaction(there.site.engine) as session:
                importing.restore(session, found, archive_sha256="0" * 64, at=sites.now())
        sweeping.sweep(there.site.engine, there.queue, sites.now() + timedelta(minutes=2), there.site.blobs)
        scores = there.rows(Score)
        if what == "practice":
            # The seal allows that word; then the gate holds as before.
            slug = there.hosted().slug
            there.caller("admin")
            board = there.caller("admin").get(f"/challenges/{slug}/leaderboard").json
            assert all(not row["scores"] or row["baseline"] for row in board["rows"])
        else:
            assert [row.state for row in there.rows(Evaluation)] != ["scored"]
            assert scores == []


def _exported(world: World) -> bytes:
    with snapshot(world.site.engine) as session:
        tables, history = exporting.collect(session, world.hosted())
    for row in tables["evaluation"]:
        row |= {"state": "received", "attempts": 0, "finished_at": None}
    tables["score"] = []
    out = io.BytesIO()
    exporting.write(out, world.site.blobs, world.hosted(), tables, history, labels_key=None, receipts_key=None)
    return out.getvalue()


def _forged(content: bytes, what: str) -> bytes:
    def definition(rows: list[dict]) -> None:
        for row in rows:
            if what == "gate":
                row["definition"]["leaderboard"]["gate"] = "none"
            elif what == "practice":
                row["definition"]["practice"] = True
            else:
                row["definition"]["slug"] = "another-one"
                if "slug" in row:
                    row["slug"] = "another-one"
            canonical = json.dumps(row["definition"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            row["definition_sha256"] = hashlib.sha256(canonical.encode()).hexdigest()

    for table in ("challenge", "challenge_version"):
        content = remade(content, edited(f"tables/{table}.json", definition))
    if what == "slug":
        content = remade(content, edited("archive.json", lambda manifest: manifest.update(slug="another-one")))
    assert zipfile.is_zipfile(io.BytesIO(content))
    return content


def test_what_a_team_sent_is_no_organizers_to_delete(world: World, folder: Path, box: bytes):
    """A dry run's file goes when it is done: not where a team's second file is the same bytes."""
    file = (folder / "sample_submission.csv").read_bytes().replace(b"0.", b"0.0")
    stored = world.site.blobs.put(io.BytesIO(file))
    with transaction(world.site.engine) as session:
        newest = world.rows(Publication)[-1]
        add_baselines(
            session,
            world.hosted(),
            world.hosted().definition.baselines,
            publications.prepared(newest),
            at=sites.now(),
            sign=world.site.signer.sign,
        )
        session.add(
            Companion(
                submission_id=session.exec(select(Submission.id)).one(),
                user_id=1,
                received_at=sites.now(),
                filename="second.csv",
                file_sha256=stored.sha256,
                canonical_sha256="0" * 64,
                rows=1,
                size=stored.size,
            )
        )
    assert world.caller("creator").send(f"/challenges/{SLUG}/dry-run", file).status_code == 202
    assert world.rows(DryRun)[-1].state == "done"
    assert world.site.blobs.size(stored.sha256) == stored.size
