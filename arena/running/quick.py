"""Leaderboards past the framework: a finished answer is sent again while neither its version nor the clock has changed it.

The framework in front of a view takes longer than all else that an answer from memory needs. So the answers that a view has
marked (see arena.keeping.TOLD) are kept as they left the application, by everything that they depend on, and only for readers
without a session or a token: whoever is somebody always reaches the application.
"""

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from arena import hosting
from arena.keeping import HOT, TOLD, Label, Told
from arena.store import boards

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = re.compile(r"/challenges/([^/]+)/leaderboard\Z")
SESSION = "arena_session="
# The headers of a request that an answer may depend on.
ASKED = (
    "HTTP_COOKIE",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_HX_REQUEST",
    "SCRIPT_NAME",
    "QUERY_STRING",
)
LONGEST_KEY = 1000
KEPT = 400
# What belongs to one request, or to the length of a body that a 304 has not.
ONCE = {"x-request-id"}
OF_BODY = {"content-length", "content-type", "content-encoding"}
WINDOW = 60
BETWEEN = 0.1


@dataclass(slots=True)
class _Finished:
    told: Told
    headers: list[tuple[str, str]]
    body: bytes
    tag: str
    seen: float  # when the application last stood by it
    served: int = 0


class Quick:
    """A WSGI application that answers by itself what it has kept, and hands everything else on.

    With `per_minute`, so many answers a caller may have from here; what is beyond that the application counts and refuses.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        engine: Engine,
        clock: Callable[[], datetime],
        per_minute: int | None = None,
    ) -> None:
        self.application = application
        self._engine = engine
        self._clock = clock
        self._per_minute = per_minute
        self._kept: OrderedDict[tuple[str, ...], _Finished] = OrderedDict()
        self._counts: dict[str, int] = {}
        self._window = 0
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        key = self._key(environ)
        if key is None:
            return self.application(environ, start)
        held = self._kept.get(key)
        if held is not None and self._stands(held, key[0]):
            left = self._left(str(environ.get("REMOTE_ADDR", "")))
            if left is None or left >= 0:
                return self._send(held, environ, start, left)
        return self._pass(key, environ, start)

    def _key(self, environ: "WSGIEnvironment") -> tuple[str, ...] | None:
        path = PATH.match(environ.get("PATH_INFO", ""))
        if path is None or environ["REQUEST_METHOD"] != "GET" or "HTTP_AUTHORIZATION" in environ:
            return None
        key = (path[1], *(environ.get(name, "") for name in ASKED))
        return None if SESSION in key[1] or sum(map(len, key)) > LONGEST_KEY else key

    def _stands(self, held: _Finished, slug: str) -> bool:
        version = boards.version(self._engine, slug)
        if version is None or version.state not in hosting.PUBLIC:
            return False
        told, label = held.told, Label(version.changes, version.urgent)
        if told.until is not None and self._clock() >= told.until:
            return False
        held.served += 1
        if told.label == label:
            held.seen = time.monotonic()
            return True
        # Where many ask, the application is asked a few times a second what to send while changes follow each other.
        often = held.served >= HOT and told.label.urgent == label.urgent
        return often and time.monotonic() - held.seen < BETWEEN

    def _left(self, caller: str) -> int | None:
        """Count an answer, and return how many this caller may still have within the minute."""
        if self._per_minute is None:
            return None
        with self._lock:
            window = int(time.time()) // WINDOW
            if window != self._window:
                self._window, self._counts = window, {}
            self._counts[caller] = used = self._counts.get(caller, 0) + 1
        return self._per_minute - used

    def _send(
        self, held: _Finished, environ: "WSGIEnvironment", start: "StartResponse", left: int | None
    ) -> Iterable[bytes]:
        headers = held.headers
        if left is None:
            token = secrets.token_hex(4)
            headers = [*headers, ("X-Request-Id", f"req-{token[:4]}-{token[4:]}")]
        else:
            end = (self._window + 1) * WINDOW
            headers = [
                *headers,
                ("X-RateLimit-Limit", str(self._per_minute)),
                ("X-RateLimit-Remaining", str(left)),
                ("X-RateLimit-Reset", str(end)),
            ]
        if held.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start("304 NOT MODIFIED", [one for one in headers if one[0].lower() not in OF_BODY])
            return []
        start("200 OK", headers)
        return [held.body]

    def _pass(self, key: tuple[str, ...], environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        seen: list[Any] = []

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            seen[:] = [status, list(headers)]
            return start(status, headers, *rest)

        answer = self.application(environ, started)
        told = environ.get(TOLD)
        if told is None or not seen or not seen[0].startswith("200"):
            return answer
        parts = list(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        self._keep(key, told, seen[1], b"".join(parts))
        return parts

    def _keep(self, key: tuple[str, ...], told: Told, headers: list[tuple[str, str]], body: bytes) -> None:
        names = {name.lower(): value for name, value in headers}
        if "etag" not in names or "set-cookie" in names:
            return
        kept = [(name, value) for name, value in headers if not self._is_once(name)]
        with self._lock:
            before = self._kept.get(key)
            served = before.served if before is not None else 0
            self._kept[key] = _Finished(told, kept, body, names["etag"], time.monotonic(), served)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    @staticmethod
    def _is_once(name: str) -> bool:
        return name.lower() in ONCE or name.lower().startswith("x-ratelimit")
