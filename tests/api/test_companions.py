"""The second file over HTTP: sent with the first or later, refused by line, told of the final after the reveal."""

import pytest

from arena import publishing, wire
from arena.client import Arena
from arena.store.engine import transaction
from tests.api.serving import serving
from tests.arena.conftest import CLOSES, predictions

PATH = "/challenges/asked/submissions"


@pytest.fixture
def asked(site, enter):
    """A member of a team in a challenge that asks for a second file."""
    site.publish("asked", companion=True)
    person, _ = site.team("Asked", slug="asked")
    return enter(person)


def used(caller):
    return caller.get("/challenges/asked/team").json["quota"]["used_total"]


def test_the_challenge_says_what_it_asks_for(asked, site):
    detail = wire.ChallengeDetail.model_validate_json(asked.get("/challenges/asked").data)
    assert detail.companion is not None
    assert (detail.companion.title.en, detail.companion.question.ko) == (
        "Predictions without fitness",
        "체력은 무엇을 보탰습니까?",
    )
    assert asked.get("/challenges/small").json["companion"] is None
    schema = asked.get("/openapi.json").json["paths"]["/challenges/{slug}/submissions"]["post"]["requestBody"]
    assert "companion" in schema["content"]["multipart/form-data"]["schema"]["properties"]


def test_both_files_are_received_and_only_one_is_counted(asked, site):
    checked = asked.send("/challenges/asked/check", predictions(site.ids, 10), companion=predictions(site.ids, 20))
    assert checked.json == {"rows": len(site.ids), "advice": [], "companion_rows": len(site.ids)}
    assert used(asked) == 0
    sent = asked.send(PATH, predictions(site.ids, 10), companion=predictions(site.ids, 20))
    assert sent.status_code == 202
    found = wire.Submitted.model_validate_json(sent.data)
    assert (found.companion.filename, found.companion.differences) == ("second.csv", {})
    assert found.companion.sha256 != found.sha256
    assert used(asked) == 1
    for place in (asked.get(f"/submissions/{found.id}").json, asked.get(PATH).json["submissions"][0]):
        assert wire.Companion.model_validate(place["companion"]) == found.companion


def test_it_may_come_later_with_the_same_predictions(asked, site):
    first = asked.send(PATH, predictions(site.ids, 10)).json
    assert first["companion"] is None
    later = asked.send(PATH, predictions(site.ids, 10), companion=predictions(site.ids, 20)).json
    assert (later["id"], later["created"], later["companion"]["rows"]) == (first["id"], False, len(site.ids))
    assert used(asked) == 1


def test_a_repeated_request_keeps_one_and_is_answered_after_the_close(asked, site):
    given = {"companion": predictions(site.ids, 20), "headers": {"Idempotency-Key": "a key"}}
    first = asked.send(PATH, predictions(site.ids, 10), **given).json
    site.now = CLOSES
    again = asked.send(PATH, predictions(site.ids, 10), **given)
    assert (again.status_code, again.json["companion"]) == (202, first["companion"])
    other = asked.send(PATH, predictions(site.ids, 10), **given | {"companion": predictions(site.ids, 21)})
    assert (other.status_code, other.json["code"]) == (409, "closed")


def test_a_bad_second_file_costs_nothing_and_loses_nothing(asked, site):
    bad = predictions(site.ids, 20).replace(b"P0007,0.", b"P0007,7.")
    for path in (PATH, "/challenges/asked/check"):
        answer = asked.send(path, predictions(site.ids, 10), companion=bad)
        assert (answer.status_code, answer.json["code"]) == (422, "bad_companion")
        assert [(one["line"], one["code"]) for one in answer.json["errors"]] == [(9, "out_of_range")]
        same = asked.send(path, predictions(site.ids, 10), companion=predictions(site.ids, 10))
        assert (same.status_code, same.json["code"]) == (422, "same_predictions")
    assert (used(asked), asked.get(PATH).json["submissions"]) == (0, [])


def test_a_challenge_that_asks_for_none_says_so(ours, site):
    answer = ours.send("/challenges/small/submissions", predictions(site.ids, 10), companion=predictions(site.ids, 20))
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "companion")
    assert ours.get("/challenges/small/submissions").json["submissions"] == []


def test_two_files_may_be_as_large_as_one_each(asked):
    row = b"x" * 99_000
    # Neither is above the limit, so both are read, and it is their content that is refused.
    assert asked.send(PATH, row, companion=row).json["code"] == "bad_file"
    assert asked.send(PATH, row + row, companion=b"").status_code == 413


def test_strangers_find_neither_and_a_stranger_attaches_nothing(asked, site, enter):
    sent = asked.send(PATH, predictions(site.ids, 10), companion=predictions(site.ids, 20)).json
    person, _ = site.team("Others", slug="asked")
    other = enter(person)
    assert other.get(f"/submissions/{sent['id']}").status_code == 404
    # The same predictions of another team are a submission of its own.
    own = other.send(PATH, predictions(site.ids, 10), companion=predictions(site.ids, 21)).json
    assert own["id"] != sent["id"]
    assert asked.get(f"/submissions/{sent['id']}").json["companion"] == sent["companion"]


def test_the_difference_is_told_to_the_team_alone(asked, site, enter, nobody):
    sent = asked.send(PATH, predictions(site.ids, 10), companion=predictions(site.ids, 20)).json
    with transaction(site.engine) as session:
        hosted = site.hosted("asked")
        evaluations = [one for one in range(1, 9) if site.decide(one, "not_improved")]
        assert evaluations
    site.now = CLOSES
    told = {"ipa@1095": {"value": 0.0123, "se": 0.002, "ci": [0.0083, 0.0163], "reason": None}}
    report = {"companion": {"file_sha256": sent["companion"]["sha256"], "differences": told}}
    with transaction(site.engine) as session:
        rings = publishing.start_reveal(session, hosted, site.now)
    for ring in rings:
        site.decide(ring, "", value=0.3, report=report)
    assert asked.get(f"/submissions/{sent['id']}").json["companion"]["differences"] == {}
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted("asked"), site.now)
    for place in (asked.get(f"/submissions/{sent['id']}").json, asked.get(PATH).json["submissions"][0]):
        found = place["companion"]["differences"]["ipa@1095"]
        assert (found["value"], found["se"], found["ci"]) == (0.0123, 0.002, [0.0083, 0.0163])
    for caller in (nobody, asked, enter(site.person("organizer"))):
        for path in ("/challenges/asked/leaderboard?split=private", "/challenges/asked/analysis"):
            assert "0.0123" not in caller.get(path).text


def test_the_client_sends_both(app, asked, site, tmp_path):
    for name, seed in (("mine.csv", 10), ("second.csv", 20)):
        (tmp_path / name).write_bytes(predictions(site.ids, seed))
    seen: list[tuple[int, int]] = []
    with serving(app) as address, Arena(address, asked.token) as arena:
        checked = arena.check("asked", tmp_path / "mine.csv", companion=tmp_path / "second.csv")
        sent = arena.submit(
            "asked",
            tmp_path / "mine.csv",
            companion=tmp_path / "second.csv",
            progress=lambda done, total: seen.append((done, total)),
        )
    total = sum((tmp_path / name).stat().st_size for name in ("mine.csv", "second.csv"))
    assert (checked.companion_rows, sent.companion.rows, seen[-1]) == (len(site.ids), len(site.ids), (total, total))
