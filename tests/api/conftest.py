"""The API in front of real stores, spoken to as an HTTP client would."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from arena import accounts, sealing
from arena.api import create_api
from arena.queue import Queue
from arena.settings import Settings
from arena.store.blobs import FolderBlobs
from arena.store.engine import transaction
from arena.store.models import User
from tests.arena.conftest import Site

# Nobody listens there: rings are lost, which a submission must survive.
NO_REDIS = "unix:///nonexistent/valkey.sock"


@dataclass
class Caller:
    """Somebody with a token, or nobody, and what they can ask."""

    http: Client
    token: str | None = None
    language: str = "en"

    def ask(self, method: str, path: str, **given: Any) -> TestResponse:
        headers = {"Accept-Language": self.language, **given.pop("headers", {})}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.http.open(f"/api/v1{path}", method=method, headers=headers, buffered=True, **given)

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.ask("GET", path, **given)

    def post(self, path: str, body: object = None, **given: Any) -> TestResponse:
        if body is not None:
            given |= {"data": json.dumps(body), "content_type": "application/json"}
        return self.ask("POST", path, **given)

    def send(
        self,
        path: str,
        content: bytes,
        *,
        name: str = "mine.csv",
        note: str = "",
        companion: bytes | None = None,
        **given: Any,
    ) -> TestResponse:
        from io import BytesIO

        data: dict[str, Any] = {"file": (BytesIO(content), name), "note": note}
        if companion is not None:
            data["companion"] = (BytesIO(companion), "second.csv")
        return self.ask("POST", path, data=data, **given)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """SQLite here; the store's own tests and `test_postgresql` try both kinds of database."""
    return sqlite_engine


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    made = Site(engine, FolderBlobs(tmp_path / "blobs"), tmp_path / "folders")
    made.publish()
    return made


@pytest.fixture
def app(site: Site, settings: Settings) -> DispatcherMiddleware:
    settings.labels_key_file.write_text("ab" * 32 + "\n", encoding="ascii")
    assert sealing.fingerprint(sealing.public_key(settings.labels_key_file))
    api = create_api(
        settings=settings,
        engine=site.engine,
        blobs=site.blobs,
        queue=Queue(NO_REDIS),
        signer=site.signer,
        clock=lambda: site.now,
        limited=False,
    )
    return DispatcherMiddleware(NotFound(), {"/api/v1": api})


@pytest.fixture
def nobody(app: DispatcherMiddleware) -> Caller:
    return Caller(Client(app))


@pytest.fixture
def enter(site: Site, app: DispatcherMiddleware) -> Callable[..., Caller]:
    """Give somebody a token."""

    def entered(person: User | str) -> Caller:
        who = site.person(person) if isinstance(person, str) else person
        with transaction(site.engine) as session:
            _, secret = accounts.issue_token(session, who, name="test", at=site.now)
        return Caller(Client(app), secret)

    return entered


@pytest.fixture
def ours(site: Site, enter: Callable[..., Caller]) -> Caller:
    """A member of the team `Ours`."""
    person, _ = site.team("Ours")
    return enter(person)


@pytest.fixture
def theirs(site: Site, enter: Callable[..., Caller]) -> Caller:
    """A member of another team."""
    person, _ = site.team("Theirs")
    return enter(person)
