"""The way of `arena up`, step by step: home, lock, port, Valkey, keys, schema, processes, shipped challenges, ready."""

import contextlib
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from arena import accounts
from arena.errors import OurFault, SetupError
from arena.queue import Queue
from arena.receipts import Signer
from arena.running import environments, home, listening, seeding, tools, valkey
from arena.running.supervision import Charge, Stopped, Supervisor
from arena.running.telling import Teller
from arena.settings import Settings
from arena.store import schema
from arena.store.blobs import open_blobs
from arena.store.engine import make_engine, transaction
from challenges.text import Text

READY_PATIENCE = 60.0
BASELINE_PATIENCE = 300.0
SETUP_LINK_HOURS = 72
# /readyz is asked on this machine, whatever proxy the environment names.
_OPENER = build_opener(ProxyHandler({}))


def up(settings: Settings, teller: Teller) -> None:
    """Run the whole instance until Ctrl-C or SIGTERM; raise SetupError for what the operator can mend."""
    supervisor = Supervisor(settings.home / "logs", teller.say)
    supervisor.listen()
    try:
        _up(settings, teller, supervisor)
    except Stopped:
        teller.say(Text("멈추는 중입니다 …", "Stopping …"))
    except (OSError, OperationalError, SetupError, OurFault) as error:
        raise _explained(error, settings.home) or error from error
    finally:
        supervisor.stop()
    teller.say(Text("멈췄습니다. 남은 프로세스가 없습니다.", "Stopped. No process is left."))


def _up(given: Settings, teller: Teller, supervisor: Supervisor) -> None:
    teller.say(Text(f"Arena를 시작합니다: {given.home}", f"Starting Arena in {given.home}"))
    home.make(given)
    with home.held(given.home) as lock, contextlib.closing(listening.listen(given)) as listener:
        # With port 0 the port is known only now.
        settings = _as_it_is(given, listener)
        if settings.redis_embedded:
            with teller.step(Text("Valkey를 시작합니다", "Starting Valkey")):
                _start_valkey(settings, supervisor, lock)
        else:
            with teller.step(Text("Redis에 연결합니다", "Reaching Redis")):
                valkey.wait_ready(settings.redis_url)
        _make_keys(settings, teller)
        _migrate(settings, teller)
        engine = make_engine(settings.database_url)
        _start_processes(settings, supervisor, listener)
        if settings.seed == "all":
            _seed(settings, teller, supervisor, engine)
        with teller.step(Text("웹과 채점기를 기다립니다", "Waiting for the web and the workers")):
            _wait_ready(settings, supervisor)
        _welcome(settings, teller, engine)
        engine.dispose()
        supervisor.watch()


def _as_it_is(given: Settings, listener: socket) -> Settings:
    port = listener.getsockname()[1]
    base_url = given.base_url.removesuffix(":0") + f":{port}" if given.base_url.endswith(":0") else given.base_url
    return replace(given, port=port, base_url=base_url)


def _start_valkey(settings: Settings, supervisor: Supervisor, lock: int) -> None:
    path = valkey.make_socket_folder(settings.home)
    charge = Charge(
        name="valkey",
        command=valkey.command(valkey.find_binary(), settings.home, path),
        environ={},
        pass_fds=(lock,),  # held by Valkey too: nobody starts a second one on the same files
        broker=True,
    )
    supervisor.start(charge)
    valkey.wait_ready(settings.redis_url, charge.process)


def _make_keys(settings: Settings, teller: Teller) -> None:
    if settings.labels_key_file.is_file():
        return
    with teller.step(Text("채점기의 열쇠를 만듭니다", "Making the workers' key")):
        log = settings.home / "logs" / "keygen.log"
        # The key is the worker's: this process starts its tool and never sees it.
        if tools.start(("keygen",), environ=environments.of_worker(settings), log=log).wait() != 0:
            raise tools.failure("keygen", log)


def _migrate(settings: Settings, teller: Teller) -> None:
    engine = make_engine(settings.database_url)
    try:
        if schema.current(engine) == schema.newest():
            return
    finally:
        engine.dispose()
    # Alembic takes as long to load as all the rest, and most starts have nothing to migrate.
    from arena.store import migrating  # noqa: PLC0415

    with teller.step(Text("데이터베이스를 맞춥니다", "Migrating the database")):
        kept = migrating.migrate(settings.database_url, settings.home / "backups", datetime.now(UTC))
    if kept is not None:
        teller.say(Text(f"  이전 데이터베이스의 사본: {kept}", f"  A copy of the database as it was: {kept}"))


def _start_processes(settings: Settings, supervisor: Supervisor, listener: socket) -> None:
    site, worker = environments.of_site(settings), environments.of_worker(settings)
    handle = listener.fileno()
    python = sys.executable
    supervisor.start(Charge("web", (python, "-m", "arena.main", "web", str(handle)), site, pass_fds=(handle,)))
    supervisor.start(Charge("worker", (python, "-m", "worker", "supervise"), worker))
    supervisor.start(Charge("sweeper", (python, "-m", "arena.main", "sweeper"), site))


def _seed(settings: Settings, teller: Teller, supervisor: Supervisor, engine: Engine) -> None:
    wanted = seeding.missing(engine)
    if not wanted:
        return
    blobs, queue = open_blobs(settings.store_url), Queue(settings.redis_url)
    sign = Signer.from_file(settings.receipts_key_file).sign
    slugs = [one.definition.slug for one in wanted]
    names = ", ".join(slugs)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".making-") as folder:
        with teller.step(Text(f"챌린지를 만듭니다({names})", f"Making the challenges ({names})")):
            made = seeding.make(
                wanted,
                Path(folder),
                environ=environments.of_worker(settings),
                logs=settings.home / "logs",
            )
        with teller.step(Text("챌린지를 공개합니다", "Publishing them")):
            for one in wanted:
                seeding.publish(engine, blobs, queue, one, made[one.definition.slug], at=datetime.now(UTC), sign=sign)
    with teller.step(Text("기준 모형을 채점합니다", "Scoring the baselines")):
        if not supervisor.wait_until(lambda: seeding.waiting(engine, slugs) == 0, BASELINE_PATIENCE):
            raise _not_ready(settings, "worker")


def _wait_ready(settings: Settings, supervisor: Supervisor) -> None:
    if not supervisor.wait_until(lambda: _answers(settings), READY_PATIENCE):
        raise _not_ready(settings, "web")


def _answers(settings: Settings) -> bool:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 (compared, not bound)
    try:
        with _OPENER.open(f"http://{host}:{settings.port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _not_ready(settings: Settings, name: str) -> OurFault:
    log = settings.home / "logs" / f"{name}.log"
    return OurFault(
        "not_ready",
        Text(
            f"{name}이(가) 제때 준비되지 않았습니다. 까닭은 {log}에 있습니다.",
            f"The {name} was not ready in time. {log} says why.",
        ),
    )


def _welcome(settings: Settings, teller: Teller, engine: Engine) -> None:
    address = settings.base_url
    teller.say(Text(f"\nArena의 주소: {address}", f"\nArena is at {address}"))
    with transaction(engine) as session:
        if not accounts.has_administrator(session):
            code = accounts.make_link(
                session, purpose="setup", user_id=None, at=datetime.now(UTC), hours=SETUP_LINK_HOURS
            )
            teller.say(
                Text(
                    f"첫 관리자를 만드는 주소(한 번, {SETUP_LINK_HOURS}시간): {address}/setup/{code}",
                    f"Make the first administrator (once, within {SETUP_LINK_HOURS} hours): {address}/setup/{code}",
                ),
            )
    arena = Path(sys.executable).with_name("arena")
    shown = arena.relative_to(Path.cwd()) if arena.is_relative_to(Path.cwd()) else arena
    slug = "colon-adjuvant"
    teller.say(
        Text(
            f"첫 제출(먼저 {address}에서 계정을 만드십시오):",
            f"A first submission (make an account at {address} first):",
        ),
    )
    for line in (
        f"{shown} login {address}",
        f"{shown} join {slug} --team NAME --accept 1 && {shown} download {slug}",
        f"{shown} submit {slug} {slug}/sample_submission.csv --wait",
    ):
        teller.say(Text(f"  {line}", f"  {line}"))
    teller.say(Text("\n준비되었습니다. Ctrl-C로 멈춥니다. (ready)", "\nready (Ctrl-C stops everything)"))


def _explained(error: Exception, where: Path) -> SetupError | None:
    # A full disk shows itself in many ways, a Valkey that does not start among them: the cause is said, not the sign.
    if home.is_full(where) or "disk is full" in str(error):
        return SetupError("disk_full", home.disk_full(where))
    if isinstance(error, OSError):
        return home.disk_refusal(error, where)
    if isinstance(error, OperationalError):
        why = str(error.orig).strip().partition("\n")[0]
        return SetupError(
            "database", Text(f"데이터베이스를 쓸 수 없습니다: {why}", f"The database cannot be used: {why}")
        )
    return None
