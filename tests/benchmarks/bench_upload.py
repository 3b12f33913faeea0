"""A million rows from end to end: sent over HTTP to a page and to the API, checked, answered; and the memory that it takes."""

import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

from tests.web.conftest import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
ROWS = 1_000_000
GROWTH = 180  # megabytes: the test file's ids, which stay, and what a check needs meanwhile
LONGEST = 3.0  # seconds of the server's processor time: other processes may be running
SERVE = r"""
import sys
from pathlib import Path
from waitress.server import create_server
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from arena import accounts, publishing
from arena.api import create_api
from arena.queue import Queue
from arena.settings import load
from arena.store.engine import make_engine, transaction
from arena.store import migrating
from datetime import UTC, datetime
from tests.web import conftest as web

home = Path(sys.argv[1])
url = f"sqlite:///{home / 'arena.sqlite'}"
making = not (home / "token").exists()
if making:
    migrating.migrate(url, home / "backups", datetime.now(UTC))
engine = make_engine(url)
world = web.make_world(engine, home)
if making:  # in a process of its own, so that the server's memory is the server's
    folder = world.folder / "small"
    web.write_folder(folder, "small", practice=True, before="submission", admission="open", companion=False)
    definition = folder / "challenge.toml"
    definition.write_text(definition.read_text().replace("max_bytes = 20000", "max_bytes = 50000000"))
    for name in ("test.csv", "baseline_simple.csv", "sample_submission.csv"):
        (folder / name).write_bytes((home / name).read_bytes())
    collected = publishing.collect(world.blobs, folder)
    with transaction(engine) as session:
        publishing.publish(session, collected, opens_at=web.OPENS, closes_at=None, at=web.OPENS, sign=world.signer.sign)
    person = world.team("mina")
    with transaction(engine) as session:
        _, token = accounts.issue_token(session, person, name="bench", at=world.now)
    (home / "token").write_text(token)
    raise SystemExit
settings = load({"ARENA_HOME": str(home), "ARENA_SECRET_KEY": "k" * 40})
api = create_api(settings=settings, engine=engine, blobs=world.blobs, queue=Queue("unix:///none.sock"), signer=world.signer,
                 clock=lambda: world.now, limited=False)
server = create_server(DispatcherMiddleware(world.app, {"/api/v1": api}), host="127.0.0.1", port=0, threads=8,
                       max_request_body_size=256 << 20)
print(server.effective_port, flush=True)
server.run()
"""


def written(path: Path, ids: list[str], value: str) -> Path:
    rows = (f"{one},0.{number % 9}{value}" for number, one in enumerate(ids))
    path.write_text("patient_id,p_3y\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


class Server:
    """The site in a process of its own."""

    def __init__(self, home: Path) -> None:
        subprocess.run([sys.executable, "-c", SERVE, home], cwd=ROOT, env=_environ(), check=True)
        self.token = (home / "token").read_text()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, home], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=_environ()
        )
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline()
        self.http = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=120)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies and not path.startswith("/api"):
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.http.request(method, path, body=body, headers=sent)
        answer = self.http.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read().decode()

    def processor(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def memory(self, name: str) -> float:
        found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024


def _environ() -> dict[str, str]:
    # As the site's own environment has it: see arena.running.environments.
    return {**os.environ, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("upload")
    ids = [f"P{number:07d}" for number in range(ROWS)]
    (home / "test.csv").write_text("patient_id\n" + "\n".join(ids) + "\n", encoding="utf-8")
    for name, value in (("baseline_simple", "1234"), ("sample_submission", "1234"), ("mine", "2345")):
        written(home / f"{name}.csv", ids, value)
    made = Server(home)
    made.file = home / "mine.csv"
    try:
        yield made
    finally:
        made.http.close()
        made.process.kill()
        made.process.communicate()


def form(file: Path, **fields: str) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="mine.csv"\r\n\r\n'
    body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_million_rows_from_end_to_end(server: Server):
    _, page = server.ask("GET", "/signin")
    fields = {"csrf_token": csrf(page), "email": "mina@example.org", "password": PASSWORD}
    status, _ = server.ask(
        "POST", "/signin", urllib.parse.urlencode(fields).encode(), Content_Type="application/x-www-form-urlencoded"
    )
    assert status == 303
    _, page = server.ask("GET", "/challenges/small/submit")
    by_form = form(server.file, csrf_token=csrf(page), act="check")
    ways = {
        "page": ("/challenges/small/submit", *by_form, {}),
        "API": ("/api/v1/challenges/small/check", *form(server.file), {"Authorization": f"Bearer {server.token}"}),
    }
    size = server.file.stat().st_size / 1e6
    idle, spends = server.memory("VmRSS"), []
    print(f"\nupload, {ROWS:,} rows, {size:.0f} MB; the server at rest {idle:.0f} MB")
    for attempt in ("first", "again"):
        for way, (path, body, kind, headers) in ways.items():
            began, spent = time.monotonic(), server.processor()
            status, told = server.ask("POST", path, body, Content_Type=kind, **headers)
            took, spent = time.monotonic() - began, server.processor() - spent
            peak, after = server.memory("VmHWM"), server.memory("VmRSS")
            print(
                f"{way:<5}{attempt:<6} {took:5.2f} s, processor {spent:5.2f} s; peak {peak:4.0f} MB, after {after:4.0f} MB"
            )
            assert status == 200, told
            assert way == "page" or json.loads(told)["rows"] == ROWS
            spends.append(spent)
            assert peak - idle < GROWTH
    assert max(spends) < LONGEST
