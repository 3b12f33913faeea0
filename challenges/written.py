"""A definition as the text of a challenge.toml: what is downloaded with a challenge's files and read again on any machine.

It says everything that the definition holds, defaults included, so that its digest is that of the hosted one.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from challenges.definition import Definition

_DELETE = "\x7f"  # the one sign that JSON writes as it is and TOML does not allow


def as_toml(definition: Definition) -> str:
    """Return the text; parsing it gives the same definition again."""
    parts = definition.model_dump(by_alias=True, exclude_none=True)
    lines = [f"{name} = {_value(value)}" for name, value in parts.items() if not _apart(value)]
    for name, value in parts.items():
        if isinstance(value, Mapping) and _apart(value):
            lines += ["", f"[{name}]", *_pairs(value)]
        elif _apart(value):
            for entry in value:
                lines += ["", f"[[{name}]]", *_pairs(entry)]
    return "\n".join(lines) + "\n"


def _apart(value: Any) -> bool:
    """Whether a value of the definition stands under a heading of its own; titles stand in one line."""
    if isinstance(value, Mapping):
        return set(value) != {"ko", "en"}
    return isinstance(value, list | tuple)  # every list at the top is one of tables


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{name} = {_value(value)}" for name, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace(_DELETE, "\\u007f")
