"""A token does what its scopes allow, and is told which one it lacks."""

import pytest
from werkzeug.test import Client

from arena import accounts, scopes
from arena.api.parts import scope_of
from arena.errors import Invalid
from arena.store import models
from arena.store.engine import reading, transaction
from tests.api.conftest import Caller
from tests.api.test_openapi import described
from tests.arena.conftest import predictions


@pytest.fixture
def with_scopes(site, app):
    person, _ = site.team("Ours")

    def made(*may):
        with transaction(site.engine) as session:
            _, secret = accounts.issue_token(session, person, name="t", at=site.now, may=may)
        return Caller(Client(app), secret)

    return made


def test_a_reading_token_reads_and_checks_and_changes_nothing(with_scopes, site):
    caller = with_scopes()
    assert caller.get("/challenges/small/team").status_code == 200
    assert caller.send("/challenges/small/check", predictions(site.ids, 3)).status_code == 200
    refused = caller.send("/challenges/small/submissions", predictions(site.ids, 3))
    assert (refused.status_code, refused.json["code"]) == (403, "scope_needed")
    assert "'submit'" in refused.json["detail"]
    assert "insufficient_scope" in refused.headers["WWW-Authenticate"]
    assert caller.get("/challenges/small/submissions").json["submissions"] == []


def test_a_submitting_token_submits_and_does_not_organize(with_scopes, site):
    caller = with_scopes("submit")
    assert caller.send("/challenges/small/submissions", predictions(site.ids, 3)).status_code == 202
    refused = caller.get("/challenges/small/verification")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_needed")
    assert "'organize'" in refused.json["detail"]
    assert "'organize'" in Caller(caller.http, caller.token, "ko").get("/challenges/small/verification").json["detail"]


def test_an_organizing_token_is_asked_for_the_role_as_before(with_scopes):
    assert with_scopes("organize").get("/challenges/small/verification").json["code"] != "scope_needed"


def test_every_operation_names_its_scope_and_holds_to_it(with_scopes, nobody, app):
    """Whatever an operation asks for beyond a token, a token without its scope is refused first."""
    reader, found = with_scopes(), described(nobody)
    assert all(
        f"`{scope}`" in found["components"]["securitySchemes"]["BearerAuth"]["description"] for scope in scopes.ALL
    )
    tried = 0
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            (scope,) = next(one["BearerAuth"] for one in operation["security"] if one)
            assert scope == scope_of(operation["operationId"].replace("_", ".", 1), method.upper())
            address = path.format(slug="small", name="train.csv", team_id=1, code="c", submission_id="s" * 8, number=1)
            answer = reader.ask(method.upper(), address)
            if scope == "read":
                assert "scope_needed" not in answer.text, (method, path)
            elif answer.status_code != 404 or "code" in path:
                assert (answer.status_code, answer.json["code"]) == (403, "scope_needed"), (method, path)
                tried += 1
    assert tried >= 15


def test_the_last_use_is_noted_but_not_each_time(with_scopes, site):
    caller = with_scopes()

    def last():
        with reading(site.engine) as session:
            return session.get(models.ApiToken, 1).last_used_at

    assert last() is None
    caller.get("/challenges")
    first = last()
    assert first == site.now
    site.at(minutes=9)
    caller.get("/challenges")
    assert last() == first
    site.at(minutes=1)
    caller.get("/challenges")
    assert last() == site.now


def test_scopes_are_kept_in_one_order_with_reading_always_among_them():
    assert scopes.chosen([]) == "read"
    assert scopes.chosen(["organize", "submit", "organize"]) == "read submit organize"
    with pytest.raises(Invalid, match="no such scope: everything"):
        scopes.chosen(["everything"])
