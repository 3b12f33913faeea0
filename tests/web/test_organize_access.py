"""Every address under /organize, as everybody who could try it: only a challenge's organizers and administrators get in."""

import pytest
from sqlmodel import select

from arena import accounts, admission, announcements, invitations, moderation, registration
from arena.store import models
from arena.store.engine import reading, transaction
from challenges.text import Text
from tests.web.conftest import World, predictions

REFUSED = ("participant", "judge", "other organizer", "creator", "withdrawn organizer")
ADMITTED = ("organizer", "administrator")


@pytest.fixture
def staffed(world: World) -> World:
    return staff(world)


def staff(world: World) -> World:
    """Make a challenge with one object of every kind, and one person of every kind; another challenge with its own organizer."""
    world.publish(admission="approval")
    world.publish("other", admission="approval")
    world.people = {name: world.person(name.replace(" ", "-")) for name in (*REFUSED, *ADMITTED, "asker")}
    people = world.people
    with transaction(world.engine) as session:
        for name, role, slug in (
            ("judge", "judge", "small"),
            ("other organizer", "organizer", "other"),
            ("organizer", "organizer", "small"),
            ("withdrawn organizer", "organizer", "small"),
        ):
            accounts.grant(session, email=people[name].email, role=role, slug=slug, at=world.now)
        for name, field in (("administrator", "is_admin"), ("creator", "is_creator")):
            setattr(session.get(models.User, people[name].id), field, True)
        held = session.exec(select(models.Grant).where(models.Grant.user_id == people["withdrawn organizer"].id)).one()
        session.delete(held)
    world.objects = _furnish(world)
    return world


def _furnish(world: World) -> dict[str, object]:
    people, hosted = world.people, world.hosted()
    organizer = people["organizer"]
    with transaction(world.engine) as session:
        admission.ask(session, people["asker"], hosted, answers={}, at=world.now)
        admission.ask(session, people["participant"], hosted, answers={}, at=world.now)
        admission.admit(session, organizer, hosted, people["participant"].id, world.now)
        admission.allow(session, organizer, hosted, ["kim@example.net"], world.now)
        question = registration.add_question(
            session, organizer, hosted, kind="text", ko="가", en="a", options=[], required=False, at=world.now
        )
        invitations.make(session, organizer, hosted, role="judge", note="", at=world.now)
        post, _ = announcements.post(
            session, organizer, hosted, title=Text("가", "a"), body=Text("나", "b"), mail=False, at=world.now
        )
    world.join(people["participant"], "Participants")
    visitor = world.visitor().sign_in(people["participant"].email)
    visitor.upload("small", predictions(5))
    with transaction(world.engine) as session:
        team = session.exec(select(models.Team).where(models.Team.name == "Participants")).one()
        submission = session.exec(select(models.Submission).where(models.Submission.team_id == team.id)).one()
        moderation.mark_team(session, organizer, hosted, team.id, kind="flagged", reason="x", at=world.now)
        grant = session.exec(select(models.Grant).where(models.Grant.user_id == people["judge"].id)).one()
        return {
            "slug": "small",
            "user_id": people["asker"].id,
            "member_id": people["asker"].id,
            "team_id": team.id,
            "public_id": submission.public_id,
            "mark_id": session.exec(select(models.Mark.id)).one(),
            "entry_id": session.exec(select(models.AllowedAddress.id)).one(),
            "question_id": question.id,
            "invitation_id": session.exec(select(models.ChallengeInvitation.id)).one(),
            "grant_id": grant.id,
            "announcement_id": post.id,
            "name": "pause",
        }


def addresses(world: World):
    """Every (method, address, rule) of the organizers' pages of one challenge, from the application's own map."""
    adapter = world.app.url_map.bind("localhost")
    for rule in world.app.url_map.iter_rules():
        if not rule.rule.startswith("/organize/<"):
            continue
        given = {name: world.objects[name] for name in rule.arguments}
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield method, adapter.build(rule.endpoint, given, method=method), rule.rule


def send(visitor, method: str, address: str):
    if method == "GET":
        return visitor.get(address)
    # One form for all; the word `kind` means two things.
    kind = "text" if address.endswith("/questions") else "hidden"
    return visitor.post(address, FORM | {"kind": kind}, form="/account")


FORM = {
    "act": "admit",
    "reason": "because",
    "lift_reason": "because",
    "kind": "hidden",
    "entries": "lee@example.net",
    "ko": "가",
    "en": "a",
    "required": "1",
    "role": "judge",
    "note": "n",
    "title_ko": "다",
    "title_en": "c",
    "body_ko": "라",
    "body_en": "d",
}


def everything(world: World):
    """All rows that an organizer's act could touch."""
    tables = (
        *(models.Participation, models.AllowedAddress, models.Question, models.ChallengeInvitation, models.Grant),
        *(models.Mark, models.Announcement, models.Challenge, models.LedgerEntry, models.Mail),
    )
    with reading(world.engine) as session:
        return [[row.model_dump() for row in session.exec(select(table).order_by(table.id))] for table in tables]


def test_the_map_holds_what_is_tried_here(staffed):
    tried = list(addresses(staffed))
    assert len(tried) >= 33
    assert len([one for one in tried if one[0] == "POST"]) >= 17


@pytest.mark.parametrize("who", REFUSED)
def test_who_does_not_run_the_challenge_gets_nothing_and_changes_nothing(staffed, who):
    visitor = staffed.visitor().sign_in(staffed.people[who].email)
    before = everything(staffed)
    for method, address, rule in addresses(staffed):
        answer = send(visitor, method, address)
        assert answer.status_code == 403, (who, method, rule, answer.status_code)
        assert "Only an organizer of this challenge" in answer.text
        for secret in ("asker@example.org", "kim@example.net", "because"):
            assert secret not in answer.text, (who, rule)
    assert everything(staffed) == before


def test_nobody_is_sent_to_sign_in_and_changes_nothing(staffed):
    visitor, before = staffed.visitor(), everything(staffed)
    for method, address, rule in addresses(staffed):
        if method == "GET":
            answer = visitor.get(address)
            assert (answer.status_code, answer.location.startswith("/signin")) == (303, True), rule
        else:
            answer = visitor.post(address, FORM, form="/signin")
            assert answer.status_code == 401, (rule, answer.status_code)
    assert everything(staffed) == before
    assert visitor.get("/organize").status_code == 303


def test_without_the_forms_token_nothing_is_done(staffed):
    visitor = staffed.visitor().sign_in(staffed.people["organizer"].email)
    before = everything(staffed)
    for method, address, rule in addresses(staffed):
        if method == "POST":
            # An upload's form is read only once it is known what it is for: here, for nothing that is there.
            expected = 404 if rule.endswith("/publication/dry-run") else 400
            assert visitor.client.post(address, data=FORM).status_code == expected, rule
    assert everything(staffed) == before


@pytest.mark.parametrize("who", ADMITTED)
def test_organizers_and_administrators_get_in_everywhere(staffed, who):
    visitor = staffed.visitor().sign_in(staffed.people[who].email)
    late = []
    for method, address, rule in addresses(staffed):
        answer = send(visitor, method, address)
        # One mark and one invitation stand under two addresses each: the second finds them gone already.
        if answer.status_code == 409 and rule.endswith(("/lift", "/revoke")):
            late.append(rule)
            continue
        # This challenge was put there by the operator, so it has no upload to look at.
        allowed = (404,) if "/publication" in rule else (200, 303)
        assert answer.status_code in allowed, (who, method, rule, answer.status_code)
    assert len(late) == 2


def test_every_object_of_another_challenge_is_absent(staffed):
    """The other challenge's organizer asks for this challenge's objects under the address of the other."""
    visitor = staffed.visitor().sign_in(staffed.people["other organizer"].email)
    staffed.objects["slug"] = "other"
    before = everything(staffed)
    checked = 0
    for method, address, rule in addresses(staffed):
        if {"<id:", "<submission:"} & {part.partition(":")[0] + ":" for part in rule.split("/")}:
            answer = send(visitor, method, address)
            assert answer.status_code == 404, (method, rule, answer.status_code)
            checked += 1
    assert checked >= 13
    assert everything(staffed) == before


def test_a_challenge_that_is_not_there_looks_the_same_to_everybody(staffed):
    staffed.objects["slug"] = "nothing"
    for who in ("participant", "organizer"):
        visitor = staffed.visitor().sign_in(staffed.people[who].email)
        for method, address, rule in addresses(staffed):
            assert send(visitor, method, address).status_code == 404, (who, rule)


@pytest.mark.parametrize("tail", ["teams/99999999999999999999", "submissions/%00", "teams/-1", "calendar/erase"])
def test_an_address_that_names_nothing_is_not_found(staffed, tail):
    visitor = staffed.visitor().sign_in(staffed.people["organizer"].email)
    assert visitor.get(f"/organize/small/{tail}").status_code == 404


def test_the_list_holds_ones_own_challenges_only(staffed):
    for who, expected in (
        ("organizer", {"small"}),
        ("other organizer", {"other"}),
        ("administrator", {"small", "other"}),
    ):
        text = staffed.visitor().sign_in(staffed.people[who].email).get("/organize").text
        assert {slug for slug in ("small", "other") if f'href="/organize/{slug}"' in text} == expected
    assert "You run no challenge yet" in staffed.visitor().sign_in("participant@example.org").get("/organize").text
