"""The API's description of itself: OpenAPI 3.1, with every refusal as it really comes."""

import inspect
from typing import Any

from apiflask import APIFlask
from flask import current_app, request
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.http import HTTP_STATUS_CODES

from arena import (
    scopes,
    wire,
    wire_analysis,
    wire_organizer,
    wire_participation,
    wire_practice,
    wire_receipts,
    wire_reports,
    wire_versions,
)
from arena.addresses import RowId, Slug, SubmissionId
from arena.api import references
from arena.api.examples import example
from arena.api.parts import scope_of
from arena.api.problems import MEDIA_TYPE, REFUSALS, problem_example
from arena.api.receiving import LONGEST_KEY

DESCRIPTION = """\
Everything that the pages can do for a participant, with a token from the account page:
`Authorization: Bearer arena_…`. Errors are RFC 9457 problems with an `errors` list; sentences come in the
language of `Accept-Language` (ko or en). Another team's object is a 404. Numbers that the gate withholds are absent
until the reveal, whoever asks."""

REF = "#/components/schemas/"
# On every answer; on those that can be kept; on those that ask to wait.
HEADERS: dict[str, dict[str, Any]] = {
    references.HEADER: {
        "required": True,
        "description": "Names this request in the log of the site",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {"description": "Requests of this kind in a minute", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "Those that are left", "schema": {"type": "integer"}},
    "X-RateLimit-Reset": {"description": "When they renew, in seconds since 1970", "schema": {"type": "integer"}},
    "ETag": {"description": "Send it as If-None-Match: what has not changed is a 304", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
}
# What an answer leads to: operation and status → the operations that take something of it, and where in the body that is.
LINKS: dict[tuple[str, str], dict[str, dict[str, str]]] = {
    ("challenges.every", "200"): {
        name: {"slug": "$response.body#/challenges/0/slug"}
        for name in ("challenges.one", "leaderboards.board", "versions.every", "teams.create")
    },
    ("teams.create", "201"): {"teams.invite": {"team_id": "$response.body#/id"}},
    ("teams.own", "200"): {"teams.invite": {"team_id": "$response.body#/id"}},
    ("teams.invite", "201"): {"teams.accept": {"code": "$response.body#/code"}},
    ("submissions.submit", "202"): {
        name: {"submission_id": "$response.body#/id"}
        for name in ("submissions.one", "submissions.choose_final", "reports.one")
    },
    ("submissions.every", "200"): {
        name: {"submission_id": "$response.body#/submissions/0/id"}
        for name in ("submissions.one", "submissions.choose_final", "reports.one")
    },
    ("versions.every", "200"): {
        "versions.one": {"slug": "$request.path.slug", "number": "$response.body#/versions/0/number"}
    },
}
EVERYWHERE = tuple(name for name in HEADERS if name.startswith("X-"))
SCOPES = (
    "A token has scopes; without the one that an operation names, the answer is 403 `scope_needed`.\n\n"
    + "\n".join(f"- `{name}`: {meaning.en}" for name, meaning in scopes.MEANING.items())
)
PATH_PARAMETERS: dict[str, dict[str, Any]] = {
    "slug": {"type": "string", "pattern": f"^{Slug.regex}$"},
    "submission_id": {"type": "string", "pattern": f"^{SubmissionId.regex}$"},
    "practice_id": {"type": "string", "pattern": f"^{SubmissionId.regex}$"},
    "team_id": {"type": "integer", "minimum": 0, "maximum": RowId.LARGEST},
    "number": {"type": "integer", "minimum": 0, "maximum": RowId.LARGEST},
    "code": {"type": "string", "minLength": 1},
    "name": {"type": "string", "minLength": 1},
}
FILE = {"type": "string", "contentMediaType": "text/csv", "description": "CSV in UTF-8, or CSV.gz"}
NOTE = {"type": "string", "maxLength": 120, "description": "A note to oneself; shown to the own team only"}
METHOD = {
    "type": "string",
    "maxLength": 2000,
    "description": "How the predictions were made, in a few sentences; shown to the own team only",
}
BUNDLE = {
    "type": "string",
    "contentMediaType": "application/zip",
    "description": "The challenge's folder as a zip, without labels and code",
}
SEALED = {
    "type": "string",
    "contentMediaType": "application/octet-stream",
    "description": "The labels, sealed with the key of /labels-key; left out where the challenge has none",
}
WHAT_CHANGES = {"type": "string", "maxLength": 2000, "description": "What a new version changes, for everybody to read"}
# The fields of each form, the one that must be there first.
COMPANION = {**FILE, "description": "The unranked second file, where the challenge asks for one"}
AGAINST = {**FILE, "description": "A second file, from which the first one’s paired differences are told"}
EARLIER = {"type": "string", "description": "Instead of a second file: the id of an earlier practice file"}
UPLOADS: dict[str, dict[str, Any]] = {
    "submissions.check": {"file": FILE, "companion": COMPANION},
    "submissions.submit": {"file": FILE, "note": NOTE, "method": METHOD, "companion": COMPANION},
    "practice.send": {"file": FILE, "against": AGAINST, "earlier": EARLIER, "note": NOTE},
    "organizers.send_dry_run": {"file": FILE},
    "organizers.receive": {"bundle": BUNDLE, "labels": SEALED, "note_ko": WHAT_CHANGES, "note_en": WHAT_CHANGES},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same file is the same submission, however often it is sent.",
    "schema": {"type": "string", "pattern": f"^[ -~]{{1,{LONGEST_KEY}}}$"},
}
BYTES = {
    "text/csv": {"schema": {"type": "string", "contentMediaType": "text/csv"}},
    "application/octet-stream": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}},
}


def install(app: APIFlask) -> None:
    """Describe the application's routes at /openapi.json."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_OPERATION_ID=True,
        AUTO_SERVERS=False,
        DESCRIPTION=DESCRIPTION,
        SECURITY_SCHEMES={"BearerAuth": {"type": "http", "scheme": "bearer", "description": SCOPES}},
    )
    app.spec_processor(_complete)
    app.view_functions["openapi.spec"].__doc__ = "Describe this API as OpenAPI 3.1."


def require_json() -> None:
    """Refuse a body of another media type where JSON is asked for."""
    view = current_app.view_functions.get(request.endpoint or "")
    asked = getattr(view, "_spec", {}).get("content_type")
    if asked == "application/json" and not request.is_json:
        raise UnsupportedMediaType


def _complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    if isinstance(spec, str):
        raise TypeError  # it is asked for as JSON only
    # The address is a relative one: where the site is reached is not for a request's Host to say.
    spec["servers"] = [{"url": "/api/v1"}]
    models = _models()
    spec["components"] |= {
        "schemas": _schemas(models),
        "headers": HEADERS,
        "examples": {f"problem{status}": {"value": problem_example(status)} for status in REFUSALS},
    }
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, method, operation)
            _add_examples(operation, models)
            _add_headers(method, operation)
    return spec


def _models() -> dict[str, type[BaseModel]]:
    found = dict(
        member
        for module in (
            wire,
            wire_analysis,
            wire_organizer,
            wire_participation,
            wire_practice,
            wire_receipts,
            wire_reports,
            wire_versions,
        )
        for member in inspect.getmembers(module, inspect.isclass)
    )
    return {
        name: model
        for name, model in found.items()
        if issubclass(model, wire.Asked | wire.Answered) and model not in (wire.Asked, wire.Answered)
    }


def _schemas(models: dict[str, type[BaseModel]]) -> dict[str, Any]:
    modes: list[tuple[Any, JsonSchemaMode]] = [
        (model, "validation" if issubclass(model, wire.Asked) else "serialization") for model in models.values()
    ]
    _, schema = models_json_schema(modes, ref_template=REF + "{model}")
    return dict(schema["$defs"])


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    endpoint = operation["operationId"].removeprefix(f"{method}_").replace("_", ".", 1)
    operation["operationId"] = endpoint.replace(".", "_")
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["schema"] = PATH_PARAMETERS[parameter["name"]]
    if endpoint in UPLOADS:
        fields = UPLOADS[endpoint]
        form = {"type": "object", "properties": fields, "required": [next(iter(fields))]}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    elif "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if endpoint == "submissions.submit":
        operation["parameters"].append(IDEMPOTENCY_KEY)
    if endpoint == "challenges.file":
        operation["responses"] |= {
            "200": {"description": "The whole file", "content": BYTES},
            "206": {"description": "The range that was asked for", "content": BYTES},
            "416": {},
        }
    for status, response in operation["responses"].items():
        leads = LINKS.get((endpoint, status), {})
        if leads:
            response["links"] = {
                name.replace(".", "_"): {"operationId": name.replace(".", "_"), "parameters": given}
                for name, given in leads.items()
            }
    # A token is welcome everywhere: it marks the caller's own team.
    scope = scope_of(endpoint, method.upper())
    bearer = {"BearerAuth": [scope]}
    operation["security"] = [bearer] if operation.get("security") else [{}, bearer]
    operation["responses"].setdefault("403", {"description": f"The token lacks the scope `{scope}`."})
    _add_refusals(path, method, operation)


def _add_refusals(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    expected = {401, 414, 429, 500, 503} | ({404} if "{" in path else set())
    if "requestBody" in operation:
        expected |= {400, 413, 415, 422}
    if any(parameter["in"] == "query" for parameter in operation["parameters"]):
        expected.add(422)
    for status in expected:
        responses.setdefault(str(status), {})
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = _problem(int(status))
            response.setdefault("description", HTTP_STATUS_CODES[int(status)])
    if method == "get":
        responses["304"] = {"description": "Not changed since the ETag that was sent"}


def _problem(status: int) -> dict[str, Any]:
    examples = {"problem": {"$ref": f"#/components/examples/problem{status}"}} if status in REFUSALS else {}
    return {MEDIA_TYPE: {"schema": {"$ref": f"{REF}Problem"}} | ({"examples": examples} if examples else {})}


def _add_examples(operation: dict[str, Any], models: dict[str, type[BaseModel]]) -> None:
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        for content in body.get("content", {}).values():
            model = models.get(content["schema"].get("$ref", "").removeprefix(REF))
            if model is not None and model is not wire.Problem:
                content["example"] = example(model)


def _add_headers(method: str, operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        kept = method == "get" and status in ("200", "206", "304")
        names = (*EVERYWHERE, *(("ETag",) if kept else ()), *(("Retry-After",) if status in ("429", "503") else ()))
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
