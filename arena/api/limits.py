"""How often one caller may ask: counted in Redis for all processes, in memory while Redis is away."""

from flask import Flask, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

READING_PER_MINUTE = 1200
READING = f"{READING_PER_MINUTE} per minute"
# Reading a large file costs a second of one core; making teams and codes is a thing people do once.
BY_ENDPOINT = {
    "submissions.check": "60 per minute",
    "submissions.submit": "60 per minute",
    "practice.send": "60 per minute",
    "organizers.receive": "20 per minute",
    "organizers.send_dry_run": "20 per minute",
    "teams.create": "60 per minute",
    "teams.invite": "60 per minute",
    "teams.accept": "60 per minute",
}


def install(app: Flask, redis_url: str) -> None:
    """Switch the limits on; nothing is connected before the first request."""
    Limiter(
        _who,
        app=app,
        request_identifier=_what,
        default_limits=[_how_often],
        headers_enabled=True,
        retry_after="delta-seconds",
        key_prefix="arena-api",
        storage_uri=_storage_uri(redis_url),
        storage_options={"socket_timeout": 1, "socket_connect_timeout": 1},
        in_memory_fallback_enabled=True,
    )


def _who() -> str:
    # A bad token is counted by address: inventing tokens must not buy a fresh allowance.
    caller = g.get("caller")
    return f"user:{caller.id}" if caller is not None else f"address:{get_remote_address()}"


def _what() -> str:
    # Where nothing is, asking counts as well, or guessing addresses would be free.
    return request.endpoint or "nothing"


def _how_often() -> str:
    return BY_ENDPOINT.get(request.endpoint or "", READING)


def _storage_uri(redis_url: str) -> str:
    # The limits library has its own spelling for sockets.
    return f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url
