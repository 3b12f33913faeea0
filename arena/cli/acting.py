"""The operator's acts on this instance: the use cases of the site, called from the shell."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from arena import accounts, hosting, publishing
from arena.cli.opening import engine as _engine
from arena.errors import Conflict, OurFault
from arena.queue import Queue
from arena.settings import Settings
from arena.store import evaluations
from arena.store import teams as team_store
from arena.store.engine import reading, transaction
from challenges.text import Text

LINK_HOURS = 72
REVEAL_PATIENCE = 900.0


@dataclass(frozen=True, slots=True)
class Listed:
    """One challenge as its operator sees it listed."""

    slug: str
    version: str
    status: str
    closes_at: datetime | None
    teams: int
    waiting: int


def create_user(
    settings: Settings, *, email: str, name: str, admin: bool, password: str | None
) -> dict[str, str | bool | None]:
    """Make an account; without a password the answer has a one-time link at which its owner sets one."""
    with _engine(settings) as engine, transaction(engine) as session:
        made = accounts.create_user(session, email=email, name=name, admin=admin, password=password, at=_now())
        link = None
        if password is None:
            code = accounts.make_link(session, purpose="reset", user_id=made.id, at=_now(), hours=LINK_HOURS)
            link = f"{settings.base_url}/reset/{code}"
        return {"email": made.email, "admin": made.is_admin, "link": link}


def issue_token(settings: Settings, *, email: str, name: str, may: Sequence[str], days: int | None) -> str:
    """Return a new token of an account, with these scopes, for so many days."""
    at = _now()
    ends = at + timedelta(days=days) if days else None
    with _engine(settings) as engine, transaction(engine) as session:
        person = accounts.by_email(session, email)
        _, secret = accounts.issue_token(session, person, name=name, at=at, expires_at=ends, may=may)
        return secret


def grant(settings: Settings, *, email: str, role: str, slug: str | None) -> None:
    """Give a role."""
    with _engine(settings) as engine, transaction(engine) as session:
        accounts.grant(session, email=email, role=role, slug=slug, at=_now())


def challenges(settings: Settings) -> list[Listed]:
    """Return all challenges of this instance."""
    with _engine(settings) as engine, reading(engine) as session:
        counts = team_store.counts_by_challenge(session)
        return [
            Listed(
                slug=hosted.slug,
                version=hosted.row.version,
                status=hosted.status(_now()) if hosted.row.state in hosting.PUBLIC else hosted.row.state,
                closes_at=hosted.row.closes_at,
                teams=counts.get(hosted.id, 0),
                waiting=sum(evaluations.unfinished(session, hosted.id, split) for split in ("public", "private")),
            )
            for hosted in hosting.of_the_instance(session)
        ]


def close(settings: Settings, slug: str) -> None:
    """Close a challenge now."""
    with _engine(settings) as engine, transaction(engine) as session:
        publishing.close(session, hosting.find(session, slug), _now())


def reveal(settings: Settings, slug: str, *, wait: bool) -> bool:
    """Start a reveal, and wait until every final is scored; return whether it is revealed."""
    give_up = time.monotonic() + (REVEAL_PATIENCE if wait else 0.0)
    queue = Queue(settings.redis_url)
    with _engine(settings) as engine:
        for evaluation_id in _start_reveal(engine, slug, give_up):
            queue.score(evaluation_id)
        while True:
            with transaction(engine) as session:
                if publishing.finish_reveal(session, hosting.find(session, slug), _now()):
                    return True
            if time.monotonic() >= give_up:
                break
            time.sleep(0.2)
    if wait:
        raise OurFault(
            "not_revealed_yet",
            Text(
                "최종 제출을 아직 다 채점하지 못했습니다. 채점기가 도는지 보십시오. 끝나는 대로 공개됩니다.",
                "The finals are not all scored yet. See whether a worker is up; the reveal follows by itself.",
            ),
        )
    return False


def _start_reveal(engine: Engine, slug: str, give_up: float) -> list[int]:
    while True:
        try:
            with transaction(engine) as session:
                return publishing.start_reveal(session, hosting.find(session, slug), _now())
        except Conflict as refusal:
            # Files received just before the close are still with the workers; a moment later they are not.
            if refusal.code != "still_scoring" or time.monotonic() >= give_up:
                raise
        time.sleep(0.2)


def _now() -> datetime:
    return datetime.now(UTC)
