"""Every setting, command and address is in the README or the reference page, with a sentence of its own."""

import re

import pytest

from arena.settings import SETTINGS
from tests.support import documents
from worker import settings as worker_settings


@pytest.mark.parametrize("name", documents.PARTS)
def test_a_document_says_what_the_code_has(name: str):
    text = (documents.ROOT / name).read_text(encoding="utf-8")
    assert text == documents.written(name), "run: make documents"


def test_every_line_of_a_table_has_its_sentence():
    for tables in documents.PARTS.values():
        for table in tables.values():
            for line in table().splitlines():
                assert not re.search(r"\|\s+\|", line), line


def test_every_setting_is_in_the_readme():
    readme = (documents.ROOT / "README.md").read_text(encoding="utf-8")
    for setting in (*SETTINGS, *worker_settings.SETTINGS):
        assert f"`{setting.name}`" in readme


def test_every_command_is_in_the_reference():
    reference = (documents.ROOT / "arena/REFERENCE.md").read_text(encoding="utf-8")
    listed = list(documents.commands())
    assert len(listed) > 10
    for usage, _ in listed:
        # A bar would end the table's cell.
        assert f"`arena {usage}`".replace("|", "\\|") in reference


def test_the_words_of_the_design_are_kept():
    """`task`, `phase` and the like name nothing here: one word, one thing."""
    for name in (*documents.PARTS, "CHANGELOG.md"):
        text = (documents.ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"\b(task|phase)s?\b", text, re.IGNORECASE)
