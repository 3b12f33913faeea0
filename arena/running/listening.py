"""The web's listening socket: taken before anything else is done, and kept while the web process is restarted."""

import errno
import socket

from arena.errors import SetupError
from arena.settings import Settings
from challenges.text import Text

BACKLOG = 1024


def listen(settings: Settings) -> socket.socket:
    """Take the port, or say in one sentence why it cannot be had."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host,
            port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )[0]
        taken = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _refused(settings, error) from error
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        raise _refused(settings, error) from error
    return taken


def _refused(settings: Settings, error: OSError) -> SetupError:
    host, port = settings.host, settings.port
    if error.errno == errno.EADDRINUSE:
        return SetupError(
            "port_taken",
            Text(
                f"{host}의 {port}번 포트를 다른 프로그램이 쓰고 있습니다. 그것을 멈추거나 ARENA_PORT를 다른 번호로 정하십시오.",
                f"Port {port} on {host} is taken by another program. Stop that one or set ARENA_PORT to another number.",
            ),
        )
    if error.errno == errno.EACCES:
        return SetupError(
            "port_forbidden",
            Text(
                f"이 사용자는 {port}번 포트를 열 수 없습니다. ARENA_PORT를 1024 이상으로 정하십시오.",
                f"This user may not open port {port}. Set ARENA_PORT to 1024 or more.",
            ),
        )
    return SetupError(
        "host_unknown",
        Text(
            f"이 컴퓨터에는 {host}라는 주소가 없습니다. ARENA_HOST를 고치십시오.",
            f"This machine has no address {host}. Mend ARENA_HOST.",
        ),
    )
