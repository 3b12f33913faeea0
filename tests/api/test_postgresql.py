"""What PostgreSQL minds and SQLite does not: NUL bytes, numbers too large, lone surrogates, two writers at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from arena.store.engine import make_engine
from tests.api.conftest import Caller
from tests.arena.conftest import predictions
from tests.support import databases, postgres


@pytest.fixture
def engine(postgres_server):
    with postgres.database(postgres_server) as url:
        databases.migrate(url)
        made = make_engine(url)
        yield made
        made.dispose()


def test_what_a_database_cannot_hold_never_reaches_it(ours, site):
    for path in (
        "/challenges/%00",
        "/challenges/a%00b",
        "/submissions/%00",
        "/invitations/%00/accept",
        "/teams/4294967296/x",
    ):
        assert ours.get(path).status_code in (404, 405), path
    assert ours.post("/invitations/%00/accept").status_code == 404
    assert ours.post("/teams/4294967296/invitations").status_code == 404
    assert ours.post("/challenges/small/agreement", {"version": "\x00"}).status_code == 409
    sent = ours.send("/challenges/small/submissions", predictions(site.ids, 10), name="a\x00b.csv", note="a\x00b\u202e")
    assert (sent.status_code, sent.json["note"]) == (202, "ab")
    assert ours.get("/challenges/small/submissions?offset=1000000").json["submissions"] == []


def test_the_last_place_goes_to_one_of_many(app, ours, site):
    first = ours.send("/challenges/small/submissions", predictions(site.ids, 1))
    second = ours.send("/challenges/small/submissions", predictions(site.ids, 2))
    assert (first.status_code, second.status_code) == (202, 202)

    def post(seed: int) -> int:
        caller = Caller(type(ours.http)(app), ours.token)
        return caller.send("/challenges/small/submissions", predictions(site.ids, 100 + seed)).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(post, range(20)))
    assert statuses == [202] + [429] * 19
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 3


def test_one_key_sent_many_times_at_once_is_one_submission(app, ours, site):
    def post(_number: int) -> str:
        caller = Caller(type(ours.http)(app), ours.token)
        headers = {"Idempotency-Key": "once"}
        answer = caller.send("/challenges/small/submissions", predictions(site.ids, 7), headers=headers)
        assert answer.status_code == 202, answer.text
        return answer.json["id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(post, range(8)))) == 1
    assert ours.get("/challenges/small/team").json["quota"]["used_total"] == 1


def test_two_teams_of_one_name_at_once_are_one(enter):
    callers = [enter(name) for name in ("kim", "lee", "park", "choi")]
    for caller in callers:
        caller.post("/challenges/small/agreement", {"version": "1"})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one.post("/challenges/small/teams", {"name": "같은 이름"}), callers))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    codes = {json.loads(answer.data)["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"name_taken", "conflict"}
