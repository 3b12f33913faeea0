"""The schema for editors: it takes what the model takes, and marks what a person gets wrong while typing."""

import json
import tomllib
from datetime import date, datetime
from pathlib import Path

import jsonschema
import pytest

import challenges
from challenges import authoring, schema
from challenges.definition import FILE, parse
from challenges.schema_words import WORDS
from tests.challenges.conftest import KINDS, SURVIVAL
from tests.challenges.test_authoring import KINDS as DRAFTED

SHIPPED = sorted(Path(challenges.__path__[0]).glob(f"*/{FILE}"))


def as_an_editor(text):
    """Return the document as editors of TOML give it to a schema: dates are strings."""

    def plain(value):
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, list):
            return [plain(one) for one in value]
        return value.isoformat() if isinstance(value, datetime | date) else value

    return plain(tomllib.loads(text))


@pytest.fixture(scope="module")
def validator():
    document = schema.document()
    jsonschema.Draft4Validator.check_schema(document)
    return jsonschema.Draft4Validator(document)


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_of_every_kind_is_taken(kind, validator):
    validator.validate(as_an_editor(KINDS[kind]))
    validator.validate(as_an_editor(authoring.write(DRAFTED[kind])[FILE]))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_the_shipped_definitions_are_taken(path, validator):
    validator.validate(as_an_editor(path.read_text(encoding="utf-8")))


MISTAKES = {
    "slug": ('slug = "small-challenge"', 'slug = "Small Challenge"'),
    "schema": ("schema = 1", "schema = 2"),
    "kind": ('kind = "survival"', 'kind = "survivall"'),
    "synthetic": ("synthetic = true", 'synthetic = "yes"'),
    "title": ('title.en = "A small challenge"\n', ""),
    "version": ('version = "1.0.0"', "version = 1.0"),
    "admission": ('admission = "open"', 'admission = "everybody"'),
    "calendar.opens": ("opens = 2026-11-01T00:00:00+09:00", "opens = 20261101"),
    "files.labels": ('labels = "labels.csv"', 'labels = "../labels.csv"'),
    "labels.id": ('id = "patient_id"', 'id = "patient id"'),
    "columns.0.is": ('is = "event_probability"', 'is = "survival_probability"'),
    "columns.0.horizon": ("horizon = 365\n", "horizon = 0\n"),
    "metrics.0.name": ('name = "ipa"', 'name = "ipa3y"'),
    "metrics.0": ("primary = true", "main = true"),
    "metrics.3.threshold": ("threshold = 0.2", "threshold = 20"),
    "leaderboard.gate": ('gate = "significant"', "gate = true"),
    "limits.per_day": ("per_day = 3", "per_day = 0.5"),
    "subgroups.columns": ('columns = ["sex"]', 'columns = "sex"'),
    "baselines.1": ('file = "baseline_simple.csv"\n', ""),
    "judging.leaderboard_weight": ("leaderboard_weight = 0.4", "leaderboard_weight = -1"),
    "": ("[subgroups]", "[subgroup]"),
}


@pytest.mark.parametrize("where", MISTAKES)
def test_a_mistake_is_marked_where_it_is(where, validator):
    right, wrong = MISTAKES[where]
    assert right in SURVIVAL
    found = list(validator.iter_errors(as_an_editor(SURVIVAL.replace(right, wrong, 1))))
    places = {".".join(map(str, error.absolute_path)) for error in found}
    assert places == {where}


def test_korean_names_of_columns_are_taken(validator):
    korean = SURVIVAL.replace('"patient_id"', '"환자번호"').replace('["sex"]', '["성별"]')
    parse(korean)
    validator.validate(as_an_editor(korean))


def test_editors_of_toml_can_read_it():
    """Draft 4 alone: newer words would be passed over in silence, and with them what they forbid."""
    text = schema.text()
    document = json.loads(text)
    assert document["$schema"] == "http://json-schema.org/draft-04/schema#"
    for word in ('"$defs"', '"const"', '"null"', '"prefixItems"', r"\\w"):
        assert word not in text
    limits = [one for one in walk(document) if "exclusiveMinimum" in one]
    assert limits
    assert all(one["exclusiveMinimum"] is True and "minimum" in one for one in limits)
    # Whatever stands beside a reference is passed over.
    assert all(set(one) == {"$ref"} for one in walk(document) if "$ref" in one)


def walk(node):
    if isinstance(node, dict):
        yield node
        for one in node.values():
            yield from walk(one)
    elif isinstance(node, list):
        for one in node:
            yield from walk(one)


def test_every_key_is_explained_and_nothing_else_is():
    document = schema.document()
    tables = {"Definition": document, **document["definitions"]}
    keys = {f"{table}.{key}" for table, held in tables.items() for key in held["properties"]}
    assert keys == set(WORDS)
