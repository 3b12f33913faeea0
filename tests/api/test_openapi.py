"""The description is valid OpenAPI 3.1, names every route, and the API does what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from arena.api.examples import example
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
    for path, operations in found.items():
        for operation in operations.values():
            assert {"401", "429", "500", "503"} <= set(operation["responses"])
            assert ("404" in operation["responses"]) == ("{" in path)
            for status, response in operation["responses"].items():
                assert (int(status) < 400) == ("application/problem+json" not in response.get("content", {}))


def test_every_operation_is_told_with_a_sentence_an_example_and_its_headers(nobody):
    found = described(nobody)
    models = found["components"]["schemas"]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            where = (method, path)
            assert operation["summary"].strip(), where
            assert operation["tags"], where
            assert {scheme for one in operation["security"] for scheme in one} == {"BearerAuth"}, where
            bodies = {status: response.get("content", {}) for status, response in operation["responses"].items()}
            bodies["request"] = operation.get("requestBody", {}).get("content", {})
            for status, contents in bodies.items():
                for kind, content in contents.items():
                    if kind == "application/problem+json":
                        assert content["examples"], (where, status)
                    elif "$ref" in content["schema"]:
                        model = models[content["schema"]["$ref"].rpartition("/")[2]]
                        assert set(content["example"]) == set(model["properties"]), (where, status)
            for response in operation["responses"].values():
                assert "X-Request-Id" in response["headers"], where
    told = found["components"]["examples"]
    assert told["problem409"]["value"]["status"] == 409


def test_an_example_that_no_value_fits_is_missed():
    """What a field must hold may be narrower than any plain value: then the model has to be given one."""
    from typing import Annotated

    from pydantic import BaseModel, Field

    class Narrow(BaseModel):
        odd: list[Annotated[int, Field(gt=5)]] | Annotated[int, Field(gt=5)]

    class Impossible(BaseModel):
        odd: Annotated[int, Field(gt=5)] | Annotated[str, Field(pattern="^x$")]

    assert example(Narrow) == {"odd": []}
    with pytest.raises(TypeError, match=r"Impossible\.odd needs an example"):
        example(Impossible)


def test_the_host_header_does_not_reach_the_description(nobody):
    assert "evil.example" not in nobody.get("/openapi.json", headers={"Host": "evil.example"}).text


@pytest.mark.parametrize("who", ["nobody", "team", "organizer"])
def test_the_api_does_what_it_says(app, ours, enter, site, tmp_path, who):
    """A walk of schemathesis: each operation alone and one after another, with data that fit and data that do not.

    Half of the values are drawn; names and numbers are those of things that exist, or nearly everything would be a 404.
    """
    sent = ours.send("/challenges/small/submissions", predictions(site.ids, 10)).json
    team = ours.get("/challenges/small/team").json
    real = {"slug": "small", "submission_id": sent["id"], "team_id": team["id"], "number": 1, "name": "train.csv"}
    lines = ["[parameters]", *(f'"path.{name}" = {json.dumps(value)}' for name, value in real.items())]
    (tmp_path / "schemathesis.toml").write_text("\n".join(lines), encoding="utf-8")
    callers = {"team": ours, "organizer": enter(site.organizer())}
    command = [Path(sys.executable).with_name("schemathesis"), "run", "--no-color", "--checks", "all", "--seed", "1"]
    command += ["--max-examples", "4", "--exclude-checks", EXPLAINED]
    if who in callers:
        command += ["-H", f"Authorization: Bearer {callers[who].token}"]
    with serving(app) as address:
        done = subprocess.run(
            [*command, f"{address}/api/v1/openapi.json"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    counted = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert counted, done.stdout[-2000:]
    print(f"schemathesis, {who}: {counted[0]}")
    assert counted[1] == counted[2]
    assert int(counted[1]) > 500
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in done.stdout, done.stdout[-3000:]
