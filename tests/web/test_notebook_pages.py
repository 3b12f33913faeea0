"""The notebook is handed out in the reader's language, and knows the site that it came from."""

import ast
import json
from dataclasses import replace

import pytest

from arena.web import notebook_pages


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_notebook_comes_in_the_readers_language_with_the_sites_address(world, language):
    settings = world.app.extensions["arena"].settings
    address = "https://arena.example/under"
    world.app.extensions["arena"] = replace(world.app.extensions["arena"], settings=replace(settings, base_url=address))
    answer = world.visitor(language).get("/notebooks/newcomer.ipynb")
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ipynb+json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="arena-newcomer.ipynb"'
    code = ["".join(cell["source"]) for cell in json.loads(answer.text)["cells"] if cell["cell_type"] == "code"]
    assert address in code[0]
    assert f'language="{language}"' in code[0]
    assert notebook_pages.WRITTEN not in answer.text
    for one in code:
        ast.parse(one)


def test_another_name_is_nothing(world):
    assert world.visitor("en").get("/notebooks/setup.ipynb").status_code == 404


def test_the_address_stands_in_the_notebook_as_it_lies():
    """Otherwise nothing would be put in its place."""
    for language in ("ko", "en"):
        text = (notebook_pages.FOLDER / f"newcomer.{language}.ipynb").read_text(encoding="utf-8")
        assert text.count(notebook_pages.WRITTEN) == 1
        assert json.loads(text)["nbformat"] == 4
