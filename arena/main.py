"""The composition root: puts the parts together for each process, and is imported by none of them."""

import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy.exc import OperationalError

from arena import settings as settings_module
from arena.errors import ArenaError, OurFault
from arena.running import home, listening
from arena.running.telling import Teller, language
from arena.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from sqlalchemy import Engine

    from arena.running.checkup import Finding
    from challenges.definition import Definition

# Each function imports what its own process needs: together the parts would cost every process a second of its start.

SWEEP_SECONDS = 1.0
# A letter that is on the line when the sweeper is told to stop gets this long to arrive.
LAST_LETTER_SECONDS = 5.0
# Above the largest file that a challenge may take (50 MB by default), with room for the form around it.
LARGEST_BODY = 256 << 20
THREADS = 8
log = logging.getLogger("arena")


def run_up(settings: Settings) -> None:
    """Run everything in the foreground until Ctrl-C or SIGTERM."""
    from arena.running import starting  # noqa: PLC0415

    _keep_private()
    starting.up(settings, Teller(language()))


def run_web(settings: Settings, listener: socket | None = None) -> None:
    """Serve the pages and the API; `up` hands over the socket that it has taken already."""
    from waitress.server import create_server  # noqa: PLC0415

    from arena import uploads  # noqa: PLC0415
    from arena.running import refusing  # noqa: PLC0415
    from arena.store.engine import make_engine  # noqa: PLC0415

    home.require(settings)
    _keep_private()
    _log_to_stderr()
    uploads.clear(settings.home)
    taken = listener or listening.listen(settings)
    with contextlib.suppress(OperationalError):  # a database that is away for now: the sweeper writes it down as well
        engine = make_engine(settings.database_url)
        _note_sender(settings, engine)
        engine.dispose()
    server = create_server(
        make_wsgi(settings),
        sockets=[taken],
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_BODY,
        channel_timeout=60,
        # Proxy headers are read by make_wsgi, which knows how many proxies are to be trusted.
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )
    server.channel_class = refusing.Channel
    signal.signal(signal.SIGTERM, _leave)
    _keep_answering()
    log.info("listening on %s port %s", *taken.getsockname()[:2])
    server.run()


def run_sweeper(settings: Settings) -> None:
    """Ring for what was lost, chain the ledger and finish reveals, every second; send letters beside it."""
    from arena import sweeping  # noqa: PLC0415
    from arena.queue import Queue  # noqa: PLC0415
    from arena.store.blobs import open_blobs  # noqa: PLC0415
    from arena.store.engine import make_engine  # noqa: PLC0415

    home.require(settings)
    _keep_private()
    _log_to_stderr()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    engine = make_engine(settings.database_url)
    queue = Queue(settings.redis_url)
    blobs = open_blobs(settings.store_url)
    letters = _send_letters(settings, engine, stopping)
    begun = noted = False
    while not stopping.wait(SWEEP_SECONDS):
        try:
            noted = noted or _note_sender(settings, engine)
            begun = begun or sweeping.begin(engine, queue, _now()) is not None
            swept = sweeping.sweep(engine, queue, _now(), blobs)
        except OperationalError:
            # The database is away or busy for long; the next sweep finds whatever this one did not.
            log.warning("this sweep was not possible: the database does not answer")
            continue
        if swept.failed or swept.revealed or swept.rescored or swept.tidied:
            log.info("swept: %s", swept)
    if letters is not None:
        letters.join(LAST_LETTER_SECONDS)


def _send_letters(settings: Settings, engine: "Engine", stopping: threading.Event) -> threading.Thread | None:
    """Send announcements beside the sweeping, where a mail server is named: a slow one must hold up nothing else."""
    if not settings.mail_url:
        return None
    from arena import mailing  # noqa: PLC0415
    from arena.postman import Postman  # noqa: PLC0415

    postman = Postman(settings.mail_url, settings.base_url)
    given = (engine, postman, settings.base_url, stopping, _now)
    thread = threading.Thread(target=mailing.keep_delivering, args=given, daemon=True)
    thread.start()
    return thread


def _note_sender(settings: Settings, engine: "Engine") -> bool:
    """Write down whether letters are sent here: what people may do before they have verified their address depends on it."""
    from arena import outbox  # noqa: PLC0415
    from arena.store.engine import transaction  # noqa: PLC0415

    with transaction(engine) as session:
        outbox.note_sender(session, present=bool(settings.mail_url), at=_now())
    return True


def run_worker(settings: Settings) -> NoReturn:
    """Become the supervisor of the scoring workers; the site's code ends here."""
    home.require(settings)
    os.execv(sys.executable, (sys.executable, "-m", "worker", "supervise"))  # noqa: S606 (our own interpreter)


def migrate(settings: Settings) -> Path | None:
    """Make the home and bring its database to this version's schema; return the copy that was kept."""
    from arena.store import migrating  # noqa: PLC0415

    _keep_private()
    home.make(settings)
    return migrating.migrate(settings.database_url, settings.home / "backups", _now())


def doctor(settings: Settings) -> "list[Finding]":
    """Look at every part of the instance and say how it is."""
    from arena.running import checkup  # noqa: PLC0415

    home.require(settings)
    return checkup.look(settings)


def practice_sheet(folder: Path, definition: "Definition", found: dict[str, Any], language: str) -> str:
    """Return the report of a practice file as one HTML page, for a folder that lies on somebody's own computer."""
    from arena.web import practice_sheet as sheet  # noqa: PLC0415

    return sheet.write(folder, definition, found, language)


def make_wsgi(settings: Settings) -> "WSGIApplication":
    """Put the pages and the API together behind one address."""
    from werkzeug.middleware.dispatcher import DispatcherMiddleware  # noqa: PLC0415
    from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: PLC0415

    from arena.api import create_api  # noqa: PLC0415
    from arena.api.elsewhere import create_elsewhere  # noqa: PLC0415
    from arena.api.limits import READING_PER_MINUTE  # noqa: PLC0415
    from arena.keeping import Boards  # noqa: PLC0415
    from arena.queue import Queue  # noqa: PLC0415
    from arena.receipts import Signer  # noqa: PLC0415
    from arena.running.quick import Quick  # noqa: PLC0415
    from arena.store.blobs import open_blobs  # noqa: PLC0415
    from arena.store.engine import make_engine  # noqa: PLC0415
    from arena.web import create_app  # noqa: PLC0415

    engine = make_engine(settings.database_url, pool_size=THREADS)
    blobs = open_blobs(settings.store_url)
    queue = Queue(settings.redis_url)
    signer = Signer.from_file(settings.receipts_key_file)
    boards = Boards()
    counts = settings.redis_url.replace("unix://", "redis+unix://", 1)
    site = create_app(
        settings, engine=engine, blobs=blobs, queue=queue, sign=signer.sign, limits_storage=counts, boards=boards
    )
    api = create_api(
        settings=settings, engine=engine, blobs=blobs, queue=queue, signer=signer, clock=_now, boards=boards
    )
    quick_api = Quick(api, engine=engine, clock=_now, per_minute=READING_PER_MINUTE)
    # The pages look through the proxies by themselves.
    hops = settings.trusted_proxies
    behind = ProxyFix(quick_api, x_for=hops, x_proto=hops, x_host=hops) if hops else quick_api
    return DispatcherMiddleware(Quick(site, engine=engine, clock=_now), {"/api/v1": behind, "/api": create_elsewhere()})


def _now() -> datetime:
    return datetime.now(UTC)


def _keep_answering() -> None:
    """Let no reader wait long for what the process does beside: one thread's turn is short, and what lives for ever is not searched.

    Redrawing a leaderboard of ten thousand teams otherwise brings a search of every object that was ever imported.
    """
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()


def _keep_private() -> None:
    # Whatever a process of the instance writes, wherever its home lies, is for this user alone.
    os.umask(0o077)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _child(arguments: Sequence[str]) -> int:
    """Be `up` itself without the time that the command line takes to load, or a process that it starts."""
    try:
        settings = settings_module.load()
        if arguments[0] == "up":
            run_up(settings)
        elif arguments[0] == "web":
            run_web(settings, socket(fileno=int(arguments[1])))
        else:
            run_sweeper(settings)
    except ArenaError as error:
        sys.stderr.write(error.message.pick(language()) + "\n")
        return 3 if isinstance(error, OurFault) else 2 if error.code == "settings" else 1
    return 0


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1:]))
