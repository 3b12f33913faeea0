"""Signing up and in, passwords and tokens, on the site's pages."""

import re

import pytest

from tests.web.conftest import PASSWORD
from tests.web.visiting import text_of


def test_signing_up_enters_the_site_and_returns_to_where_one_came_from(world):
    world.publish()
    visitor = world.visitor()
    asked = visitor.get("/account")
    assert (asked.status_code, asked.location) == (303, "/signin?next=/account")
    form = {
        "email": "Mina@Example.org",
        "name": "Mina",
        "password": PASSWORD,
        "language": "en",
        "next": "/challenges/small/team",
    }
    answer = visitor.post("/signup", form)
    assert (answer.status_code, answer.location) == (303, "/challenges/small/team")
    assert "mina@example.org" in visitor.get("/account").text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_off_the_site_after_signing_in(world, target):
    world.person("mina")
    answer = world.visitor().post("/signin", {"email": "mina@example.org", "password": PASSWORD, "next": target})
    assert answer.location == "/"


def test_wrong_fields_are_named_first_and_said_again_at_the_field(world):
    answer = world.visitor().post("/signup", {"email": "no-at-sign", "name": "Mina", "password": PASSWORD})
    assert answer.status_code == 422
    assert 'class="error-summary" role="alert"' in answer.text
    assert 'href="#f-email"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'id="e-email"' in answer.text
    assert 'value="Mina"' in answer.text
    assert PASSWORD not in answer.text


def test_a_wrong_password_does_not_say_which_of_the_two_was_wrong(world):
    world.person("mina")
    wrong = [
        world.visitor().post("/signin", {"email": email, "password": "x" * 12})
        for email in ("mina@example.org", "nobody@example.org")
    ]
    assert [answer.status_code for answer in wrong] == [401, 401]
    words = [text_of(answer).replace("mina@", "").replace("nobody@", "") for answer in wrong]
    assert words[0] == words[1]


def test_a_form_without_its_token_is_refused(world):
    answer = world.visitor().client.post("/signin", data={"email": "a@b.kr", "password": PASSWORD})
    assert answer.status_code == 400
    assert "stale" in answer.text or "낡았" in answer.text


def test_one_account_cannot_be_guessed_at_for_ever(world):
    visitor = world.visitor()
    codes = [
        visitor.post("/signin", {"email": "victim@example.org", "password": f"guess number {n}"}).status_code
        for n in range(12)
    ]
    assert codes[:10] == [401] * 10
    assert 429 in codes[10:]


def test_a_token_is_shown_once_and_can_be_revoked(world):
    world.person("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    made = visitor.post("/account/tokens", {"token": "lab server", "days": "90"}, form="/account")
    secret = re.search(r'value="(arena_[\w-]+)"', made.text)[1]
    later = visitor.get("/account")
    assert secret not in later.text
    assert '<th scope="row">lab server' in later.text
    assert later.headers["Cache-Control"] == "no-store"
    number = re.search(r"/account/tokens/(\d+)/revoke", later.text)[1]
    visitor.post(f"/account/tokens/{number}/revoke", form="/account")
    assert '<th scope="row">lab server' not in visitor.get("/account").text


def test_changing_the_password_ends_other_sessions_but_not_this_one(world):
    world.person("mina")
    here, there = world.visitor().sign_in("mina@example.org"), world.visitor().sign_in("mina@example.org")
    changed = here.post("/account/password", {"old": PASSWORD, "password": "another good one"}, form="/account")
    assert changed.status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
