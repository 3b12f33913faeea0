"""What somebody with nothing but `pip install .` and lifelines can do: the light client, and the notebook that the site hands out."""

import ast
import json
import os
import re
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from arena.web.notebook_pages import FOLDER
from tests.support import light
from tests.support.instance import Instance

MEGABYTE = 10**6
SERVER = (
    "flask",
    "apiflask",
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "redis",
    "rq",
    "waitress",
    "boto3",
    "argon2",
    "psycopg",
)
NUMERICS = ("numpy", "pandas", "scipy", "sklearn", "lifelines", "numba", "matplotlib")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return light.build_wheel(tmp_path_factory.mktemp("wheel"))


def book(language: str) -> dict:
    return json.loads((FOLDER / f"newcomer.{language}.ipynb").read_text(encoding="utf-8"))


def code(cell: dict) -> str:
    return "".join(cell["source"])


def test_what_pip_installs_is_small_and_holds_no_part_of_a_server(wheel: Path, tmp_path: Path):
    python = light.environment(tmp_path / "light", wheel)
    (packages,) = (tmp_path / "light").glob("lib/python*/site-packages")
    (installed,) = [one for one in metadata.distributions(path=[str(packages)]) if one.name == "cancer-challenge-arena"]
    sizes = {name: light.size(one) for name, one in light.closure(light.always(installed)).items()}
    sizes["arena"] = sum(
        path.stat().st_size for path in packages.rglob("*") if path.is_file() and not path.is_symlink()
    )
    print({name: f"{found / MEGABYTE:.1f} MB" for name, found in sorted(sizes.items(), key=lambda item: -item[1])})
    assert {name.lower() for name in sizes}.isdisjoint((*SERVER, *NUMERICS))
    assert sum(sizes.values()) < 30 * MEGABYTE
    script = "import arena.client, arena.organizer, arena.cli, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([python, "-I", "-c", script], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert {"arena.client", "arena.cli"} <= loaded
    assert loaded.isdisjoint((*SERVER, *NUMERICS, "arena.store", "arena.web", "arena.api", "worker"))
    missing = subprocess.run([python, "-I", "-c", "import flask"], capture_output=True, check=False)
    assert missing.returncode == 1, "the environment lets through what lies outside it"


def test_the_two_notebooks_are_one_and_hold_no_outputs():
    korean, english = book("ko"), book("en")
    assert [cell["id"] for cell in korean["cells"]] == [cell["id"] for cell in english["cells"]]
    for one, other in zip(korean["cells"], english["cells"], strict=True):
        if one["cell_type"] == "code":
            assert (one["outputs"], one["execution_count"], other["outputs"]) == ([], None, [])
            in_english = code(one).replace('language="ko"', 'language="en"').replace(".title.ko", ".title.en")
            assert ast.dump(ast.parse(in_english)) == ast.dump(ast.parse(code(other)))
        else:
            assert re.search(r"[가-힣]", code(one))
            assert not re.search(r"[가-힣]", code(other))
    assert "arena_" not in json.dumps([korean, english]).replace("ARENA_", "")


def test_the_newcomers_notebook_goes_from_the_data_to_the_report(arena: Instance, wheel: Path, tmp_path: Path):
    """In Korean: the English notebook has the same code, as the test above says."""
    email = "newcomer@example.org"
    assert arena.arena("user", "create", email, "--name", "New").returncode == 0
    token = re.search(r"arena_\S+", arena.arena("user", "token", email).stdout)
    assert token
    python = light.environment(tmp_path / "own", wheel, beside=["lifelines"])
    (tmp_path / "work").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARENA_", "PYTHON"))}
    given = {
        "ARENA_SITE": arena.address,
        "ARENA_TOKEN": token[0],
        "ARENA_TEAM": "Newcomers of the notebook",
        "MPLBACKEND": "Agg",
    }
    done = subprocess.run(
        [python, "-I", Path(light.__file__).with_name("cells.py"), FOLDER / "newcomer.ko.ipynb"],
        cwd=tmp_path / "work",
        env={**kept, **given, "MPLCONFIGDIR": str(tmp_path), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told = json.loads(done.stdout)
    outputs, loaded = told["outputs"], set(told["modules"])
    assert loaded.isdisjoint((*SERVER, "arena.store", "arena.web", "arena.api", "worker"))
    assert "colon-adjuvant" in outputs["who"]["shown"]
    assert float(outputs["model"]["printed"].split()[1]) > 0.6
    assert "p_3y" in outputs["check"]["printed"]
    assert re.search(r"\(\d+, \[\]\)", outputs["check"]["shown"])
    score = re.search(r"<td>harrell_c</td><td>(0\.\d+)</td>", outputs["submit"]["shown"])
    assert score
    assert 0.6 < float(score[1]) < 0.8
    assert "Newcomers of the notebook" in outputs["board"]["shown"]
    for name in ("forest", "report"):
        drawn = tmp_path / "work" / f"{name}.png"
        assert drawn.stat().st_size > 10_000, name
    assert "rx" in outputs["subgroups"]["shown"]
    receipt = json.loads((tmp_path / "work" / "receipt.json").read_text(encoding="utf-8"))
    assert receipt["file_sha256"] in outputs["receipt"]["shown"]
