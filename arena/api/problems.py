"""Errors as RFC 9457 has them: one shape for every refusal, in the language that the caller asks for."""

import logging
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from arena.api.parts import language, parts
from arena.api.references import reference
from arena.errors import ArenaError, Conflict, Invalid, OurFault
from arena.wire import Problem, ProblemItem
from challenges.text import Text

LOG = logging.getLogger("arena.api")
MEDIA_TYPE = "application/problem+json"

# What HTTP itself refuses: a code of ours and a sentence that says what to do.
BY_STATUS: dict[int, tuple[str, Text]] = {
    400: ("bad_request", Text("요청을 읽을 수 없습니다.", "The request cannot be read.")),
    404: ("not_found", Text("이 주소에는 아무것도 없습니다.", "There is nothing at this address.")),
    405: (
        "method_not_allowed",
        Text(
            "이 주소에서는 그 방법을 쓸 수 없습니다.",
            "This address does not take that method; Allow names those it takes.",
        ),
    ),
    413: ("too_large", Text("보낸 것이 너무 큽니다.", "What was sent is too large.")),
    415: (
        "unsupported_media_type",
        Text(
            "이 형식은 받지 않습니다. Content-Type을 고치고 Content-Encoding은 빼십시오.",
            "This media type is not accepted here; mend the Content-Type, and send no Content-Encoding.",
        ),
    ),
    414: (
        "address_too_long",
        Text(
            "주소가 너무 깁니다. 조건을 줄이십시오.",
            "The address is too long; ask for less in its query.",
        ),
    ),
    416: (
        "range_not_satisfiable",
        Text("파일에 그 구간이 없습니다.", "The file has no such range; Content-Range says how long it is."),
    ),
    429: (
        "rate_limited",
        Text(
            "요청이 너무 잦습니다. Retry-After초 뒤에 다시 하십시오.",
            "Too many requests; try again after Retry-After seconds.",
        ),
    ),
}
OURS = Text(
    "우리 쪽의 문제입니다. 잃은 것은 없으니 조금 뒤에 다시 하십시오.",
    "The fault is ours. Nothing is lost; try again a little later.",
)
# pydantic's type of error → our sentence; it quotes nothing of what was sent.
BY_FIELD: dict[str, Text] = {
    "missing": Text("있어야 하는 값입니다.", "This value is needed."),
    "extra_forbidden": Text("이런 이름의 값은 받지 않습니다.", "There is no value of this name."),
    "string_type": Text("글자열이어야 합니다.", "This must be a string."),
    "string_too_short": Text("비어 있으면 안 됩니다.", "This must not be empty."),
    "string_too_long": Text("너무 깁니다.", "This is too long."),
}
OTHERWISE = Text("받아들일 수 없는 값입니다.", "This value cannot be accepted.")


# Refusals of ours that the description shows as examples, beside those of HTTP itself.
TOLD: dict[int, tuple[str, Text]] = {
    401: ("token_needed", Text("토큰이 필요합니다.", "A token is needed.")),
    403: ("no_team", Text("먼저 팀을 만드십시오.", "Make a team first.")),
    409: ("closed", Text("이 챌린지는 닫혔습니다.", "This challenge has closed.")),
    422: ("bad_file", Text("예측 파일에 고칠 것이 있습니다.", "The prediction file has to be mended.")),
    500: ("our_fault", OURS),
    503: ("database", OURS),
}
REFUSALS = BY_STATUS | TOLD


def problem_example(status: int) -> dict[str, Any]:
    """Return a refusal as it could come."""
    code, detail = REFUSALS[status]
    return Problem(
        type=f"urn:arena:error:{code}",
        title=HTTP_STATUS_CODES[status],
        status=status,
        detail=detail.en,
        code=code,
        instance="urn:arena:request:req-4f0c-2a9b",
    ).model_dump(mode="json")


def install(app: Flask) -> None:
    """Answer every error as a problem."""
    app.register_error_handler(ArenaError, _ours)
    app.register_error_handler(HTTPError, _invalid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _raced)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(RecursionError, _nested)
    app.register_error_handler(Exception, _unexpected)


def _answer(
    status: int,
    code: str,
    detail: Text,
    *,
    items: list[ProblemItem] | None = None,
    total: int = 0,
    headers: dict[str, str] | None = None,
    mend: str = "",
) -> Response:
    chosen = language()
    problem = Problem(
        type=f"urn:arena:error:{code}",
        title=HTTP_STATUS_CODES.get(status, "Error"),
        status=status,
        detail=detail.pick(chosen),
        code=code,
        instance=f"urn:arena:request:{reference()}",
        errors=items or [],
        total=total or len(items or []),
        mend=parts().settings.base_url + mend if mend else None,
    )
    response = Response(problem.model_dump_json(), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = chosen
    for name, value in (headers or {}).items():
        response.headers[name] = value
    if code == "scope_needed":
        response.headers["WWW-Authenticate"] = 'Bearer realm="Arena", error="insufficient_scope"'
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Arena"'
    return response


def _ours(error: Exception) -> Response:
    if not isinstance(error, ArenaError):
        raise TypeError
    if error.status >= 500:
        LOG.error("%s %s %s: %s", reference(), request.method, request.path, error)
        return _answer(503, error.code, error.message if isinstance(error, OurFault) else OURS)
    items = [
        ProblemItem(code="invalid_field", message=text.pick(language()), field=name)
        for name, text in error.fields.items()
    ]
    total = len(items)
    if isinstance(error, Invalid):
        items += [_item(problem) for problem in error.problems]
        total = error.total or len(items)
    return _answer(error.status, error.code, error.message, items=items, total=total, mend=error.mend)


def _item(problem: Any) -> ProblemItem:
    return ProblemItem(
        code=problem.code,
        message=problem.message.pick(language()),
        line=problem.line,
        column=problem.column,
        found=problem.found,
        field=getattr(problem, "file", None),
    )


def _invalid(error: Exception) -> Response:
    # APIFlask raises this when a body or a query does not fit its model; the cause names each place.
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        status = getattr(error, "status_code", 500)
        return _answer(status, *BY_STATUS.get(status, ("bad_request", OTHERWISE)))
    items = [
        ProblemItem(
            code="invalid_field",
            message=BY_FIELD.get(found["type"], OTHERWISE).pick(language()),
            field=".".join(str(step) for step in found["loc"]) or None,
        )
        for found in cause.errors(include_url=False, include_context=False, include_input=False)
    ]
    return _answer(422, "invalid_field", Text("값을 고치십시오.", "Mend these values."), items=items)


def _http(error: Exception) -> ResponseReturnValue:
    if not isinstance(error, HTTPException):
        raise TypeError
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    if status >= 500:
        return _answer(503 if status == 503 else 500, "our_fault", OURS)
    code, detail = BY_STATUS.get(status, BY_STATUS[400])
    headers = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    return _answer(status, code, detail, headers=headers)


def _raced(error: Exception) -> Response:
    # Two requests wanted the same name or place at once; the database let one of them have it.
    LOG.warning("%s %s %s: %s", reference(), request.method, request.path, type(error).__name__)
    return _ours(
        Conflict(
            "conflict",
            Text("다른 요청이 먼저였습니다. 지금 상태를 보고 다시 하십시오.", "Another request was first; look again."),
        ),
    )


def _database(error: Exception) -> Response:
    LOG.error("%s %s %s", reference(), request.method, request.path, exc_info=error)
    return _answer(503, "database", OURS, headers={"Retry-After": "2"})


def _nested(_error: Exception) -> Response:
    return _answer(400, *BY_STATUS[400])


def _unexpected(error: Exception) -> Response:
    # The text of an exception can quote what nobody may read, so the answer never carries it.
    LOG.error("%s %s %s", reference(), request.method, request.path, exc_info=error)
    return _answer(500, "our_fault", OURS)
