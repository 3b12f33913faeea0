"""The description is valid OpenAPI 3.1, names every route, and the API does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.serving import serving
from tests.arena.conftest import predictions

# A schema cannot say which file or which name is right: a well-formed one may still be refused.
EXPLAINED = "positive_data_acceptance"


def described(caller):
    answer = caller.get("/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.json


def test_the_description_is_valid_openapi(nobody):
    found = described(nobody)
    OpenAPIV31SpecValidator(found).validate()
    assert (found["openapi"], found["servers"]) == ("3.1.0", [{"url": "/api/v1"}])


def test_every_route_is_described_with_its_refusals(app, nobody):
    found = described(nobody)["paths"]
    api = app.mounts["/api/v1"]
    routes = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in api.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "openapi.spec"
    }
    assert routes == {(method, path) for path, operations in found.items() for method in operations}
    assert len(routes) == 35
    for path, operations in found.items():
        for operation in operations.values():
            assert {"401", "429", "500", "503"} <= set(operation["responses"])
            assert ("404" in operation["responses"]) == ("{" in path)
            for status, response in operation["responses"].items():
                assert (int(status) < 400) == ("application/problem+json" not in response.get("content", {}))


def test_the_host_header_does_not_reach_the_description(nobody):
    assert "evil.example" not in nobody.get("/openapi.json", headers={"Host": "evil.example"}).text


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_api_does_what_it_says(app, ours, site, tmp_path, signed_in):
    """A short walk of schemathesis through every operation, with and without a token."""
    ours.send("/challenges/small/submissions", predictions(site.ids, 10))
    command = [Path(sys.executable).with_name("schemathesis"), "run", "--no-color", "--checks", "all", "--seed", "1"]
    command += ["--max-examples", "5", "--phases", "examples,coverage,fuzzing", "--exclude-checks", EXPLAINED]
    if signed_in:
        command += ["-H", f"Authorization: Bearer {ours.token}"]
    with serving(app) as address:
        done = subprocess.run(
            [*command, f"{address}/api/v1/openapi.json"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
