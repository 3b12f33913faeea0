"""What the shipped challenges say of themselves on their first page."""

import re
from pathlib import Path

import pytest

SHIPPED = sorted(Path("challenges").glob("*/overview.*.md"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.suffixes[0][1:]}")
def test_every_paragraph_stands_under_a_heading_of_its_own(path):
    # Text before the first heading is put under "Clinical question" by the page, beside the overview's own heading.
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"(?m)^## (.+)$", text)
    assert text.startswith("## ")
    assert len(set(headings)) == len(headings)


@pytest.mark.parametrize(
    "path",
    [path for path in SHIPPED if (path.parent / "starter.py").exists()],
    ids=lambda path: f"{path.parent.name}-{path.suffixes[0][1:]}",
)
def test_the_packages_that_the_starter_imports_are_named(path):
    text = path.read_text(encoding="utf-8")
    starter = (path.parent / "starter.py").read_text(encoding="utf-8")
    names = {"pandas": "pandas", "lifelines": "lifelines", "sklearn": "scikit-learn"}
    for module, package in names.items():
        if re.search(rf"(?m)^(import|from) {module}\b", starter):
            assert f"`{package}`" in text
