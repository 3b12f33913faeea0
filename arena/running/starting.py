"""The way of `arena up`, step by step: home, lock, port, Valkey, keys, schema, processes, shipped challenges, ready."""

import contextlib
import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from socket import socket
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from arena.errors import OurFault, SetupError
from arena.running import environments, home, listening, tools, valkey
from arena.running.supervision import Charge, Stopped, Supervisor, not_ready
from arena.running.telling import Teller
from arena.settings import Settings
from arena.store import schema
from challenges.text import Text

READY_PATIENCE = 60.0
FIRST = "colon-adjuvant"
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
    except (OSError, SetupError, OurFault) as error:
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
        _make_keys(settings, teller)
        # A database that this version has migrated before needs no waiting for: the processes load while we do.
        known = _remembered(settings)
        if known:
            _start_processes(settings, supervisor, listener)
        # What knows the database and Redis takes a second to load, so it does beside the processes, not before them.
        from arena.running import preparing  # noqa: PLC0415

        with preparing.explained():
            preparing.reach_redis(settings)
            preparing.migrate(settings, teller)
            _remember(settings)
            if not known:
                _start_processes(settings, supervisor, listener)
                _start_sweeper(settings, supervisor)
            preparing.seed(settings, teller, supervisor)
            with teller.step(Text("웹과 채점기를 기다립니다", "Waiting for the web and the workers")):
                _wait_ready(settings, supervisor)
            code = preparing.setup_code(settings)
        _welcome(settings, teller, code)
        if known:
            _start_sweeper(settings, supervisor)
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
    if charge.process is not None:
        valkey.wait_ready(path, charge.process)


def _make_keys(settings: Settings, teller: Teller) -> None:
    if settings.labels_key_file.is_file():
        return
    with teller.step(Text("채점기의 열쇠를 만듭니다", "Making the workers' key")):
        log = settings.home / "logs" / "keygen.log"
        # The key is the worker's: this process starts its tool and never sees it.
        if tools.start(("keygen",), environ=environments.of_worker(settings), log=log).wait() != 0:
            raise tools.failure("keygen", log)


def _remembered(settings: Settings) -> bool:
    path = settings.home / "schema"
    return path.is_file() and path.read_text(encoding="utf-8") == _stamp(settings)


def _remember(settings: Settings) -> None:
    (settings.home / "schema").write_text(_stamp(settings), encoding="utf-8")


def _stamp(settings: Settings) -> str:
    digest = hashlib.sha256(settings.database_url.encode()).hexdigest()
    return f"{schema.newest()} {digest}\n"


def _start_processes(settings: Settings, supervisor: Supervisor, listener: socket) -> None:
    handle = listener.fileno()
    serve = (sys.executable, "-m", "arena.main", "web", str(handle))
    work = (sys.executable, "-m", "worker", "supervise")
    supervisor.start(Charge("worker", work, environments.of_worker(settings)))
    supervisor.start(Charge("web", serve, environments.of_site(settings), pass_fds=(handle,)))


def _start_sweeper(settings: Settings, supervisor: Supervisor) -> None:
    sweep = (sys.executable, "-m", "arena.main", "sweeper")
    supervisor.start(Charge("sweeper", sweep, environments.of_site(settings)))


def _wait_ready(settings: Settings, supervisor: Supervisor) -> None:
    if not supervisor.wait_until(lambda: _answers(settings), READY_PATIENCE):
        raise not_ready(settings.home, "web")


def _answers(settings: Settings) -> bool:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 (compared, not bound)
    try:
        with _OPENER.open(f"http://{host}:{settings.port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _welcome(settings: Settings, teller: Teller, code: str | None) -> None:
    address = settings.base_url
    teller.say(Text(f"\nArena의 주소: {address}", f"\nArena is at {address}"))
    if code is not None:
        link = f"{address}/setup/{code}"
        teller.say(Text(f"첫 관리자를 만드는 주소(한 번만): {link}", f"Make the first administrator (once): {link}"))
    teller.say(
        Text(
            f"첫 제출(먼저 {address}에서 계정을 만들고 계정 쪽에서 토큰을 만드십시오):",
            f"A first submission (first make an account at {address}, and a token on its page):",
        ),
    )
    here = Path.cwd()
    program = Path(sys.executable).with_name("arena")
    arena = program.relative_to(here) if program.is_relative_to(here) else program
    for line in (
        f"{arena} login {address}",
        f"{arena} join {FIRST} --team NAME --accept 1 && {arena} download {FIRST}",
        f"{arena} submit {FIRST} {FIRST}/sample_submission.csv --wait",
    ):
        teller.say(Text(f"  {line}", f"  {line}"))
    teller.say(Text("\n준비되었습니다. Ctrl-C로 멈춥니다. (ready)", "\nready (Ctrl-C stops everything)"))


def _explained(error: Exception, where: Path) -> SetupError | None:
    # A full disk shows itself in many ways, a Valkey that does not start among them: the cause is said, not the sign.
    if home.is_full(where) or "disk is full" in str(error):
        return SetupError("disk_full", home.disk_full(where))
    return home.disk_refusal(error, where) if isinstance(error, OSError) else None
