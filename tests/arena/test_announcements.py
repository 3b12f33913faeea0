"""Announcements: to participants alone, once each, however many send or post at once; on both databases."""

import threading
from collections import Counter

import pytest

from arena import announcements
from arena.errors import Conflict, Invalid, NotFound
from arena.store import models
from arena.store import outbox as store
from arena.store.engine import reading, transaction
from challenges.text import Text
from tests.arena.announcing import deliver, language, post, states


def test_each_participant_gets_one_letter_and_nobody_else_any(site, people, mail):
    language(site, people["jun"], "en")
    assert post(site, people)[1] == 3
    done = deliver(site, mail)
    assert (done.sent, done.failed, done.unknown) == (3, 0, 0)
    wanted = {people[name].email for name in ("mina", "jun", "admitted")}
    assert Counter(recipient for recipient, _ in mail.arrived) == Counter(wanted)
    assert deliver(site, mail, hours=9).sent == 0
    assert len(mail.arrived) == 3
    assert states(site) == {"sent": 3}


def test_many_senders_at_once_send_each_letter_once(site, people, mail):
    post(site, people)
    threads = [threading.Thread(target=deliver, args=(site, mail)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(recipient for recipient, _ in mail.arrived) == Counter(
        people[name].email for name in ("mina", "jun", "admitted")
    )


def test_a_sender_that_died_with_a_letter_in_hand_leaves_it_unknown(site, people, mail):
    post(site, people)
    with transaction(site.engine) as session:
        dead = store.due(session, site.now)[0]
        assert store.claim(session, dead, site.now)
    assert deliver(site, mail, minutes=1).sent == 2
    assert states(site) == {"sent": 2, "sending": 1}
    assert deliver(site, mail, minutes=11).unknown == 1
    assert states(site) == {"sent": 2, "unknown": 1}
    assert len(mail.arrived) == 2


def test_a_form_sent_twice_posts_and_mails_once(site, people):
    first, letters = post(site, people)
    again, none = post(site, people)
    assert (first.id, letters, none) == (again.id, 3, 0)
    with reading(site.engine) as session:
        assert len(announcements.posted(session, site.hosted())) == 1


def test_participants_see_what_they_have_not_read_and_nobody_else_does(site, people):
    first, _ = post(site, people, mail=False)
    with reading(site.engine) as session:
        unread = {name: announcements.unread(session, person, site.hosted()) for name, person in people.items()}
    assert {name for name, found in unread.items() if found} == {"mina", "jun", "admitted"}
    for _ in range(2):
        with transaction(site.engine) as session:
            announcements.mark_seen(session, people["mina"], site.hosted(), site.now)
    second, _ = post(site, people, mail=False, title=Text("둘", "Two"))
    with reading(site.engine) as session:
        assert announcements.unread(session, people["mina"], site.hosted()) == {second.id}
        assert announcements.unread(session, people["jun"], site.hosted()) == {first.id, second.id}


def test_both_languages_are_needed(site):
    site.publish()
    whole = {"title_ko": "가", "title_en": "a", "body_ko": "나", "body_en": "b"}
    for field in whole:
        given = whole | {field: "\u200b\n "}
        title, body = Text(given["title_ko"], given["title_en"]), Text(given["body_ko"], given["body_en"])
        with pytest.raises(Invalid) as refused:
            announcements.drafted(site.hosted(), models.User(id=1), title=title, body=body, at=site.now)
        assert set(refused.value.fields) == {field}


def test_a_withdrawn_announcement_is_gone_for_participants_and_kept_for_organizers(site, people):
    announcement, _ = post(site, people, mail=False)
    with transaction(site.engine) as session:
        announcements.withdraw(session, people["olga"], site.hosted(), announcement.id, site.now)
    with reading(site.engine) as session:
        assert announcements.posted(session, site.hosted()) == []
        assert len(announcements.posted(session, site.hosted(), withdrawn=True)) == 1
    with pytest.raises(Conflict), transaction(site.engine) as session:
        announcements.withdraw(session, people["olga"], site.hosted(), announcement.id, site.now)
    with pytest.raises(NotFound), transaction(site.engine) as session:
        announcements.withdraw(session, people["olga"], site.hosted("other"), announcement.id, site.now)
