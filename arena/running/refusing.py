"""What the HTTP server refuses by itself, before the site hears of it: told in the site's words, to the API's callers as a problem."""

import json
import logging
import secrets
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask

from challenges.text import Text

log = logging.getLogger("arena.server")

# An error leaves nothing of the request but these; they hold the method and the beginning of the address.
REMEMBERED = 64
# status → code, what HTTP calls it, what to do
WORDS: dict[int, tuple[str, str, Text]] = {
    400: ("bad_request", "Bad Request", Text("요청을 읽을 수 없습니다.", "The request cannot be read.")),
    413: ("too_large", "Content Too Large", Text("보낸 것이 너무 큽니다.", "What was sent is too large.")),
    431: (
        "address_too_long",
        "Request Header Fields Too Large",
        Text("주소나 머리글이 너무 깁니다.", "The address or the headers are too long."),
    ),
    500: (
        "our_fault",
        "Internal Server Error",
        Text(
            "우리 쪽의 문제입니다. 잃은 것은 없으니 조금 뒤에 다시 하십시오.",
            "The fault is ours. Nothing is lost; try again a little later.",
        ),
    ),
    501: (
        "bad_request",
        "Not Implemented",
        Text("이 전송 방식은 받지 않습니다.", "This transfer encoding is not accepted."),
    ),
}


class Remembering(HTTPRequestParser):  # type: ignore[misc]
    """Keeps the beginning of a request, which the parser forgets with whatever it cannot read."""

    beginning = b""

    def received(self, data: bytes) -> int:
        if len(self.beginning) < REMEMBERED:
            self.beginning += data[: REMEMBERED - len(self.beginning)]
        return int(super().received(data))


class Refusal(ErrorTask):  # type: ignore[misc]
    """Answers what cannot be served."""

    def execute(self) -> None:
        parser = self.request
        status = parser.error.code if parser.error.code in WORDS else 400
        code, title, detail = WORDS[status]
        languages = parser.headers.get("ACCEPT_LANGUAGE", "").strip().lower()
        beginning = getattr(parser, "beginning", b"").split(b" ", 2)
        if len(beginning) > 1 and beginning[1].startswith(b"/api/"):
            language = "ko" if languages.startswith("ko") else "en"
            body, kind = _problem(status, code, title, detail.pick(language)), "application/problem+json"
        else:
            body, kind = f"{detail.ko} {detail.en}\n".encode(), "text/plain; charset=utf-8"
        self.status = f"{status} {title}"
        self.response_headers.extend(
            [("Content-Type", kind), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        )
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose refusals are ours."""

    error_task_class = Refusal
    parser_class = Remembering


def _problem(status: int, code: str, title: str, detail: str) -> bytes:
    token = secrets.token_hex(4)
    reference = f"req-{token[:4]}-{token[4:]}"
    log.info("%s refused before it reached the API: %s", reference, status)
    problem: dict[str, Any] = {
        "type": f"urn:arena:error:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": f"urn:arena:request:{reference}",
        "errors": [],
        "total": 0,
    }
    return json.dumps(problem, ensure_ascii=False).encode()
