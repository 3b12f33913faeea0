"""The team's pages: invitations by link and code, running a team, its public page, and every refusal said on the page."""

import re

import pytest
from sqlmodel import select

from arena import teams
from arena.store import models
from arena.store.engine import reading, transaction
from tests.web.conftest import CLOSES, predictions
from tests.web.visiting import submitted, text_of

TEAM = "/challenges/small/team"


@pytest.fixture
def world(world):
    world.publish()
    return world


def signed(world, name):
    """Somebody who has accepted the agreement, before the site."""
    person = world.person(name)
    with transaction(world.engine) as session:
        teams.accept_agreement(session, person, world.hosted(), version="1", at=world.now)
    return person, world.visitor().sign_in(person.email)


def team_id(world, person):
    with reading(world.engine) as session:
        return teams.team_of(session, person, world.hosted()).id


def test_a_code_is_typed_on_the_team_page_and_leads_to_its_team(world):
    captain = world.team("kim")
    page = world.visitor().sign_in(captain.email).post(f"{TEAM}/invitations", form=TEAM)
    code = re.search(r'id="code" type="text" readonly value="([^"]+)"', page.text)[1]
    assert f"/invitations/{code}" in page.text
    person, friend = signed(world, "jun")
    for wrong in ("", "0000-0000-0000", "x" * 300, "\u202e\u200f", "=cmd|' /C calc'!A0", "../../x", "a\tb"):
        answer = friend.post(f"{TEAM}/code", {"code": wrong}, form=TEAM)
        assert answer.status_code == 422, wrong
        assert "There is no such invitation" in text_of(answer)
        assert 'aria-invalid="true"' in answer.text
    led = friend.post(f"{TEAM}/code", {"code": code.lower().replace("-", " ")}, form=TEAM)
    assert led.status_code == 303
    assert "Team kim" in text_of(friend.get(led.location))
    assert friend.post(led.location, form=led.location).status_code == 303
    assert "2 people" in text_of(friend.get(TEAM))
    # The captain is told of it in the header, once read no more.
    captains = world.visitor().sign_in(captain.email)
    assert re.search(r"Notifications\s+1\s+unread", text_of(captains.get("/account")))
    told = text_of(captains.get("/account/notifications"))
    assert "jun has joined your team" in told
    assert not re.search(r"Notifications\s+\d", text_of(captains.get("/account")))
    assert team_id(world, person) == team_id(world, captain)
    # A used code says so to the next one.
    _, late = signed(world, "late")
    assert late.post(f"{TEAM}/code", {"code": code}, form=TEAM).status_code == 422
    assert late.get(f"/invitations/{code}").status_code == 404


def test_invitations_are_listed_with_maker_and_end_and_revoked(world):
    captain = world.team("kim")
    visitor = world.visitor().sign_in(captain.email)
    code = re.search(
        r'id="code" type="text" readonly value="([^"]+)"', visitor.post(f"{TEAM}/invitations", form=TEAM).text
    )[1]
    page = visitor.get(TEAM)
    assert code not in page.text, "it was shown once"
    assert "Outstanding invitations" in page.text
    assert "7 Dec 2026" in text_of(page)
    address = re.search(r'action="([^"]+/revoke)"', page.text)[1]
    stranger = world.visitor().sign_in(world.team("sora").email)
    assert stranger.post(address, form=TEAM).status_code == 404
    assert visitor.post(address, form=TEAM).status_code == 303
    again = visitor.post(address, form=TEAM)
    assert (again.status_code, "has been used or revoked" in text_of(again)) == (409, True)
    _, friend = signed(world, "jun")
    assert friend.get(f"/invitations/{code}").status_code == 404
    world.pass_time(days=15)
    assert "Outstanding invitations" not in visitor.get(TEAM).text


def test_a_captain_runs_the_team_and_a_member_is_told_that_only_the_captain_can(world):
    captain = world.team("kim")
    person, friend = signed(world, "jun")
    with transaction(world.engine) as session:
        code = teams.invite(session, captain, teams.team_of(session, captain, world.hosted()), at=world.now)
        teams.accept_invitation(session, person, world.hosted(), code, world.now)
    visitor = world.visitor().sign_in(captain.email)
    for act, data in (
        ("about", {"name": "Mine"}),
        (f"members/{captain.id}/remove", {}),
        (f"members/{person.id}/captain", {}),
    ):
        answer = friend.post(f"{TEAM}/{act}", data, form=TEAM)
        assert (answer.status_code, "Only the team’s captain" in text_of(answer)) == (403, True)
    saved = visitor.post(f"{TEAM}/about", {"name": "\u202e=1+1\u2066 🧬", "affiliation": "<b>Hospital</b>"}, form=TEAM)
    assert saved.status_code == 303
    page = visitor.get(TEAM)
    assert "=1+1 🧬" in page.text
    assert "<b>Hospital" not in page.text
    refused = visitor.post(f"{TEAM}/about", {"name": "x" * 300, "affiliation": "kept"}, form=TEAM)
    assert refused.status_code == 422
    assert 'value="kept"' in refused.text, "what was typed is not lost"
    assert visitor.post(f"{TEAM}/members/{person.id}/captain", form=TEAM).status_code == 303
    assert friend.post(f"{TEAM}/members/{captain.id}/remove", form=TEAM).status_code == 303
    assert "Make a team to take part" in text_of(visitor.get(TEAM))
    assert "Dissolve the team" in friend.get(TEAM).text
    assert friend.post(f"{TEAM}/leave", form=TEAM).status_code == 303
    with reading(world.engine) as session:
        (row,) = session.exec(select(models.Team).where(models.Team.baseline.is_(None)))
        assert row.dissolved_at == world.now


def test_who_has_submitted_reads_why_nobody_leaves(world):
    captain = world.team("kim")
    visitor = world.visitor().sign_in(captain.email)
    submitted(visitor)
    assert "Leave the team" not in visitor.get(TEAM).text
    assert "its submissions keep their authors" in text_of(visitor.get(TEAM))
    refused = visitor.post(f"{TEAM}/leave", form=TEAM)
    assert (refused.status_code, "keep their authors" in text_of(refused)) == (409, True)


def test_a_lapsed_agreement_is_listed_by_version_and_blocks_with_a_link(world):
    captain = world.team("kim")
    visitor = world.visitor().sign_in(captain.email)
    with transaction(world.engine) as session:
        row = session.get_one(models.Challenge, world.hosted().id)
        row.definition = {**row.definition, "agreement": {**row.definition["agreement"], "version": "2"}}
        row.definition_sha256 = "3" * 64
    page = visitor.get(TEAM)
    assert "version 2 not yet" in text_of(page)
    assert "version 1, Mon 23 Nov 2026" in text_of(page)
    refused = visitor.upload("small", predictions(5))
    assert refused.status_code == 403
    assert "present version of the agreement: kim" in text_of(refused)
    assert 'href="/challenges/small/agreement"' in refused.text
    agreed = visitor.post("/challenges/small/agreement", {"version": "2", "read": "on"})
    assert agreed.status_code == 303
    submitted(visitor)


def test_what_is_left_is_said_in_the_same_words_on_every_page(world):
    visitor = world.visitor().sign_in(world.team("kim").email)
    report = submitted(visitor)
    for page in (TEAM, "/challenges/small/submit", "/challenges/small/submissions", report):
        words = text_of(visitor.get(page))
        assert "Left today 1 of 2 1 used. Renewed on Tue 24 Nov 2026, 00:00 KST , in 12 h 0 min ." in words, page
        assert "Left in all 4 of 5" in words, page
    for page in (TEAM, "/challenges/small/submissions"):
        assert "Current final: submission 1 (the latest)" in text_of(visitor.get(page))
        assert "It can be changed until Thu 31 Dec 2026, 18:00 KST" in text_of(visitor.get(page))


def test_what_is_unread_changes_nothing_else_on_a_page(world):
    """The count in the header once shadowed a name of the report's own: a decided file seemed to wait."""
    visitor = world.visitor().sign_in(world.team("kim").email)
    reports = []
    for seed, outcome in ((5, "accepted"), (6, "not_improved")):
        reports.append(submitted(visitor, seed))
        world.decide(world.queue.rung[-1], outcome, 0.012 if seed == 5 else None)
    page = visitor.get(reports[0])
    assert "The receipt is below" not in page.text
    assert "hx-trigger" not in page.text
    assert re.search(r"Notifications\s+1\s+unread", text_of(page)), "the other one; this one is read by looking at it"


def test_a_teams_page_is_public_once_it_is_on_the_board(world):
    captain = world.team("kim")
    address = f"/challenges/small/teams/{team_id(world, captain)}"
    nobody, visitor = world.visitor(), world.visitor().sign_in(captain.email)
    assert nobody.get(address).status_code == 404
    assert "others do not see this page" in text_of(visitor.get(address))
    submitted(visitor)
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    words = text_of(nobody.get(address))
    assert "Rank 1st" in words
    assert "0.2620 ±0.012" in words
    assert "1 member, not named here" in words
    assert visitor.post(f"{TEAM}/named", {"named": "yes"}, form=TEAM).status_code == 303
    assert "People kim" in text_of(nobody.get(address))
    # Under another challenge's address, or with a number that no team has, nothing is there.
    world.publish("other")
    for wrong in (
        address.replace("small", "other"),
        "/challenges/small/teams/1",
        "/challenges/small/teams/99999999999",
    ):
        assert nobody.get(wrong).status_code == 404, wrong
    with transaction(world.engine) as session:
        session.add(
            models.Mark(
                challenge_id=world.hosted().id, team_id=team_id(world, captain), kind="disqualified", reason="x",
                imposed_by=captain.id, imposed_at=world.now,
            )
        )  # fmt: skip
    assert nobody.get(address).status_code == 404
    assert visitor.get(address).status_code == 200


def test_the_entrance_keeps_what_is_past_with_its_podium(world):
    names = ("kim", "sora")
    for seed, name in enumerate(names):
        visitor = world.visitor().sign_in(world.team(name).email)
        submitted(visitor, seed=5 + seed)
        world.decide(world.queue.rung[-1], "accepted", 0.012)
    world.reveal()
    page = world.visitor().get("/")
    past = text_of(page).partition("Past challenges")[2]
    assert past.count("1st") == 2, "both have the same value"
    assert "Team kim" in past
    for part in ("", "/leaderboard?split=private", "/evaluation", "/rules", "/data"):
        assert world.visitor().get(f"/challenges/small{part}").status_code == 200, part
    told = text_of(visitor.get("/account/notifications"))
    assert "The results are revealed" in told
    assert "0.3" not in told


def test_whether_notices_come_by_mail_is_chosen_on_the_account_page(world):
    visitor = world.visitor().sign_in(world.person("kim").email)
    assert visitor.post("/account/notifications/mail", {"mail": "no"}, form="/account").status_code == 303
    with reading(world.engine) as session:
        assert not session.exec(select(models.User.mail_notices)).one()
    page = visitor.get("/account?saved=notices").text
    assert re.search(r'value="no" checked', page)


def test_somebody_who_is_not_signed_in_costs_no_question_about_notices(world):
    from sqlalchemy import event

    asked = []
    event.listen(world.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert world.visitor().get("/").status_code == 200
    assert asked
    assert not [one for one in asked if " notice" in one]


def test_late_files_stand_apart_and_say_what_they_are(world):
    with transaction(world.engine) as session:
        row = session.get_one(models.Challenge, world.hosted().id)
        row.definition = {**row.definition, "limits": {**row.definition["limits"], "late": True}}
        row.definition_sha256 = "4" * 64
    visitor = world.visitor().sign_in(world.team("kim").email)
    submitted(visitor)
    world.decide(world.queue.rung[-1], "accepted", 0.012)
    world.reveal()
    assert world.now == CLOSES
    visitor = world.visitor().sign_in("kim@example.org")
    assert "files are still taken" in text_of(visitor.get("/challenges/small/submit"))
    report = submitted(visitor, seed=9)
    world.decide(world.queue.rung[-1], "accepted", 0.016)
    words = text_of(visitor.get(report))
    assert "late, unranked" in words
    assert "your rank stays as it is" in words
    assert "0.3000" not in words
    listed = text_of(visitor.get("/challenges/small/submissions"))
    assert "never a final" in listed.partition("After the close")[2]
    assert "Current final: submission 1 (the latest). The challenge has closed, so it stands." in listed
