"""No part of the site can read what the workers seal: neither its source, nor its settings."""

import ast
from pathlib import Path

import pytest

from arena import settings as settings_module


def site_modules() -> list[Path]:
    return [
        path for path in sorted((Path(__file__).parents[1] / "arena").rglob("*.py")) if "versions" not in path.parts
    ]


def reads_the_key(source: str) -> list[str]:
    """Return what in this source could read the labels' private key: its modules, its classes, its file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(one.name.partition(".")[0] == "worker" for one in node.names):
            found.append("imports worker")
        if isinstance(node, ast.ImportFrom):
            if (node.module or "").partition(".")[0] == "worker":
                found.append("imports worker")
            if {one.name for one in node.names} & {"PrivateKey"}:
                found.append("holds a private key")
        if isinstance(node, ast.Attribute) and node.attr in ("PrivateKey", "decrypt"):
            found.append(f"uses {node.attr}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [
                f"names {name}" for name in ("labels.key", "gate.secret", "WORKER_LABELS_KEY") if name in node.value
            ]
    return found


def test_no_module_of_the_site_reads_the_key():
    assert {
        str(path): found for path in site_modules() if (found := reads_the_key(path.read_text(encoding="utf-8")))
    } == {}


@pytest.mark.parametrize(
    "line",
    [
        "import worker.labels",
        "from worker.keys import private_key",
        "from nacl.public import PrivateKey",
        "import nacl.public as p; p.PrivateKey(b'')",
        "open(home / 'worker' / 'labels.key')",
        "os.environ['WORKER_LABELS_KEY']",
    ],
)
def test_making_the_site_read_the_key_turns_red(line: str):
    assert reads_the_key(line)


def test_the_sites_settings_have_no_field_for_the_key(home: Path):
    given = settings_module.load({"ARENA_HOME": str(home)})
    shown = {name: str(getattr(given, name)) for name in type(given).__slots__}
    assert not any("labels.key" in value or "worker" in value for value in shown.values())
    with pytest.raises(Exception, match="ARENA_LABELS_KEY"):
        settings_module.load({"ARENA_HOME": str(home), "ARENA_LABELS_KEY": "x"})
