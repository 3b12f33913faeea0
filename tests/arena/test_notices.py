"""Notices on both databases: each event once for everybody whom it concerns, saying no more than its page shows."""

from datetime import timedelta

import pytest
from sqlmodel import select

from arena import announcements, hosting, mailing, notices, publishing, sweeping, teams
from arena.postman import Postman
from arena.store import evaluations, models
from arena.store import notices as store
from arena.store.engine import reading, transaction
from challenges.text import Text
from tests.arena.conftest import CLOSES, Site

BASE = "https://arena.example.org"


def _told(site: Site, person: models.User) -> list[notices.Told]:
    with reading(site.engine) as session:
        return notices.listed(session, person, limit=50)


def _unread(site: Site, person: models.User) -> int:
    with reading(site.engine) as session:
        return notices.unread(session, person)


def _friend(site: Site, captain: models.User, team: models.Team) -> models.User:
    friend = site.person("Friend")
    with transaction(site.engine) as session:
        teams.accept_agreement(session, friend, site.hosted(), version="1", at=site.now)
        code = teams.invite(session, captain, team, at=site.now)
        teams.accept_invitation(session, friend, site.hosted(), code, site.now)
    return friend


class Silent:
    """A queue without anybody at it."""

    def unheard(self):
        return lambda *_: False

    def depth(self):
        return 0

    def __getattr__(self, name):
        return lambda *_: True


def test_a_decision_is_told_once_to_every_member_and_to_nobody_else(site):
    site.publish()
    captain, team = site.team("Ours")
    friend, (stranger, _) = _friend(site, captain, team), site.team("Theirs")
    recorded = site.submit(captain, 5)
    site.decide(recorded.evaluation_id, "accepted", 0.012)
    # Evaluated again under new versions: once told, it stands, and nobody is told anew.
    with transaction(site.engine) as session:
        again = evaluations.add(
            session, submission_id=recorded.submission.id, split="public", scorer="9", labels_version=1, at=site.now
        )
    site.decide(again, "accepted", 0.5)
    for person in (captain, friend):
        (decided,) = [one for one in _told(site, person) if one.kind == "decided"]
        assert decided.title.en == "Submission 1 was accepted"
        assert decided.body.en == "Its gain over the reference baseline is shown as +0.012."
        assert decided.path == f"/submissions/{recorded.submission.public_id}"
    assert [one.kind for one in _told(site, captain)] == ["decided", "joined"]
    assert _told(site, captain)[1].title.en == "Friend has joined your team"
    assert _told(site, stranger) == []


@pytest.mark.parametrize(("outcome", "words"), [("not_improved", "no significant improvement"), ("kept", "is kept")])
def test_under_the_gate_no_number_is_told_of_what_was_not_accepted(site, outcome, words):
    site.publish()
    captain, _ = site.team("Ours")
    site.decide(site.submit(captain, 5).evaluation_id, outcome)
    (told,) = _told(site, captain)
    assert words in told.title.en
    assert not any(sign.isdigit() for sign in told.title.en.replace("Submission 1", "") + told.body.en)


def test_a_fault_of_ours_is_told_with_its_refund_and_a_lost_claim_tells_nothing(site):
    site.publish()
    captain, team = site.team("Ours")
    recorded = site.submit(captain, 5)
    for attempt in range(evaluations.ATTEMPTS):
        with transaction(site.engine) as session:
            claim = evaluations.claim(session, recorded.evaluation_id, token="t", at=site.now, lease_seconds=1)
            assert claim is not None, attempt
            assert _told(site, captain) == []
            evaluations.give_back(session, claim, code="store", at=site.now)
    (told,) = _told(site, captain)
    assert told.kind == "failed"
    assert "given back" in told.body.en
    with reading(site.engine) as session:
        assert teams.quota(session, site.hosted(), team, site.now).used_total == 0
    # The same worker coming back late has lost its claim: nothing is written, nobody is told.
    with transaction(site.engine) as session:
        assert evaluations.give_back(session, claim, code="store", at=site.now) is None
    assert len(_told(site, captain)) == 1


def test_a_transaction_that_breaks_off_leaves_neither_decision_nor_notice(site):
    site.publish()
    captain, _ = site.team("Ours")
    recorded = site.submit(captain, 5)
    with transaction(site.engine) as session:
        claim = evaluations.claim(session, recorded.evaluation_id, token="t", at=site.now, lease_seconds=30)
    decision = models.Decision(
        submission_id=recorded.submission.id, outcome="accepted", shown_gain=0.1, labels_version=1, decided_at=site.now
    )

    def break_off():
        with transaction(site.engine) as session:
            evaluations.finish(session, claim, scores=[], decision=decision, report=None, at=site.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert _told(site, captain) == []
    with reading(site.engine) as session:
        assert session.exec(select(models.Decision).where(models.Decision.outcome == "accepted")).all() == []


def test_announcements_closes_and_reveals_are_told_once_however_often_the_sweeper_looks(site):
    rings = site.publish()
    for ring in rings:
        site.decide(ring, "accepted", 0.0)
    captain, _ = site.team("Ours")
    olga = site.organizer()
    with transaction(site.engine) as session:
        for words in ("First", "Second"):
            posted, _ = announcements.post(
                session, olga, site.hosted(), title=Text("글", words), body=Text("가", "b"), mail=False, at=site.now
            )
        announcements.withdraw(session, olga, site.hosted(), posted.id, site.now)
    assert [one.title.en for one in _told(site, captain)] == ["First"]
    assert _unread(site, captain) == 1, "what is withdrawn waits for nobody"
    for hours in (25, 23, 22, 1):
        sweeping.sweep(site.engine, Silent(), CLOSES - timedelta(hours=hours))
    closing = [one for one in _told(site, captain) if one.kind == "closing"]
    assert [one.at for one in closing] == [CLOSES - timedelta(hours=23)]
    assert "2026-12-31 18:00 KST" in closing[0].body.en
    # Put off to the next evening it closes anew, and is told anew.
    later = CLOSES + timedelta(days=1)
    with transaction(site.engine) as session:
        session.get_one(models.Challenge, site.hosted().id).closes_at = later
    for hours in (24.5, 3):
        sweeping.sweep(site.engine, Silent(), later - timedelta(hours=hours))
    assert len([one for one in _told(site, captain) if one.kind == "closing"]) == 2
    site.now = later
    recorded = [site.decide(one, "accepted", value=0.3) for one in _reveal(site)]
    assert all(recorded)
    for _ in range(3):
        with transaction(site.engine) as session:
            publishing.finish_reveal(session, hosting.find(session, "small"), site.now)
    assert _told(site, captain)[0].kind == "revealed"
    assert len([one for one in _told(site, captain) if one.kind == "revealed"]) == 1


def _reveal(site: Site) -> list[int]:
    with transaction(site.engine) as session:
        return publishing.start_reveal(session, site.hosted(), site.now)


def test_what_came_while_somebody_was_reading_stays_unread(site):
    site.publish()
    captain, _ = site.team("Ours")
    site.decide(site.submit(captain, 5).evaluation_id, "accepted", 0.012)
    newest = _told(site, captain)[0].id
    site.decide(site.submit(captain, 6).evaluation_id, "not_improved")
    with transaction(site.engine) as session:
        notices.mark_read(session, captain, site.now, up_to=newest)
    assert [one.unread for one in _told(site, captain)] == [True, False]
    assert _unread(site, captain) == 1


def test_letters_go_once_to_whoever_wants_them_and_bring_no_old_news(site, mail):
    site.publish()
    captain, team = site.team("Ours")
    friend = _friend(site, captain, team)
    with transaction(site.engine) as session:
        person = session.get_one(models.User, friend.id)
        notices.choose_mail(session, person, wanted=False)
        session.get_one(models.User, captain.id).language = "en"
    recorded = site.submit(captain, 5)
    site.decide(recorded.evaluation_id, "accepted", 0.012)

    def deliver(after: timedelta = timedelta()) -> None:
        mailing.deliver(site.engine, Postman(mail.url, BASE), BASE, site.now + after)

    for _ in range(3):
        deliver()
    subjects = [letter["Subject"] for letter in mail.to(captain.email)]
    assert subjects == [
        "[A small challenge] Friend has joined your team",
        "[A small challenge] Submission 1 was accepted",
    ]
    text = mail.to(captain.email)[1].get_content()
    assert f"{BASE}/submissions/{recorded.submission.public_id}" in text
    assert "+0.012" in text
    assert mail.to(friend.email) == []
    # Told on a site without mail two days ago: it is on the site, and no letter is made of it any more.
    site.decide(site.submit(captain, 6).evaluation_id, "not_improved")
    deliver(timedelta(days=2))
    assert len(mail.to(captain.email)) == 2
    with reading(site.engine) as session:
        assert session.exec(select(models.Mail).where(models.Mail.state == "waiting")).all() == []


def test_the_same_event_told_by_many_at_once_is_one_notice(site):
    site.publish()
    captain, _ = site.team("Ours")
    for _ in range(5):
        with transaction(site.engine) as session:
            store.tell(
                session, [captain.id, captain.id], challenge_id=site.hosted().id, kind="closing", subject="2026-12-31T09:00:00+00:00", at=site.now
            )  # fmt: skip
    assert len(_told(site, captain)) == 1
