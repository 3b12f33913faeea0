"""Text that no database keeps, in every part of every request to the API: a 4xx problem with a sentence, and never our fault."""

import json
import re

import pytest

from arena import accounts
from arena.store.engine import make_engine, transaction
from tests.arena.conftest import predictions
from tests.support import databases

NOTHING = ("%00", "small%00", "a%00b", "%0d%0aSet-Cookie:%20a=b", "%1b%5b31m", "%e2%80%ae")
ODD = ("%ed%a0%80", "%ff%fe", "%2e%2e", "x" * 300, "9" * 20, "-1", "0", str(2**31 - 1), "%EA%B0%80")
TEXTS = ("a\0b", "\0", "\ud800", "\x1b[31m", "\u202e", "9" * 30, "x" * 20_000)
# What every body of the API has somewhere; each is sent alone with the rest right.
BODIES = {
    "challenges.accept": {"version": "1"},
    "teams.ask": {"answers": {"1": "a"}},
    "teams.create": {"name": "a"},
    "teams.describe": {"name": "a"},
    "submissions.choose_final": {"final": True},
    "organizers.schedule": {"opens_at": "2099-01-01T00:00:00+09:00", "closes_at": "2099-02-01T00:00:00+09:00"},
    "organizers.extend": {"closes_at": "2099-02-01T00:00:00+09:00", "reason": "x"},
    "organizers.pause": {"reason": "x"},
    "organizers.withdraw": {"reason": "x"},
    "organizers.cancel": {"reason": "x"},
    "organizers.adopt": {"version": "2"},
}
FILES = ("submissions.check", "submissions.submit", "practice.send", "organizers.send_dry_run", "organizers.receive")
BARE = ("teams.invite", "teams.accept", "teams.revoke", "teams.leave", "organizers.resume")


@pytest.fixture
def engine(database_url):
    """Both kinds of database."""
    databases.migrate(database_url)
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def api(app):
    return app.mounts["/api/v1"]


@pytest.fixture
def callers(site, enter, ours, nobody):
    person = site.person("olga")
    with transaction(site.engine) as session:
        accounts.grant(session, email=person.email, role="organizer", slug="small", at=site.now)
    return {"nobody": nobody, "participant": ours, "organizer": enter(person)}


def rules(api):
    given = {
        "slug": "small",
        "name": "train.csv",
        "team_id": "1",
        "code": "a",
        "submission_id": "0" * 16,
        "practice_id": "0" * 16,
        "number": "1",
    }
    for rule in api.url_map.iter_rules():
        yield rule, {name: given[name] for name in rule.arguments}


def written(rule: str, given: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], rule)


def is_told(answer) -> None:
    """Assert that an answer is no fault of ours and that a refusal has a sentence."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["detail"]


def test_the_map_holds_what_is_tried_here(api):
    posted = {rule.endpoint for rule, _ in rules(api) if rule.methods & {"POST", "PATCH", "PUT", "DELETE"}}
    assert posted == {*BODIES, *FILES, *BARE}


def test_no_part_of_an_address_breaks_an_answer(api, callers):
    tried = 0
    for who, caller in callers.items():
        for rule, given in rules(api):
            for name in given:
                for part in (*NOTHING, *ODD):
                    for method in sorted(rule.methods & {"GET", "POST", "PATCH"}):
                        body = json.dumps(BODIES.get(rule.endpoint, {})) if method != "GET" else None
                        answer = caller.ask(
                            method,
                            written(rule.rule, given | {name: part}),
                            data=body,
                            content_type="application/json" if body else None,
                        )
                        is_told(answer)
                        if part in NOTHING:
                            assert answer.status_code in ((404,) if method == "GET" else (404, 405)), (who, rule, part)
                        tried += 1
    assert tried > 1000


def test_no_value_of_a_body_or_a_query_breaks_an_answer(api, callers):
    for caller in callers.values():
        for rule, given in rules(api):
            address = written(rule.rule, given)
            for text in TEXTS:
                if "GET" in rule.methods:
                    names = ("split", "limit", "offset", "labels", "lang", text.encode("utf-8", "replace").decode())
                    is_told(caller.get(address, query_string=dict.fromkeys(names, text.replace("\ud800", "%ed%a0%80"))))
                for name in BODIES.get(rule.endpoint, ()):
                    for value in (text, [text], {text: text}):
                        body = BODIES[rule.endpoint] | {name: value, text: 1}
                        method = "PATCH" if "PATCH" in rule.methods else "POST"
                        is_told(caller.ask(method, address, data=json.dumps(body), content_type="application/json"))
                        body.pop(text)
                        is_told(caller.ask(method, address, data=json.dumps(body), content_type="application/json"))


def test_no_text_beside_a_file_breaks_an_answer(api, callers, site):
    content = predictions(site.ids, 7)
    for caller in callers.values():
        for rule, given in rules(api):
            if rule.endpoint in FILES:
                for text in ("a\0b", "\0", "\x1b", "x" * 3000):
                    is_told(caller.send(written(rule.rule, given), content, name=f"{text}.csv", note=text))
                    hostile = content.replace(site.ids[0].encode(), text.encode() + b"\xed\xa0\x80")
                    is_told(caller.send(written(rule.rule, given), hostile, name="a.csv"))


@pytest.mark.parametrize(
    "name", ["Authorization", "Idempotency-Key", "Accept-Language", "Range", "If-None-Match", "Host"]
)
def test_no_header_breaks_an_answer(callers, site, name):
    caller = callers["participant"]
    variable = "HTTP_" + name.upper().replace("-", "_")
    for text in ("a\0b", "\0", "Bearer arena_\0", "Bearer arena_\xed\xa0\x80", "bytes=\0", "x" * 9000, "Basic \0"):
        environ = {variable: text}
        for path in ("/challenges", "/challenges/small/files/train.csv", "/challenges/small/team"):
            is_told(caller.get(path, environ_overrides=environ))
        is_told(caller.send("/challenges/small/submissions", predictions(site.ids, 9), environ_overrides=environ))
