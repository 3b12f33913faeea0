"""A definition with mistakes, made good enough to look at the data behind it: every mistake of a folder is told in one go.

What is mistaken is left out, as if nobody had written it; where something must stand, a stand-in does. Nothing is published,
scored or sealed from a repaired definition.
"""

from collections.abc import Mapping
from typing import Any

from challenges import mistakes
from challenges.definition import FILE, Definition, DefinitionError
from challenges.locating import Place
from challenges.mistakes import Noted
from challenges.tabular import entries, number, string

ROUNDS = 6
_WORDS = {"ko": "–", "en": "–"}
STAND_INS: Mapping[str, Any] = {
    "schema": 1,
    "slug": "unnamed",
    "title": _WORDS,
    "summary": _WORDS,
    "version": "0",
    "license": "–",
}
_DAYS = {"survival": ("ipa", "horizon"), "competing": ("brier_cr", "horizon")}
_PLAIN = {"binary": "roc_auc", "effect": "rmse"}


def repaired(text: str) -> Definition | None:
    """Return the definition without its mistakes; none where too little is left to go on with."""
    try:
        data: dict[str, Any] = mistakes.parsed(text, FILE)
    except DefinitionError:
        return None
    for _ in range(ROUNDS):
        found, noted = mistakes.checked(Definition, data)
        if found is not None:
            return found
        data = _without(data, noted)
        _stand_in(data)
    return None


def _without(data: dict[str, Any], noted: list[Noted]) -> dict[str, Any]:
    entries_gone: dict[str, set[int]] = {}
    for place, _, _ in noted:
        if len(place) > 1 and isinstance(place[1], int):
            entries_gone.setdefault(str(place[0]), set()).add(place[1])
        elif place:
            _remove(data, place)
    for name, gone in entries_gone.items():
        held = data.get(name)
        if isinstance(held, list):
            data[name] = [one for index, one in enumerate(held) if index not in gone]
    return data


def _remove(data: dict[str, Any], place: Place) -> None:
    table: Any = data
    for step in place[:-1]:
        table = table.get(step) if isinstance(table, dict) else None
    if isinstance(table, dict):
        table.pop(place[-1], None)
    elif len(place) > 1:
        data.pop(str(place[0]), None)


def _stand_in(data: dict[str, Any]) -> None:
    for name, value in STAND_INS.items():
        held = data.setdefault(name, value)
        if isinstance(held, dict):
            data[name] = {**value, **held}
    kind = string(data, "kind")
    metrics = [one for _, one in entries(data, "metrics")]
    if kind in {*_DAYS, *_PLAIN} and not any(one.get("primary") is True for one in metrics):
        primary = _primary(data, kind)
        if primary:
            data["metrics"] = [one for one in metrics if string(one, "name") != primary["name"]] + [primary]


def _primary(data: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """Return a metric that the asked columns allow, in place of a primary one that was mistaken."""
    asked = [column for _, column in entries(data, "columns")]
    days = [day for day in (number(column, "horizon") for column in asked) if day is not None]
    if kind in _PLAIN:
        return {"name": _PLAIN[kind], "primary": True}
    if days:
        name, parameter = _DAYS[kind]
        return {"name": name, parameter: sorted(days)[len(days) // 2], "primary": True}
    return {"name": "harrell_c", "primary": True} if kind == "survival" else None
