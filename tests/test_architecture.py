"""The rules of the house, each checked where it can be seen: in the imports, in a fresh interpreter, in the tracked files."""

import ast
import os
import re
import shutil
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from arena import main, settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("arena", "challenges", "scorers", "worker")
LONGEST_MODULE = 320
NUMERICS = ("numpy", "scipy", "pandas", "sklearn", "lifelines", "numba", "matplotlib")
SERVER = ("flask", "sqlalchemy", "sqlmodel", "redis", "rq", "alembic", "waitress", "boto3")

# One deliberate violation for each contract of pyproject.toml: the module that commits it, and the line.
VIOLATIONS = {
    "Imports point down": ("arena/settings.py", "import arena.accounts"),
    "The site holds no numerics": ("arena/leaderboards.py", "import numpy"),
    "Use cases know no framework": ("arena/teams.py", "import flask"),
    "One module speaks to RQ": ("arena/submissions.py", "import rq"),
    "Definitions hold no site and no numerics": ("challenges/definition.py", "import numpy"),
    "Scorers are pure": ("scorers/survival.py", "import pathlib"),
    "Only the scoring job opens labels": ("worker/scoring.py", "import worker.labels"),
    "The client is light": ("arena/client.py", "import sqlmodel"),
}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "versions" not in path.parts)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    environ = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def contracts() -> list[str]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return [contract["name"] for contract in table["contracts"]]


def test_the_import_contracts_hold():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_contract_turns_red_when_it_is_broken(tmp_path: Path):
    assert sorted(VIOLATIONS) == sorted(contracts())
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.csv", "static", "__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, line in VIOLATIONS.values():
        module = tmp_path / path
        module.write_text(f"{line}\n{module.read_text(encoding='utf-8')}", encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    red = set(re.findall(r"^(.+?) BROKEN", done.stdout, re.MULTILINE))
    assert red == set(VIOLATIONS), done.stdout


def loaded_by(code: str, home: Path) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after this code."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ARENA_", "WORKER_"))}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport sys\nprint(*{{name for name in sys.modules}}, sep='\\n', file=sys.stderr)",
        ],
        env={**environ, "ARENA_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = done.stderr.split()
    return {name.partition(".")[0] for name in names} | {name for name in names if name.startswith(PACKAGES)}


WEB = """
import werkzeug.test
from arena import main, settings
given = settings.load()
client = werkzeug.test.Client(main.make_wsgi(given))
for path in ("/", "/healthz", "/readyz", "/metrics-guide", "/api/v1/challenges", "/api/v1/openapi.json"):
    answer = client.get(path)
    assert answer.status_code in (200, 503), (path, answer.status)
"""
PROCESSES = {
    "web": (WEB, (*NUMERICS, "worker", "boto3", "alembic", "arena.cli")),
    "up": (
        "import arena.running.starting, arena.running.preparing",
        (*NUMERICS, "worker", "flask", "waitress", "alembic"),
    ),
    "up, before its processes have started": (
        "import arena.running.starting",
        (*NUMERICS, *SERVER, "pydantic", "httpx"),
    ),
    "sweeper": ("import arena.main, arena.sweeping", (*NUMERICS, "worker", "flask", "waitress")),
    "client": ("import arena.client", (*NUMERICS, *SERVER, "worker")),
    "command line": ("import arena.cli", (*NUMERICS, *SERVER, "worker")),
    "reader": ("import challenges.predictions", (*NUMERICS, *SERVER, "worker", "arena")),
    "catalogue": ("import scorers.catalogue", (*NUMERICS, *SERVER, "worker", "arena", "challenges")),
    "scorers": ("import scorers.evaluation", (*SERVER, "worker", "arena", "challenges")),
    "worker": ("import worker.jobs", ("flask", "waitress", "arena.web", "arena.api", "arena.cli", "arena.main")),
}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_loads_only_what_it_may(process: str, home: Path):
    main.migrate(settings.load({"ARENA_HOME": str(home)}))
    code, forbidden = PROCESSES[process]
    assert loaded_by(code, home).isdisjoint(forbidden), sorted(loaded_by(code, home) & set(forbidden))


def test_the_check_of_loaded_modules_can_fail(home: Path):
    assert "numpy" in loaded_by("import numpy", home)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_ours_and_not_a_namesake(package: str):
    spec = __import__(package).__spec__
    assert spec is not None
    found = [Path(place) for place in spec.submodule_search_locations or ()]
    assert found == [ROOT / package]


def test_modules_are_short():
    """Rarely over 320 lines, never over 400, and the median near 100: a long one has two purposes or a reason."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    long = {name: length for name, length in lengths.items() if length > LONGEST_MODULE}
    assert {name: length for name, length in long.items() if length > 400} == {}
    assert len(long) <= 0.05 * len(lengths), long
    assert statistics.median(lengths.values()) <= 130


def test_sql_is_written_in_the_store_alone():
    """Elsewhere only the types of a session and an engine, and the names of errors, come from the database's libraries."""
    allowed = {"Session", "Engine"}
    strays = []
    for path in modules():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("arena/store/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("sqlalchemy", "sqlmodel"):
                used = {alias.name for alias in node.names}
                if not used <= allowed and node.module != "sqlalchemy.exc":
                    strays.append(f"{name}:{node.lineno} {sorted(used - allowed)}")
            if isinstance(node, ast.Import) and any(
                alias.name.startswith(("sqlalchemy", "sqlmodel")) for alias in node.names
            ):
                strays.append(f"{name}:{node.lineno}")
    assert strays == []


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git work tree")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def places_of_this_machine() -> set[str]:
    """Return what betrays the machine or the registries in use: folders of people, and hosts that pip is pointed to."""
    found = {
        "/root" + "/",
        "files.python" + "hosted.org",
        "registry." + "npmjs.org",
        "--index" + "-url",
        "extra-index" + "-url =",
    }
    if len(ROOT.parts) > 2:
        found.add(f"{ROOT}/")
    for command in (["config", "get", "global.index-url"], ["config", "get", "global.extra-index-url"]):
        said = subprocess.run([sys.executable, "-m", "pip", *command], capture_output=True, text=True, check=False)
        found |= {urlsplit(word).netloc for word in said.stdout.split()}
    found |= {urlsplit(value).netloc for name, value in os.environ.items() if name.endswith("INDEX_URL")}
    return found - {""}


def test_no_tracked_file_names_a_machine_or_a_registry():
    strays = []
    marks = [(mark, mark.encode()) for mark in places_of_this_machine()]
    for path in tracked_files():
        content = path.read_bytes()
        strays += [f"{path.relative_to(ROOT)}: {mark}" for mark, wanted in marks if wanted in content]
    assert strays == []


def test_locks_have_hashes_and_no_address():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)
        assert len(pinned) > 40
        assert "://" not in text
        assert len(re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n +--hash=", text, re.MULTILINE)) == len(pinned)
        for needed in ("hatchling", "editables"):
            assert re.search(rf"^{needed}==", text, re.MULTILINE)


def test_the_distribution_cannot_be_uploaded_by_mistake():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "Private :: Do Not Upload" in project["classifiers"]
    assert project["name"] not in PACKAGES
