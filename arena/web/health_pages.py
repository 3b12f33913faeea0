"""Whether the process is up, and whether the whole instance can take work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from arena import accounts
from arena.web.site import reading, site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer while the process is up."""
    return jsonify(status="up")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 only with a database, Redis and at least one living worker."""
    try:
        with reading() as session:
            accounts.has_administrator(session)
        database = True
    except SQLAlchemyError:
        database = False
    redis = site().queue.ping()
    workers = site().queue.workers() if redis else 0
    ready = database and redis and workers > 0
    return jsonify(ready=ready, database=database, redis=redis, workers=workers), 200 if ready else 503
