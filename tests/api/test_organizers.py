"""An organizer's way over the API: sending, verification, preview, dry run, publication; and everybody else's refusals."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from arena.store.models import Challenge, DryRun, Evaluation, LedgerEntry, Publication, Submission
from challenges.definition import DefinitionError, load
from tests.support import publishing
from tests.support.publishing import SLUG, World
from tests.worker import small

CLOSES = timedelta(days=30)


@pytest.fixture
def world(home: Path):
    with publishing.world(home) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path / "folder")
    return tmp_path / "folder"


@pytest.fixture
def both(home: Path, database_url: str):
    """A world on each kind of database."""
    with publishing.world(home, database_url) as made:
        yield made


def dates(world: World, opens: timedelta = timedelta(minutes=1)) -> dict[str, str]:
    return {"opens_at": (world.now() + opens).isoformat(), "closes_at": (world.now() + CLOSES).isoformat()}


def test_a_folder_becomes_a_published_challenge(both: World, folder: Path):
    sent = both.send("creator", folder)
    assert (sent.status_code, sent.json["state"], sent.json["created"]) == (202, "verifying", True)
    organizer = both.caller("creator")
    found = organizer.get(f"/challenges/{SLUG}/verification").json
    assert (found["state"], found["challenge"]["state"]) == ("installed", "ready")
    # So small a challenge's gate lets nobody through: worth knowing, and no mistake.
    assert [(one["severity"], one["code"]) for one in found["findings"]] == [("warning", "gate_too_narrow")]
    assert found["facts"]["rows_test"] == 300
    assert found["facts"]["rows_public"] == 150
    assert found["facts"]["row"] > 0
    # Nobody has scored, and nobody but the organizer sees anything.
    assert both.rows(Submission) == []
    assert organizer.get(f"/challenges/{SLUG}").json["status"] == "announced"
    assert both.caller("kim").get(f"/challenges/{SLUG}").status_code == 404
    tried = organizer.send(f"/challenges/{SLUG}/dry-run", (folder / "sample_submission.csv").read_bytes())
    assert tried.status_code == 202
    assert organizer.get(f"/challenges/{SLUG}/dry-run").json["ok"] is True
    assert both.rows(Submission) == both.rows(Evaluation) == []
    published = organizer.post(f"/challenges/{SLUG}/schedule", dates(both))
    assert (published.status_code, published.json["state"], published.json["status"]) == (200, "published", "announced")
    # The baseline went through the queue as a shipped challenge's does.
    assert [row.state for row in both.rows(Evaluation)] == ["scored"]
    assert both.rows(Submission)[0].receipt["signature"]
    assert both.caller("kim").get(f"/challenges/{SLUG}").json["status"] == "announced"
    both.later = timedelta(minutes=2)
    assert both.caller(None).get("/challenges").json["challenges"][0]["status"] == "open"
    kinds = [row.kind for row in both.rows(LedgerEntry)]
    for kind in ("upload_received", "labels_opened", "upload_verified", "challenge_published", "challenge_scheduled"):
        assert kind in kinds, kind
    assert kinds.index("labels_opened") < kinds.index("upload_verified")


def test_facts_are_those_that_seeding_publishes(world: World, folder: Path, tmp_path: Path):
    from worker import folders

    world.send("creator", folder)
    made = folders.make(folder, tmp_path / "out", settings=world.site.worker)["facts"]
    assert world.hosted().facts == made


ROUTES = [
    ("GET", "", None),
    ("GET", "/files/train.csv", None),
    ("GET", "/files/test.csv", None),
    ("GET", "/leaderboard", None),
    ("GET", "/analysis", None),
    ("GET", "/team", None),
    ("GET", "/submissions", None),
    ("GET", "/verification", None),
    ("GET", "/dry-run", None),
    ("POST", "/agreement", {"version": "1"}),
    ("POST", "/teams", {"name": "A team"}),
    ("POST", "/check", b"file"),
    ("POST", "/submissions", b"file"),
    ("POST", "/dry-run", b"file"),
    ("POST", "/schedule", {}),
    ("POST", "/extend", {"closes_at": "2099-02-01T00:00:00+09:00", "reason": "x"}),
    ("POST", "/pause", {"reason": "x"}),
    ("POST", "/resume", None),
    ("POST", "/withdraw", {"reason": "x"}),
    ("POST", "/cancel", {"reason": "x"}),
    ("POST", "/version", {"version": "2"}),
]


def ask(world: World, who: str | None, method: str, path: str, body: object, content: bytes) -> int:
    caller = world.caller(who)
    if isinstance(body, bytes):
        return caller.send(f"/challenges/{SLUG}{path}", content).status_code
    if method == "GET":
        return caller.get(f"/challenges/{SLUG}{path}").status_code
    return caller.post(f"/challenges/{SLUG}{path}", body).status_code


def test_an_unpublished_challenge_is_its_organizers_alone(world: World, folder: Path):
    """Every route, as everybody: to others it is not there, in each of its states."""
    content = (folder / "sample_submission.csv").read_bytes()
    world.queue.deaf = True
    world.send("creator", folder)
    for who in ("kim", "judge", "other-creator"):
        world.caller(who)
    world.grant("judge", "judge")

    def nobody_sees_it(*, previewed: bool) -> None:
        for method, path, body in ROUTES:
            for who in (None, "kim", "other-creator", "judge"):
                expected = (401, 404) if who is None else (404,)
                assert ask(world, who, method, path, body, content) in expected, (who, method, path)
        for who in ("creator", "admin"):
            for path in ("", "/files/train.csv", "/files/test.csv", "/leaderboard"):
                assert (ask(world, who, "GET", path, None, content) == 200) == previewed, (who, path)
            assert world.caller(who).get("/challenges").json["challenges"] == []
            assert ask(world, who, "GET", "/verification", None, content) == 200
            # A preview is for looking: an organizer has no team in it, and an administrator can make none.
            for path, body in (("/teams", {"name": "x"}), ("/agreement", {"version": "1"})):
                assert ask(world, who, "POST", path, body, content) == 404

    assert world.hosted().row.state == "verifying"
    nobody_sees_it(previewed=False)
    world.queue.deaf = False
    world.queue.verify(1)
    assert world.hosted().row.state == "ready"
    nobody_sees_it(previewed=True)
    assert world.caller("creator").post(f"/challenges/{SLUG}/withdraw", {"reason": "x"}).status_code == 200
    assert world.hosted().row.state == "withdrawn"
    nobody_sees_it(previewed=True)
    spoilt = (folder / "labels.csv").read_bytes().replace(b",public\n", b",private\n")
    world.send("creator", folder, labels=world.seal(folder, spoilt))
    assert world.hosted().row.state == "withdrawn", "a refused upload leaves what stood before"


def test_only_organizers_conduct_a_published_challenge(world: World, folder: Path):
    content = (folder / "sample_submission.csv").read_bytes()
    world.send("creator", folder)
    assert world.caller("creator").post(f"/challenges/{SLUG}/schedule", dates(world)).status_code == 200
    for who in ("kim", "judge", "other-creator"):
        world.caller(who)
    world.grant("judge", "judge")
    acts = [one for one in ROUTES if one[1] in ("/verification", "/dry-run") or ROUTES.index(one) > 13]
    assert len(acts) == 10
    for method, path, body in acts:
        for who, expected in ((None, 401), ("kim", 403), ("other-creator", 403), ("judge", 403)):
            assert ask(world, who, method, path, body, content) == expected, (who, path)
    for method, path, body in acts:
        for who in ("creator", "admin"):
            assert ask(world, who, method, path, body, content) not in (401, 403), (who, path)


def test_who_may_send_a_challenge(world: World, folder: Path):
    assert world.caller(None).ask("POST", "/challenges").status_code == 401
    refused = world.send("kim", folder)
    assert (refused.status_code, refused.json["code"]) == (403, "creators_only")
    world.nothing_is_left()
    assert world.send("admin", folder).status_code == 202
    taken = world.send("creator", folder)
    assert (taken.status_code, taken.json["code"]) == (409, "slug_taken")
    world.grant("kim", "organizer")
    # An organizer by invitation may send the next version of that challenge, and no new one.
    assert world.send("kim", folder).status_code == 202
    toml = (folder / "challenge.toml").read_text().replace(SLUG, "another-one")
    (folder / "challenge.toml").write_text(toml)
    assert world.send("kim", folder).json["code"] == "creators_only"


def test_the_same_upload_again_is_the_same(world: World, folder: Path):
    world.queue.deaf = True
    bundle, labels = publishing.packed(folder), world.seal(folder)
    first = world.send("creator", folder, bundle=bundle, labels=labels)
    again = world.send("creator", folder, bundle=bundle, labels=labels)
    assert (first.json["created"], again.json["created"], len(world.rows(Publication))) == (True, False, 1)


def test_a_refused_upload_is_mended_under_the_same_name(world: World, folder: Path):
    whole = (folder / "labels.csv").read_bytes()
    one_split = whole.replace(b",private\n", b",public\n")
    assert world.send("creator", folder, labels=world.seal(folder, one_split)).status_code == 202
    found = world.caller("creator").get(f"/challenges/{SLUG}/verification").json
    assert (found["state"], found["challenge"]["state"]) == ("refused", "refused")
    mistakes = [one for one in found["findings"] if one["severity"] == "mistake"]
    assert [(one["code"], one["about"]) for one in mistakes] == [("missing_split", "private")]
    assert mistakes[0]["message"] == "The labels hold no private row."
    assert found["facts"] == {}
    assert world.send("other-creator", folder).json["code"] == "slug_taken"
    assert world.caller("creator").post(f"/challenges/{SLUG}/schedule", dates(world)).status_code == 409
    world.send("creator", folder)
    assert world.hosted().row.state == "ready"
    assert [row.state for row in world.rows(Publication)] == ["dropped", "installed"]
    assert len(world.rows(Challenge)) == 1


def test_a_newer_upload_replaces_a_ready_one_only_once_it_is_verified(world: World, folder: Path):
    world.send("creator", folder)
    before = world.hosted().row.definition_sha256
    toml = folder / "challenge.toml"
    toml.write_text(toml.read_text().replace("A small challenge", "A mended challenge"))
    world.queue.deaf = True
    world.send("creator", folder)
    assert (world.hosted().row.state, world.hosted().row.definition_sha256) == ("ready", before)
    waiting = world.caller("creator").post(f"/challenges/{SLUG}/schedule", dates(world))
    assert (waiting.status_code, waiting.json["code"]) == (409, "still_verifying")
    world.queue.deaf = False
    world.queue.verify(2)
    assert world.hosted().definition.title.en == "A mended challenge"
    assert len(world.hosted().files) == len({file.name for file in world.hosted().files.values()})


def test_a_dry_run_keeps_codes_and_leaves_nothing_behind(world: World, folder: Path, tmp_path: Path):
    world.send("creator", folder)
    organizer = world.caller("creator")
    before = set(world.stored())
    bad = organizer.send(f"/challenges/{SLUG}/dry-run", b"patient_id,p_3y\nP000000,2\n")
    assert (bad.status_code, bad.json["code"]) == (422, "bad_file")
    file = small.predictions([f"P{n:06d}" for n in range(300)], [0.01 * (n % 90) for n in range(300)])
    assert organizer.send(f"/challenges/{SLUG}/dry-run", file).status_code == 202
    told = organizer.get(f"/challenges/{SLUG}/dry-run").json
    assert (told["state"], told["ok"], told["codes"], told["scores"]) == ("done", True, [], {})
    assert 0 < told["seconds"] < 60
    assert set(world.rows(DryRun)[0].outcome) == {"ok", "codes", "seconds"}
    assert set(world.stored()) == before, "the file is still in the store"
    # The same file as a baseline's is not deleted with the dry run.
    baseline = (folder / "baseline_reference.csv").read_bytes()
    organizer.send(f"/challenges/{SLUG}/dry-run", baseline)
    assert set(world.stored()) == before
    assert len(world.rows(DryRun)) == 1
    organizer.post(f"/challenges/{SLUG}/schedule", dates(world))
    world.later = timedelta(hours=1)
    late = organizer.send(f"/challenges/{SLUG}/dry-run", file)
    assert (late.status_code, late.json["code"]) == (409, "opened")


def test_a_dry_run_of_a_practice_challenge_tells_its_scores(world: World, tmp_path: Path):
    small.write(tmp_path / "open", gate="none")
    world.send("creator", tmp_path / "open")
    organizer = world.caller("creator")
    organizer.send(f"/challenges/{SLUG}/dry-run", (tmp_path / "open" / "baseline_reference.csv").read_bytes())
    scores = organizer.get(f"/challenges/{SLUG}/dry-run").json["scores"]
    assert set(scores) == {"ipa@1095", "harrell_c"}
    assert 0.5 < scores["harrell_c"]["value"] < 1


def test_one_dry_run_at_a_time(world: World, folder: Path):
    world.send("creator", folder)
    world.queue.deaf = True
    organizer, file = world.caller("creator"), (folder / "sample_submission.csv").read_bytes()
    assert organizer.send(f"/challenges/{SLUG}/dry-run", file).json["state"] == "waiting"
    assert organizer.send(f"/challenges/{SLUG}/dry-run", file).json["code"] == "dry_run_waiting"
    world.queue.deaf = False
    world.queue.dry_run(1)
    assert organizer.get(f"/challenges/{SLUG}/dry-run").json["state"] == "done"


def test_acts_are_refused_when_they_cannot_be(world: World, folder: Path):
    world.send("creator", folder)
    organizer = world.caller("creator")

    def code(act: str, body: object = None) -> str:
        answer = organizer.post(f"/challenges/{SLUG}/{act}", body)
        return "" if answer.status_code == 200 else answer.json["code"]

    assert code("pause", {"reason": "x"}) == code("cancel", {"reason": "x"}) == "not_now"
    assert code("resume") == "not_paused"
    assert code("extend", {"closes_at": "2099-02-01T00:00:00+09:00", "reason": "x"}) == "no_close"
    past = organizer.post(f"/challenges/{SLUG}/schedule", {"opens_at": "2020-01-01T00:00:00+09:00"})
    assert (past.status_code, past.json["errors"][0]["field"]) == (422, "opens_at")
    # The definition's own opening lies in the past too: it has to be given.
    assert code("schedule", {}) == "invalid_field"
    assert code("schedule", {"opens_at": 1_800_000_000}) == "invalid_field"
    assert code("schedule", {"opens_at": "2098-01-01T00:00:00"}) == "invalid_field"
    assert (
        code("schedule", {"opens_at": "2098-01-01T00:00:00Z", "closes_at": "2097-01-01T00:00:00Z"}) == "invalid_field"
    )
    assert code("schedule", {"opens_at": "2098-01-01T00:00:00Z"}) == ""
    # The calendar may move either way until the opening.
    assert code("schedule", dates(world)) == ""
    assert code("withdraw", {}) == code("withdraw", {"reason": " \u200b "}) == "invalid_field"


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"])
def test_no_date_is_so_far_that_pages_cannot_show_it(world: World, folder: Path, end: str):
    """One organizer's date beyond a zone's reach would break every page that lists the challenge, for everybody."""
    world.send("creator", folder)
    organizer = world.caller("creator")
    for asked in ({"closes_at": end}, {"opens_at": end, "closes_at": end}):
        assert organizer.post(f"/challenges/{SLUG}/schedule", dates(world) | asked).status_code == 422
    assert organizer.post(f"/challenges/{SLUG}/schedule", dates(world)).status_code == 200
    assert organizer.post(f"/challenges/{SLUG}/extend", {"closes_at": end, "reason": "x"}).status_code == 422
    assert organizer.get(f"/challenges/{SLUG}").status_code == 200
    toml = folder / "challenge.toml"
    toml.write_text(toml.read_text().replace("closes = 2099-01-01T00:00:00+09:00", f"closes = {end}"))
    assert end in toml.read_text()
    with pytest.raises(DefinitionError, match="years 1970 and 2999"):
        load(toml.parent)


def test_a_version_of_a_published_challenge_waits_apart(world: World, folder: Path):
    world.send("creator", folder)
    organizer = world.caller("creator")
    organizer.post(f"/challenges/{SLUG}/schedule", dates(world))
    before = world.hosted()
    assert world.send("creator", folder).json["code"] == "version_not_higher"
    toml = folder / "challenge.toml"
    text = toml.read_text()
    toml.write_text(text.replace('version = "1.0.0"', 'version = "1.10.0"'))
    assert world.send("creator", folder).json["code"] == "note_needed"
    note = {"note_ko": "두 사람의 결과를 바로잡음", "note_en": "Two outcomes were corrected"}
    assert world.send("creator", folder, **note).status_code == 202
    found = organizer.get(f"/challenges/{SLUG}/verification").json
    assert (found["state"], found["version"], found["challenge"]["version"]) == ("verified", "1.10.0", "1.0.0")
    assert world.hosted().row == before.row
    assert organizer.post(f"/challenges/{SLUG}/version", {"version": "1.9.0"}).json["code"] == "no_version"
    adopted = organizer.post(f"/challenges/{SLUG}/version", {"version": "1.10.0"})
    assert (adopted.status_code, adopted.json["version"]) == (200, "1.10.0")
    labels = world.hosted().labels
    assert labels is not None
    assert labels.version == 2
    told = [row.data for row in world.rows(LedgerEntry) if row.kind == "challenge_version"]
    assert told[0]["note"]["en"] == note["note_en"]
    assert world.hosted().row.opens_at == before.row.opens_at


def test_a_version_that_is_another_contest_is_refused(world: World, folder: Path):
    world.send("creator", folder)
    organizer = world.caller("creator")
    organizer.post(f"/challenges/{SLUG}/schedule", dates(world, timedelta(0)))
    toml = folder / "challenge.toml"
    toml.write_text(toml.read_text().replace('version = "1.0.0"', 'version = "2"'))
    (folder / "baseline_reference.csv").write_bytes((folder / "sample_submission.csv").read_bytes())
    world.send("creator", folder, note_ko="가", note_en="a")
    refused = organizer.post(f"/challenges/{SLUG}/version", {"version": "2"})
    assert (refused.status_code, refused.json["code"]) == (422, "locked")
    assert world.hosted().row.version == "1.0.0"


def test_what_is_withdrawn_can_be_mended_and_published_again(both: World, folder: Path):
    both.send("creator", folder)
    organizer = both.caller("creator")
    organizer.post(f"/challenges/{SLUG}/schedule", dates(both))
    member = both.caller("kim")
    assert member.post(f"/challenges/{SLUG}/agreement", {"version": "1"}).status_code == 200
    team = member.post(f"/challenges/{SLUG}/teams", {"name": "Early"}).json
    code = member.post(f"/teams/{team['id']}/invitations").json["code"]
    withdrawn = organizer.post(f"/challenges/{SLUG}/withdraw", {"reason": "a wrong split"})
    assert (withdrawn.json["state"], withdrawn.json["stopped"]) == ("withdrawn", "a wrong split")
    assert member.get(f"/challenges/{SLUG}").status_code == 404
    assert both.caller("lee").post(f"/invitations/{code}/accept").status_code == 404
    toml = folder / "challenge.toml"
    toml.write_text(toml.read_text().replace("A small challenge", "A mended challenge"))
    both.send("creator", folder)
    assert (both.hosted().row.state, both.rows(Submission), both.hosted().row.opens_at) == ("ready", [], None)
    assert organizer.post(f"/challenges/{SLUG}/schedule", dates(both)).status_code == 200
    assert [row.state for row in both.rows(Evaluation)] == ["scored"]
    assert member.get(f"/challenges/{SLUG}/team").json["name"] == "Early"
    assert [row.kind for row in both.rows(LedgerEntry)].count("challenge_published") == 2


def test_a_pause_and_a_cancellation_say_why(world: World, folder: Path):
    world.send("creator", folder)
    organizer = world.caller("creator")
    organizer.post(f"/challenges/{SLUG}/schedule", dates(world))
    world.later = timedelta(hours=1)
    member = world.caller("kim")
    member.post(f"/challenges/{SLUG}/agreement", {"version": "1"})
    member.post(f"/challenges/{SLUG}/teams", {"name": "Team"})
    file = (folder / "sample_submission.csv").read_bytes()
    assert organizer.post(f"/challenges/{SLUG}/pause", {"reason": "The dictionary is wrong"}).status_code == 200
    refused = member.send(f"/challenges/{SLUG}/submissions", file)
    assert (refused.status_code, refused.json["code"]) == (409, "paused")
    assert "The dictionary is wrong" in refused.json["detail"]
    assert "cost none" in refused.json["detail"]
    assert member.get(f"/challenges/{SLUG}/team").json["quota"]["used_total"] == 0
    assert member.get(f"/challenges/{SLUG}").json["paused"] == "The dictionary is wrong"
    assert organizer.post(f"/challenges/{SLUG}/resume").json["paused"] is None
    sent = member.send(f"/challenges/{SLUG}/submissions", file)
    assert sent.status_code == 202
    # Which file is the final may change while nothing is taken.
    organizer.post(f"/challenges/{SLUG}/pause", {"reason": "again"})
    chosen = member.ask(
        "PATCH",
        f"/submissions/{sent.json['id']}",
        data=json.dumps({"final": True}),
        content_type="application/json",
    )
    assert chosen.status_code == 200
    assert organizer.post(f"/challenges/{SLUG}/withdraw", {"reason": "x"}).json["code"] == "not_now"
    shorter = {"closes_at": (world.now() + timedelta(days=1)).isoformat(), "reason": "x"}
    assert organizer.post(f"/challenges/{SLUG}/extend", shorter).json["code"] == "invalid_field"
    longer = {"closes_at": (world.now() + timedelta(days=60)).isoformat(), "reason": "x"}
    assert organizer.post(f"/challenges/{SLUG}/extend", longer).status_code == 200
    assert organizer.post(f"/challenges/{SLUG}/schedule", dates(world)).json["code"] == "opened"
    cancelled = organizer.post(f"/challenges/{SLUG}/cancel", {"reason": "Labels were published elsewhere"})
    assert (cancelled.json["state"], cancelled.json["status"]) == ("cancelled", "cancelled")
    seen = world.caller(None).get(f"/challenges/{SLUG}").json
    assert (seen["status"], seen["stopped"]) == ("cancelled", "Labels were published elsewhere")
    refused = member.send(f"/challenges/{SLUG}/submissions", file + b"\n")
    assert (refused.status_code, refused.json["code"]) == (409, "cancelled")
    assert world.send("creator", folder).json["code"] == "cancelled"
    reasons = {row.kind: row.data.get("reason") for row in world.rows(LedgerEntry) if "reason" in row.data}
    assert set(reasons) == {"intake_paused", "challenge_extended", "challenge_cancelled"}


def test_broken_requests(world: World, folder: Path):
    creator = world.caller("creator")
    assert creator.post("/challenges", {}).status_code == 415
    assert creator.ask("POST", "/challenges", data={"labels": (io.BytesIO(b"x"), "x")}).json["code"] == "invalid_field"
    no_labels = creator.ask("POST", "/challenges", data={"bundle": (io.BytesIO(publishing.packed(folder)), "b.zip")})
    assert (no_labels.status_code, no_labels.json["code"]) == (422, "no_labels")
    world.nothing_is_left()
