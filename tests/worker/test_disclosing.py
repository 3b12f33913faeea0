"""The secret of a generated challenge: kept until the reveal, then published, and everything hidden is drawn again from it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from arena import disclosing, hosting
from arena.errors import Conflict, Invalid
from arena.queue import JOBS, PRACTICE_JOBS
from arena.store.engine import reading, transaction
from arena.store.models import Challenge, Disclosure, Labels, LedgerEntry
from tests.worker import generated, small
from tests.worker.site import Site
from worker import disclosing as worker_disclosing
from worker import horse, jobs, keys


@pytest.fixture
def drawn(site: Site, tmp_path: Path) -> Site:
    """A published challenge whose test rows only the worker's secret can draw."""
    generated.write(tmp_path / "folder")
    for evaluation_id in site.publish(tmp_path / "folder", tmp_path / "out"):
        jobs.score(evaluation_id)
    return site


def disclose(site: Site) -> dict[str, Any]:
    return worker_disclosing.disclose(site.worker, "small-challenge")


def refusal(site: Site) -> str:
    with pytest.raises(Conflict) as refused:
        disclose(site)
    return refused.value.code


def nothing_is_disclosed(site: Site) -> bool:
    with reading(site.engine) as session:
        kinds = session.exec(select(LedgerEntry.kind)).all()
        return "secret_disclosed" not in kinds and session.exec(select(Disclosure)).all() == []


def test_the_hidden_part_is_rebuilt_and_every_digest_agrees(drawn: Site, tmp_path: Path):
    assert refusal(drawn) == "not_revealed"
    assert nothing_is_disclosed(drawn)
    drawn.reveal()
    found = disclose(drawn)
    hosted = drawn.hosted()
    assert hosted.labels is not None
    assert found["secret_sha256"] == hosted.labels.secret_sha256 == hosted.facts["secret_sha256"]
    command = [sys.executable, "-m", "worker", "make", str(tmp_path / "folder"), str(tmp_path / "again")]
    done = subprocess.run(
        [*command, "--secret", found["secret"]],
        env={name: value for name, value in os.environ.items() if not name.startswith(("ARENA_", "WORKER_"))},
        capture_output=True,
        text=True,
        check=True,
    )
    again = json.loads(done.stdout)
    assert again["facts"]["secret_sha256"] == hosted.labels.secret_sha256
    assert again["facts"]["ids_sha256"] == hosted.labels.ids_sha256
    assert again["files"]["test.csv"] == hosted.files["test.csv"].sha256
    assert again["files"]["labels.csv"] == found["labels_sha256"]
    assert {name: hosted.facts[name] for name in again["facts"]} == again["facts"]
    # Other labels under the seal than those of the secret would have shown.
    assert again["files"]["labels.csv"] == hashlib.sha256((tmp_path / "again" / "labels.csv").read_bytes()).hexdigest()
    with reading(drawn.engine) as session:
        (entry,) = session.exec(select(LedgerEntry).where(LedgerEntry.kind == "secret_disclosed")).all()
        assert disclosing.command(hosted, disclosing.disclosed(session, hosted)).endswith(found["secret"])  # type: ignore[arg-type]
    assert entry.data["secret"] == found["secret"]


def test_another_secret_draws_other_rows(drawn: Site, tmp_path: Path):
    drawn.reveal()
    secret = disclose(drawn)["secret"]
    other = ("0" if secret[0] != "0" else "1") + secret[1:]
    done = subprocess.run(
        [sys.executable, "-m", "worker", "make", str(tmp_path / "folder"), str(tmp_path / "other"), "--secret", other],
        capture_output=True,
        text=True,
        check=True,
    )
    found, hosted = json.loads(done.stdout), drawn.hosted()
    assert found["files"]["test.csv"] != hosted.files["test.csv"].sha256
    assert found["facts"]["secret_sha256"] != hosted.facts["secret_sha256"]


def test_disclosing_again_changes_nothing(drawn: Site):
    drawn.reveal()
    first = disclose(drawn)
    assert disclose(drawn) == first
    with reading(drawn.engine) as session:
        assert len(session.exec(select(Disclosure)).all()) == 1


def test_a_secret_that_is_not_here_or_not_the_one_is_refused(drawn: Site):
    drawn.reveal()
    path = drawn.worker.seed("small-challenge")
    kept = path.read_text()
    path.unlink()
    assert refusal(drawn) == "secret_not_here"
    assert not path.exists(), "a new secret is no answer"
    keys.secret(path)
    with pytest.raises(Invalid) as refused:
        disclose(drawn)
    assert refused.value.code == "other_secret"
    assert path.read_text().strip() not in str(refused.value)
    assert nothing_is_disclosed(drawn)
    path.write_text(kept)
    assert disclose(drawn)["secret"] == kept.strip()


def test_practice_and_other_peoples_data_have_no_secret(site: Site, tmp_path: Path):
    small.write(tmp_path / "folder")
    site.publish(tmp_path / "folder", tmp_path / "out")
    assert refusal(site) == "no_secret"
    with transaction(site.engine) as session:
        row = session.get_one(Challenge, site.hosted().id)
        row.definition = row.definition | {"practice": True}
        row.definition_sha256 = "another"
        session.add(row)
    assert refusal(site) == "practice"


def test_a_database_that_says_revealed_gets_no_secret_from_labels_of_another_key(drawn: Site):
    drawn.reveal()
    with transaction(drawn.engine) as session:
        labels = session.exec(select(Labels)).one()
        labels.ciphertext_sha256 = drawn.hosted().files["train.csv"].sha256
        session.add(labels)
    assert refusal(drawn) == "not_sealed_for_us"
    assert nothing_is_disclosed(drawn)


@pytest.mark.parametrize("text", ["", "00", "g" * 64, "0" * 63, " " + "0" * 63, "0" * 65])
def test_a_secret_is_64_digits(tmp_path: Path, text: str):
    done = subprocess.run(
        [sys.executable, "-m", "worker", "make", str(tmp_path), str(tmp_path / "out"), "--secret", text],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_generator_draws_nothing(tmp_path: Path):
    small.write(tmp_path / "folder")
    done = subprocess.run(
        [sys.executable, "-m", "worker", "make", str(tmp_path / "folder"), str(tmp_path / "out"), "--secret", "0" * 64],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["code"] == "no_generator"
    assert not (tmp_path / "out").exists()


def test_the_job_queue_cannot_ask_for_a_secret():
    job = type("Job", (), {"args": (1,), "kwargs": {}, "func_name": "worker.disclosing.disclose"})
    for name in ("_success_callback_name", "_failure_callback_name", "_stopped_callback_name"):
        setattr(job, name, None)
    for queue in (JOBS, PRACTICE_JOBS):
        assert not horse._is_ours(job, queue)
    job.func_name = "worker.jobs.score"
    assert horse._is_ours(job, JOBS)
    assert not horse._is_ours(job, PRACTICE_JOBS)


def test_hosting_is_left_as_it_was(drawn: Site):
    drawn.reveal()
    before = drawn.hosted()
    disclose(drawn)
    after = drawn.hosted()
    assert (before.row, before.files, before.labels) == (after.row, after.files, after.labels)
    assert hosting.definition_of(after.row) == before.definition
