"""A newcomer's computer: a fresh virtual environment with what `pip install .` brings, made without a network.

What pip would fetch is known: the wheel's requirements, theirs, and so on. The same distributions lie in the environment that runs the
tests, in the versions of the lock, and are linked from there.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def build_wheel(out: Path) -> Path:
    """Build the project's wheel and return it."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "-w", str(out))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", *options, str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*.whl")
    return path


def closure(requirements: Iterable[str]) -> dict[str, metadata.Distribution]:
    """Return every distribution that pip would install for these, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(requirements)
    while waiting:
        asked = Requirement(waiting.pop())
        if asked.marker and not any(asked.marker.evaluate({"extra": extra}) for extra in ("", *asked.extras)):
            continue
        one = metadata.distribution(asked.name)
        if one.name not in found:
            found[one.name] = one
            waiting += [
                line
                for line in one.requires or ()
                if not (marker := Requirement(line).marker)
                or any(marker.evaluate({"extra": extra}) for extra in ("", *asked.extras))
            ]
    return found


def size(one: metadata.Distribution) -> int:
    """Return the bytes that a distribution's own files take; Python's compiled copies come when it is first used."""
    paths = [Path(str(file.locate())) for file in one.files or () if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


def environment(folder: Path, wheel: Path, beside: Iterable[str] = ()) -> Path:
    """Make an environment with the wheel, what it requires and what else is named; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    (installed,) = metadata.distributions(path=[str(packages)])
    for one in closure([*always(installed), *beside]).values():
        for top in {file.parts[0] for file in one.files or () if file.parts[0] not in ("..", "__pycache__")}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(one.locate_file(top))))
    return folder / "bin" / "python"


def always(one: metadata.Distribution) -> list[str]:
    """Return what a distribution requires without any extra."""
    return [line for line in one.requires or () if "extra ==" not in line]
