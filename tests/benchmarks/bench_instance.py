"""Figures of a whole instance: start, memory of each process, time from an accepted upload to its decision."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.instance import Instance, started

FLAGSHIP = "colorectal-fitness"
TEAMS = 15
# What the design promises.
LONGEST_SECOND_START = 5.0
LONGEST_DECISION = 1.0
MEGABYTES = {"web": 150, "worker": 350}
PARTS = {
    "web": "arena.main web",
    "sweeper": "arena.main sweeper",
    "worker": "worker",
    "valkey": "valkey",
    "up": "arena up",
}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory):
    """An instance on its second start."""
    folder = tmp_path_factory.mktemp("bench")
    for number in ("first", "second"):
        began = time.monotonic()
        with started(folder / "home", folder / f"{number}.txt") as running:
            running.wait_for("ready", 300)
            took = time.monotonic() - began
            print(f"\n{number} start                    {took:8.2f} s")
            if number == "second":
                assert took < LONGEST_SECOND_START
                yield running


def _memory(home: Path) -> dict[str, list[float]]:
    """Return the resident megabytes of each process of this home, by its part."""
    mark = str(home).encode()
    found: dict[str, list[float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            ours = mark in (folder / "environ").read_bytes() or str(home) in words
            resident = re.search(r"VmRSS:\s+(\d+)", (folder / "status").read_text())
        except OSError:
            continue
        part = next((name for name, sign in PARTS.items() if sign in words), None)
        if ours and part and resident:
            found.setdefault(part, []).append(int(resident[1]) / 1024)
    return found


@contextmanager
def _team(running: Instance, number: int) -> Iterator[httpx.Client]:
    email = f"bench-{number}@example.org"
    assert running.arena("user", "create", email).returncode == 0
    token = running.arena("user", "token", email).stdout.split()[-1]
    with httpx.Client(
        base_url=running.address + "/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=60,
    ) as api:
        agreement = {"version": api.get(f"/challenges/{FLAGSHIP}").json()["agreement"]["version"]}
        assert api.post(f"/challenges/{FLAGSHIP}/agreement", json=agreement).status_code == 200
        assert api.post(f"/challenges/{FLAGSHIP}/teams", json={"name": f"Bench {number}"}).status_code == 201
        yield api


def test_from_an_accepted_upload_to_its_decision(instance: Instance, tmp_path: Path):
    with httpx.Client(base_url=instance.address, trust_env=False) as http:
        for name in ("train.csv", "test.csv", "starter.py"):
            (tmp_path / name).write_bytes(http.get(f"/challenges/{FLAGSHIP}/files/{name}").content)
    subprocess.run([sys.executable, "starter.py", "train.csv", "test.csv", "mine.csv"], cwd=tmp_path, check=True)
    uploads, decisions = [], []
    for number in range(TEAMS):
        with _team(instance, number) as api, (tmp_path / "mine.csv").open("rb") as file:
            began = time.monotonic()
            sent = api.post(f"/challenges/{FLAGSHIP}/submissions", files={"file": file})
            accepted = time.monotonic()
            assert sent.status_code == 202, sent.text
            while api.get(f"/submissions/{sent.json()['id']}").json()["status"] not in ("scored", "failed"):
                time.sleep(0.01)
            uploads.append(accepted - began)
            decisions.append(time.monotonic() - accepted)
    for name, seconds in (("upload, 28,000 rows", uploads), ("accepted to decided", decisions)):
        print(f"\n{name:<30} {statistics.median(seconds):8.3f} s median {max(seconds):8.3f} s longest of {TEAMS}")
    assert statistics.median(decisions) < LONGEST_DECISION


def test_memory_of_each_process(instance: Instance):
    for _ in range(20):
        for path in ("/", f"/challenges/{FLAGSHIP}/leaderboard", f"/challenges/{FLAGSHIP}/data"):
            assert instance.get(path)[0] == 200
    memory = _memory(instance.home)
    for part, sizes in sorted(memory.items()):
        print(f"\n{'memory of ' + part:<30} {max(sizes):8.0f} MB largest of {len(sizes)}")
    for part, most in MEGABYTES.items():
        assert max(memory[part]) < most, part
