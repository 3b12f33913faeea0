"""Every route of the API, from its own map, as everybody who could try it: what is another's is not there, and nothing changes."""

import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from arena import accounts, teams
from arena.store import models
from arena.store.engine import reading, transaction
from tests.api.test_hostile_text import BODIES, FILES
from tests.arena.conftest import predictions

# What everybody may ask, what needs a token, and what needs the challenge's organizer; a new route has to be put in one of them.
PUBLIC = {
    "openapi.spec", "challenges.every", "challenges.one", "challenges.file", "challenges.labels_key", "leaderboards.board",
    "leaderboards.analysis", "versions.every", "versions.one", "receipts.key",
}  # fmt: skip
SIGNED_IN = {
    "challenges.accept", "teams.standing", "teams.ask", "teams.create", "teams.own", "teams.accept", "teams.leave", "submissions.check",
    "submissions.submit", "submissions.every",
}  # fmt: skip
OWN = {
    "teams.invite",
    "teams.invitations",
    "teams.revoke",
    "teams.describe",
    "submissions.one",
    "submissions.choose_final",
    "reports.one",
}
SENDERS = {"organizers.receive"}
ORGANIZERS = {
    "organizers.verification", "organizers.send_dry_run", "organizers.dry_run", "organizers.schedule", "organizers.extend",
    "organizers.pause", "organizers.resume", "organizers.withdraw", "organizers.cancel", "organizers.adopt",
}  # fmt: skip
STRANGERS = ("participant", "member of another team", "judge", "other organizer", "withdrawn organizer", "creator")
TABLES = (
    models.Challenge, models.Grant, models.Team, models.Membership, models.Submission, models.Evaluation, models.Agreement,
    models.Participation, models.Invitation, models.LedgerEntry, models.Publication, models.DryRun,
)  # fmt: skip


@pytest.fixture
def staffed(site, app, enter, ours, theirs):
    """A challenge with a team's submission and an organizer; another one with its own; and a token of every kind."""
    site.publish("other")
    people = {name: site.person(name) for name in (*STRANGERS[2:], "organizer", "administrator")}
    with transaction(site.engine) as session:
        for name, role, slug in (
            ("judge", "judge", "small"),
            ("other organizer", "organizer", "other"),
            ("organizer", "organizer", "small"),
            ("withdrawn organizer", "organizer", "small"),
        ):
            accounts.grant(session, email=people[name].email, role=role, slug=slug, at=site.now)
        session.get(models.User, people["administrator"].id).is_admin = True
        session.get(models.User, people["creator"].id).is_creator = True
        gone = people["withdrawn organizer"].id
        session.delete(session.exec(select(models.Grant).where(models.Grant.user_id == gone)).one())
    sent = ours.send("/challenges/small/submissions", predictions(site.ids, 5)).json
    callers = {name: enter(person) for name, person in people.items()}
    callers |= {"participant": theirs, "member of another team": theirs, "owner": ours}
    with reading(site.engine) as session:
        team = teams.team_of(session, session.get(models.User, 1), site.hosted())
    given = {
        "slug": "small",
        "name": "train.csv",
        "team_id": str(team.id),
        "code": "nocode",
        "submission_id": sent["id"],
        "number": "1",
    }
    return callers, given


def every_route(app, given):
    for rule in app.mounts["/api/v1"].url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], rule.rule)
        for method in sorted(rule.methods & {"GET", "POST", "PATCH", "PUT", "DELETE"}):
            yield rule.endpoint, method, address


def ask(caller, site, endpoint, method, address):
    if endpoint in FILES:
        return caller.send(address, predictions(site.ids, 8))
    if method == "GET":
        return caller.get(address)
    body = BODIES.get(endpoint)
    return (
        caller.ask(method, address, data=json.dumps(body), content_type="application/json")
        if body
        else caller.ask(method, address)
    )


def everything(site):
    with reading(site.engine) as session:
        return [[row.model_dump() for row in session.exec(select(table).order_by(table.id))] for table in TABLES]


def test_every_route_has_its_place(app, staffed):
    assert {
        endpoint for endpoint, _, _ in every_route(app, staffed[1])
    } == PUBLIC | SIGNED_IN | OWN | SENDERS | ORGANIZERS


def test_without_a_token_that_holds_nothing_but_reading_is_done(app, site, staffed, nobody, enter):
    """Nobody; a token that was revoked, that has expired, that is of a closed account, that never was."""
    person = site.person("leaver")
    revoked, expired, closed = (enter(person) for _ in range(3))
    with transaction(site.engine) as session:
        rows = session.exec(
            select(models.ApiToken).where(models.ApiToken.user_id == person.id).order_by(models.ApiToken.id)
        ).all()
        rows[0].revoked_at = site.now
        rows[1].expires_at = site.now - timedelta(seconds=1)
    other = site.person("closed")
    closed = enter(other)
    with transaction(site.engine) as session:
        session.get(models.User, other.id).disabled_at = site.now
    invented = type(nobody)(nobody.http, "arena_" + "x" * 43)
    before = everything(site)
    for endpoint, method, address in every_route(app, staffed[1]):
        status = ask(nobody, site, endpoint, method, address).status_code
        assert (status != 401) == (endpoint in PUBLIC), (endpoint, status)
        for caller in (revoked, expired, closed, invented):
            assert ask(caller, site, endpoint, method, address).status_code == 401, endpoint
    assert everything(site) == before


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_conducts_a_challenge_or_sees_anothers_object(app, site, staffed, who):
    callers, given = staffed
    before = everything(site)
    for endpoint, method, address in every_route(app, given):
        if endpoint in ORGANIZERS:
            answer = ask(callers[who], site, endpoint, method, address)
            assert answer.status_code == 403, (endpoint, answer.status_code)
        elif endpoint in OWN:
            answer = ask(callers[who], site, endpoint, method, address)
            assert answer.status_code == 404, (endpoint, answer.status_code)
        elif endpoint in SENDERS and who not in ("creator", "other organizer"):
            assert ask(callers[who], site, endpoint, method, address).status_code == 403
    assert everything(site) == before


@pytest.mark.parametrize("who", ["organizer", "administrator"])
def test_who_runs_a_challenge_gets_in_and_still_has_no_teams_objects(app, site, staffed, who):
    callers, given = staffed
    for endpoint, method, address in every_route(app, given):
        status = ask(callers[who], site, endpoint, method, address).status_code
        if endpoint in ORGANIZERS:
            assert status not in (401, 403), (endpoint, status)
        elif endpoint in OWN:
            assert status == 404, (endpoint, status)


@pytest.mark.parametrize("who", [*STRANGERS, "organizer", "administrator"])
def test_a_challenge_that_is_withdrawn_is_not_there(app, site, staffed, who):
    callers, given = staffed
    with transaction(site.engine) as session:
        session.get(models.Challenge, site.hosted().id).state = "withdrawn"
    for endpoint, method, address in every_route(app, given):
        if "/challenges/small" not in address:
            continue
        status = ask(callers[who], site, endpoint, method, address).status_code
        if who in STRANGERS and who != "judge":
            assert status in (403, 404) if endpoint in ORGANIZERS else status == 404, (endpoint, status)
        assert status < 500, endpoint
