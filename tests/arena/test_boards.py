"""The versions of leaderboards: what changes one raises its counter with it, and what is read again for it is the whole truth."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from arena import publishing, standings
from arena.errors import Forbidden
from arena.keeping import Boards, Label, Made, Shelf
from arena.store import board_triggers, boards, models
from arena.store.engine import make_engine, reading, transaction


def version(site, slug="small"):
    return boards.version(site.engine, slug)


def raised(site, act):
    """Return by how much an act raises (all changes, the urgent ones), and which teams it concerns."""
    before = version(site)
    act()
    after = version(site)
    with reading(site.engine) as session:
        teams = boards.changed_since(session, after.challenge_id, before.changes)
    return after.changes > before.changes, after.urgent > before.urgent, set(teams)


@pytest.fixture
def filled(site):
    for ring in site.publish():
        site.decide(ring, "shown")
    return site


def write(site, statement):
    with transaction(site.engine) as session:
        session.execute(statement)


def test_every_kind_of_change_is_counted_with_its_team(filled):
    site = filled
    (person, ours), (_, theirs) = site.team("A"), site.team("B")
    assert raised(site, lambda: None) == (False, False, set())
    sent = []
    assert raised(site, lambda: sent.append(site.submit(person, 1))) == (True, False, {ours.id})
    evaluation = sent[0].evaluation_id
    assert raised(site, lambda: site.decide(evaluation, "accepted", gain=0.01)) == (True, False, {ours.id})
    rename = update(models.Team).where(models.Team.id == theirs.id).values(name="C")
    assert raised(site, lambda: write(site, rename)) == (True, True, {theirs.id})
    final = update(models.Team).where(models.Team.id == ours.id).values(final_submission_id=sent[0].submission.id)
    assert raised(site, lambda: write(site, final)) == (True, True, {ours.id})
    refund = update(models.Submission).where(models.Submission.team_id == ours.id).values(refunded_at=site.now)
    assert raised(site, lambda: write(site, refund)) == (True, True, {ours.id})
    moved = update(models.Challenge).values(closes_at=site.now + timedelta(days=1))
    assert raised(site, lambda: write(site, moved)) == (True, True, set())
    rescored = update(models.Evaluation).where(models.Evaluation.id == evaluation).values(in_force=False)
    assert raised(site, lambda: write(site, rescored)) == (True, False, {ours.id})


def test_what_nobody_sees_is_not_counted(filled):
    site = filled
    person, _ = site.team("A")
    evaluation = site.submit(person, 1).evaluation_id
    lease = update(models.Evaluation).where(models.Evaluation.id == evaluation)
    claimed = lease.values(state="scoring", token="x", attempts=1)
    assert raised(site, lambda: write(site, claimed)) == (False, False, set())
    assert raised(site, lambda: write(site, lease.values(lease_until=site.now))) == (False, False, set())
    assert raised(site, lambda: write(site, update(models.User).values(name="x"))) == (False, False, set())


def test_a_change_that_is_rolled_back_is_not_counted(filled):
    site = filled

    def fail():
        with transaction(site.engine) as session:
            session.execute(update(models.Challenge).values(pause_reason="x"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert raised(site, lambda: None) == (False, False, set())


def test_other_challenges_keep_their_versions(filled):
    site = filled
    site.publish("other")
    before = version(site, "other")
    person, _ = site.team("A")
    site.submit(person, 1)
    assert version(site, "other") == before
    assert version(site, "none") is None
    assert version(site, "\0") is None


def test_writers_at_once_lose_no_count(filled):
    site = filled
    _, team = site.team("A")
    before = version(site).changes

    def rename(name):
        write(site, update(models.Team).where(models.Team.id == team.id).values(name=name))

    threads = [threading.Thread(target=rename, args=(f"N{n}",)) for n in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert version(site).changes == before + 12


@pytest.fixture
def two(filled):
    """What two processes on one database keep."""
    other = make_engine(filled.engine.url.render_as_string(hide_password=False))
    yield filled, (Boards(), filled.engine), (Boards(), other)
    other.dispose()


def mark(site, team, by, kind):
    set_by = {"imposed_by": by.id, "imposed_at": site.now, "reason": "why"}
    with transaction(site.engine) as session:
        session.add(models.Mark(challenge_id=team.challenge_id, team_id=team.id, kind=kind, **set_by))


def now(site, kept, split="public"):
    held, engine = kept
    found, _ = held.now(engine, boards.version(engine, "small"), lambda: site.now, split=split, labels_version=None)
    return found


def fresh(site, split="public"):
    with reading(site.engine) as session:
        return standings.standings(session, site.hosted(), split=split, at=site.now)


def test_after_every_change_both_processes_show_what_a_reading_anew_shows(two):
    site, *processes = two
    people = {name: site.team(name) for name in "ABCD"}
    acts = []
    for seed, (name, gain) in enumerate([("A", 0.02), ("B", 0.03), ("A", 0.05), ("C", None), ("D", 0.02)]):

        def send(name=name, seed=seed, gain=gain):
            recorded = site.submit(people[name][0], 100 + seed)
            site.decide(recorded.evaluation_id, "accepted" if gain else "not_improved", gain=gain)

        acts.append(send)
    olga = site.organizer()

    def hide():
        mark(site, people["B"][1], olga, "hidden")

    acts += [hide, lambda: write(site, update(models.Mark).values(lifted_at=site.now))]
    acts.append(lambda: write(site, update(models.Team).where(models.Team.name == "A").values(name="Z")))
    for kept in processes:
        now(site, kept)
    for act in acts:
        act()
        for kept in processes:
            assert now(site, kept).lines == fresh(site).lines
    assert {line.team for line in fresh(site).teams} == {"Z", "B", "C", "D"}


def test_a_hidden_team_is_gone_and_the_reveal_opens_the_private_split(two):
    site, kept, _ = two
    person, team = site.team("A")
    site.decide(site.submit(person, 7).evaluation_id, "accepted", gain=0.02)
    assert [line.team for line in now(site, kept).teams] == ["A"]
    with pytest.raises(Forbidden):
        now(site, kept, "private")
    site.now = datetime(2027, 1, 1, tzinfo=UTC)
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, site.hosted(), site.now)
    for ring in rings:
        site.decide(ring, "", value=0.1)
    with pytest.raises(Forbidden):
        now(site, kept, "private")
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
    assert [line.score.value for line in now(site, kept, "private").teams] == [0.1]
    olga = site.organizer()
    mark(site, team, olga, "disqualified")
    assert now(site, kept, "private").teams == []


def test_the_clock_alone_ends_what_is_kept():
    shelf, at = Shelf(10), datetime(2026, 1, 1, tzinfo=UTC)
    made = []

    def make():
        made.append(1)
        return Made("x", 1, until=at + timedelta(seconds=1))

    for moment in (at, at, at + timedelta(seconds=1)):
        shelf.get("key", Label(1, 0), moment, make)
    assert len(made) == 2


def test_one_thread_makes_what_many_wait_for():
    shelf, at, made, gate = Shelf(10), datetime(2026, 1, 1, tzinfo=UTC), [], threading.Event()

    def make():
        made.append(1)
        gate.wait(5)
        return Made("x", 1)

    found = []
    threads = [
        threading.Thread(target=lambda: found.append(shelf.get("key", Label(1, 0), at, make)[0])) for _ in range(20)
    ]
    for one in threads:
        one.start()
    gate.set()
    for one in threads:
        one.join()
    assert (found, len(made)) == (["x"] * 20, 1)


def test_what_fails_fails_for_each_and_is_not_kept():
    shelf, at = Shelf(10), datetime(2026, 1, 1, tzinfo=UTC)

    def fail():
        raise KeyError("no")

    for _ in range(2):
        with pytest.raises(KeyError):
            shelf.get("key", Label(1, 0), at, fail)
    assert shelf.get("key", Label(1, 0), at, lambda: Made("x", 1))[0] == "x"


def test_a_long_one_is_late_by_a_moment_only_and_never_for_what_is_urgent():
    shelf, at = Shelf(10), datetime(2026, 1, 1, tzinfo=UTC)
    beside = threading.Event()

    def make(value):
        def made():
            if threading.current_thread() is not threading.main_thread():
                beside.wait(5)
            return Made(value, 1, may_lag=True)

        return made

    assert shelf.get("key", Label(1, 0), at, make("old"))[0] == "old"
    assert shelf.get("key", Label(2, 0), at, make("new"))[0] == "old", "a thread beside makes the new one"
    beside.set()
    for one in threading.enumerate():
        if one is not threading.current_thread() and one.daemon and "_make_beside" in one.name:
            one.join(5)
    assert shelf.get("key", Label(3, 1), at, make("urgent"))[0] == "urgent"


def test_room_is_bounded():
    shelf, at = Shelf(10), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(30):
        shelf.get(number, Label(1, 0), at, lambda: Made("x", 4))
    assert shelf.used <= 10


def test_migrating_installs_the_triggers(site):
    sqlite = site.engine.dialect.name == "sqlite"
    wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if sqlite else "SELECT tgname FROM pg_trigger"
    with site.engine.connect() as connection:
        found = [name for (name,) in connection.execute(text(wanted)) if name.startswith(board_triggers.PREFIX)]
    assert len(found) == sum(len(one.events) for one in board_triggers.WATCHED)
