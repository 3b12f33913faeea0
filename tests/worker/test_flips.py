"""One public label flipped, two hundred times: of all that the site can see, only decisions and shown gains may differ."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, MetaData
from sqlmodel import select
from werkzeug.test import Client

from arena import main, sealing
from arena.hosting import Hosted
from arena.store.engine import make_engine, reading, transaction
from arena.store.models import Evaluation, Labels
from challenges import sealed
from challenges.definition import load
from challenges.labels import read_labels
from scorers.evaluation import Columns
from tests.worker import small
from tests.worker.site import Site
from worker import jobs
from worker.columns import outcomes
from worker.gate import gain
from worker.noise import Noise

FLIPS = 200
ROWS = 300
# What a decision and the time of it may change, wherever they are shown: nothing else is masked but digests and signatures.
DIGESTS = re.compile(r"\b[0-9a-f]{32,128}\b|\b[0-9a-f]{16}\b")
MOMENTS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?")
TABLES = MetaData()  # every table that is in the database, known to the models or not
TOLD = {"decision": ("outcome", "shown_gain")}


class World:
    """The same site under labels of which one may be flipped; everything received, nothing scored."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.home = site.settings.home
        self.definition = load(folder)
        self.labels = (folder / "labels.csv").read_text().splitlines()
        self.before = self.home.with_name("before.sqlite")
        with reading(site.engine) as session:
            self.evaluations = sorted(session.exec(select(Evaluation.id)).all())
        site.engine.dispose()
        shutil.copyfile(self.home / "arena.sqlite", self.before)

    def public_rows(self) -> list[int]:
        return [place for place, line in enumerate(self.labels) if line.endswith(",public")]

    def flipped(self, place: int | None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """Score everything under the labels with one row flipped; return what the site can see."""
        lines = list(self.labels)
        if place is not None:
            row_id, days, died, split = lines[place].split(",")
            # A death at 500 days where there was none, and none where there was one.
            early = float(days) <= 1095 and died == "1"
            lines[place] = ",".join((row_id, "2000" if early else "500", "0" if early else "1", split))
        for suffix in ("-wal", "-shm"):
            (self.home / f"arena.sqlite{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.before, self.home / "arena.sqlite")
        engine = make_engine(self.site.settings.database_url)
        self._seal("\n".join(lines).encode() + b"\n", engine)
        monkeypatch.setattr(jobs, "_station", None)
        monkeypatch.setattr(jobs, "_vault", None)
        station = jobs.open_station(self.site.worker)
        for evaluation_id in self.evaluations:
            jobs.score(evaluation_id)
        station.engine.dispose()
        seen = dict(rows_of(engine))
        engine.dispose()
        return seen

    def _seal(self, labels: bytes, engine: Engine) -> None:
        key = sealing.public_key(self.site.settings.labels_key_file)
        box = sealing.seal(sealed.pack(self.definition, labels), key)
        path = self.home / "flipped"
        path.write_bytes(box)
        with path.open("rb") as stream:
            blob = self.site.blobs.put(stream)
        with transaction(engine) as session:
            row = session.exec(select(Labels)).one()
            row.ciphertext_sha256 = blob.sha256
            session.add(row)


def rows_of(engine: Engine) -> Iterator[tuple[str, Any]]:
    """Return every cell of every table by its place, with digests, signatures, tokens and moments masked."""
    if not TABLES.tables:
        TABLES.reflect(engine)
    with engine.connect() as connection:
        for name, table in TABLES.tables.items():
            for number, row in enumerate(connection.execute(table.select()).mappings()):
                for column, value in row.items():
                    yield f"{name}.{number}.{column}", masked(value)


def masked(value: object) -> str:
    text = json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)
    return MOMENTS.sub("<moment>", DIGESTS.sub("<digest>", text))


def allowed(place: str) -> bool:
    table, _, column = place.split(".")
    return column in TOLD.get(table, ())


class Still(Noise):
    """No noise, so that a file can be parked where the flip of one label tips the decision."""

    def laplace(self, scale: float, *purpose: str | int) -> float:
        del scale, purpose
        return 0.0


def parked(folder: Path, rows: small.Cohort, hosted: Hosted) -> float:
    """Return the share of z with which a file lies just above the gate's threshold."""
    definition = load(folder)
    hidden = outcomes(read_labels((folder / "labels.csv").read_bytes(), definition), definition, rows.ids)
    base = Columns(event_probability={1095.0: rows.probability(0.0)})
    low, high = 0.0, 1.0
    for _ in range(20):
        share = (low + high) / 2
        found = gain(
            hidden.truth,
            Columns(event_probability={1095.0: rows.probability(share)}),
            base,
            definition.primary,
            hidden.rows("public"),
        )
        assert found.value is not None
        wanted = max(1.64 * (found.se or 0.0), hosted.facts["step"])
        low, high = (low, share) if found.value >= wanted else (share, high)
    return high


def _careless(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute("PRAGMA " + pragma)


@pytest.fixture
def world(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    # Nothing here must outlive a power cut, and two hundred worlds would wait for the disk.
    monkeypatch.setattr("arena.store.engine._configure_sqlite", _careless)
    rows = small.write(tmp_path / "folder", rows=ROWS)
    # A tenth of the true effect keeps the threshold within reach of a challenge this small; the rule is otherwise as it is.
    monkeypatch.setattr("worker.facts.row_effect", lambda *_: 0.004)
    monkeypatch.setattr("worker.jobs.floor", lambda *_: 0.0)
    monkeypatch.setattr("worker.station.Noise", Still)
    site.publish(tmp_path / "folder", tmp_path / "out")
    hosted = site.hosted()
    edge = parked(tmp_path / "folder", rows, hosted)
    for team, shares in (("one", (edge, 1.0)), ("two", (1.0, edge))):
        user = site.team(hosted, team)
        for share in shares:
            site.submit(user, hosted, small.predictions(rows.ids, rows.probability(share)))
    return World(site, tmp_path / "folder")


def test_only_decisions_and_shown_gains_differ(world: World, monkeypatch: pytest.MonkeyPatch):
    base = world.flipped(None, monkeypatch)
    assert {base[f"evaluation.{number}.state"] for number in range(5)} == {"scored"}
    assert world.flipped(None, monkeypatch) == base, "what is not fixed cannot be compared"
    draw = np.random.default_rng(7)
    places = draw.choice(world.public_rows(), FLIPS)
    told = 0
    for place in places:
        other = world.flipped(int(place), monkeypatch)
        differing = {cell for cell in base.keys() | other.keys() if base.get(cell) != other.get(cell)}
        assert all(map(allowed, differing)), differing
        told += bool(differing)
    print(
        f"\n{FLIPS} flips of one public label, 4 files, two parked at the threshold: decisions or shown gains differed in {told}, nothing else ever"
    )


def test_the_comparison_can_fail(world: World, monkeypatch: pytest.MonkeyPatch):
    """Let a decision's time, its report or a score depend on the labels: the comparison sees it."""
    base = world.flipped(None, monkeypatch)
    monkeypatch.setattr("arena.hosting.Hosted.gated", False)
    other = world.flipped(world.public_rows()[0], monkeypatch)
    differing = {cell.partition(".")[0] for cell in base.keys() | other.keys() if base.get(cell) != other.get(cell)}
    assert {"score", "report"} <= differing


def test_pages_of_flipped_worlds_are_the_same_but_for_what_was_told(world: World, monkeypatch: pytest.MonkeyPatch):
    """The pages are functions of the rows: the leaderboard of worlds with equal decisions is the same, byte for byte."""
    pages: dict[str, set[str]] = {}
    for place in [None, *world.public_rows()[:6]]:
        seen = world.flipped(place, monkeypatch)
        told = json.dumps({cell: value for cell, value in seen.items() if allowed(cell)}, sort_keys=True)
        engine = make_engine(world.site.settings.database_url)
        monkeypatch.setattr("arena.store.engine.make_engine", lambda *_, made=engine, **__: made)
        client = Client(main.make_wsgi(world.site.settings))
        text = "".join(
            client.get(f"/challenges/small-challenge{part}").text for part in ("", "/leaderboard", "/evaluation")
        )
        pages.setdefault(told, set()).add(
            MOMENTS.sub("", DIGESTS.sub("", re.sub(r'nonce="[^"]*"|value="[^"]{40,}"', "", text)))
        )
        # The next world's rows take this one's place on the disk.
        engine.dispose()
    assert {len(texts) for texts in pages.values()} == {1}
