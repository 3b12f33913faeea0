"""Text that no database keeps, in every part of every request: the pages answer that it is nothing, or say what is wrong."""

import inspect
import re
import sys

import pytest

from arena.web import limits
from tests.web.conftest import make_world
from tests.web.test_organize_access import FORM, staff

NOTHING = ("%00", "small%00", "a%00b", "%0d%0aSet-Cookie:%20a=b", "%1b%5b31m", "%e2%80%ae", "-1", "9" * 20)
ODD = ("%ed%a0%80", "%ff%fe", "%2e%2e", "%252e%252e%252f", "x" * 300, "%EA%B0%80", "%27;--", "0", str(2**31 - 1))
# It would end the session with which the others are tried; readiness tells that there is no Redis.
LEFT_OUT = ("account.sign_out", "health.readyz")
TEXTS = ("a\0b", "\0", "\ud800", "\x1b[31m", "9" * 30, "x" * 20_000)


@pytest.fixture
def staffed(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(limits.limiter, "enabled", False)
    world = make_world(engine, tmp_path)
    key = world.app.extensions["arena"].settings.labels_key_file
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("ab" * 32 + "\n", encoding="ascii")
    return staff(world)


def rules(world, *, bare: bool = False):
    """Every rule of the application that takes something from its address, or, if `bare`, every rule."""
    objects = world.objects | {"code": "a", "token": "a", "token_id": 1, "number": 1, "version": "1", "figure": "shown"}
    for rule in world.app.url_map.iter_rules():
        if rule.arguments or bare:
            yield rule, {name: str(objects[name]) for name in rule.arguments}


def written(rule: str, given: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], rule)


def fields(world, endpoint: str) -> list[str]:
    """Every field that a view could read, from the source of its own module: none is forgotten."""
    module = sys.modules[inspect.unwrap(world.app.view_functions[endpoint]).__module__]
    source = inspect.getsource(module)
    found = set(re.findall(r'(?:form|args|values|cookies)\.get\(\s*f?"(\w+)"', source))
    found |= {name for name in FORM if f'"{name}"' in source}
    if "_answers()" in source:
        found.add("question-1")
    return sorted(found | {"next", "page"} | ({"closes_at", "opens_at"} if "closes_at" in source else set()))


@pytest.mark.parametrize("who", ["nobody", "organizer"])
def test_no_part_of_an_address_breaks_a_page(staffed, who):
    visitor = staffed.visitor()
    if who != "nobody":
        visitor.sign_in(staffed.people[who].email)
    token = form_token(visitor, "/signin" if who == "nobody" else "/account")
    tried = 0
    for rule, given in rules(staffed):
        for name in given:
            for part in (*NOTHING, *ODD):
                address = written(rule.rule, given | {name: part})
                for method in sorted(rule.methods & {"GET", "POST"}):
                    answer = visitor.client.open(address, method=method, data={"csrf_token": token, **FORM})
                    assert answer.status_code < 500, (who, method, address)
                    if part in NOTHING[:6]:
                        # Werkzeug looks at the method before it looks at what the address holds.
                        allowed = (404,) if method == "GET" else (404, 405)
                        assert answer.status_code in allowed, (who, method, address, answer.status_code)
                    assert "a=b" not in str(answer.headers)
                    tried += 1
    assert tried > 1000


@pytest.mark.parametrize("who", ["nobody", "organizer"])
def test_no_field_breaks_a_page(staffed, who):
    visitor = staffed.visitor()
    if who != "nobody":
        visitor.sign_in(staffed.people[who].email)
    token = form_token(visitor, "/signin" if who == "nobody" else "/account")
    for rule, given in rules(staffed, bare=True):
        address, names = written(rule.rule, given), fields(staffed, rule.endpoint)
        # What needs an account has told nobody so before it reads a field.
        if rule.endpoint in LEFT_OUT or (who == "nobody" and not rule.endpoint.startswith("account.")):
            continue
        for text in TEXTS:
            sent = {name: _sendable(text) for name in names}
            if "GET" in rule.methods:
                answer = visitor.client.get(address, query_string=sent)
                assert answer.status_code < 500, (who, address, text[:9])
            if "POST" in rule.methods:
                answer = visitor.client.post(address, data=sent | {"csrf_token": token})
                assert answer.status_code < 500, (who, address, text[:9])


def test_no_single_field_breaks_a_form_that_is_right_otherwise(staffed):
    visitor = staffed.visitor().sign_in(staffed.people["organizer"].email)
    token = form_token(visitor, "/account")
    tried = set()
    for rule, given in rules(staffed, bare=True):
        if "POST" not in rule.methods or rule.endpoint in LEFT_OUT:
            continue
        for name in fields(staffed, rule.endpoint):
            answer = visitor.client.post(written(rule.rule, given), data=FORM | {"csrf_token": token, name: "a\0b"})
            assert answer.status_code < 500, (rule.rule, name)
            tried.add(name)
    assert {"email", "reason", "lift_reason", "note", "name", "title_ko", "ko", "entries", "version"} <= tried


def test_a_refused_sign_in_says_what_cannot_be_kept(staffed):
    visitor = staffed.visitor()
    answer = visitor.post("/signin", {"email": "a\0b@example.org", "password": "x"})
    assert answer.status_code == 422
    assert "cannot be stored" in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "Accept-Language",
        "User-Agent",
        "Referer",
        "HX-Request",
        "X-Forwarded-For",
        "Range",
        "If-None-Match",
        "If-Range",
        "Cookie",
        "Host",
    ],
)
def test_no_header_breaks_a_page(staffed, name):
    for text in ("a\0b", "\0", "\xed\xa0\x80", "x" * 9000, "bytes=9-1,\0", "arena_language=\0; arena_session=\0"):
        for path in ("/", "/challenges/small", "/account", "/organize/small", "/challenges/small/files/train.csv"):
            answer = staffed.app.test_client().get(
                path, environ_overrides={"HTTP_" + name.upper().replace("-", "_"): text}
            )
            assert answer.status_code < 500, (path, text)
            answer.close()


def form_token(visitor, page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(page).text)[1]


def _sendable(text: str) -> bytes | str:
    # Half a character, as the bytes that a hostile client sends for it.
    return text.encode("utf-8", "surrogatepass") if "\ud800" in text else text
