import pytest
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from arena.api import create_api, limits
from arena.queue import Queue
from tests.api.conftest import NO_REDIS, Caller


@pytest.fixture
def limited(site, settings, monkeypatch):
    """The same API with limits that a test can reach; there is no Redis, so they are counted in memory."""
    monkeypatch.setattr(limits, "READING", "3 per minute")
    monkeypatch.setitem(limits.BY_ENDPOINT, "submissions.check", "1 per minute")
    api = create_api(
        settings=settings,
        engine=site.engine,
        blobs=site.blobs,
        queue=Queue(NO_REDIS),
        signer=site.signer,
        clock=lambda: site.now,
    )
    return DispatcherMiddleware(NotFound(), {"/api/v1": api})


def test_who_asks_too_often_is_told_when_to_come_back(limited):
    caller = Caller(Client(limited))
    first = caller.get("/challenges")
    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("3", "2")
    for _ in range(2):
        assert caller.get("/challenges").status_code == 200
    answer = caller.get("/challenges")
    assert (answer.status_code, answer.json["code"], answer.mimetype) == (
        429,
        "rate_limited",
        "application/problem+json",
    )
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert answer.headers["X-RateLimit-Remaining"] == "0"


def test_callers_are_counted_apart_and_bad_tokens_by_address(limited, ours):
    mine = Caller(Client(limited), ours.token)
    for number in range(3):
        assert Caller(Client(limited), f"arena_{number}").get("/challenges").status_code == 401
    assert Caller(Client(limited), "arena_4").get("/challenges").status_code == 429
    assert mine.get("/challenges").status_code == 200


def test_uploads_have_a_limit_of_their_own(limited, ours):
    mine = Caller(Client(limited), ours.token)
    assert mine.send("/challenges/small/check", b"x").status_code == 422
    assert mine.send("/challenges/small/check", b"x").status_code == 429
    assert mine.get("/challenges").status_code == 200


def test_limits_are_counted_in_redis_where_there_is_one(site, settings, valkey):
    from dataclasses import replace

    given = replace(settings, redis_url=valkey)
    queue = Queue(valkey)
    made = [
        create_api(
            settings=given,
            engine=site.engine,
            blobs=site.blobs,
            queue=queue,
            signer=site.signer,
            clock=lambda: site.now,
        )
        for _ in range(2)
    ]
    left = [int(app.test_client().get("/challenges").headers["X-RateLimit-Remaining"]) for app in made]
    assert left == [1199, 1198]  # two processes, one count


def test_every_answer_says_how_much_is_left(limited, ours):
    """What has not changed, what is not there and what is refused counts too: otherwise guessing would be free."""
    caller = Caller(Client(limited), ours.token)
    for seen in (
        [
            caller.get("/challenges/small/team"),
            caller.get("/challenges/small/team", headers={"If-None-Match": "*"}),
            caller.get("/challenges/small/team", headers={"Authorization": "Bearer none"}),
            caller.get("/challenges/small/team", headers={"If-None-Match": "*"}),
        ],
        [caller.get("/nothing"), caller.ask("DELETE", "/challenges"), caller.ask("OPTIONS", "/a"), caller.get("/b")],
    ):
        statuses = [answer.status_code for answer in seen]
        assert statuses in ([200, 304, 401, 304], [404, 405, 404, 429])
        assert all(answer.headers["X-RateLimit-Limit"] == "3" for answer in seen)
        left = [int(answer.headers["X-RateLimit-Remaining"]) for answer in seen]
        # A bad token is counted by its address, apart from its owner.
        assert left == ([2, 1, 2, 0] if 401 in statuses else [2, 1, 0, 0])
