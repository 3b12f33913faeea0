"""What administrators do with accounts, on both databases, and what nobody can do."""

import threading
from datetime import timedelta

import pytest

from arena import accounts, administering, audit, sessions
from arena.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from arena.store import models
from arena.store.engine import reading, transaction

PASSWORD = "correct horse 9"


def run(site, act, *given, **named):
    with transaction(site.engine) as session:
        return act(session, *given, **named)


def admin(site, name):
    person = site.person(name)
    with transaction(site.engine) as session:
        session.get(models.User, person.id).is_admin = True
    return person


def fresh(site, person):
    with reading(site.engine) as session:
        return session.get(models.User, person.id)


def kinds(site):
    with reading(site.engine) as session:
        return [row["kind"] for row in session.exec(models.LedgerEntry.__table__.select()).mappings()]


def test_a_disabled_account_is_closed_at_once_and_restored_without_its_tokens(site):
    boss, mina = admin(site, "Boss"), site.person("Mina")
    key = run(site, sessions.begin, mina, device="", at=site.now)
    _, token = run(site, accounts.issue_token, mina, name="t", at=site.now)
    code = run(site, administering.make_reset_link, boss, mina.id, site.now)
    run(site, administering.disable, boss, mina.id, site.now)
    with reading(site.engine) as session:
        assert sessions.reader(session, key, site.now) is None
        assert not accounts.link_is_open(session, code=code, purpose="reset", at=site.now)
        for act in (
            lambda: accounts.authenticate_token(session, token, site.now),
            lambda: accounts.sign_in(session, email=mina.email, password=PASSWORD, at=site.now),
        ):
            with pytest.raises(NotSignedIn):
                act()
    for act in (administering.disable, administering.make_reset_link):
        with pytest.raises(Conflict):
            run(site, act, boss, mina.id, site.now)
    run(site, administering.restore, boss, mina.id, site.now)
    with reading(site.engine) as session:
        assert accounts.sign_in(session, email=mina.email, password=PASSWORD, at=site.now).id == mina.id
        assert sessions.reader(session, key, site.now) is None
        with pytest.raises(NotSignedIn):
            accounts.authenticate_token(session, token, site.now)
    with pytest.raises(Conflict):
        run(site, administering.restore, boss, mina.id, site.now)
    assert {"reset_link_made", "account_disabled", "account_restored"} <= set(kinds(site))
    with reading(site.engine) as session:
        assert audit.verify(session) == []


def test_nobody_disables_themselves_and_two_do_not_disable_each_other(site):
    one, other = admin(site, "One"), admin(site, "Other")
    with pytest.raises(Conflict, match="own account"):
        run(site, administering.disable, one, one.id, site.now)
    outcomes, start = [], threading.Barrier(2)

    def act(by, on):
        start.wait()
        try:
            run(site, administering.disable, by, on.id, site.now)
            outcomes.append("done")
        except NotFound:
            outcomes.append("refused")

    threads = [threading.Thread(target=act, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert sum(fresh(site, person).disabled_at is None for person in (one, other)) == 1


def test_only_the_newest_reset_link_works_and_for_a_day(site):
    boss, mina = admin(site, "Boss"), site.person("Mina")
    old = run(site, administering.make_reset_link, boss, mina.id, site.now)
    new = run(site, administering.make_reset_link, boss, mina.id, site.now)
    with pytest.raises(Forbidden):
        run(site, accounts.use_reset_link, code=old, password="another horse 8", at=site.now)
    late = site.now + timedelta(hours=administering.RESET_HOURS)
    with pytest.raises(Forbidden):
        run(site, accounts.use_reset_link, code=new, password="another horse 8", at=late)
    run(site, accounts.use_reset_link, code=new, password="another horse 8", at=site.now)
    assert fresh(site, mina).email_verified_at is None, "a link that was handed over proves no address"


def test_creators_are_made_and_unmade_with_a_line_each(site):
    boss, mina = admin(site, "Boss"), site.person("Mina")
    for creator in (True, True, False):
        run(site, administering.set_creator, boss, mina.id, creator=creator, at=site.now)
        assert fresh(site, mina).is_creator == creator
    assert kinds(site).count("role_granted") == kinds(site).count("role_withdrawn") == 1


def test_accounts_are_found_by_name_address_and_affiliation(site):
    boss, mina = admin(site, "Boss"), site.person("Mina 100%")
    site.person("Jun")
    with transaction(site.engine) as session:
        session.get(models.User, mina.id).affiliation = "서울대학교"
        sessions.begin(session, mina, device="", at=site.now)

    def found(**given):
        with reading(site.engine) as session:
            total, lines = administering.listed(session, **given)
            assert total >= len(lines)
            return [line.user.name for line in lines]

    assert found() == ["Boss", "Jun", "Mina 100%"]
    assert found(words="mINa") == found(words="서울") == found(words=mina.email[:9]) == ["Mina 100%"]
    assert found(words="100%") == ["Mina 100%"]
    assert found(words="%") == ["Mina 100%"], "a sign of the database's own is only a sign"
    assert found(words="_") == found(words="'; --") == []
    assert found(state="administrators") == [boss.name]
    assert found(limit=1, offset=1) == ["Jun"]
    with reading(site.engine) as session:
        assert administering.one(session, mina.id).last_sign_in == site.now
        assert administering.one(session, boss.id).last_sign_in is None
        with pytest.raises(NotFound):
            administering.one(session, 10**9)


def test_links_to_sign_up_by_make_one_account_each(site):
    boss = admin(site, "Boss")
    for number in (0, -1, administering.MOST_LINKS + 1):
        with pytest.raises(Invalid):
            run(site, administering.make_sign_up_links, boss, number, site.now)
    first, second = run(site, administering.make_sign_up_links, boss, 2, site.now)

    def sign_up(code, email):
        return run(
            site, accounts.sign_up, email=email, name="X", password=PASSWORD, language="ko", policy="invite", code=code,
            at=site.now,
        )  # fmt: skip

    sign_up(first, "a@example.org")
    with pytest.raises(Forbidden):
        sign_up(first, "b@example.org")
    with reading(site.engine) as session:
        (left,) = administering.sign_up_links(session, site.now)
        assert administering.sign_up_links(session, site.now + timedelta(days=administering.SIGN_UP_DAYS)) == []
    run(site, administering.end_sign_up_link, boss, left.id, site.now)
    with pytest.raises(Forbidden):
        sign_up(second, "b@example.org")
    with pytest.raises(NotFound):
        run(site, administering.end_sign_up_link, boss, left.id, site.now)
