"""What the publishing pages answer: who may see them, and what their scripts are told."""

import json
import re

import pytest
from nacl.public import PrivateKey

from arena import accounts, sealing
from arena.store.engine import transaction
from challenges import sealed
from challenges.definition import parse
from tests.web.conftest import TOML, World

PAGES = ("/organize/new", "/organize/new/form", "/organize/new/zip")
ASKED = ("/organize/new/definition", "/organize/new/texts")
DIGEST = "ab" * 32
GOOD = TOML.format(
    slug="small", gate="significant", practice="false", synthetic="true", before="submission", admission="open"
)
ANSWERS = {
    "slug": "small",
    "title_ko": "작은 챌린지",
    "title_en": "Small",
    "summary_ko": "누가?",
    "summary_en": "Who?",
    "kind": "survival",
    "id": "patient_id",
    "time": "days",
    "event": "died",
    "outcome": "",
    "split": "split",
    "horizons": [365, 1095],
    "primary": "ipa@1095",
    "columns": [{"name": "age", "type": "integer", "unit": "years", "codes": ""}],
    "practice": False,
    "synthetic": True,
    "license": "CC0-1.0",
    "provenance_ko": "",
    "provenance_en": "",
    "steps_ko": [],
    "steps_en": [],
    "subgroups": [],
    "per_day": 3,
    "total": 60,
    "opens": "2027-01-04T09:00",
    "closes": "2027-03-04T18:00",
    "admission": "",
    "agreement": "",
    "ids_sha256": DIGEST,
}


@pytest.fixture
def keyed(world: World, tmp_path) -> World:
    """A site whose workers have a key, with a person for every role."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (home / "labels.pub").write_text(PrivateKey(b"\x05" * 32).public_key.encode().hex() + "\n", encoding="ascii")
    world.publish()
    for name in ("mina", "judge", "organizer", "creator"):
        world.person(name)
    with transaction(world.engine) as session:
        for name, role, slug in (
            ("judge", "judge", "small"),
            ("organizer", "organizer", "small"),
            ("creator", "creator", None),
        ):
            accounts.grant(session, email=f"{name}@example.org", role=role, slug=slug, at=world.now)
        accounts.create_user(
            session, email="admin@example.org", name="admin", admin=True, password="correct horse 9", at=world.now
        )
    return world


def ask(world: World, visitor, path: str, question: object, *, token: bool = True):
    page = visitor.get("/account").text
    held = re.search(r'name="csrf_token" value="([^"]+)"', page)
    headers = {"Accept-Language": visitor.language, "Content-Type": "application/json"}
    if token and held:
        headers["X-CSRFToken"] = held[1]
    return visitor.client.post(path, data=json.dumps(question), headers=headers)


def test_pages_and_questions_are_for_people_who_may_create_challenges(keyed):
    nobody = keyed.visitor()
    for path in PAGES:
        answer = nobody.get(path)
        assert answer.status_code == 303, path
        assert "/signin" in answer.headers["Location"]
    for name, status in (("mina", 403), ("judge", 403), ("organizer", 200), ("creator", 200), ("admin", 200)):
        visitor = keyed.visitor().sign_in(f"{name}@example.org")
        for path in PAGES:
            assert visitor.get(path).status_code == status, (name, path)
        creates = name in ("creator", "admin")
        assert ('href="/organize"' in visitor.get("/").text) == (status == 200), name
        for path in ("/organize", "/account"):
            assert ('href="/organize/new"' in visitor.get(path).text) == creates, (name, path)
        for path, question in zip(ASKED, ({"text": GOOD}, ANSWERS), strict=True):
            assert ask(keyed, visitor, path, question).status_code == status, (name, path)
    for path in ASKED:
        assert keyed.visitor().client.post(path, json={"text": GOOD}).status_code in (400, 401)


def test_a_question_from_another_site_is_refused(keyed):
    visitor = keyed.visitor().sign_in("creator@example.org")
    for path in ASKED:
        assert ask(keyed, visitor, path, {"text": GOOD}, token=False).status_code == 400


def test_the_pages_carry_the_key_and_say_plainly_what_sealing_does_not_protect(keyed, tmp_path):
    visitor = keyed.visitor().sign_in("creator@example.org")
    key = PrivateKey(b"\x05" * 32).public_key.encode()
    for path in PAGES:
        text = visitor.get(path).text
        assert sealing.fingerprint(key) in text
        assert "takeover of the site’s process" in text
        assert "cannot enter the workers’ folder" in text
        assert "trusts this page" in text
    assert key.hex() in visitor.get(PAGES[1]).text
    (tmp_path / "home" / "worker").mkdir()
    assert "share one operating-system user" in visitor.get(PAGES[0]).text
    assert "cannot enter the workers’ folder" not in visitor.get(PAGES[0]).text
    (tmp_path / "home" / "labels.pub").unlink()
    assert visitor.get(PAGES[0]).status_code == 503


def test_every_mistake_of_a_definition_is_told_with_its_line(keyed):
    visitor = keyed.visitor("ko").sign_in("creator@example.org")
    broken = (
        GOOD.replace('name = "ipa"', 'name = "ipo"')
        .replace("per_day = 2", "per_day = 0")
        .replace('"small"', '"Small one"')
    )
    answer = ask(keyed, visitor, ASKED[0], {"text": broken})
    assert answer.status_code == 422
    found = answer.get_json()["mistakes"]
    lines = broken.splitlines()
    assert {lines[one["line"] - 1].split(" =")[0] for one in found} >= {"slug", "name", "per_day"}
    assert any("ipo" in one["message"] for one in found)
    assert ask(keyed, visitor, ASKED[0], {"text": "= no toml"}).get_json()["mistakes"][0]["line"] == 1


def test_the_sites_own_addresses_are_no_names_for_challenges(keyed):
    visitor = keyed.visitor().sign_in("creator@example.org")
    taken = ask(keyed, visitor, ASKED[0], {"text": GOOD.replace('"small"', '"new"')}).get_json()
    assert [(one["where"], one["line"]) for one in taken["mistakes"]] == [("slug", 2)]
    assert set(ask(keyed, visitor, ASKED[1], {**ANSWERS, "slug": "new"}).get_json()["fields"]) == {"slug"}


def test_a_definition_is_answered_with_the_header_that_the_shell_would_seal_under(keyed):
    visitor = keyed.visitor().sign_in("creator@example.org")
    told = ask(keyed, visitor, ASKED[0], {"text": GOOD, "ids_sha256": DIGEST}).get_json()["definition"]
    labels = b"patient_id,days,died,split\nP1,5,1,public\nP2,6,0,private\n"
    definition = parse(GOOD)
    header, table = sealed.unpack(told["header"].encode() + labels)
    assert table == labels
    assert header.binding == definition.binding(DIGEST)
    own = ask(keyed, visitor, ASKED[0], {"text": GOOD, "ids_sha256": sealed.ids_digest(["P1", "P2"])}).get_json()
    assert own["definition"]["header"].encode() + labels == sealed.pack(definition, labels)
    assert told["labels"] == {"id": "patient_id", "time": "days", "event": "died", "split": "split"}
    assert told["columns"] == [{"name": "p_3y", "is": "event_probability", "horizon": 1095.0}]
    assert ask(keyed, visitor, ASKED[0], {"text": GOOD}).get_json()["definition"]["header"] is None


def test_texts_are_written_from_answers_and_hold_the_zone_of_the_calendar(keyed):
    visitor = keyed.visitor().sign_in("creator@example.org")
    told = ask(keyed, visitor, ASKED[1], ANSWERS).get_json()
    definition = parse(told["files"]["challenge.toml"])
    assert definition.calendar.opens.isoformat() == "2027-01-04T09:00:00+09:00"
    assert definition.primary.key == "ipa@1095"
    assert told["definition"]["header"] == sealed.header_line(definition, DIGEST)
    assert {"overview.ko.md", "rules.en.md", "dictionary.csv"} <= set(told["files"])


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"slug": "Not a slug"}, {"slug"}),
        ({"horizons": []}, {"horizons"}),
        ({"primary": "d_calibration"}, {"primary"}),
        ({"closes": "2026-01-01T00:00"}, {"closes"}),
        ({"title_ko": "", "summary_en": ""}, {"title_ko", "summary_en"}),
        ({"columns": [{"name": "a", "type": "category", "codes": "1;2"}]}, {"columns"}),
        ({"subgroups": ["nothing"]}, {"subgroups"}),
        ({"per_day": "3"}, {"per_day"}),
        ({"per_day": True}, {"per_day"}),
        ({"opens": "tomorrow"}, {"opens"}),
        ({"kind": "effect"}, {"kind"}),
        ({"surprise": 1}, {"surprise"}),
    ],
)
def test_answers_that_must_be_mended_are_named(keyed, change, fields):
    visitor = keyed.visitor().sign_in("creator@example.org")
    answer = ask(keyed, visitor, ASKED[1], {**ANSWERS, **change})
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) & fields == fields


def test_hostile_answers_stay_text(keyed):
    visitor = keyed.visitor().sign_in("creator@example.org")
    words = {"title_en": 'x"\n[limits]\ntotal = 1', "summary_ko": "<script>alert(1)</script>", "license": "=1+1"}
    told = ask(keyed, visitor, ASKED[1], {**ANSWERS, **words}).get_json()
    definition = parse(told["files"]["challenge.toml"])
    assert definition.title.en == 'x" [limits] total = 1'
    assert definition.limits.total == 60
    for body in (b"", b"[1]", b"{", b'{"text": 1}', b"\xff"):
        token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/account").text)[1]
        headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
        assert visitor.client.post(ASKED[0], data=body, headers=headers).status_code == 422
    assert ask(keyed, visitor, ASKED[0], {"text": "a" * 3_000_000}).status_code == 413
