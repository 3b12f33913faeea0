"""Letters through a real SMTP server: whole, in their readers' language, and what becomes of them when it misbehaves."""

import threading

import pytest
from sqlalchemy import Engine

from arena import admission, announcements, mailing
from arena.postman import Postman, Refused, Unreachable
from arena.store import models
from arena.store.engine import transaction
from challenges.text import Text
from tests.arena.announcing import BASE, deliver, language, post, states


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """SQLite alone: the outbox's own verbs are tried on both databases in `test_announcements`."""
    return sqlite_engine


def test_a_letter_is_in_its_readers_language_and_whole(site, people, mail):
    language(site, people["jun"], "en")
    post(site, people)
    deliver(site, mail)
    (korean,), (english,) = (mail.to(people[name].email) for name in ("mina", "jun"))
    assert korean["Subject"] == "[작은 챌린지] 자료를 고쳤습니다"
    assert english["Subject"] == "[A small challenge] The data are corrected"
    assert (english["To"], english["From"]) == (people["jun"].email, "Arena <arena@example.org>")
    text = english.get_content().replace("\r\n", "\n")
    assert text.startswith("The **unit** is corrected.\n.\nSecond line\n")
    assert f"{BASE}/challenges/small/announcements" in text
    assert "단위" in korean.get_content()
    assert korean["Message-ID"] != english["Message-ID"]


def test_a_title_of_several_lines_makes_no_header_and_stops_no_letter(site, people, mail):
    """A definition may hold a line's end in its title; a letter's subject may not, and a letter that cannot be written stops others."""
    with transaction(site.engine) as session:
        row = session.get(models.Challenge, site.hosted().id)
        title = {"ko": "제목\r\nBcc: eve@example.org", "en": "A title\r\nBcc: eve@example.org"}
        row.definition = {**row.definition, "title": title}
        row.definition_sha256 = "0" * 64
    post(site, people)
    done = deliver(site, mail)
    assert (done.sent, states(site)) == (3, {"sent": 3})
    (letter,) = mail.to(people["mina"].email)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "[제목 Bcc: eve@example.org] 자료를 고쳤습니다"


def test_a_refused_letter_waits_or_is_given_up_and_holds_up_no_other(site, people, mail):
    mail.behaviour = {people["mina"].email: "later", people["jun"].email: "never"}
    post(site, people)
    done = deliver(site, mail)
    assert (done.sent, done.failed, done.later) == (1, 1, 1)
    assert deliver(site, mail, seconds=30).later == 0
    mail.behaviour = {}
    assert deliver(site, mail, minutes=2).sent == 1
    assert states(site) == {"sent": 2, "failed": 1}
    assert mail.to(people["jun"].email) == []


def test_a_server_that_never_relents_is_asked_six_times(site, people, mail):
    mail.behaviour = {people[name].email: "later" for name in ("mina", "jun", "admitted")}
    post(site, people)
    for day in range(10):
        deliver(site, mail, days=day)
    assert states(site) == {"failed": 3}
    assert sum(line.startswith(("rcpt", "RCPT")) for line in mail.said) == 18


def test_where_the_line_breaks_after_a_letter_nobody_sends_it_again(site, people, mail):
    mail.behaviour = {people[name].email: "break" for name in ("mina", "jun", "admitted")}
    post(site, people)
    for day in range(5):
        deliver(site, mail, days=day)
    assert states(site) == {"unknown": 3}
    mail.behaviour = {}
    deliver(site, mail, days=9)
    assert mail.arrived == []


def test_a_server_that_is_away_costs_no_attempt(site, people, mail):
    post(site, people)
    away = Postman("smtp://127.0.0.1:1", BASE)
    for _ in range(9):
        assert not mailing.deliver(site.engine, away, BASE, site.now).reachable
    assert deliver(site, mail).sent == 3


def test_who_left_and_what_was_withdrawn_is_not_written_to(site, people, mail):
    announcement, _ = post(site, people)
    with transaction(site.engine) as session:
        session.get(models.User, people["jun"].id).disabled_at = site.now
        admission.refuse(session, people["olga"], site.hosted(), people["admitted"].id, reason="x", at=site.now)
    assert (deliver(site, mail).sent, states(site)) == (1, {"sent": 1, "dropped": 2})
    post(site, people, title=Text("둘", "Two"))
    with transaction(site.engine) as session:
        newest = announcements.posted(session, site.hosted())[0]
        announcements.withdraw(session, people["olga"], site.hosted(), newest.id, site.now)
    assert deliver(site, mail).sent == 0
    assert announcement.id != newest.id


def test_without_mail_there_is_no_letter(site, people, mail):
    assert post(site, people, mail=False)[1] == 0
    assert deliver(site, mail).sent == 0
    assert mail.lines == 0


def test_a_password_goes_to_this_machine_or_over_tls_only(mail, monkeypatch):
    mail.accepts_login = True
    local = Postman(f"smtp://kim%40example.org:s%3Acret@127.0.0.1:{mail.port}", BASE)
    assert local.sender == "kim@example.org"
    with local.line():
        pass
    assert any(line.startswith("AUTH") for line in mail.said)
    mail.said.clear()
    monkeypatch.setattr("arena.postman._on_this_machine", lambda _host: False)
    with pytest.raises(Unreachable, match="no encryption"), local.line():
        pass
    assert not any(line.startswith("AUTH") for line in mail.said)


def test_an_address_that_no_mail_server_takes_is_refused_before_it_is_asked(mail, at):
    letter = mailing.Letter("x", "김@example.org", "s", "t", "ko", at)
    with Postman(mail.url, BASE).line() as line, pytest.raises(Refused, match="address"):
        line.send(letter)
    with Postman(mail.url, BASE).line() as line:
        line.send(mailing.Letter("x", "kim@병원.kr", "s", "t", "ko", at))
    assert [recipient for recipient, _ in mail.arrived] == ["kim@" + "병원".encode("idna").decode() + ".kr"]


def test_the_sweepers_thread_sends_and_stops(site, people, mail):
    post(site, people)
    stopping = threading.Event()
    given = (site.engine, Postman(mail.url, BASE), BASE, stopping, lambda: site.now)
    thread = threading.Thread(target=mailing.keep_delivering, args=given)
    thread.start()
    for _ in range(100):
        if len(mail.arrived) == 3:
            break
        stopping.wait(0.05)
    stopping.set()
    thread.join(5)
    assert not thread.is_alive()
    assert len(mail.arrived) == 3
