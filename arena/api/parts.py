"""What every route needs of the instance: its stores, its queue, its clock, and who asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, request
from sqlalchemy import Engine
from sqlmodel import Session

from arena import accounts, scopes
from arena.errors import NotSignedIn
from arena.keeping import Boards
from arena.queue import Queue
from arena.receipts import Signer
from arena.settings import Settings
from arena.store import engine as store
from arena.store.blobs import Blobs
from arena.store.models import User
from challenges.text import Text

EXTENSION = "arena-api"
CHANGES_NOTHING = {"submissions.check"}  # although it is sent by POST
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that the composition root hands to the API."""

    settings: Settings
    engine: Engine
    blobs: Blobs
    queue: Queue
    signer: Signer
    clock: Callable[[], datetime]
    boards: Boards = field(default_factory=Boards)


def parts() -> Parts:
    """Return the parts of the application that serves this request."""
    return cast("Parts", current_app.extensions[EXTENSION])


def now() -> datetime:
    """Return the server's time, which decides everything."""
    return parts().clock()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a reading transaction on the instance's database."""
    with store.reading(parts().engine) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Open a writing transaction on the instance's database."""
    with store.transaction(parts().engine) as session:
        yield session


def language() -> str:
    """Return the language in which sentences are answered."""
    return request.accept_languages.best_match(("ko", "en"), "en")


def identify() -> None:
    """Find out whose token the request carries; a bad one is kept and refused after the limits have counted it."""
    g.caller, g.scopes, g.refusal = None, "", None
    if not request.headers.get("Authorization"):
        return
    given = request.authorization
    secret = given.token if given is not None and given.type == "bearer" else None
    try:
        with reading() as session:
            token, g.caller = accounts.presented_token(session, secret or "", now())
    except NotSignedIn as refusal:
        g.refusal = refusal
        return
    g.scopes = token.scopes
    if token.last_used_at is None or token.last_used_at <= now() - accounts.USE_NOTED:
        with writing() as session:
            accounts.note_use(session, token.id or 0, now())


def refuse_bad_token() -> None:
    """Refuse a token that is not one, also where none is needed: its owner should learn of it; or that may not do this."""
    if g.refusal is not None:
        raise g.refusal
    if g.caller is not None and request.endpoint is not None:
        scopes.require(g.scopes, scope_of(request.endpoint, request.method))


def scope_of(endpoint: str, method: str) -> str:
    """Return what a token needs to have for an operation: a new one that changes anything needs more than reading."""
    if endpoint.startswith("organizers."):
        return "organize"
    return "read" if method in ("GET", "HEAD", "OPTIONS") or endpoint in CHANGES_NOTHING else "submit"


def someone() -> User | None:
    """Return whoever asks, or none."""
    return cast("User | None", g.get("caller"))


def caller() -> User:
    """Return the account whose token the request carries; cookies count for nothing here."""
    found = someone()
    if found is None:
        raise NotSignedIn(
            "token_needed",
            Text(
                "토큰이 필요합니다. 계정 쪽에서 만들어 'Authorization: Bearer …'로 보내십시오.",
                "A token is needed. Make one on your account page and send it as 'Authorization: Bearer …'.",
            ),
        )
    return found


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Refuse a request without a token before anything of its body is read."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        caller()
        return view(*args, **kwargs)

    return guarded


def install(app: Flask, given: Parts) -> None:
    """Give the application its parts."""
    app.extensions[EXTENSION] = given
