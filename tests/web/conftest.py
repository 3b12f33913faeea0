"""The site's pages over a real database, a folder of blobs and one small published challenge of each sort."""

import io
import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from arena import accounts, admission, hosting, publishing, registration, teams
from arena.receipts import Signer
from arena.settings import load as load_settings
from arena.store import evaluations, models
from arena.store.blobs import FolderBlobs
from arena.store.engine import reading, transaction
from arena.web import create_app
from tests.support import companion as companions

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
CLOSES = datetime(2026, 12, 31, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)  # noon in Seoul
PASSWORD = "correct horse 9"
IDS = [f"P{number:04d}" for number in range(40)]

TOML = """schema = 1
slug = "{slug}"
kind = "survival"
version = "1"
license = "CC0-1.0"
synthetic = {synthetic}
practice = {practice}
admission = "{admission}"
title.ko = "작은 챌린지 <{slug}>"
title.en = "A small challenge <{slug}>"
summary.ko = "시험을 위한 챌린지입니다."
summary.en = "A challenge for tests."
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
per_day = 2
total = 5
team_size = 3
max_bytes = 20000
[[baselines]]
name = "simple"
file = "baseline_simple.csv"
reference = true
title.ko = "단순 모형"
title.en = "Simple model"
[agreement]
version = "1"
file = "agreement"
before = "{before}"
"""


def predictions(seed: int, ids: list[str] = IDS) -> bytes:
    draw = random.Random(seed)
    return ("\n".join(["patient_id,p_3y", *(f"{one},{draw.random():.6f}" for one in ids)]) + "\n").encode()


def write_folder(
    folder: Path, slug: str, *, practice: bool, before: str, admission: str = "open", companion: bool = False
) -> None:
    """Write a made folder as `worker make --seal` leaves it."""
    folder.mkdir(parents=True)
    gate, synthetic = ("none", "false") if practice else ("significant", "true")
    toml = TOML.format(
        slug=slug,
        gate=gate,
        practice=str(practice).lower(),
        synthetic=synthetic,
        before=before,
        admission=admission,
    )
    toml += companions.TOML if companion else ""
    (folder / "challenge.toml").write_text(toml, encoding="utf-8")
    draw = random.Random(1)
    rows = [
        f"T{n},{draw.randint(40, 80)},{draw.choice('12')},{draw.randint(1, 2000)},{int(draw.random() < 0.3)}\n"
        for n in range(200)
    ]
    (folder / "train.csv").write_text("patient_id,age,sex,days,died\n" + "".join(rows), encoding="utf-8")
    (folder / "test.csv").write_text("patient_id,age,sex\n" + "".join(f"{one},60,1\n" for one in IDS), encoding="utf-8")
    (folder / "dictionary.csv").write_text(
        "column,type,unit,codes,block,description.ko,description.en\n"
        "patient_id,id,,,,번호,Identifier\nage,integer,years,,demography,나이,Age\n"
        "sex,category,,1=male;2=female,demography,성별,Sex\n",
        encoding="utf-8",
    )
    (folder / "sample_submission.csv").write_bytes(predictions(0))
    (folder / "baseline_simple.csv").write_bytes(predictions(2))
    for name in ("overview", "evaluation", "data", "rules", "agreement"):
        for language, words in (("ko", f"{name}의 한국어 글"), ("en", f"English text of {name}")):
            text = f"# {name}\n\n{words} <script>alert(1)</script> [x](javascript:alert(1))\n"
            (folder / f"{name}.{language}.md").write_text(text, encoding="utf-8")
    (folder / "labels.sealed").write_bytes(b"sealed " + slug.encode())
    gate_facts = {"row": 0.0005, "step": 0.004, "se": 0.012, "baseline_value": 0.25, "null_value": 0.0}
    facts = {
        **(dict.fromkeys(gate_facts) if practice else gate_facts),
        "baselines": {"simple": 0.25},
        "rows_test": 40,
        "rows_public": 20,
        "rows_private": 20,
        "train_rows": 200,
        "ids_sha256": "0" * 64,
        "secret_sha256": "1" * 64,
        "generator_version": None if practice else "7.1.0",
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


class DeadQueue:
    """A doorbell nobody hears: what the pages do must not depend on Redis."""

    def __init__(self) -> None:
        self.rung: list[int] = []
        self.compared: list[int] = []
        self.practised: list[int] = []

    def score(self, evaluation_id: int) -> bool:
        self.rung.append(evaluation_id)
        return False

    def compare(self, challenge_id: int) -> bool:
        self.compared.append(challenge_id)
        return False

    def practice(self, practice_id: int) -> bool:
        self.practised.append(practice_id)
        return False

    def ping(self) -> bool:
        return False

    def workers(self) -> int:
        return 0


@dataclass
class Visitor:
    """A browser: keeps cookies, sends forms with the token that the page gave it."""

    client: FlaskClient
    language: str = "en"

    def get(self, path: str, **kwargs: object) -> TestResponse:
        headers = {"Accept-Language": self.language, **kwargs.pop("headers", {})}
        return self.client.get(path, headers=headers, buffered=True, **kwargs)

    def post(
        self, path: str, data: dict[str, object] | None = None, *, form: str | None = None, **kwargs: object
    ) -> TestResponse:
        """Send a form that stands on the page `form` (by default the same address)."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(form or path).text)
        assert token, f"no form on {form or path}"
        sent = {"csrf_token": token[1], **(data or {})}
        return self.client.post(path, data=sent, headers={"Accept-Language": self.language}, **kwargs)

    def sign_in(self, email: str) -> "Visitor":
        answer = self.post("/signin", {"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        self.client.set_cookie("arena_language", self.language)
        return self

    def upload(
        self, slug: str, content: bytes, *, act: str = "submit", name: str = "mine.csv", companion: bytes | None = None
    ) -> TestResponse:
        sent: dict[str, object] = {"file": (io.BytesIO(content), name), "act": act, "note": "first"}
        if companion is not None:
            sent["companion"] = (io.BytesIO(companion), "second.csv")
        return self.post(f"/challenges/{slug}/submit", sent)


@dataclass
class World:
    """The site with verbs, at a clock that the test sets."""

    app: Flask
    engine: Engine
    blobs: FolderBlobs
    folder: Path
    queue: DeadQueue
    signer: Signer = field(default_factory=lambda: Signer(b"\x07" * 32))
    now: datetime = NOW

    def publish(
        self,
        slug: str = "small",
        *,
        practice: bool = False,
        before: str = "submission",
        admission: str = "open",
        companion: bool = False,
    ) -> None:
        write_folder(
            self.folder / slug, slug, practice=practice, before=before, admission=admission, companion=companion
        )
        collected = publishing.collect(self.blobs, self.folder / slug)
        with transaction(self.engine) as session:
            _, rings = publishing.publish(
                session,
                collected,
                opens_at=OPENS,
                closes_at=None if practice else CLOSES,
                at=OPENS,
                sign=self.signer.sign,
            )
        for ring in rings:
            self.decide(ring, "accepted", 0.0, 0.25 if practice else None)

    def hosted(self, slug: str = "small") -> hosting.Hosted:
        with reading(self.engine) as session:
            return hosting.find(session, slug)

    def person(self, name: str) -> models.User:
        with transaction(self.engine) as session:
            return accounts.create_user(
                session, email=f"{name}@example.org", name=name, admin=False, password=PASSWORD, at=self.now
            )

    def team(self, name: str, slug: str = "small") -> models.User:
        person = self.person(name)
        self.join(person, f"Team {name}", slug)
        return person

    def join(self, person: models.User, name: str, slug: str = "small") -> None:
        hosted = self.hosted(slug)
        with transaction(self.engine) as session:
            teams.accept_agreement(session, person, hosted, version="1", at=self.now)
            teams.create_team(session, person, hosted, name=name, at=self.now)

    def organizer(self, name: str = "olga", slug: str = "small") -> models.User:
        person = self.person(name)
        with transaction(self.engine) as session:
            accounts.grant(session, email=person.email, role="organizer", slug=slug, at=self.now)
        return person

    def decide(
        self,
        evaluation_id: int,
        outcome: str,
        gain: float | None = None,
        value: float | None = None,
        report: dict | None = None,
    ) -> None:
        """Finish one evaluation as a worker does, with the decision given."""
        with transaction(self.engine) as session:
            claim = evaluations.claim(session, evaluation_id, token=f"t{evaluation_id}", at=self.now, lease_seconds=30)
        assert claim is not None
        scores = []
        if value is not None:
            scores = [
                models.Score(
                    evaluation_id=0, split=claim.split, key="ipa@1095", value=value, se=0.01, low=value - 0.02, high=value + 0.02,
                    difference=value - 0.25, difference_se=0.004,
                )
            ]  # fmt: skip
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
            assert evaluations.finish(session, claim, scores=scores, decision=decision, report=report, at=self.now)

    def reveal(self, slug: str = "small", report: dict | None = None) -> None:
        """Close and reveal, every final with the same score and this report."""
        self.now = CLOSES
        with transaction(self.engine) as session:
            rings = publishing.start_reveal(session, hosting.find(session, slug), self.now)
        for ring in rings:
            self.decide(ring, "", value=0.3, report=report)
        with transaction(self.engine) as session:
            assert publishing.finish_reveal(session, hosting.find(session, slug), self.now)

    def visitor(self, language: str = "en") -> Visitor:
        return Visitor(self.app.test_client(), language)

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)


def make_world(engine: Engine, tmp_path: Path) -> World:
    settings = load_settings({"ARENA_HOME": str(tmp_path / "home"), "ARENA_SECRET_KEY": "k" * 40})
    blobs, queue = FolderBlobs(tmp_path / "blobs"), DeadQueue()
    signer = Signer(b"\x07" * 32)
    made: list[World] = []
    app = create_app(settings, engine=engine, blobs=blobs, queue=queue, sign=signer.sign, clock=lambda: made[0].now)
    made.append(World(app, engine, blobs, tmp_path / "folders", queue, signer))
    return made[0]


@pytest.fixture
def world(sqlite_engine: Engine, tmp_path: Path) -> World:
    return make_world(sqlite_engine, tmp_path)


@pytest.fixture
def busy(world: World) -> World:
    """A challenge by approval with an organizer, a team with a decided file, people who wait, and marks."""
    world.publish(admission="approval")
    world.olga = world.organizer()
    hosted = world.hosted()
    with transaction(world.engine) as session:
        world.question = registration.add_question(
            session, world.olga, hosted, kind="text", ko="무엇?", en="What?", options=[], required=True, at=world.now
        )
    for name in ("mina", "jun", "sora"):
        person = world.person(name)
        with transaction(world.engine) as session:
            admission.ask(session, person, hosted, answers={world.question.id: f"={name}"}, at=world.now)
            if name != "sora":
                admission.admit(session, world.olga, hosted, person.id, world.now)
        if name != "sora":
            world.join(person, f"+{name}")
    visitor = world.visitor().sign_in("mina@example.org")
    visitor.upload("small", predictions(5), name="=1+1.csv")
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    visitor.upload("small", predictions(6).replace(b"P0003", b"P9999"))
    with reading(world.engine) as session:
        world.submission = session.get(models.Submission, 2)
        world.team_id = world.submission.team_id
    world.desk = {language: world.visitor(language).sign_in("olga@example.org") for language in ("ko", "en")}
    return world
