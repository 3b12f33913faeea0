"""A site after its life, and every channel through which something of it could come out: pages, logs, Redis, rows, files."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import redis
from sqlalchemy import MetaData, inspect
from sqlmodel import select
from werkzeug.test import Client

from arena import main
from arena.cli import lifecycle_acts
from arena.store import teams as team_store
from arena.store.engine import reading
from arena.store.models import (
    Submission,
    User,
)
from tests.worker import searching, small
from tests.worker import site as sites
from tests.worker.site import Process, Site

ROWS = 300
CHANNELS = ("response", "log", "redis", "database", "file")


@dataclass
class World:
    """A running instance with its canaries, and what has been seen of it."""

    site: Site
    workers: Process
    values: list[str]
    temporary: Path
    user: User
    admin: User
    tokens: dict[str, str]
    seen: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)

    def found(self, values: dict[str, str]) -> dict[str, set[str]]:
        """Return, by channel, the names of the values that occur in what was collected."""
        needles = searching.Needles(values)
        return {
            channel: {name for _, content in contents for name in needles.found(content)}
            for channel, contents in self.seen.items()
        }


def collect(world: World) -> dict[str, list[tuple[str, bytes]]]:
    """Gather every channel's bytes."""
    return {
        "response": list(_responses(world)),
        "log": [(str(path), path.read_bytes()) for path in (world.site.settings.home / "logs").iterdir()],
        "redis": list(_redis(world.site)),
        "database": list(_database(world.site)),
        "file": list(_files(world)),
    }


def _responses(world: World) -> Iterator[tuple[str, bytes]]:
    application = main.make_wsgi(world.site.settings)
    pages, api = (_framework(one) for one in (application.app, application.mounts["/api/v1"]))  # type: ignore[attr-defined]
    paths = sorted(set(_paths(world, pages.url_map)))
    for who, languages in ((None, ("ko",)), ("team", ("ko", "en")), ("admin", ("en",))):
        client = Client(application)
        if who is not None:
            _sign_in(client, f"{who}@example.org")
        for path in paths:
            for language in languages:
                with client.get(path, headers={"Accept-Language": language}) as answer:
                    yield f"{who} {language} {path} {answer.status_code}", answer.data + str(answer.headers).encode()
    for who, token in world.tokens.items():
        client, headers = Client(application), {"Authorization": f"Bearer {token}"}
        for path in sorted(set(_paths(world, api.url_map))):
            with client.get("/api/v1" + path, headers=headers) as answer:
                yield f"{who} /api/v1{path} {answer.status_code}", answer.data + str(answer.headers).encode()
        for slug in ("gated", "open-one", "broken"):
            for content in (
                b"patient_id,p_3y\nP000000,2\n",
                small.predictions([f"P{n:06d}" for n in range(ROWS)], np.full(ROWS, 0.25)),
            ):
                answer = client.post(
                    f"/api/v1/challenges/{slug}/check", headers=headers, data={"file": (io.BytesIO(content), "p.csv")}
                )
                yield f"{who} check {slug} {answer.status_code}", answer.data


def _framework(application: Any) -> Any:
    """Return the application that knows its routes, behind what answers or counts in front of it."""
    while not hasattr(application, "url_map"):
        application = application.application if hasattr(application, "application") else application.app
    return application


def _paths(world: World, url_map: Any) -> Iterator[str]:
    """Return every address that can be asked for with GET, for each challenge, file and submission."""
    with reading(world.site.engine) as session:
        submissions = [row.public_id for row in session.exec(select(Submission)).all()]
        team_ids = [
            team.id
            for slug in ("gated", "open-one", "broken")
            for team in team_store.of_challenge(session, world.site.hosted(slug).id)
        ]
    names = [
        *world.site.hosted("gated").files,
        "labels.csv",
        "labels.sealed",
        "facts.json",
        "baseline_reference_train.csv",
    ]
    choices = {
        "slug": ["gated", "open-one", "broken", "sent"],
        "public_id": submissions,
        "submission_id": submissions,
        "name": names,
        "team_id": team_ids,
        "code": ["x"],
        "token": ["x"],
        "version": ["x"],
        "token_id": ["1"],
        "split": ["public", "private"],
        "number": ["1"],
        "user_id": ["1", "2", "3"],
        "practice_id": ["0" * 16],
        "figure": [
            "shown",
            "history",
            "scores",
            "differences",
            "survival",
            "calibration-1095",
            "predictions-1095",
            "decision-1095",
            "roc-1095",
            "subgroups",
        ],
    }
    for rule in url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        paths = [re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)]
        for argument in rule.arguments:
            values = choices.get(argument)
            assert values is not None, f"an address with a new part is not looked at: {rule.rule}"
            paths = [path.replace(f"<{argument}>", str(value)) for path in paths for value in values]
        for path in paths:
            yield path
            if path.endswith("leaderboard"):
                yield f"{path}?split=private"


def _sign_in(client: Client, email: str) -> None:
    page = client.get("/signin").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/signin", data={"csrf_token": token[1], "email": email, "password": sites.PASSWORD})
    assert answer.status_code == 303, answer.text[:500]


def _redis(site: Site) -> Iterator[tuple[str, bytes]]:
    connection = redis.Redis.from_url(site.settings.redis_url)
    readers = {
        b"string": connection.get,
        b"hash": lambda key: b"\n".join(part for pair in connection.hgetall(key).items() for part in pair),
        b"list": lambda key: b"\n".join(connection.lrange(key, 0, -1)),
        b"set": lambda key: b"\n".join(connection.smembers(key)),
        b"zset": lambda key: b"\n".join(connection.zrange(key, 0, -1)),
        b"stream": lambda key: b"\n".join(
            part for _, fields in connection.xrange(key) for pair in fields.items() for part in pair
        ),
    }
    for key in connection.scan_iter():
        yield key.decode(), key + b"\n" + readers[connection.type(key)](key)


def _database(site: Site) -> Iterator[tuple[str, bytes]]:
    metadata = MetaData()
    metadata.reflect(site.engine)
    assert set(metadata.tables) == set(inspect(site.engine).get_table_names())
    with site.engine.connect() as connection:
        for name, table in metadata.tables.items():
            for row in connection.execute(table.select()):
                yield name, "\n".join(map(_text, row)).encode() + b"".join(one for one in row if isinstance(one, bytes))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _files(world: World) -> Iterator[tuple[str, bytes]]:
    """Every file of the home but the workers' own folder, and whatever was left in the temporary one."""
    home = world.site.settings.home
    for path in sorted([*home.rglob("*"), *world.temporary.rglob("*")]):
        if path.is_file() and not path.is_relative_to(home / "worker"):
            yield str(path), path.read_bytes()
    for slug in ("gated", "open-one", "broken"):
        # What leaves the instance in an operator's hands is as silent as what stays.
        path = world.temporary.with_name(f"{slug}.zip")
        path.unlink(missing_ok=True)
        lifecycle_acts.export(world.site.settings, slug, path)
        yield f"archive of {slug}", path.read_bytes()
    for pid in [world.workers.pid, *world.workers.children()]:
        yield f"process {pid}", b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
