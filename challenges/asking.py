"""What a challenge asks for: the columns of its labels, the columns of a prediction file, its metrics."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from challenges import metric_needs
from challenges.locating import Place
from challenges.tabular import Finding, entries, number, quoted, repeated, string, table
from challenges.text import Text
from scorers.catalogue import METRICS


class Kind(NamedTuple):
    """What a kind of challenge needs of its labels and asks of a prediction file."""

    labels: tuple[str, ...]
    columns: tuple[str, ...]


KINDS = {
    "survival": Kind(("id", "time", "event", "split"), ("risk", "event_probability")),
    "competing": Kind(("id", "time", "event", "split"), ("event_probability",)),
    "binary": Kind(("id", "outcome", "split"), ("probability",)),
    "effect": Kind(("id", "truth", "split"), ("estimate", "lower", "upper")),
    "report": Kind((), ()),
}


def find(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    """Yield every mistake in what is asked for."""
    yield from _labels(data, kind)
    yield from _columns(data, kind)
    yield from _metrics(data, kind)


def _labels(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    labels, needed = table(data, "labels"), KINDS[kind].labels
    for name in needed:
        if not labels.get(name):
            yield Finding(
                ("labels", name),
                "",
                Text(
                    f"{kind} 챌린지의 결과 파일에는 {name} 열이 있어야 합니다.",
                    f"Labels of a {kind} challenge need the column {name}.",
                ),
            )
    for name in labels:
        if name not in needed and name in ("id", "time", "event", "outcome", "truth", "split"):
            yield Finding(
                ("labels", name),
                quoted(labels[name]),
                Text(
                    f"{kind} 챌린지의 결과 파일에는 {name} 열을 쓰지 않습니다. 쓰는 열: {', '.join(needed)}.",
                    f"Labels of a {kind} challenge have no column {name}; they have {', '.join(needed)}.",
                ),
            )
    for name, value in repeated(labels, needed):
        yield Finding(
            ("labels", name),
            quoted(value),
            Text(f"{value} 열을 두 가지로 씁니다.", f"The column {value} is used for two things."),
        )


def _columns(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    allowed = KINDS[kind].columns
    taken = {string(table(data, "labels"), name) for name in KINDS[kind].labels} - {""}
    held: set[tuple[str, float | None]] = set()
    for index, column in entries(data, "columns"):
        holds, horizon, name = string(column, "is"), number(column, "horizon"), string(column, "name")
        place: Place = ("columns", index)
        if name and name in taken:
            yield Finding(
                (*place, "name"),
                quoted(name),
                Text(
                    f"{name}라는 이름은 이미 쓰고 있습니다. 결과 파일의 열이나 앞의 열과 다른 이름을 쓰십시오.",
                    f"The name {name} is taken by a column of the labels or by an earlier column.",
                ),
            )
        taken.add(name)
        if holds and holds not in allowed and holds in {one for kind in KINDS.values() for one in kind.columns}:
            yield Finding(
                (*place, "is"),
                quoted(holds),
                Text(
                    f"{kind} 챌린지는 {', '.join(allowed)}만 묻습니다.",
                    f"A {kind} challenge asks for {', '.join(allowed)} only.",
                ),
            )
            continue
        yield from _horizon(place, column, holds)
        if (holds, horizon) in held:
            yield Finding(
                (*place, "horizon" if horizon is not None else "is"),
                quoted(column.get("horizon") if horizon is not None else holds),
                Text("앞의 열이 이미 같은 것을 묻습니다.", "An earlier column asks for the same already."),
            )
        held.add((holds, horizon))
    yield from _incomplete(kind, {holds for holds, _ in held})


def _horizon(place: Place, column: Mapping[str, Any], holds: str) -> Iterator[Finding]:
    if holds == "event_probability" and "horizon" not in column:
        yield Finding(
            (*place, "horizon"),
            "",
            Text(
                "사건 확률에는 언제까지의 확률인지 horizon(일)을 적어야 합니다.",
                "An event probability needs its horizon, in days.",
            ),
        )
    elif holds not in ("", "event_probability") and "horizon" in column:
        yield Finding(
            (*place, "horizon"),
            quoted(column["horizon"]),
            Text("horizon은 event_probability에만 씁니다.", "Only an event_probability has a horizon."),
        )


def _incomplete(kind: str, held: set[str]) -> Iterator[Finding]:
    if kind == "effect" and held and "estimate" not in held:
        yield Finding(("columns",), "", Text("estimate 열이 없습니다.", "There is no estimate column."))
    if kind == "effect" and len(held & {"lower", "upper"}) == 1:
        yield Finding(
            ("columns",),
            "",
            Text("lower와 upper는 함께 물어야 합니다.", "lower and upper must be asked for together."),
        )


def _metrics(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    listed = list(entries(data, "metrics"))
    if not listed:
        return
    primaries = [(index, entry) for index, entry in listed if entry.get("primary") is True]
    if not primaries:
        yield Finding(
            ("metrics",), "", Text("primary = true인 지표가 없습니다.", "No metric is marked primary = true.")
        )
    for mark, marked in (
        ("primary", primaries),
        ("tie_break", [one for one in listed if one[1].get("tie_break") is True]),
    ):
        for index, _ in marked[1:]:
            yield Finding(
                ("metrics", index, mark),
                "true",
                Text(f"{mark} = true는 지표 하나에만 적습니다.", f"Only one metric may be marked {mark} = true."),
            )
    primary = primaries[0][1] if primaries else None
    for index, entry in primaries:
        yield from _primary(data, ("metrics", index), entry)
    keys: set[tuple[str, ...]] = set()
    for index, entry in listed:
        place: Place = ("metrics", index)
        if kind not in _kinds_of(entry):
            yield from _metric_name(place, entry, kind)
            continue
        for path, found, message in metric_needs.find(data, entry, primary):
            yield Finding((*place, *path), found, message)
        key = (string(entry, "name"), *(quoted(entry.get(name)) for name in metric_needs.PARAMETERS if name != "level"))
        if key in keys:
            yield Finding(
                place, key[0], Text("앞에 같은 지표가 이미 있습니다.", "The same metric is listed before already.")
            )
        keys.add(key)


def _kinds_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    metric = METRICS.get(string(entry, "name"))
    return metric.kinds if metric else ()


def _metric_name(place: Place, entry: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    name = string(entry, "name")
    if not name:
        return
    allowed = [one.name for one in METRICS.values() if kind in one.kinds]
    close = get_close_matches(name, allowed, 1)
    hint = Text(f" 혹시 {close[0]}입니까?", f" Did you mean {close[0]}?") if close else Text("", "")
    listed = ", ".join(allowed)
    yield Finding(
        (*place, "name"),
        quoted(name),
        Text(
            f"{kind} 챌린지에 {name}라는 지표는 없습니다.{hint.ko} 쓸 수 있는 지표: {listed}.",
            f"A {kind} challenge has no metric {name}.{hint.en} Allowed: {listed}.",
        ),
    )


def _primary(data: Mapping[str, Any], place: Place, entry: Mapping[str, Any]) -> Iterator[Finding]:
    metric = METRICS.get(string(entry, "name"))
    if entry.get("tie_break") is True:
        yield Finding(
            (*place, "tie_break"),
            "true",
            Text(
                "주 지표는 자기 자신의 동률을 나눌 수 없습니다. 다른 지표를 고르십시오.",
                "The primary metric cannot break its own ties. Choose another metric.",
            ),
        )
    if metric is None:
        return
    if not metric.may_be_primary:
        allowed = ", ".join(
            one.name for one in METRICS.values() if one.may_be_primary and set(one.kinds) & set(metric.kinds)
        )
        yield Finding(
            (*place, "primary"),
            "true",
            Text(
                f"{metric.name}는 주 지표가 될 수 없습니다. 될 수 있는 지표: {allowed}.",
                f"{metric.name} cannot be the primary metric. Those that can: {allowed}.",
            ),
        )
    elif not metric.public and table(data, "leaderboard").get("gate", "significant") != "none":
        yield Finding(
            (*place, "primary"),
            "true",
            Text(
                f"{metric.name}는 공개 순위표에 보이지 않으므로, 순위표를 지키는 gate와 함께 주 지표로 쓸 수 없습니다.",
                f"{metric.name} is never shown in public, so it cannot be the primary metric of a gated leaderboard.",
            ),
        )
