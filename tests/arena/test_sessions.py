"""Sessions: rows that end when their owner says so, and after ninety days by themselves."""

from datetime import timedelta

import pytest

from arena import sessions
from arena.errors import NotFound
from arena.store import models
from arena.store.engine import reading, transaction


def begin(site, person, **more):
    with transaction(site.engine) as session:
        return sessions.begin(session, person, device="Firefox, Linux", at=site.now, **more)


def who(site, key):
    with reading(site.engine) as session:
        found = sessions.reader(session, key, site.now)
        return found.id if found else None


def test_a_session_ends_for_everybody_who_has_its_secret(site):
    mina = site.person("Mina")
    here, there = begin(site, mina), begin(site, mina)
    assert who(site, here) == who(site, there) == mina.id
    with transaction(site.engine) as session:
        sessions.end(session, here, site.now)
    assert (who(site, here), who(site, there)) == (None, mina.id)
    with transaction(site.engine) as session:
        sessions.end_all(session, mina.id, site.now)
    assert who(site, there) is None


@pytest.mark.parametrize("key", ["", "x", "1.0", "'; DROP TABLE sign_in"])
def test_a_made_up_secret_is_nobodys(site, key):
    begin(site, site.person("Mina"))
    assert who(site, key) is None


def test_a_session_that_replaces_another_ends_it(site):
    mina = site.person("Mina")
    first = begin(site, mina)
    second = begin(site, site.person("Jun"), replacing=first)
    assert who(site, first) is None
    assert who(site, second) is not None


def test_a_session_ends_after_ninety_days_and_with_its_account(site):
    mina, jun = site.person("Mina"), site.person("Jun")
    key, other = begin(site, mina), begin(site, jun)
    with transaction(site.engine) as session:
        session.get(models.User, jun.id).disabled_at = site.now
    assert who(site, other) is None
    site.at(days=89)
    assert who(site, key) == mina.id
    site.now += timedelta(days=1)
    assert who(site, key) is None


def test_one_ends_ones_own_sessions_only(site):
    mina, eve = site.person("Mina"), site.person("Eve")
    key = begin(site, mina)
    with transaction(site.engine) as session:
        (row,) = sessions.open_ones(session, mina, site.now)
        assert sessions.is_of(row, key)
        assert key not in (row.key_hash, row.device)
        with pytest.raises(NotFound):
            sessions.end_one(session, eve, row.id, site.now)
        sessions.end_one(session, mina, row.id, site.now)
        with pytest.raises(NotFound):
            sessions.end_one(session, mina, row.id, site.now)
    assert who(site, key) is None
