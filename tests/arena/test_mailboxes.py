"""Whose an address is: verified by letter over real SMTP, changed, and what an address that nobody has verified does not open."""

import re

import pytest
from sqlalchemy import event

from arena import accounts, admission, mailboxes, outbox, sessions
from arena.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from arena.postman import Postman
from arena.store import models
from arena.store.engine import reading, transaction
from tests.arena.announcing import BASE, deliver

PASSWORD = "correct horse 9"
LINK = re.compile(r"https://arena\.example\.org/(?:verify|reset)/([\w-]+)")


@pytest.fixture
def mailing_site(site):
    with transaction(site.engine) as session:
        outbox.note_sender(session, present=True, at=site.now)
    return site


def run(site, act, *given, **named):
    with transaction(site.engine) as session:
        return act(session, *given, **named)


def fresh(site, person):
    with reading(site.engine) as session:
        return session.get(models.User, person.id)


def ask(site, person):
    return run(site, mailboxes.send_verification, fresh(site, person), base_url=BASE, at=site.now)


def forget(site, email):
    run(site, mailboxes.ask_reset, email=email, at=site.now)


def codes(mail, address):
    return [LINK.search(letter.get_content())[1] for letter in mail.to(address) if LINK.search(letter.get_content())]


def confirm(site, person, code):
    run(site, mailboxes.confirm, fresh(site, person), code, site.now)


def reset(site, code, password="another horse 8"):
    return run(site, accounts.use_reset_link, code=code, password=password, at=site.now)


def test_without_mail_no_address_needs_verifying(site):
    mina = site.person("Mina")
    assert not ask(site, mina)
    with reading(site.engine) as session:
        assert mailboxes.stands(session, mina)
        assert session.exec(models.Mail.__table__.select()).first() is None


def test_a_letter_verifies_the_address_once_and_for_its_owner_only(mailing_site, mail):
    site = mailing_site
    mina, eve = site.person("Mina"), site.person("Eve")
    assert ask(site, mina)
    deliver(site, mail)
    (code,) = codes(mail, mina.email)
    assert "Arena 계정이 이 주소를 씁니다" in mail.to(mina.email)[0].get_content()
    with pytest.raises(NotFound):
        confirm(site, eve, code)
    confirm(site, mina, code)
    assert fresh(site, mina).email_verified_at == site.now
    with pytest.raises(Forbidden, match="used or has expired"):
        confirm(site, mina, code)
    assert fresh(site, eve).email_verified_at is None


def test_only_the_newest_link_works_and_not_for_ever(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    ask(site, mina)
    deliver(site, mail)
    ask(site, mina)
    deliver(site, mail, minutes=1)
    old, new = codes(mail, mina.email)
    with pytest.raises(Forbidden):
        confirm(site, mina, old)
    site.at(hours=mailboxes.VERIFY_HOURS)
    with pytest.raises(Forbidden):
        confirm(site, mina, new)


def test_a_letter_that_a_newer_one_replaces_does_not_go(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    for _ in range(3):
        ask(site, mina)
        forget(site, mina.email)
        run(site, mailboxes.answer_resets, base_url=BASE, at=site.now)
    assert deliver(site, mail).sent == 2
    assert len(mail.arrived) == 2


def test_an_allowed_address_admits_nobody_who_has_not_verified_it(mailing_site, mail):
    """Anybody can sign up as somebody@hospital.or.kr; only who reads that mailbox is let in by it."""
    site = mailing_site
    site.publish(admission="approval")
    olga, mina = site.organizer(), site.person("Mina")
    run(site, admission.allow, olga, site.hosted(), ["*@example.org"], site.now)
    with transaction(site.engine) as session:
        assert admission.standing(session, mina, site.hosted()).state == "not_asked"
        assert admission.ask(session, mina, site.hosted(), answers={}, at=site.now).state == "waiting"
    ask(site, mina)
    deliver(site, mail)
    with transaction(site.engine) as session:
        person = session.get(models.User, mina.id)
        mailboxes.confirm(session, person, codes(mail, mina.email)[0], site.now)
        admission.verified(session, person, site.now)
        found = admission.standing(session, person, site.hosted())
        assert (found.state, found.participation.via) == ("admitted", "allow_list")


def test_who_waits_unverified_is_not_let_in_by_a_new_entry_either(mailing_site):
    site = mailing_site
    site.publish(admission="approval")
    olga, mina = site.organizer(), site.person("Mina")
    run(site, admission.ask, mina, site.hosted(), answers={}, at=site.now)
    run(site, admission.allow, olga, site.hosted(), ["*@example.org"], site.now)
    with reading(site.engine) as session:
        assert admission.standing(session, mina, site.hosted()).state == "waiting"
    run(site, outbox.note_sender, present=False, at=site.now)
    run(site, admission.allow, olga, site.hosted(), [mina.email], site.now)
    with reading(site.engine) as session:
        assert admission.standing(session, mina, site.hosted()).state == "admitted", "without mail nothing changes"


def test_a_new_address_counts_once_its_link_is_opened_and_the_old_one_is_told(mailing_site, mail):
    site = mailing_site
    mina, other = site.person("Mina"), site.person("Jun")
    before = mina.email

    def change(address, password=PASSWORD):
        return run(
            site, mailboxes.change, fresh(site, mina), address=address, password=password, base_url=BASE, at=site.now
        )

    with pytest.raises(Invalid):
        change("new@example.org", "wrong password")
    with pytest.raises(Invalid):
        change(before)
    with pytest.raises(Conflict):
        change(other.email)
    forget(site, before)
    deliver(site, mail)
    (stale,) = codes(mail, before)
    assert change("New@Example.org")
    assert fresh(site, mina).email == before
    deliver(site, mail)
    (code,) = codes(mail, "new@example.org")
    confirm(site, mina, code)
    assert (fresh(site, mina).email, fresh(site, mina).email_verified_at) == ("new@example.org", site.now)
    deliver(site, mail)
    assert "더 로그인할 수 없습니다" in mail.to(before)[-1].get_content()
    with pytest.raises(Forbidden):
        reset(site, stale)


def test_an_address_taken_meanwhile_is_not_taken_twice(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    run(site, mailboxes.change, mina, address="new@example.org", password=PASSWORD, base_url=BASE, at=site.now)
    deliver(site, mail)
    (code,) = codes(mail, "new@example.org")
    with transaction(site.engine) as session:
        accounts.create_user(session, email="new@example.org", name="N", admin=False, password=PASSWORD, at=site.now)
    with pytest.raises(Conflict):
        confirm(site, mina, code)


def test_without_mail_an_address_is_changed_at_once(site):
    mina = site.person("Mina")
    with transaction(site.engine) as session:
        person = session.get(models.User, mina.id)
        assert not mailboxes.change(
            session, person, address="new@example.org", password=PASSWORD, base_url=BASE, at=site.now
        )
    assert fresh(site, mina).email == "new@example.org"


def test_a_forgotten_password_is_set_anew_by_letter_and_ends_every_session(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    key = run(site, sessions.begin, mina, device="", at=site.now)
    _, token = run(site, accounts.issue_token, mina, name="t", at=site.now)
    forget(site, f" {mina.email.upper()} ")
    deliver(site, mail)
    (code,) = codes(mail, mina.email)
    with pytest.raises(Invalid):
        reset(site, code, "short")
    reset(site, code)
    with transaction(site.engine) as session:
        assert accounts.sign_in(session, email=mina.email, password="another horse 8", at=site.now).id == mina.id
        assert sessions.reader(session, key, site.now) is None
        with pytest.raises(NotSignedIn):
            # Nobody had proved whose the address is: the account may have been made in its owner's name.
            accounts.authenticate_token(session, token, site.now)
    assert fresh(site, mina).email_verified_at == site.now
    with pytest.raises(Forbidden):
        reset(site, code)


def test_a_reset_leaves_the_tokens_of_a_verified_account(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    _, token = run(site, accounts.issue_token, mina, name="t", at=site.now)
    with transaction(site.engine) as session:
        session.get(models.User, mina.id).email_verified_at = site.now
    forget(site, mina.email)
    deliver(site, mail)
    reset(site, codes(mail, mina.email)[0])
    with reading(site.engine) as session:
        assert accounts.authenticate_token(session, token, site.now).id == mina.id


def test_a_reset_works_for_two_hours_and_the_newest_one_only(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    forget(site, mina.email)
    deliver(site, mail)
    forget(site, mina.email)
    deliver(site, mail)
    old, new = codes(mail, mina.email)
    with pytest.raises(Forbidden):
        reset(site, old)
    site.at(hours=2)
    with pytest.raises(Forbidden):
        reset(site, new)


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "x" * 300 + "@example.org", "", "a\0@b.kr"])
def test_who_has_no_account_is_written_nothing(mailing_site, mail, email):
    forget(mailing_site, email)
    assert deliver(mailing_site, mail).sent == 0


def test_a_disabled_account_is_written_nothing(mailing_site, mail):
    mina = mailing_site.person("Mina")
    with transaction(mailing_site.engine) as session:
        session.get(models.User, mina.id).disabled_at = mailing_site.now
    forget(mailing_site, mina.email)
    assert deliver(mailing_site, mail).sent == 0


def test_who_asks_for_a_reset_sets_the_same_work_going_for_nobody_as_for_somebody(mailing_site):
    """Not even the statements differ: the address is looked up later, by the sender of letters."""
    site = mailing_site
    mina, said = site.person("Mina"), {}
    for email in (mina.email, "nobody@example.org"):
        heard = said[email] = []

        def hear(_connection, _cursor, statement, *_rest, heard=heard):
            heard.append(statement)

        event.listen(site.engine, "before_cursor_execute", hear)
        forget(site, email)
        event.remove(site.engine, "before_cursor_execute", hear)
    assert said[mina.email] == said["nobody@example.org"]
    assert said[mina.email]


def test_a_request_that_waited_too_long_or_twice_is_answered_once_or_not_at_all(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    forget(site, mina.email)
    assert deliver(site, mail, hours=2).sent == 0
    forget(site, mina.email)
    forget(site, mina.email.upper())
    assert deliver(site, mail).sent == 1
    assert deliver(site, mail, minutes=1).sent == 0


def test_no_code_lies_in_the_database_once_its_letter_has_gone(mailing_site, mail):
    site = mailing_site
    mina = site.person("Mina")
    forget(site, mina.email)
    deliver(site, mail)
    (code,) = codes(mail, mina.email)
    with reading(site.engine) as session:
        for table in models.User.metadata.sorted_tables:
            assert code not in str(session.execute(table.select()).all()), table.name
    assert Postman(mail.url, BASE).sender == "arena@example.org"
