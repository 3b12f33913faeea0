"""What `arena up` does with the database: migrate it, seed the shipped challenges, invite the first administrator."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from arena import accounts
from arena.errors import SetupError
from arena.queue import Queue
from arena.receipts import Signer
from arena.running import environments, seeding
from arena.running.supervision import Supervisor, not_ready
from arena.running.telling import Teller
from arena.settings import Settings
from arena.store import schema
from arena.store.blobs import open_blobs
from arena.store.engine import make_engine, revision, transaction
from challenges.text import Text

BASELINE_PATIENCE = 300.0
REDIS_PATIENCE = 10.0
SETUP_LINK_HOURS = 72


@contextmanager
def explained() -> Iterator[None]:
    """Turn a database that cannot be used into one sentence for the operator."""
    try:
        yield
    except OperationalError as error:
        why = str(error.orig).strip().partition("\n")[0]
        message = Text(f"데이터베이스를 쓸 수 없습니다: {why}", f"The database cannot be used: {why}")
        raise SetupError("database", message) from error


def reach_redis(settings: Settings) -> None:
    """Wait a moment for the operator's own Redis; the embedded one has answered already."""
    queue, give_up = Queue(settings.redis_url), time.monotonic() + REDIS_PATIENCE
    while not settings.redis_embedded and not queue.ping():
        if time.monotonic() > give_up:
            shown = settings.redis_url.rpartition("@")[2]  # never the password
            raise SetupError(
                "redis_down",
                Text(
                    f"ARENA_REDIS_URL의 Redis({shown})가 답하지 않습니다.",
                    f"The Redis of ARENA_REDIS_URL ({shown}) does not answer.",
                ),
            )
        time.sleep(0.1)


def migrate(settings: Settings, teller: Teller) -> None:
    """Bring the database to this version's schema, and say so if there was something to do."""
    engine = make_engine(settings.database_url)
    try:
        if revision(engine) == schema.newest():
            return
    finally:
        engine.dispose()
    # Alembic takes as long to load as all the rest, and most starts have nothing to migrate.
    from arena.store import migrating  # noqa: PLC0415

    with teller.step(Text("데이터베이스를 맞춥니다", "Migrating the database")):
        kept = migrating.migrate(settings.database_url, settings.home / "backups", datetime.now(UTC))
    if kept is not None:
        teller.say(Text(f"  이전 데이터베이스의 사본: {kept}", f"  A copy of the database as it was: {kept}"))


def seed(settings: Settings, teller: Teller, supervisor: Supervisor) -> None:
    """Make and publish the shipped challenges that are missing, and see their baselines through the queue."""
    if settings.seed != "all":
        return
    engine = make_engine(settings.database_url)
    wanted = seeding.missing(engine)
    if wanted:
        _seed(settings, teller, supervisor, engine, wanted)
    engine.dispose()


def _seed(
    settings: Settings,
    teller: Teller,
    supervisor: Supervisor,
    engine: Engine,
    wanted: list[seeding.Shipped],
) -> None:
    blobs, queue = open_blobs(settings.store_url), Queue(settings.redis_url)
    sign = Signer.from_file(settings.receipts_key_file).sign
    slugs = [one.definition.slug for one in wanted]
    names = ", ".join(slugs)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".making-") as folder:
        with teller.step(
            Text(
                f"챌린지를 만듭니다. 처음 한 번 몇 분 걸립니다({names})",
                f"Making the challenges, once, which takes minutes ({names})",
            )
        ):
            made = seeding.make(
                wanted,
                Path(folder),
                environ=environments.of_worker(settings),
                logs=settings.home / "logs",
                heed=supervisor.heed,
            )
        with teller.step(Text("챌린지를 공개합니다", "Publishing them")):
            for one in wanted:
                seeding.publish(engine, blobs, queue, one, made[one.definition.slug], at=datetime.now(UTC), sign=sign)
    with teller.step(Text("기준 모형을 채점합니다", "Scoring the baselines")):
        if not supervisor.wait_until(lambda: seeding.waiting(engine, slugs) == 0, BASELINE_PATIENCE):
            raise not_ready(settings.home, "worker")


def setup_code(settings: Settings) -> str | None:
    """Return the code of a one-time link for the first administrator, while there is none."""
    engine = make_engine(settings.database_url)
    try:
        with transaction(engine) as session:
            if accounts.has_administrator(session):
                return None
            return accounts.make_link(
                session, purpose="setup", user_id=None, at=datetime.now(UTC), hours=SETUP_LINK_HOURS
            )
    finally:
        engine.dispose()
