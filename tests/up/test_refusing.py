"""What the HTTP server itself refuses: over a socket, with the server that `arena web` runs."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from arena.api.elsewhere import create_elsewhere
from arena.main import LARGEST_BODY
from tests.api.serving import serving

POST = b"POST /api/v1/challenges HTTP/1.1\r\nHost: x\r\nAccept-Language: ko\r\n"
CHUNK = b"100000\r\n" + b"0" * 0x100000 + b"\r\n"


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving(DispatcherMiddleware(Response("page"), {"/api": create_elsewhere()})) as found:
        parts = urlsplit(found)
        assert parts.hostname
        assert parts.port
        yield parts.hostname, parts.port


def said(address: tuple[str, int], sent: bytes) -> tuple[int, str, bytes]:
    """Send bytes; return status, media type and body."""
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(sent)
        answer = b""
        while chunk := line.recv(1 << 16):
            answer += chunk
            head, blank, body = answer.partition(b"\r\n\r\n")
            if blank and f"Content-Length: {len(body)}\r\n".encode() in head + b"\r\n":
                break
    (kind,) = (line[14:] for line in head.decode().splitlines() if line.startswith("Content-Type: "))
    return int(head.split()[1]), kind, body


@pytest.mark.parametrize(
    ("rest", "status", "code"),
    [
        (b"Content-Length: -5\r\n\r\n", 400, "bad_request"),
        (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad_request"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad_request"),
        (b"Transfer-Encoding: gzip\r\n\r\n", 501, "bad_request"),
        (b"Content-Length: 99999999999\r\n\r\n", 413, "too_large"),
    ],
)
def test_the_apis_callers_read_a_problem_in_their_language(address, rest, status, code):
    found, kind, body = said(address, POST + rest)
    assert (found, kind) == (status, "application/problem+json")
    problem = json.loads(body)
    assert (problem["status"], problem["code"], problem["title"]) == (status, code, problem["title"])
    assert problem["detail"].endswith("니다.")
    assert problem["instance"].startswith("urn:arena:request:req-")


def test_an_address_without_end_is_a_problem_too(address):
    # The parser forgets what it could not read; 300,000 bytes are sent in one piece, so that nothing is left unread.
    found, kind, body = said(address, b"GET /api/v1/challenges?" + b"x" * 262_200 + b" HTTP/1.1\r\n")
    assert (found, kind, json.loads(body)["code"]) == (431, "application/problem+json", "address_too_long")
    assert json.loads(body)["detail"].startswith("The address")


def test_everybody_else_reads_a_sentence_in_both_languages(address):
    found, kind, body = said(address, b"nonsense\r\n\r\n")
    assert (found, kind) == (400, "text/plain; charset=utf-8")
    assert body.decode() == "요청을 읽을 수 없습니다. The request cannot be read.\n"


def test_two_gigabytes_in_chunks_are_stopped_and_nothing_of_them_stays(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent = 0
    with serving(create_elsewhere(), max_request_body_size=LARGEST_BODY) as found:
        parts = urlsplit(found)
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
            line.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
            try:
                while sent < 2 << 30:
                    line.sendall(CHUNK)
                    sent += len(CHUNK)
            except OSError:
                pass  # the server has closed the line
    assert sent < LARGEST_BODY + (64 << 20)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/challenges", "/api/challenges", "/api/v10"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_beside_version_one_there_is_nothing(address, path, method):
    found, kind, body = said(address, f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert (found, kind, json.loads(body)["code"]) == (404, "application/problem+json", "not_found")
    assert "/api/v1/" in json.loads(body)["detail"]
