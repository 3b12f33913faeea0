"""An act of an operator is killed at its commit, just before and just after: the challenge is whole, and the act goes on or is done.

What kills is the process's own hand at the moment that is worst, so that nothing depends on how fast the machine is.
"""

import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from arena import hosting, publishing, sweeping
from arena.cli import lifecycle_acts
from arena.settings import load as load_settings
from arena.store.engine import make_engine, transaction
from arena.store.models.base import SQLModel
from tests.support.publishing import Ringing
from tests.worker import site as sites
from tests.worker import small
from worker import folders, jobs

ROOT = Path(__file__).parent.parent
SLUG = "small-challenge"
ACTS = {
    "replace": (
        "lifecycle_acts.replace(settings, SLUG, Path(given), note=Text('새 판', 'A new version'),"
        " same_labels=False, same_splits=True)"
    ),
    "import": "lifecycle_acts.import_archive(settings, Path(given))",
    "export": "lifecycle_acts.export(settings, SLUG, Path(given))",
    "reveal": "conduct(publishing.start_reveal)",
}
SCRIPT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from arena import hosting, publishing
from arena.cli import lifecycle_acts
from arena.settings import load
from arena.store.engine import make_engine, transaction
from challenges.text import Text

SLUG = "small-challenge"
when, at, given, act = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
settings, commits = load(), 0

def die(*_):
    global commits
    commits += 1
    if commits == at:
        os.kill(os.getpid(), signal.SIGKILL)

if when == "before":
    event.listen(Engine, "commit", die)
elif when == "after":
    event.listen(Session, "after_commit", die)

def conduct(verb):
    with transaction(make_engine(settings.database_url)) as session:
        verb(session, hosting.find(session, SLUG), datetime.now(UTC))

exec(act)
if when == "export":
    print("done")
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A home with a challenge, a team and its scored submission; what each act is given; the same home a step further on."""
    place = tmp_path_factory.mktemp("killed")
    before = jobs._station, jobs._vault
    site = sites.make(place / "home")
    rows = small.write(place / "folder")
    station = jobs.open_station(site.worker)
    station.queue = Ringing()
    for one in site.publish(place / "folder", place / "made"):
        jobs.score(one)
    user = site.team(site.hosted(), "team")
    _, evaluation = site.submit(user, site.hosted(), small.predictions(rows.ids, rows.probability(0.5, noise=0.5)))
    jobs.score(evaluation)
    toml = place / "folder" / "challenge.toml"
    toml.write_text(toml.read_text().replace('version = "1.0.0"', 'version = "2.0.0"'))
    folders.make(place / "folder", place / "made-2", settings=site.worker)
    environ = site.environ()
    lifecycle_acts.export(load_settings(environ), SLUG, place / "archive.zip")
    station.engine.dispose()
    site.engine.dispose()
    jobs._station, jobs._vault = before
    empty = sites.make(place / "empty")
    empty.engine.dispose()
    return place


def copied(prepared: Path, tmp_path: Path, act: str) -> tuple[Path, str]:
    """Return a home of this test's own in which the act can be done, and what it is given."""
    home = tmp_path / "home"
    shutil.copytree(prepared / ("empty" if act == "import" else "home"), home)
    given = {
        "replace": prepared / "made-2",
        "import": prepared / "archive.zip",
        "export": tmp_path / "out" / "archive.zip",
    }.get(act, Path("-"))
    (tmp_path / "out").mkdir()
    if act == "reveal":
        engine = make_engine(load_settings({"ARENA_HOME": str(home)}).database_url)
        with transaction(engine) as session:
            publishing.close(session, hosting.find(session, SLUG), sites.now())
        engine.dispose()
    return home, str(given)


def run(home: Path, when: str, at: int, given: str, act: str) -> subprocess.CompletedProcess:
    environ = {"ARENA_HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, when, str(at), given, act],
        env=environ, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def shape(engine: Engine) -> dict[str, object]:
    """What there is, without the moments at which it came to be."""
    with engine.connect() as connection:
        found: dict[str, object] = {
            name: connection.execute(select(func.count()).select_from(table)).scalar()
            for name, table in SQLModel.metadata.tables.items()
        }
        found["states"] = Counter(connection.execute(text("SELECT split, state, labels_version FROM evaluation")).all())
        found["challenge"] = connection.execute(
            text(
                "SELECT slug, version, definition_sha256, closes_at < '2090', reveal_started_at IS NULL FROM challenge"
            )
        ).all()
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    return found


def swept(home: Path) -> None:
    """Let a sweeper do what it does after a minute: it takes every lock that an act takes."""
    settings = load_settings({"ARENA_HOME": str(home)})
    engine = make_engine(settings.database_url)
    queue = Ringing()
    queue.deaf = True
    sweeping.sweep(engine, queue, sites.now() + timedelta(minutes=1))
    with transaction(engine) as session:
        session.execute(text("UPDATE challenge SET kind = kind"))
    engine.dispose()


def state(home: Path) -> dict[str, object]:
    engine = make_engine(load_settings({"ARENA_HOME": str(home)}).database_url)
    found = shape(engine)
    engine.dispose()
    # Chaining is the sweeper's own, and how often it has come by says nothing.
    return {name: value for name, value in found.items() if name != "ledger_link"}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_act_that_is_killed_at_its_commit_is_whole_or_not_at_all(prepared, tmp_path, act):
    (tmp_path / "whole").mkdir()
    home, given = copied(prepared, tmp_path / "whole", act)
    nothing = state(home)
    done = run(home, "never", 0, given, ACTS[act])
    assert done.returncode == 0, done.stderr
    everything = state(home)
    assert (everything == nothing) == (act == "export")
    for when in ("before", "after"):
        number, place = 0, tmp_path / when
        while True:
            number += 1
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            home, given = copied(prepared, place, act)
            killed = run(home, when, number, given, ACTS[act])
            if killed.returncode == 0:  # it has no commit of this number
                break
            assert killed.returncode == -signal.SIGKILL, killed.stderr
            assert state(home) == (nothing if when == "before" else everything), "half of it is there"
            swept(home)
            again = run(home, "never", 0, given, ACTS[act])
            if when == "before":
                assert again.returncode == 0, again.stderr
            else:
                # Done already: refused with a sentence of its own, and nothing is done twice.
                assert again.returncode in (0, 1), again.stderr
                assert again.returncode == 0 or "arena.errors" in again.stderr, again.stderr
            assert state(home) == everything
        assert number == (1 if act == "export" else 2), "one act is one commit"


def test_an_export_killed_while_it_writes_leaves_no_archive(prepared, tmp_path):
    (tmp_path / "whole").mkdir()
    home, given = copied(prepared, tmp_path / "whole", "export")
    die = "import os; os.fsync = lambda _: os.kill(os.getpid(), 9); " + ACTS["export"]
    assert run(home, "never", 0, given, die).returncode == -signal.SIGKILL
    assert not Path(given).exists()
    assert run(home, "never", 0, given, ACTS["export"]).returncode == 0
    assert Path(given).is_file()
