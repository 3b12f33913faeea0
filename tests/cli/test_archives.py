"""A challenge goes from one instance to another, and its secret to everybody, by the shell."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.conftest import Arena
from tests.worker import generated
from tests.worker.conftest import site as workers_site
from tests.worker.site import Site
from worker import jobs

__all__ = ["workers_site"]
SLUG = "small-challenge"
Operator = Callable[..., CompletedProcess[str]]


@pytest.fixture
def drawn(workers_site: Site, tmp_path: Path) -> Site:
    """An instance whose challenge only its workers' secret can draw."""
    generated.write(tmp_path / "folder")
    for evaluation_id in workers_site.publish(tmp_path / "folder", tmp_path / "out"):
        jobs.score(evaluation_id)
    workers_site.team(workers_site.hosted(), "team")
    return workers_site


@pytest.fixture
def operator(arena: Arena, drawn: Site) -> Operator:
    return lambda *words, **given: arena(*words, ARENA_HOME=str(drawn.settings.home), **given)


def test_an_exported_challenge_is_restored_by_another_instance(arena: Arena, operator: Operator, tmp_path: Path):
    file = tmp_path / "small.zip"
    done = operator("challenge", "export", SLUG, file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "personal data" in done.stderr
    again = operator("challenge", "export", SLUG, file)
    assert (again.returncode, "There is a file" in again.stderr) == (1, True)

    def other(*words: object) -> CompletedProcess[str]:
        return arena(*words, ARENA_HOME=str(tmp_path / "other"))

    assert other("migrate").returncode == 0
    told = json.loads(other("challenge", "import", file, "--json").stdout)
    assert (told["slug"], told["labels_key"], told["accounts_made"]) == (SLUG, "other", ["team@example.org"])
    here, there = (json.loads(one("challenge", "versions", SLUG, "--json").stdout) for one in (operator, other))
    assert here == there
    twice = other("challenge", "import", file)
    assert (twice.returncode, "Traceback" in twice.stderr) == (1, False)
    assert SLUG in twice.stderr


def test_a_spoiled_archive_is_refused_and_leaves_nothing(arena: Arena, operator: Operator, tmp_path: Path):
    file = tmp_path / "small.zip"
    assert operator("challenge", "export", SLUG, file).returncode == 0
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    other = {"ARENA_HOME": str(tmp_path / "other")}
    assert arena("migrate", **other).returncode == 0
    done = arena("challenge", "import", file, **other)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert json.loads(arena("challenge", "list", "--json", **other).stdout) == []


def test_a_secret_is_disclosed_after_the_reveal_alone(operator: Operator, drawn: Site):
    early = operator("challenge", "disclose", SLUG, "--yes")
    assert (early.returncode, early.stdout) == (1, ""), early.stderr
    drawn.reveal()
    asked = operator("challenge", "disclose", SLUG, said="n\n")
    assert (asked.returncode, asked.stdout.strip(), "cannot be undone" in asked.stderr) == (1, "", True)
    done = operator("challenge", "disclose", SLUG, "--yes")
    assert done.returncode == 0, done.stderr
    secret = done.stdout.strip()
    labels = drawn.hosted().labels
    assert labels is not None
    assert hashlib.sha256(bytes.fromhex(secret)).hexdigest() == labels.secret_sha256
    assert f"--secret {secret}" in done.stderr
    assert json.loads(operator("challenge", "disclose", SLUG, "--yes", "--json").stdout)["secret"] == secret
