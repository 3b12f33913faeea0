"""Twenty posts of one form at the same moment: the limit holds, the link works once, and nobody is told that the fault is ours."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select

from arena import accounts, invitations, teams
from arena.store import models
from arena.store.engine import reading, transaction
from arena.web import limits
from tests.web.conftest import PASSWORD, Visitor, make_world, predictions
from tests.web.test_access_map import form_token

MANY = 20


@pytest.fixture
def world(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(limits.limiter, "enabled", False)
    made = make_world(engine, tmp_path)
    made.publish()
    return made


def at_once(world, visitors, path, data, form):
    """Post the same form by every visitor at the same moment; return how often each status came."""
    tokens = [form_token(visitor, form) for visitor in visitors]
    start = threading.Barrier(len(visitors))

    def post(number):
        start.wait()
        given = {name: value(number) if callable(value) else value for name, value in data.items()}
        return visitors[number].client.post(path, data=given | {"csrf_token": tokens[number]}).status_code

    with ThreadPoolExecutor(len(visitors)) as pool:
        statuses = Counter(pool.map(post, range(len(visitors))))
    assert max(statuses) < 500, statuses
    return statuses


def count(world, table, *conditions):
    with reading(world.engine) as session:
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def same_person(world, email, many=MANY):
    """One browser, many windows: the same cookies in each."""
    first = world.visitor().sign_in(email)
    cookie = first.client.get_cookie("arena_session").value
    windows = []
    for _ in range(many):
        window = Visitor(world.app.test_client())
        window.client.set_cookie("arena_session", cookie)
        windows.append(window)
    return windows


def test_one_address_makes_one_account(world):
    data = {"email": "kim@example.org", "name": "Kim", "password": PASSWORD, "language": "en"}
    statuses = at_once(world, [world.visitor() for _ in range(MANY)], "/signup", data, "/signup")
    assert (statuses[303], statuses[409]) == (1, MANY - 1)
    assert count(world, models.User, models.User.email == "kim@example.org") == 1


@pytest.mark.parametrize("purpose", ["setup", "reset"])
def test_a_one_time_link_works_once(world, purpose):
    person = world.person("kim")
    with transaction(world.engine) as session:
        user = person.id if purpose == "reset" else None
        code = accounts.make_link(session, purpose=purpose, user_id=user, at=world.now, hours=1)
    data = {"email": lambda n: f"admin{n}@example.org", "name": "A", "password": lambda n: f"{PASSWORD} {n}"}
    statuses = at_once(world, [world.visitor() for _ in range(MANY)], f"/{purpose}/{code}", data, f"/{purpose}/{code}")
    assert statuses[303] == 1, statuses
    assert count(world, models.User) == (2 if purpose == "setup" else 1)
    assert world.visitor().get(f"/{purpose}/{code}").status_code == 404


def test_one_name_makes_one_team(world):
    people = [world.person(f"p{number}") for number in range(8)]
    for person in people:
        with transaction(world.engine) as session:
            teams.accept_agreement(session, person, world.hosted(), version="1", at=world.now)
    visitors = [world.visitor().sign_in(person.email) for person in people]
    statuses = at_once(world, visitors, "/challenges/small/team", {"name": "One Name"}, "/account")
    assert (statuses[303], statuses[409]) == (1, 7)


def test_one_person_makes_one_team_and_accepts_once(world):
    world.person("kim")
    windows = same_person(world, "kim@example.org")
    statuses = at_once(world, windows, "/challenges/small/agreement", {"version": "1"}, "/account")
    assert statuses[303] >= 1
    assert count(world, models.Agreement) == 1
    statuses = at_once(world, windows, "/challenges/small/team", {"name": lambda n: f"Team {n}"}, "/account")
    assert (statuses[303], statuses[409]) == (1, MANY - 1)
    assert count(world, models.Membership) == 1


def test_the_last_place_in_a_team_goes_to_one(world):
    captain = world.team("captain")
    people = [world.person(f"p{number}") for number in range(6)]
    with transaction(world.engine) as session:
        team = teams.team_of(session, captain, world.hosted())
        codes = [teams.invite(session, captain, team, at=world.now) for _ in people]
        for person in people:
            teams.accept_agreement(session, person, world.hosted(), version="1", at=world.now)
    visitors = [world.visitor().sign_in(person.email) for person in people]
    start = threading.Barrier(len(visitors))
    tokens = [form_token(visitor, "/account") for visitor in visitors]

    def join(number):
        start.wait()
        return (
            visitors[number]
            .client.post(f"/invitations/{codes[number]}", data={"csrf_token": tokens[number]})
            .status_code
        )

    with ThreadPoolExecutor(len(visitors)) as pool:
        statuses = Counter(pool.map(join, range(len(visitors))))
    assert statuses == {303: 2, 409: 4}, "three places, the captain has one"
    assert count(world, models.Membership) == 3


def test_one_person_joins_one_team_however_many_invite(world):
    captains = [world.team(f"captain{number}") for number in range(4)]
    friend = world.person("friend")
    with transaction(world.engine) as session:
        teams.accept_agreement(session, friend, world.hosted(), version="1", at=world.now)
        codes = [
            teams.invite(session, captain, teams.team_of(session, captain, world.hosted()), at=world.now)
            for captain in captains
            for _ in range(MANY // len(captains))
        ]
    windows = same_person(world, friend.email)
    tokens, start = [form_token(window, "/account") for window in windows], threading.Barrier(MANY)

    def join(number):
        start.wait()
        data = {"csrf_token": tokens[number]}
        return windows[number].client.post(f"/invitations/{codes[number]}", data=data).status_code

    with ThreadPoolExecutor(MANY) as pool:
        statuses = Counter(pool.map(join, range(MANY)))
    assert statuses == {303: 1, 409: MANY - 1}
    assert count(world, models.Membership, models.Membership.user_id == friend.id) == 1
    assert count(world, models.Invitation, models.Invitation.used_at.is_not(None)) == 1


def test_one_invitation_of_a_team_lets_one_in(world):
    captain = world.team("captain")
    people = [world.person(f"p{number}") for number in range(6)]
    with transaction(world.engine) as session:
        code = teams.invite(session, captain, teams.team_of(session, captain, world.hosted()), at=world.now)
        for person in people:
            teams.accept_agreement(session, person, world.hosted(), version="1", at=world.now)
    visitors = [world.visitor().sign_in(person.email) for person in people]
    statuses = at_once(world, visitors, f"/invitations/{code}", {}, "/account")
    assert (statuses[303], count(world, models.Membership)) == (1, 2)


def test_one_invitation_makes_one_judge(world):
    olga = world.organizer()
    people = [world.person(f"p{number}") for number in range(6)]
    with transaction(world.engine) as session:
        code = invitations.make(session, olga, world.hosted(), role="judge", note="", at=world.now)
    visitors = [world.visitor().sign_in(person.email) for person in people]
    statuses = at_once(world, visitors, f"/invited/{code}", {}, "/account")
    assert (statuses[303], count(world, models.Grant, models.Grant.role == "judge")) == (1, 1)


def test_a_days_submissions_are_no_more_however_many_are_sent_at_once(world):
    import io

    world.team("kim")
    windows = same_person(world, "kim@example.org")
    data = {"file": lambda n: (io.BytesIO(predictions(100 + n)), f"{n}.csv"), "act": "submit", "note": ""}
    statuses = at_once(world, windows, "/challenges/small/submit", data, "/account")
    assert (statuses[303], statuses[429]) == (2, MANY - 2)
    assert (
        count(world, models.Submission, models.Submission.team_id == select(func.max(models.Team.id)).scalar_subquery())
        == 2
    )


def test_organizers_acts_are_done_once(world):
    world.organizer()
    windows = same_person(world, "olga@example.org", 10)
    kinds = {}
    for path, data in (
        ("/organize/small/calendar/pause", {"reason": "x"}),
        ("/organize/small/calendar/close", {}),
        ("/organize/small/calendar/reveal", {}),
    ):
        kinds[path] = at_once(world, windows, path, data, "/account")
    assert kinds["/organize/small/calendar/pause"][303] == 1, kinds
    assert kinds["/organize/small/calendar/close"][303] == 1, kinds
    for kind in ("intake_paused", "challenge_closed", "reveal_started"):
        assert count(world, models.LedgerEntry, models.LedgerEntry.kind == kind) == 1, kind


def test_a_database_that_is_away_is_a_503_with_words_for_whoever_asks(world, monkeypatch):
    """The error page itself asks the database who reads it."""
    world.team("kim")
    visitors = [world.visitor(), world.visitor().sign_in("kim@example.org")]

    def away(_engine):
        raise OperationalError("SELECT 1", {}, Exception("gone: secret4711"))

    monkeypatch.setattr("arena.store.engine.reading", away)
    for visitor in visitors:
        for path in ("/", "/challenges/small", "/challenges/small/leaderboard"):
            answer = visitor.get(path)
            assert answer.status_code == 503, path
            assert "4711" not in answer.text
            assert "cannot answer just now" in answer.text
