"""An instance to publish on: the API over real stores, and a worker's own jobs that answer every ring at once."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse, encode_multipart

from arena import accounts, hosting, sealing
from arena.api import create_api
from arena.queue import Queue
from arena.store.engine import reading, transaction
from arena.store.models import Challenge, Grant, Publication, User
from challenges import bundle, published, sealed
from challenges.definition import FILE, load
from tests.api.conftest import Caller
from tests.worker import site as sites
from worker import jobs

SLUG = "small-challenge"


class Ringing(Queue):
    """A doorbell that a worker's job answers in this process, or, while `deaf`, nobody."""

    def __init__(self) -> None:
        super().__init__("unix:///nonexistent/valkey.sock")
        self.deaf = False
        self.rung: list[tuple[str, int]] = []

    def _ring(self, name: str, row_id: int) -> bool:
        self.rung.append((name, row_id))
        if not self.deaf:
            getattr(jobs, name.rpartition(".")[2])(row_id)
        return not self.deaf


@dataclass
class World:
    """What tests of publishing share; the API's clock is the real one, moved by `later`."""

    site: sites.Site
    queue: Ringing
    later: timedelta = timedelta(0)
    _tokens: dict[str, str] = field(default_factory=dict)
    _app: Any = None

    def now(self) -> datetime:
        return sites.now() + self.later

    @property
    def app(self) -> Any:
        if self._app is None:
            api = create_api(
                settings=self.site.settings,
                engine=self.site.engine,
                blobs=self.site.blobs,
                queue=self.queue,
                signer=self.site.signer,
                clock=self.now,
                limited=False,
            )
            self._app = DispatcherMiddleware(NotFound(), {"/api/v1": api})
        return self._app

    def person(self, name: str, *, creator: bool = False, admin: bool = False) -> User:
        with transaction(self.site.engine) as session:
            made = accounts.create_user(
                session,
                email=f"{name}@example.org",
                name=name,
                admin=admin,
                password=sites.PASSWORD,
                at=sites.now(),
            )
            made.is_creator = creator
            session.add(made)
            _, self._tokens[name] = accounts.issue_token(session, made, name="t", at=sites.now())
        return made

    def token(self, name: str) -> str:
        return self._tokens[name]

    def caller(self, name: str | None) -> Caller:
        """Return somebody who asks with their token; whoever is not known yet is made, creators by their name."""
        if name is not None and name not in self._tokens:
            self.person(name, creator="creator" in name, admin=name == "admin")
        return Caller(Client(self.app), self._tokens[name] if name else None)

    def grant(self, name: str, role: str, slug: str = SLUG) -> None:
        with transaction(self.site.engine) as session:
            accounts.grant(session, email=f"{name}@example.org", role=role, slug=slug, at=sites.now())

    def key(self) -> bytes:
        return sealing.public_key(self.site.settings.labels_key_file)

    def seal(self, folder: Path, content: bytes | None = None) -> bytes:
        definition = load(folder)
        return sealing.seal(sealed.pack(definition, content or (folder / "labels.csv").read_bytes()), self.key())

    def send(self, who: str, folder: Path, **changes: Any) -> TestResponse:
        """Send a folder as the shell would, or with another bundle, other labels, a note."""
        fields = {
            "bundle": FileStorage(io.BytesIO(changes.pop("bundle", None) or packed(folder)), "bundle.zip"),
            "labels": FileStorage(io.BytesIO(changes.pop("labels", None) or self.seal(folder)), "labels.sealed"),
            **changes,
        }
        # Encoded here: a test client of Werkzeug's leaves a large body's temporary file open.
        boundary, body = encode_multipart({name: value for name, value in fields.items() if value is not None})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.caller(who).ask("POST", "/challenges", data=body, content_type=kind)

    def hosted(self, slug: str = SLUG) -> hosting.Hosted:
        with reading(self.site.engine) as session:
            row = session.exec(select(Challenge).where(Challenge.slug == slug)).one()
            return hosting.by_id(session, row.id or 0)

    def rows(self, table: type) -> list[Any]:
        return rows(self.site, table)

    def nothing_is_left(self) -> None:
        """Assert that no upload has left a row, a blob or a spooled file."""
        assert self.rows(Publication) == self.rows(Challenge) == self.rows(Grant) == []
        assert self.spooled() == []
        assert self.stored() == []

    def spooled(self) -> list[Path]:
        return list((self.site.settings.home / "incoming").rglob("*"))

    def stored(self) -> list[str]:
        return [path.name for path in (self.site.settings.home / "blobs").rglob("*") if path.is_file()]


def rows(site: sites.Site, table: type) -> list[Any]:
    """Return all rows of a table in the order in which they came."""
    with reading(site.engine) as session:
        return list(session.exec(select(table).order_by(table.id)).all())  # type: ignore[attr-defined]


def packed(folder: Path, **more: bytes) -> bytes:
    """Return the folder's bundle as the shell packs it, with other files beside."""
    definition = load(folder)
    wanted = {FILE, *published.roles(folder, definition), *published.evidence(definition)}
    content = bundle.pack(folder, without={path.name for path in folder.iterdir()} - wanted)
    return added(content, {name.replace("__", "."): data for name, data in more.items()})


def added(content: bytes, files: dict[str, bytes | None]) -> bytes:
    """Return a bundle with some files replaced, added or, where there is nothing, taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            if info.filename not in files:
                after.writestr(info, before.read(info))
        for name, data in files.items():
            if data is not None:
                after.writestr(name, data)
    return out.getvalue()


@contextmanager
def world(home: Path, database_url: str = "") -> Iterator[World]:
    """Make an instance; its worker's jobs are called in this process."""
    site = sites.make(home, database_url)
    queue = Ringing()
    site.queue = queue
    before = jobs._station, jobs._vault
    station = jobs.open_station(site.worker)
    station.queue = queue
    try:
        yield World(site, queue)
    finally:
        station.engine.dispose()
        site.engine.dispose()
        jobs._station, jobs._vault = before
