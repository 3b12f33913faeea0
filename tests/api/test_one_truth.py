"""Routes, description and client are three sayings of one thing: each operation has a method, and no method asks for another."""

import inspect
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from arena.client import Arena, ClientError
from arena.organizer import Organizer
from tests.api.test_openapi import described

# What no method of its own asks for: the description itself, and the files, which `download` fetches by the links of the challenge.
WITHOUT_METHOD = {("get", "/challenges/{slug}/files/{name}")}
# Methods that ask through another one, or not at all.
OTHERS = {"close", "wait", "verified", "download"}
SUBMISSION = "0123456789abcdef"


@pytest.fixture
def given(tmp_path: Path) -> dict[str, object]:
    """Something for every parameter that a method cannot do without."""
    file = tmp_path / "mine.csv"
    file.write_text("id\n", encoding="utf-8")
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    return {
        "slug": "small", "number": 1, "version": "1", "answers": {}, "name": "A", "team_id": 1, "code": "abc", "file": file,
        "submission_id": SUBMISSION, "submission": SUBMISSION, "bundle": file, "labels": file, "closes_at": moment, "reason": "x",
    }  # fmt: skip


def methods(client: type[Arena]) -> list[str]:
    return [name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")]


def asked(name: str, given: dict[str, object]) -> tuple[str, str]:
    """Call a method and return the request that it sent."""
    seen: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        problem = {"type": "x", "title": "x", "status": 404, "detail": "x", "code": "not_found"}
        return httpx.Response(404, json=problem)

    with Organizer("http://arena.example", "arena_x") as arena:
        arena._http.close()
        arena._http = httpx.Client(base_url="http://arena.example/api/v1", transport=httpx.MockTransport(refuse))
        method = getattr(arena, name)
        needed = {
            parameter.name: given[parameter.name]
            for parameter in inspect.signature(method).parameters.values()
            if parameter.default is parameter.empty
        }
        with pytest.raises(ClientError):
            list(method(**needed))  # a generator asks when it is read
    (request,) = seen
    return request.method.lower(), request.url.path.removeprefix("/api/v1")


def test_every_operation_has_its_method_and_every_method_its_operation(nobody, given):
    described_operations = {
        (method, path) for path, operations in described(nobody)["paths"].items() for method in operations
    }
    left = described_operations - WITHOUT_METHOD
    for name in methods(Organizer):
        if name in OTHERS:
            continue
        method, path = asked(name, given)
        matching = [
            one
            for one in described_operations
            if one[0] == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one[1]), path)
        ]
        assert len(matching) == 1, f"{name} asks for {method} {path}, which the description does not know"
        left -= set(matching)
    assert left == set(), "operations without a method of the client"


def test_the_client_says_what_each_of_its_methods_does():
    for name in methods(Organizer):
        assert getattr(Organizer, name).__doc__ or name == "close", name
        assert "return" in inspect.get_annotations(getattr(Organizer, name)), name
