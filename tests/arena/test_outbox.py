"""Letters of their own: queued with the act, sent once over real SMTP, and leaving no words behind."""

from datetime import timedelta

import pytest

from arena import outbox
from arena.store import models
from arena.store import outbox as store
from arena.store.engine import reading, transaction
from challenges.text import Text
from tests.arena.announcing import BASE, deliver, language

SUBJECT = Text("비밀번호를\n새로", "A new\npassword")
BODY = Text("주소: https://arena/reset/SECRET", "Open https://arena/reset/SECRET")


def queue(site, person, ident="reset.1", **more):
    with transaction(site.engine) as session:
        return outbox.queue(session, session.get(models.User, person.id), SUBJECT, BODY, ident, site.now, **more)


def rows(site):
    with reading(site.engine) as session:
        return list(session.exec(models.Mail.__table__.select()).mappings())


def test_a_letter_is_sent_once_in_its_readers_language_and_its_words_are_erased(site, mail):
    mina = site.person("Mina")
    language(site, mina, "en")
    assert queue(site, mina)
    assert not queue(site, mina), "one letter about one thing"
    assert deliver(site, mail).sent == 1
    assert deliver(site, mail, days=1).sent == 0
    (letter,) = mail.to(mina.email)
    assert letter["Subject"] == "A new password"
    assert letter["Message-ID"].startswith("<reset.1.")
    text = letter.get_content().replace("\r\n", "\n")
    assert text.startswith("Open https://arena/reset/SECRET\n\n-- \n")
    assert BASE in text
    (row,) = rows(site)
    assert (row["state"], row["subject"], row["body"]) == ("sent", "", "")


def test_a_letter_goes_to_the_address_that_it_names(site, mail):
    mina = site.person("Mina")
    queue(site, mina, "verify.1", address="new@example.org")
    deliver(site, mail)
    assert [recipient for recipient, _ in mail.arrived] == ["new@example.org"]
    assert rows(site)[0]["address"] == ""


@pytest.mark.parametrize("behaviour", ["never", "break"])
def test_words_are_erased_however_a_letter_ends(site, mail, behaviour):
    mina = site.person("Mina")
    mail.behaviour = {mina.email: behaviour}
    queue(site, mina)
    deliver(site, mail)
    (row,) = rows(site)
    assert row["state"] in ("failed", "unknown")
    assert row["body"] == ""


def test_words_are_erased_when_the_sender_died(site):
    queue(site, site.person("Mina"))
    with transaction(site.engine) as session:
        assert store.claim(session, store.due(session, site.now)[0], site.now)
    with transaction(site.engine) as session:
        assert store.give_up_silent(session, site.now + timedelta(minutes=11)) == 1
    assert (rows(site)[0]["state"], rows(site)[0]["body"]) == ("unknown", "")


def test_a_letter_that_waits_keeps_its_words_and_goes_later(site, mail):
    mina = site.person("Mina")
    mail.behaviour = {mina.email: "later"}
    queue(site, mina)
    assert deliver(site, mail).later == 1
    assert "SECRET" in rows(site)[0]["body"]
    mail.behaviour = {}
    assert deliver(site, mail, minutes=2).sent == 1


def test_what_is_late_withdrawn_or_to_nobody_is_not_sent(site, mail):
    mina, jun = site.person("Mina"), site.person("Jun")
    queue(site, mina, "reset.1", until=site.now + timedelta(hours=2))
    queue(site, jun, "reset.2")
    queue(site, mina, "reset.3")
    with transaction(site.engine) as session:
        session.get(models.User, jun.id).disabled_at = site.now
        assert outbox.withdraw(session, "reset.3", site.now)
        assert not outbox.withdraw(session, "reset.4", site.now)
    assert deliver(site, mail, hours=2).sent == 0
    assert {(row["state"], row["body"]) for row in rows(site)} == {("dropped", "")}
    assert mail.arrived == []


def test_an_act_that_is_undone_writes_to_nobody(site, mail):
    mina = site.person("Mina")
    with transaction(site.engine) as session:
        outbox.queue(session, session.get(models.User, mina.id), SUBJECT, BODY, "reset.1", site.now)
        session.rollback()
    assert deliver(site, mail).sent == 0


@pytest.mark.parametrize("ident", ["reset", "reset.1\r\nBcc: eve@example.org", "reset.<1>", ""])
def test_what_a_letter_is_about_can_stand_in_a_header(site, ident):
    with pytest.raises(ValueError, match=r"^(reset|$)"):
        queue(site, site.person("Mina"), ident)
