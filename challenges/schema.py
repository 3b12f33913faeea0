"""The JSON Schema of challenge.toml for editors, generated from the model.

Editors of TOML read draft 4 (Taplo, and with it Even Better TOML), so the model's schema is written in that dialect: no null,
which TOML has not, and patterns that mean the same to every engine. What only the parts together show stays with `check`.
"""

import json
from typing import Any

from challenges.definition import Definition
from challenges.schema_words import WORDS
from scorers.catalogue import METRICS

DIALECT = "http://json-schema.org/draft-04/schema#"
FILE = "challenge.schema.json"
# \w holds every script's letters in Python and ASCII alone in JavaScript: column names may be Korean.
UNICODE_NAME = r"^[0-9A-Za-z_\u00aa-\uffdc][0-9A-Za-z_.\u00aa-\uffdc-]*$"
KEPT = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "items", "minItems", "format")


def document() -> dict[str, Any]:
    """Return the schema."""
    source = Definition.model_json_schema(by_alias=True)
    made = _table("Definition", source)
    made["definitions"] = {name: _table(name, part) for name, part in sorted(source["$defs"].items())}
    return {"$schema": DIALECT, "title": "challenge.toml", **made}


def text() -> str:
    """Return the schema as a file."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _table(name: str, source: dict[str, Any]) -> dict[str, Any]:
    properties = {key: _property(name, key, one) for key, one in source["properties"].items()}
    if name == "MetricEntry":
        properties["name"] |= _metric_names()
    made: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return made | ({"required": source["required"]} if source.get("required") else {})


def _property(table: str, key: str, source: dict[str, Any]) -> dict[str, Any]:
    made = _value(source)
    words = WORDS.get(f"{table}.{key}")
    described = {"description": f"{words.ko}\n\n{words.en}"} if words else {}
    default = source.get("default")
    if default is not None and default not in ("", []) and not isinstance(default, dict):
        described["default"] = default
    # Draft 4 passes over whatever stands beside a reference.
    return {"allOf": [made], **described} if "$ref" in made else made | described


def _value(source: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in source:
        return {"$ref": source["$ref"].replace("#/$defs/", "#/definitions/")}
    options = [one for one in source.get("anyOf", ()) if one.get("type") != "null" and one.get("const") != ""]
    if options:
        return _value(options[0])
    made = {key: source[key] for key in KEPT if key in source}
    if "const" in source:
        made["enum"] = [source["const"]]
    for limit in ("minimum", "maximum"):
        exclusive = f"exclusive{limit.capitalize()}"
        if exclusive in source:
            made |= {limit: source[exclusive], exclusive: True}
    if "items" in made:
        made["items"] = _value(made["items"])
    if "pattern" in made and made["pattern"].startswith(r"^\w"):
        made["pattern"] = UNICODE_NAME
    return made


def _metric_names() -> dict[str, Any]:
    listed = list(METRICS.values())
    return {
        "enum": [metric.name for metric in listed],
        "x-taplo": {"docs": {"enumValues": [f"{metric.meaning_ko}\n\n{metric.meaning_en}" for metric in listed]}},
    }
