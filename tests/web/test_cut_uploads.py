"""Uploads that break off, or claim to be larger than anything: refused by the real server, and nothing is left of them."""

import re
import socket
import time
from pathlib import Path

import pytest
from sqlmodel import func, select

from arena.main import LARGEST_BODY
from arena.store.engine import reading
from arena.store.models import Submission
from tests.api.serving import serving

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\npatient_id,p_3y\n'


@pytest.fixture
def stage(world):
    """A team's member before the site's own server, with the server's own limit."""
    world.publish()
    world.team("mina")
    visitor = world.visitor().sign_in("mina@example.org")
    cookie = visitor.client.get_cookie("arena_session").value
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/challenges/small/submit").text)[1]
    with serving(world.app, max_request_body_size=LARGEST_BODY) as address:
        yield address, cookie, token


def connected(address):
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def request(cookie, *lines):
    head = ["POST /challenges/small/submit HTTP/1.1", "Host: arena", f"Cookie: arena_session={cookie}"]
    return "\r\n".join([*head, "Content-Type: multipart/form-data; boundary=x", *lines, "", ""]).encode()


def spooled():
    """How many files this process holds open that nobody else can see: what an upload is spooled into."""
    found = 0
    for one in Path("/proc/self/fd").iterdir():
        try:
            found += "(deleted)" in str(one.readlink())
        except FileNotFoundError:
            continue
    return found


def submissions(world):
    with reading(world.engine) as session:
        return session.exec(select(func.count()).select_from(Submission)).one()


# Waitress lets go of what it spooled without closing it: it is gone once it is collected, which this test waits for.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_upload_that_breaks_off_leaves_nothing(world, stage):
    address, cookie, token = stage
    before, held, kept = submissions(world), spooled(), sorted(world.blobs.root.rglob("*"))
    field = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode()
    body = field + HEAD + b"P0001,0.5\n" * 100_000
    with connected(address) as one:
        one.sendall(request(cookie, f"Content-Length: {len(body) + 1000}") + body)
        time.sleep(0.3)
        assert spooled() > held  # it is under way, or this test would see nothing of its end
    until = time.monotonic() + 10
    while spooled() > held and time.monotonic() < until:
        time.sleep(0.05)
    assert spooled() == held
    assert submissions(world) == before
    assert sorted(world.blobs.root.rglob("*")) == kept
    assert world.queue.rung == []


@pytest.mark.parametrize("path", ["/challenges/small/submit", "/api/v1/challenges/small/submissions"])
def test_two_gigabytes_are_refused_before_they_are_sent(stage, path):
    address, cookie, _ = stage
    held = spooled()
    with connected(address) as one:
        one.sendall(request(cookie, f"Content-Length: {2 << 30}").replace(b"/challenges/small/submit", path.encode()))
        answer = one.recv(4096)
    assert b" 413 " in answer.partition(b"\r\n")[0] + b" "
    assert spooled() == held


def test_without_a_length_it_is_cut_off_at_the_servers_limit(world):
    world.publish()
    held = spooled()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with serving(world.app, max_request_body_size=1 << 20) as address, connected(address) as one:
        one.sendall(request("none", "Transfer-Encoding: chunked"))
        sent = 0
        try:
            while sent < 200:
                one.sendall(chunk)
                sent += 1
        except OSError:
            pass  # refused while it was still sending
        one.settimeout(5)
        try:
            answer = one.recv(4096)
        except OSError:
            answer = b""
    assert sent < 200 or b" 413 " in answer.partition(b"\r\n")[0] + b" "
    until = time.monotonic() + 5
    while spooled() > held and time.monotonic() < until:
        time.sleep(0.05)
    assert spooled() == held
