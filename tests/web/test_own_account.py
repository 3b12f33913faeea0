"""Sessions, addresses, forgotten passwords, scopes and leaving, on the site's pages, with a real mail server where letters go."""

import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from arena import mailing, outbox, sessions
from arena.postman import Postman
from arena.store import models
from arena.store.engine import reading, transaction
from tests.support.mailserver import mail_server
from tests.web.conftest import PASSWORD, predictions
from tests.web.test_access_map import form_token
from tests.web.visiting import text_of

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def mail():
    with mail_server() as running:
        yield running


@pytest.fixture
def posting(world, mail):
    """A site with a mail server, and the verb that sends what waits and returns the newest link to somebody."""
    with transaction(world.engine) as session:
        outbox.note_sender(session, present=True, at=world.now)

    def newest(address):
        mailing.deliver(world.engine, Postman(mail.url, BASE), BASE, world.now)
        found = [re.search(rf"{BASE}(/\w+/[\w-]+)", letter.get_content()) for letter in mail.to(address)]
        return [one[1] for one in found if one][-1]

    world.newest = newest
    return world


def cookie(visitor):
    return visitor.client.get_cookie("arena_session").value


def copied(world, value):
    thief = world.visitor()
    thief.client.set_cookie("arena_session", value)
    return thief


def test_signing_out_ends_a_stolen_cookie_too(world):
    world.person("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    thief = copied(world, cookie(visitor))
    assert thief.get("/account").status_code == 200
    visitor.post("/signout", form="/account")
    assert thief.get("/account").status_code == 303
    assert visitor.get("/account").status_code == 303


def test_a_session_that_somebody_prepared_is_not_the_one_that_is_signed_in(world):
    world.person("mina")
    attacker = world.visitor()
    attacker.get("/signin")
    victim = copied(world, cookie(attacker))
    before = cookie(victim)
    victim.sign_in("mina@example.org")
    assert cookie(victim) != before
    assert attacker.get("/account").status_code == 303
    token = form_token(attacker, "/signin")
    answer = victim.client.post("/account/profile", data={"csrf_token": token, "name": "Eve", "language": "en"})
    assert answer.status_code == 400, "a form's token of before is worth nothing after signing in"


def test_signing_in_as_another_ends_the_session_before(world):
    world.person("mina")
    world.person("jun")
    visitor = world.visitor().sign_in("mina@example.org")
    old = cookie(visitor)
    token = form_token(visitor, "/account")
    data = {"csrf_token": token, "email": "jun@example.org", "password": PASSWORD}
    assert visitor.client.post("/signin", data=data).status_code == 303
    assert "jun@example.org" in visitor.get("/account").text
    assert copied(world, old).get("/account").status_code == 303


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://arena.example.org"])
def test_the_sessions_cookie_is_closed_to_scripts_and_other_sites(world, url):
    world.app.config["SESSION_COOKIE_SECURE"] = url.startswith("https")
    world.person("mina")
    visitor = world.visitor()
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.client.get("/signin", base_url=url).text)[1]
    data = {"csrf_token": token, "email": "mina@example.org", "password": PASSWORD}
    answer = visitor.client.post("/signin", data=data, base_url=url, headers={"Referer": f"{url}/signin"})
    (given,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("arena_session=")]
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert ("Secure" in given) == url.startswith("https")


def test_sessions_are_listed_and_ended_one_by_one_or_all(world):
    world.person("mina")
    world.person("eve")
    here, there = world.visitor().sign_in("mina@example.org"), world.visitor().sign_in("mina@example.org")
    eve = world.visitor().sign_in("eve@example.org")
    (number,) = re.findall(r"/account/sessions/(\d+)/end", here.get("/account").text)
    assert eve.post(f"/account/sessions/{number}/end", form="/account").status_code == 404
    assert here.post(f"/account/sessions/{number}/end", form="/account").status_code == 303
    assert (there.get("/account").status_code, here.get("/account").status_code) == (303, 200)
    again = world.visitor().sign_in("mina@example.org")
    assert here.post("/account/sessions/end", form="/account").location == "/signin"
    assert [one.get("/account").status_code for one in (here, again, eve)] == [303, 303, 200]


def test_without_mail_nobody_is_asked_to_verify_and_a_forgotten_password_is_the_administrators(world):
    world.person("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    assert "not verified" not in visitor.get("/account").text
    asked = world.visitor().get("/forgot")
    assert "An administrator makes you a one-time link" in text_of(asked)
    assert '<form action="/forgot"' not in asked.text
    token = form_token(visitor, "/account")
    assert visitor.client.post("/forgot", data={"csrf_token": token, "email": "mina@example.org"}).status_code == 200
    with reading(world.engine) as session:
        assert session.exec(select(models.Link)).first() is None
        assert session.exec(select(models.Mail)).first() is None


def test_whoever_signs_up_verifies_the_address_by_letter(posting):
    visitor = posting.visitor()
    form = {"email": "mina@example.org", "name": "Mina", "password": PASSWORD, "language": "en"}
    assert visitor.post("/signup", form).status_code == 303
    assert "mina@example.org is not verified yet" in text_of(visitor.get("/"))
    link = posting.newest("mina@example.org")
    stranger = posting.visitor()
    asked = stranger.get(link)
    assert (asked.status_code, asked.location) == (303, f"/signin?next={link}")
    posting.person("eve")
    eve = posting.visitor().sign_in("eve@example.org")
    assert eve.get(link).status_code == 404
    assert eve.post(link, form="/account").status_code == 404
    assert visitor.post("/account/verification", form="/account").location == "/account?saved=mailed"
    newer = posting.newest("mina@example.org")
    assert visitor.get(link).status_code == 404, "only the newest link works"
    assert visitor.get(newer).status_code == 200, "opening a link, as a scanner of letters does, verifies nothing"
    assert "not verified" in visitor.get("/account").text
    assert visitor.post(newer).location == "/account?saved=verified"
    assert "not verified" not in visitor.get("/account?saved=verified").text
    assert visitor.post(newer, form="/account").status_code == 404


def test_letters_to_one_person_are_few(posting):
    posting.person("mina")
    visitor = posting.visitor().sign_in("mina@example.org")
    statuses = [visitor.post("/account/verification", form="/account").status_code for _ in range(7)]
    assert (statuses[:5], statuses[5:]) == ([303] * 5, [429] * 2)
    stranger = posting.visitor()
    for email in ("mina@example.org", "nobody@example.org"):
        asked = [stranger.post("/forgot", {"email": email}).status_code for _ in range(6)]
        assert (asked[:5], asked[5]) == ([303] * 5, 429), "counted alike for nobody"


def test_who_asks_for_a_reset_reads_the_same_for_nobody_as_for_somebody(posting):
    posting.person("mina")
    answers = []
    for email in ("mina@example.org", "nobody@example.org", "not an address", "x" * 400, "\u202e@b.kr", ""):
        visitor = posting.visitor()
        answer = visitor.post("/forgot", {"email": email})
        shown = visitor.get(answer.location)
        answers.append((answer.status_code, answer.location, text_of(shown)))
    assert len(set(answers)) == 1
    assert "If there is an account" in answers[0][2]


def test_a_forgotten_password_is_set_by_letter_and_ends_every_session(posting):
    posting.person("mina")
    before = posting.visitor().sign_in("mina@example.org")
    posting.visitor().post("/forgot", {"email": " MINA@example.org"})
    link = posting.newest("mina@example.org")
    visitor = posting.visitor()
    weak = visitor.post(link, {"password": "short"})
    assert (weak.status_code, 'id="e-password"' in weak.text) == (422, True)
    assert visitor.post(link, {"password": "another horse 8", "next": "//evil.example"}).location == "/"
    assert before.get("/account").status_code == 303
    assert "address is verified" not in visitor.get("/account").text
    used = posting.visitor().get(link)
    assert (used.status_code, "does not work any more" in used.text, "/forgot" in used.text) == (404, True, True)
    posting.visitor().post("/forgot", {"email": "mina@example.org"})
    late = posting.newest("mina@example.org")
    posting.pass_time(hours=2)
    assert posting.visitor().get(late).status_code == 404


def test_an_address_is_changed_by_a_letter_to_the_new_one(posting):
    posting.person("mina")
    posting.person("jun")
    visitor = posting.visitor().sign_in("mina@example.org")

    def change(email, password=PASSWORD):
        return visitor.post("/account/email", {"email": email, "present": password}, form="/account")

    for email, password, status in (("x", PASSWORD, 422), ("a@b.kr", "wrong", 422), ("jun@example.org", PASSWORD, 409)):
        answer = change(email, password)
        assert answer.status_code == status
        assert 'class="error-summary"' in answer.text
    assert change("new@example.org").location == "/account?saved=mailed_new"
    assert "mina@example.org" in visitor.get("/account").text
    link = posting.newest("new@example.org")
    assert "new@example.org" in text_of(visitor.get(link)), "what is confirmed is said"
    visitor.post(link)
    assert "new@example.org" in visitor.get("/account").text


def test_a_token_is_made_with_the_scopes_that_are_ticked(world):
    world.person("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    for chosen in ([], ["submit"], ["submit", "organize"]):
        visitor.post("/account/tokens", {"token": "t", "days": "90", "scope": chosen}, form="/account")
    wrong = visitor.post("/account/tokens", {"token": "t", "scope": "everything"}, form="/account")
    assert (wrong.status_code, "no such scope" in wrong.text) == (422, True)
    with reading(world.engine) as session:
        rows = session.exec(select(models.ApiToken)).all()
    assert [row.scopes for row in rows] == ["read", "read submit", "read submit organize"]
    assert rows[0].expires_at == world.now + timedelta(days=90)


def test_ones_data_is_taken_along_and_the_account_deleted(world):
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    other = world.visitor().sign_in("mina@example.org")
    got = visitor.get("/account/data.json")
    assert (got.headers["Cache-Control"], "attachment" in got.headers["Content-Disposition"]) == ("no-store", True)
    assert json.loads(got.text)["account"]["email"] == "mina@example.org"
    assert "does not come back" in visitor.get("/account/delete").text
    wrong = visitor.post("/account/delete", {"confirmation": "mina@example.org", "farewell": "wrong one"})
    assert (wrong.status_code, 'id="e-farewell"' in wrong.text) == (422, True)
    done = visitor.post("/account/delete", {"confirmation": "Mina@example.org ", "farewell": PASSWORD})
    assert (done.status_code, "The account is deleted" in done.text) == (200, True)
    assert [one.get("/account").status_code for one in (visitor, other)] == [303, 303]
    assert world.visitor().post("/signin", {"email": "mina@example.org", "password": PASSWORD}).status_code == 401
    again = {"email": "mina@example.org", "name": "New", "password": PASSWORD, "language": "en"}
    assert world.visitor().post("/signup", again).status_code == 303


def test_who_has_left_is_called_so_in_both_languages(world):
    world.publish()
    mina = world.team("mina")
    world.organizer()
    visitor = world.visitor().sign_in("mina@example.org")
    visitor.upload("small", predictions(5))
    visitor.post("/account/delete", {"confirmation": mina.email, "farewell": PASSWORD})
    for language, words in (("ko", "탈퇴한 참가자"), ("en", "Deleted participant")):
        desk = world.visitor(language).sign_in("olga@example.org")
        for page in ("/organize/small/participants", "/organize/small/participants.csv"):
            text = desk.get(page).text
            assert words in text, page
            assert "deleted.invalid" not in text, page


def test_the_last_administrator_is_told_why_not(world):
    boss = world.person("boss")
    with transaction(world.engine) as session:
        session.get(models.User, boss.id).is_admin = True
    visitor = world.visitor("en").sign_in("boss@example.org")
    page = visitor.get("/account/delete")
    assert "last administrator" in page.text
    assert 'action="/account/delete"' not in page.text
    refused = visitor.post("/account/delete", {"confirmation": boss.email, "farewell": PASSWORD}, form="/account")
    assert refused.status_code == 409


def test_an_old_session_ends_by_itself(world):
    world.person("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    world.pass_time(days=sessions.LONGEST.days)
    assert visitor.get("/account").status_code == 303
