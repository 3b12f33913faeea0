"""Asking to take part over the API: the state, the questions, and what a refusal says."""

import pytest

from arena import admission, moderation, registration, wire_participation
from arena.store.engine import reading, transaction
from tests.arena.conftest import Site


@pytest.fixture
def closed(site: Site) -> Site:
    """A challenge that admits by approval and asks one question."""
    site.publish("closed", admission="approval")
    site.olga = site.organizer(slug="closed")
    with transaction(site.engine) as session:
        site.asked = registration.add_question(
            session,
            site.olga,
            site.hosted("closed"),
            kind="choice",
            ko="신분",
            en="You are",
            options=[("학생", "Student"), ("그 밖", "Other")],
            required=True,
            at=site.now,
        ).id
    return site


def test_an_open_challenge_asks_nothing(enter):
    answer = enter("kim").get("/challenges/small/participation")
    assert (answer.status_code, answer.json["state"], answer.json["questions"]) == (200, "admitted", [])


def test_a_person_asks_waits_is_admitted_and_makes_a_team(closed, enter):
    kim = closed.person("kim")
    caller = enter(kim)
    found = wire_participation.Participation.model_validate_json(caller.get("/challenges/closed/participation").data)
    assert found.state == "not_asked"
    assert [(one.kind, one.required, [option.en for option in one.options]) for one in found.questions] == [
        ("choice", True, ["Student", "Other"])
    ]
    caller.post("/challenges/closed/agreement", {"version": "1"})
    refused = caller.post("/challenges/closed/teams", {"name": "K"})
    assert (refused.status_code, refused.json["code"]) == (403, "not_admitted")
    empty = caller.post("/challenges/closed/participation", {"answers": {}})
    assert (empty.status_code, empty.json["errors"][0]["field"]) == (422, f"question-{closed.asked}")
    sent = caller.post("/challenges/closed/participation", {"answers": {str(closed.asked): "1"}})
    assert (sent.status_code, sent.json["state"]) == (200, "waiting")
    with transaction(closed.engine) as session:
        admission.admit(session, closed.olga, closed.hosted("closed"), kim.id, closed.now)
    assert caller.get("/challenges/closed/participation").json["state"] == "admitted"
    assert caller.post("/challenges/closed/teams", {"name": "K"}).status_code == 201


def test_a_refusal_is_told_with_its_reason(closed, enter):
    kim = closed.person("kim")
    caller = enter(kim)
    caller.post("/challenges/closed/participation", {"answers": {str(closed.asked): "0"}})
    with transaction(closed.engine) as session:
        admission.refuse(session, closed.olga, closed.hosted("closed"), kim.id, reason="no seat", at=closed.now)
    found = caller.get("/challenges/closed/participation").json
    assert (found["state"], found["reason"]) == ("refused", "no seat")
    again = caller.post("/challenges/closed/participation", {"answers": {str(closed.asked): "0"}})
    assert (again.status_code, again.json["code"]) == (403, "not_admitted")
    assert "no seat" in again.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"answers": {"x": "1"}},
        {"answers": {"1": 1}},
        {"answers": []},
        {"state": "admitted"},
        {"answers": {"1": "x" * 1001}},
    ],
)
def test_a_wrong_body_is_refused(closed, enter, body):
    assert enter("kim").post("/challenges/closed/participation", body).status_code == 422


def test_nobody_and_organizers_cannot_ask(closed, enter, nobody):
    assert nobody.post("/challenges/closed/participation", {"answers": {}}).status_code == 401
    assert nobody.get("/challenges/closed/participation").status_code == 401
    answer = enter(closed.olga).post("/challenges/closed/participation", {"answers": {}})
    assert (answer.status_code, answer.json["code"]) == (403, "conflict_of_interest")
    assert enter("lee").get("/challenges/nothing/participation").status_code == 404


def test_a_team_reads_over_the_api_why_it_was_marked(closed, site, ours, enter):
    del enter
    team_id = ours.get("/challenges/small/team").json["id"]
    assert ours.get("/challenges/small/team").json["marks"] == []
    with transaction(site.engine) as session:
        for kind in ("flagged", "disqualified"):
            moderation.mark_team(
                session, closed.olga, site.hosted(), team_id, kind=kind, reason=f"because {kind}", at=site.now
            )
    (mark,) = ours.get("/challenges/small/team").json["marks"]
    assert (mark["kind"], mark["reason"]) == ("disqualified", "because disqualified")
    refused = ours.send("/challenges/small/submissions", b"patient_id,p_3y\n")
    assert (refused.status_code, refused.json["code"]) == (403, "disqualified")


def test_a_refused_submission_is_counted_and_a_check_is_not(site, ours):
    from arena import organizing

    def counted():
        with reading(site.engine) as session:
            return organizing.overview_of(session, site.hosted(), site.now).flow.refused_files

    bad = b"patient_id,p_3y\nP0000,9\n"
    assert ours.send("/challenges/small/check", bad).status_code == 422
    assert counted() == {}
    assert ours.send("/challenges/small/submissions", bad).status_code == 422
    assert counted() == {"missing_id": 1, "out_of_range": 1}
