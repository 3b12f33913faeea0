import json

import pytest

from arena import wire, wire_participation
from arena.store import models
from arena.store.engine import transaction
from tests.arena.conftest import CLOSES, predictions


def test_a_team_is_made_and_shown_with_its_quota(enter):
    caller = enter("kim")
    assert caller.get("/challenges/small/team").status_code == 404
    refused = caller.post("/challenges/small/teams", {"name": "처음"})
    assert (refused.status_code, refused.json["code"]) == (403, "agreement_needed")
    caller.post("/challenges/small/agreement", {"version": "1"})
    made = caller.post("/challenges/small/teams", {"name": "처음"})
    assert made.status_code == 201
    team = wire.Team.model_validate_json(made.data)
    assert (team.name, [(one.name, one.captain, one.agreed) for one in team.members]) == ("처음", [("kim", True, True)])
    assert (team.quota.left_today, team.quota.left_total) == (3, 5)
    assert team.quota.renews_at.isoformat() == "2026-11-24T00:00:00+09:00"
    assert caller.get("/challenges/small/team").json == made.json
    second = caller.post("/challenges/small/teams", {"name": "둘째"})
    assert (second.status_code, second.json["code"]) == (409, "in_a_team")


@pytest.mark.usefixtures("ours")
def test_a_taken_name_is_said_to_be_taken(enter):
    caller = enter("lee")
    caller.post("/challenges/small/agreement", {"version": "1"})
    answer = caller.post("/challenges/small/teams", {"name": "ＯＵＲＳ"})
    assert (answer.status_code, answer.json["code"]) == (409, "name_taken")
    assert answer.json["errors"][0]["field"] == "name"


def test_an_invitation_lets_one_person_in_once(ours, enter):
    team_id = ours.get("/challenges/small/team").json["id"]
    made = ours.post(f"/teams/{team_id}/invitations")
    assert made.status_code == 201
    invitation = wire.Invitation.model_validate_json(made.data)
    path = invitation.accept_url.removeprefix("/api/v1")
    friend, late = enter("friend"), enter("late")
    for person in (friend, late):
        person.post("/challenges/small/agreement", {"version": "1"})
    joined = friend.post(path)
    assert joined.status_code == 200
    assert [one["name"] for one in joined.json["members"]] == ["Ours", "friend"]
    assert late.post(path).status_code == 404
    assert late.post("/invitations/%00/accept").status_code == 404


def test_nobody_invites_to_another_team(ours, theirs):
    team_id = ours.get("/challenges/small/team").json["id"]
    assert theirs.post(f"/teams/{team_id}/invitations").status_code == 404


def test_invitations_are_listed_and_revoked(ours, theirs, enter):
    team_id = ours.get("/challenges/small/team").json["id"]
    code = ours.post(f"/teams/{team_id}/invitations").json["code"]
    listed = wire_participation.InvitationList.model_validate_json(ours.get(f"/teams/{team_id}/invitations").data)
    (one,) = listed.invitations
    assert (one.made_by, code in ours.get(f"/teams/{team_id}/invitations").text) == ("Ours", False)
    path = f"/teams/{team_id}/invitations/{one.id}"
    own = theirs.get("/challenges/small/team").json["id"]
    for other in (path, f"/teams/{own}/invitations/{one.id}"):
        assert theirs.ask("DELETE", other).status_code == 404, other
    assert ours.ask("DELETE", path).json == {"invitations": []}
    again = ours.ask("DELETE", path)
    assert (again.status_code, again.json["code"]) == (409, "used")
    friend = enter("friend")
    friend.post("/challenges/small/agreement", {"version": "1"})
    assert friend.post(f"/invitations/{code}/accept").status_code == 404


def test_a_team_is_renamed_by_its_captain_and_left_before_its_first_submission(ours, theirs, enter, site):
    team_id = ours.get("/challenges/small/team").json["id"]
    code = ours.post(f"/teams/{team_id}/invitations").json["code"]
    friend = enter("friend")
    friend.post("/challenges/small/agreement", {"version": "1"})
    joined = wire.Team.model_validate_json(friend.post(f"/invitations/{code.lower()}/accept").data)
    assert [one.agreements[0].version for one in joined.members] == ["1", "1"]

    def change(who, body):
        return who.ask("PATCH", f"/teams/{team_id}", data=json.dumps(body), content_type="application/json")

    assert (change(theirs, {"name": "x"}).status_code, change(friend, {"name": "x"}).status_code) == (404, 403)
    changed = change(ours, {"name": "=1+1 \u202e🧬", "affiliation": "A hospital"})
    assert (changed.json["name"], changed.json["affiliation"]) == ("=1+1 🧬", "A hospital")
    assert change(ours, {"affiliation": ""}).json["name"] == "=1+1 🧬"
    for wrong in ({}, None, {"name": "x" * 300}, {"captain": 1}, {"name": None, "affiliation": "x" * 121}):
        assert change(ours, wrong).status_code == 422, wrong
    assert change(ours, {"name": "THEIRS"}).json["code"] == "name_taken"
    left = wire_participation.Left.model_validate_json(ours.post("/challenges/small/team/leave").data)
    assert (left.team, left.dissolved) == ("=1+1 🧬", False)
    assert friend.get("/challenges/small/team").json["members"][0]["captain"] is True
    assert ours.post("/challenges/small/team/leave").status_code == 404
    friend.send("/challenges/small/submissions", predictions(site.ids, 5))
    refused = friend.post("/challenges/small/team/leave")
    assert (refused.status_code, refused.json["code"]) == (409, "has_submissions")


def test_a_lapsed_agreement_says_where_it_is_mended(ours, site):
    with transaction(site.engine) as session:
        row = session.get_one(models.Challenge, site.hosted().id)
        row.definition = {**row.definition, "agreement": {**row.definition["agreement"], "version": "2"}}
        row.definition_sha256 = "5" * 64
    refused = ours.send("/challenges/small/submissions", predictions(site.ids, 5))
    assert (refused.status_code, refused.json["code"]) == (403, "agreement_needed")
    assert refused.json["mend"].endswith("/challenges/small/agreement")
    (member,) = ours.get("/challenges/small/team").json["members"]
    assert (member["agreed"], [one["version"] for one in member["agreements"]]) == (False, ["1"])


def test_a_late_submission_is_marked(ours, site):
    with transaction(site.engine) as session:
        row = session.get_one(models.Challenge, site.hosted().id)
        row.definition = {**row.definition, "limits": {**row.definition["limits"], "late": True}}
        row.definition_sha256 = "6" * 64
    assert ours.send("/challenges/small/submissions", predictions(site.ids, 5)).json["late"] is False
    site.now = CLOSES
    sent = ours.send("/challenges/small/submissions", predictions(site.ids, 6))
    assert (sent.status_code, sent.json["late"], sent.json["final"]) == (202, True, False)
    assert [one["late"] for one in ours.get("/challenges/small/submissions").json["submissions"]] == [True, False]
    assert ours.get("/challenges/small").json["limits"]["late"] is True
