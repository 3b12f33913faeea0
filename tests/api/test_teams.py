import pytest

from arena import wire


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
