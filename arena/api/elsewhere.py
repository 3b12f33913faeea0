"""What answers below /api beside version 1: nothing is there, and even that is told as the API tells it."""

from flask import Flask

from arena.api import answering, problems
from arena.errors import NotFound
from challenges.text import Text


def create_elsewhere() -> Flask:
    """Return the WSGI application that the composition root mounts at /api, around version 1."""
    app = Flask("arena.api.elsewhere", static_folder=None)
    problems.install(app)
    answering.install(app)
    app.before_request(_nothing)
    return app


def _nothing() -> None:
    raise NotFound(
        Text(
            "여기에는 아무것도 없습니다. API의 주소는 /api/v1/로 시작합니다.",
            "There is nothing here. The API's addresses begin with /api/v1/.",
        )
    )
