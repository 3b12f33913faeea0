"""The API behind a real HTTP server, for clients that speak over a socket."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from waitress.server import create_server

from arena.running.refusing import Channel


@contextlib.contextmanager
def serving(app: Any, **adjusted: Any) -> Iterator[str]:
    """Serve from a thread with the site's own server; yield the address."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4, **adjusted)
    server.channel_class = Channel
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        # The loop belongs to its thread: it is told, and then closes what is left of it.
        server.trigger.pull_trigger(lambda: [one.close() for one in list(sockets.values())])
        thread.join(5)
        assert not thread.is_alive()
