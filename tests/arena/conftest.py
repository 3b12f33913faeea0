"""A site without web or workers: both databases, a folder of blobs and one small published challenge."""

import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from arena import accounts, admission, hosting, publishing, submissions, teams
from arena.receipts import Signer
from arena.store import evaluations, models
from arena.store.blobs import FolderBlobs
from arena.store.engine import reading, transaction
from tests.support import companion as companions
from tests.support.mailserver import MailServer, mail_server

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
CLOSES = datetime(2026, 12, 31, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)  # noon in Seoul

TOML = """schema = 1
slug = "{slug}"
kind = "survival"
version = "1"
license = "CC0-1.0"
synthetic = true
practice = {practice}
admission = "{admission}"
[title]
ko = "작은 챌린지"
en = "A small challenge"
[summary]
ko = "시험을 위한 챌린지입니다."
en = "A challenge for tests."
[calendar]
team_freeze_days = 0
[files]
train = "train.csv"
test = "test.csv"
dictionary = "dictionary.csv"
labels = "labels.csv"
sample = "sample_submission.csv"
[labels]
id = "patient_id"
time = "days"
event = "died"
split = "split"
[[columns]]
name = "p_3y"
is = "event_probability"
horizon = 1095
[[metrics]]
name = "ipa"
horizon = 1095
primary = true
[leaderboard]
gate = "{gate}"
reveal = "after_close"
[limits]
per_day = 3
total = 5
team_size = 3
max_bytes = 100000
[[baselines]]
name = "null"
file = "baseline_null.csv"
[baselines.title]
ko = "영 모형"
en = "Null model"
[[baselines]]
name = "simple"
file = "baseline_simple.csv"
reference = true
[baselines.title]
ko = "단순 모형"
en = "Simple model"
[agreement]
version = "1"
file = "agreement"
before = "submission"
"""


def predictions(ids: list[str], seed: int) -> bytes:
    draw = random.Random(seed)
    lines = ["patient_id,p_3y", *(f"{one},{draw.random():.6f}" for one in ids)]
    return ("\n".join(lines) + "\n").encode()


def write_folder(
    folder: Path,
    *,
    slug: str = "small",
    gate: str = "significant",
    practice: bool = False,
    admission: str = "open",
    companion: bool = False,
) -> list[str]:
    """Write a made folder as `worker make --seal` leaves it; return the test ids."""
    ids = [f"P{number:04d}" for number in range(60)]
    folder.mkdir(parents=True, exist_ok=True)
    toml = TOML.format(slug=slug, gate=gate, practice=str(practice).lower(), admission=admission)
    toml += companions.TOML if companion else ""
    (folder / "challenge.toml").write_text(toml, encoding="utf-8")
    (folder / "train.csv").write_text("patient_id,age,days,died\nT1,60,1200,0\n", encoding="utf-8")
    (folder / "test.csv").write_text("patient_id,age\n" + "".join(f"{one},60\n" for one in ids), encoding="utf-8")
    (folder / "dictionary.csv").write_text(
        "column,type,unit,codes,block,description.ko,description.en\n"
        "patient_id,id,,,demography,번호,Identifier\nage,integer,year,,demography,나이,Age\n",
        encoding="utf-8",
    )
    (folder / "sample_submission.csv").write_bytes(predictions(ids, 0))
    for name, seed in (("null", 1), ("simple", 2)):
        (folder / f"baseline_{name}.csv").write_bytes(predictions(ids, seed))
    for name in ("overview", "evaluation", "data", "rules", "agreement"):
        for language, words in (("ko", "글"), ("en", "Text")):
            (folder / f"{name}.{language}.md").write_text(f"# {name}\n\n{words}\n", encoding="utf-8")
    (folder / "labels.sealed").write_bytes(b"sealed " + slug.encode())
    facts = {
        "row": 0.0005,
        "step": 0.004,
        "se": 0.012,
        "baseline_value": 0.25,
        "null_value": 0.0,
        "baselines": {"null": 0.0, "simple": 0.25},
        "rows_test": len(ids),
        "ids_sha256": "0" * 64,
        "secret_sha256": "1" * 64,
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return ids


@dataclass
class Site:
    """The use cases with verbs, at a clock that the test sets."""

    engine: Engine
    blobs: FolderBlobs
    folder: Path
    signer: Signer = field(default_factory=lambda: Signer(b"\x07" * 32))
    now: datetime = NOW
    ids: list[str] = field(default_factory=list)

    def publish(
        self,
        slug: str = "small",
        *,
        gate: str = "significant",
        practice: bool = False,
        admission: str = "open",
        companion: bool = False,
    ) -> list[int]:
        self.ids = write_folder(
            self.folder / slug, slug=slug, gate=gate, practice=practice, admission=admission, companion=companion
        )
        collected = publishing.collect(self.blobs, self.folder / slug)
        closes = None if practice else CLOSES
        with transaction(self.engine) as session:
            _, rings = publishing.publish(
                session, collected, opens_at=OPENS, closes_at=closes, at=OPENS, sign=self.signer.sign
            )
        return rings

    def hosted(self, slug: str = "small") -> hosting.Hosted:
        with reading(self.engine) as session:
            return hosting.find(session, slug)

    def person(self, name: str) -> models.User:
        with transaction(self.engine) as session:
            return accounts.create_user(
                session,
                email=f"{abs(hash(name))}@example.org",
                name=name,
                admin=False,
                password="correct horse 9",
                at=self.now,
            )

    def organizer(self, name: str = "Olga", slug: str = "small") -> models.User:
        person = self.person(name)
        with transaction(self.engine) as session:
            accounts.grant(session, email=person.email, role="organizer", slug=slug, at=self.now)
        return person

    def team(
        self, name: str, *, captain: models.User | None = None, slug: str = "small"
    ) -> tuple[models.User, models.Team]:
        person = captain or self.person(name)
        hosted = self.hosted(slug)
        with transaction(self.engine) as session:
            teams.accept_agreement(session, person, hosted, version="1", at=self.now)
            return person, teams.create_team(session, person, hosted, name=name, at=self.now)

    def prepare(self, seed: int, slug: str = "small") -> submissions.Prepared:
        return submissions.prepare(
            self.blobs, self.hosted(slug), stream=io.BytesIO(predictions(self.ids, seed)), filename="mine.csv"
        )

    def submit(
        self, person: models.User, seed: int, slug: str = "small", key: str | None = None
    ) -> submissions.Recorded:
        prepared = self.prepare(seed, slug)
        with transaction(self.engine) as session:
            return submissions.record(
                session,
                user=person,
                hosted=self.hosted(slug),
                prepared=prepared,
                note="",
                idempotency_key=key,
                at=self.now,
                sign=self.signer.sign,
            )

    def decide(
        self,
        evaluation_id: int,
        outcome: str,
        gain: float | None = None,
        value: float | None = None,
        report: dict | None = None,
    ) -> bool:
        """Finish one evaluation as a worker does, with the decision given."""
        with transaction(self.engine) as session:
            claim = evaluations.claim(session, evaluation_id, token=f"t{evaluation_id}", at=self.now, lease_seconds=30)
        if claim is None:
            return False
        scores = []
        if value is not None:
            scores = [
                models.Score(
                    evaluation_id=0,
                    split=split,
                    key="ipa@1095",
                    value=value,
                    se=0.01,
                    low=value - 0.02,
                    high=value + 0.02,
                )
                for split in ({"public"} | {claim.split})
            ]
        decision = None
        if claim.split == "public":
            decision = models.Decision(
                submission_id=claim.submission.id or 0,
                outcome=outcome,
                shown_gain=gain,
                labels_version=1,
                decided_at=self.now,
            )
        with transaction(self.engine) as session:
            return evaluations.finish(session, claim, scores=scores, decision=decision, report=report, at=self.now)

    def at(self, **after: float) -> "Site":
        self.now = self.now + timedelta(**after)
        return self


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    return Site(engine, FolderBlobs(tmp_path / "blobs"), tmp_path / "folders")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server that keeps what it is given."""
    with mail_server() as running:
        yield running


@pytest.fixture
def people(site: Site) -> dict[str, models.User]:
    """A challenge by approval: two in teams, one admitted, one waiting, one refused, one with nothing to do with it."""
    site.publish(admission="approval")
    site.publish("other")
    olga = site.organizer()
    found = {name: site.person(name) for name in ("mina", "jun", "admitted", "waiting", "refused", "stranger")}
    with transaction(site.engine) as session:
        for name in ("mina", "jun", "admitted", "waiting", "refused"):
            admission.ask(session, found[name], site.hosted(), answers={}, at=site.now)
        for name in ("mina", "jun", "admitted"):
            admission.admit(session, olga, site.hosted(), found[name].id, site.now)
        admission.refuse(session, olga, site.hosted(), found["refused"].id, reason="no", at=site.now)
    for name in ("mina", "jun"):
        site.team(name, captain=found[name])
    site.team("stranger", captain=found["stranger"], slug="other")
    return {**found, "olga": olga}
