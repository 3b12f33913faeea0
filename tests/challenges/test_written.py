"""A definition that is written out and read again is the same definition."""

from pathlib import Path

import pytest

import challenges
from challenges import definition, written

SHIPPED = sorted(path.parent for path in Path(challenges.__path__[0]).glob("*/challenge.toml"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_shipped_definition_keeps_its_digest(folder):
    before = definition.load(folder)
    again = definition.parse(written.as_toml(before))
    assert again == before
    assert again.digest() == before.digest()


def test_moments_and_strange_signs_come_back_as_they_were():
    before = definition.load(SHIPPED[0])
    parts = before.stored()
    parts["license"] = 'a "quoted" \\ line\twith\x7f\u0001\nsigns, 가나다 😀'
    parts["calendar"] |= {"opens": "2026-11-01T00:00:00.25+09:00", "closes": "2026-12-01T00:00:00Z"}
    before = definition.Definition.model_validate(parts)
    again = definition.parse(written.as_toml(before))
    assert again.digest() == before.digest()
    assert again.license == parts["license"]
