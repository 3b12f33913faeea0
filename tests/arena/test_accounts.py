import time
from datetime import timedelta

import pytest

from arena import accounts, sessions
from arena.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from arena.store.engine import reading, transaction

PASSWORD = "correct horse 9"


def sign_up(site, email: str = "Student@Example.org", *, policy: str = "open", code: str | None = None):
    with transaction(site.engine) as session:
        return accounts.sign_up(
            session, email=email, name="학생", password=PASSWORD, language="ko", policy=policy, code=code, at=site.now
        )


def sign_in(site, email: str, password: str):
    with reading(site.engine) as session:
        return accounts.sign_in(session, email=email, password=password, at=site.now)


def test_an_address_is_one_account_whatever_its_case(site) -> None:
    made = sign_up(site)
    assert made.email == "student@example.org"
    assert sign_in(site, " STUDENT@example.org", PASSWORD).id == made.id
    with pytest.raises(Conflict, match="email_taken"):
        sign_up(site, "student@EXAMPLE.org")


@pytest.mark.parametrize("email", ["", "a", "a@b", "a b@c.org", "a@b.org\r\nBcc: x@y.org", "a@" + "b" * 260 + ".org"])
def test_what_cannot_be_an_address_is_refused(site, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        sign_up(site, email)
    assert "email" in caught.value.fields


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused(site, password: str) -> None:
    with transaction(site.engine) as session, pytest.raises(Invalid) as caught:
        accounts.create_user(session, email="a@b.org", name="a", admin=False, password=password, at=site.now)
    assert "password" in caught.value.fields


def test_signing_in_says_the_same_for_an_unknown_address_and_takes_as_long(site) -> None:
    sign_up(site)
    errors, seconds = [], []
    for email in ("student@example.org", "nobody@example.org"):
        started = time.perf_counter()
        with pytest.raises(NotSignedIn) as caught:
            sign_in(site, email, "wrong password")
        seconds.append(time.perf_counter() - started)
        errors.append((caught.value.code, caught.value.message))
    assert errors[0] == errors[1]
    assert seconds[1] > seconds[0] / 5, "an unknown address must not be told by a quick answer"


def test_a_token_is_stored_as_a_hash_and_ends_when_revoked_or_expired(site) -> None:
    person = sign_up(site)
    with transaction(site.engine) as session:
        token, secret = accounts.issue_token(session, person, name="notebook", at=site.now)
        short, ending = accounts.issue_token(
            session, person, name="x", at=site.now, expires_at=site.now + timedelta(hours=1)
        )
        assert secret not in (token.token_hash, token.hint)
        assert accounts.authenticate_token(session, secret, site.now).id == person.id
        assert accounts.authenticate_token(session, ending, site.now).id == person.id
    site.at(hours=2)
    with transaction(site.engine) as session:
        with pytest.raises(NotSignedIn):
            accounts.authenticate_token(session, ending, site.now)
        accounts.revoke_token(session, person, token.id, site.now)
    other = sign_up(site, "other@example.org")
    with transaction(site.engine) as session:
        with pytest.raises(NotSignedIn):
            accounts.authenticate_token(session, secret, site.now)
        with pytest.raises(NotFound):
            accounts.revoke_token(session, other, short.id, site.now)


def test_an_invitation_link_works_once_and_in_time(site) -> None:
    with transaction(site.engine) as session:
        code = accounts.make_link(session, purpose="signup", user_id=None, at=site.now, hours=24)
        late = accounts.make_link(session, purpose="signup", user_id=None, at=site.now, hours=1)
    with pytest.raises(Forbidden):
        sign_up(site, policy="invite", code="guess")
    sign_up(site, policy="invite", code=code)
    with pytest.raises(Forbidden):
        sign_up(site, "b@example.org", policy="invite", code=code)
    site.at(hours=2)
    with pytest.raises(Forbidden):
        sign_up(site, "c@example.org", policy="invite", code=late)


def test_the_set_up_link_makes_the_first_administrator_once(site) -> None:
    with transaction(site.engine) as session:
        code = accounts.make_link(session, purpose="setup", user_id=None, at=site.now, hours=24)
        assert not accounts.has_administrator(session)
        made = accounts.use_setup_link(
            session, code=code, email="a@b.org", name="A", password=PASSWORD, language="en", at=site.now
        )
        assert made.is_admin
        assert accounts.has_administrator(session)
    with transaction(site.engine) as session, pytest.raises(Forbidden):
        accounts.use_setup_link(
            session, code=code, email="c@b.org", name="C", password=PASSWORD, language="en", at=site.now
        )


def test_a_new_password_ends_every_session(site) -> None:
    person = sign_up(site)
    with transaction(site.engine) as session:
        key = sessions.begin(session, person, device="", at=site.now)
    with transaction(site.engine) as session:
        person = accounts.user(session, person.id)
        with pytest.raises(Invalid):
            accounts.change_password(session, person, old="wrong", new="another horse 8", at=site.now)
        assert sessions.reader(session, key, site.now).id == person.id
        accounts.change_password(session, person, old=PASSWORD, new="another horse 8", at=site.now)
        assert sessions.reader(session, key, site.now) is None
    assert sign_in(site, "student@example.org", "another horse 8").id == person.id
    with pytest.raises(NotSignedIn):
        sign_in(site, "student@example.org", PASSWORD)


def test_a_role_is_granted_on_one_challenge(site) -> None:
    site.publish()
    site.publish("other")
    person = sign_up(site)
    with transaction(site.engine) as session:
        accounts.grant(session, email=person.email, role="organizer", slug="small", at=site.now)
        accounts.grant(session, email=person.email, role="organizer", slug="small", at=site.now)
        assert accounts.roles(session, person, site.hosted().row) == {"organizer"}
        assert accounts.roles(session, person, site.hosted("other").row) == set()
        with pytest.raises(NotFound):
            accounts.grant(session, email=person.email, role="emperor", slug="small", at=site.now)
