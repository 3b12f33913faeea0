"""What the parts of a definition demand of each other.

The checks read plain tables, as TOML or JSON gives them, and pass over whatever has the wrong type: the model reports that,
and every other mistake is still found in the same go.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from challenges import metric_needs
from challenges.locating import Place
from challenges.tabular import entries, names, number, quoted, repeated, string, table
from challenges.text import Text
from scorers.catalogue import METRICS


class Finding(NamedTuple):
    """A mistake at a place: what was found there and what is allowed."""

    path: Place
    found: str
    message: Text


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
DATA_FILES = ("train", "test", "dictionary", "labels", "sample")
WINDOWS_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def find(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield every mistake that no single value shows."""
    yield from _files(data)
    yield from _calendar(data)
    yield from _limits(data)
    yield from _baselines(data)
    yield from _judging(data)
    kind = string(data, "kind")
    if kind not in KINDS:
        return
    yield from _kind(data, kind)
    if kind != "report":
        yield from _labels(data, kind)
        yield from _columns(data, kind)
        yield from _metrics(data, kind)


def _kind(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    if kind == "report":
        for part in ("labels", "columns", "metrics", "baselines"):
            if data.get(part):
                yield Finding(
                    (part,),
                    part,
                    Text(
                        f"보고서 챌린지(report)에는 [{part}]를 쓰지 않습니다.",
                        f"A challenge of reports (report) has no [{part}].",
                    ),
                )
        if not table(data, "judging").get("criteria"):
            yield Finding(
                ("judging",),
                "",
                Text(
                    "보고서 챌린지에는 심사 기준 [judging] criteria가 있어야 합니다.",
                    "A challenge of reports needs [judging] with criteria.",
                ),
            )
        return
    files = table(data, "files")
    for name in ("test", "labels"):
        if name not in files:
            yield Finding(
                ("files", name),
                "",
                Text(f"{name} 파일의 이름을 적어야 합니다.", f"The name of the {name} file must be given."),
            )
    for part in ("columns", "metrics"):
        if not data.get(part):
            yield Finding((part,), "", Text(f"[[{part}]]가 하나도 없습니다.", f"There is no [[{part}]]."))


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
    for mark, marked in (("primary", primaries), ("tie_break", [one for one in listed if one[1].get("tie_break") is True])):
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
        known = yield from _metric_name(place, entry, kind)
        if not known:
            continue
        for path, found, message in metric_needs.find(data, entry, primary):
            yield Finding((*place, *path), found, message)
        key = (string(entry, "name"), *(quoted(entry.get(name)) for name in metric_needs.PARAMETERS if name != "level"))
        if key in keys:
            yield Finding(
                place, key[0], Text("앞에 같은 지표가 이미 있습니다.", "The same metric is listed before already.")
            )
        keys.add(key)


def _metric_name(place: Place, entry: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    """Yield what is wrong with a metric's name; return whether the rest of the entry can be checked."""
    name = string(entry, "name")
    metric = METRICS.get(name)
    if metric is not None and kind in metric.kinds:
        return True
    if name:
        allowed = [one.name for one in METRICS.values() if kind in one.kinds]
        close = get_close_matches(name, allowed, 1)
        hint = Text(f" {close[0]}를 뜻했습니까?", f" Did you mean {close[0]}?") if close else Text("", "")
        listed = ", ".join(allowed)
        yield Finding(
            (*place, "name"),
            quoted(name),
            Text(
                f"{kind} 챌린지에 {name}라는 지표는 없습니다.{hint.ko} 쓸 수 있는 지표: {listed}.",
                f"A {kind} challenge has no metric {name}.{hint.en} Allowed: {listed}.",
            ),
        )
    return False


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
        allowed = ", ".join(one.name for one in METRICS.values() if one.may_be_primary and set(one.kinds) & set(metric.kinds))
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


def _files(data: Mapping[str, Any]) -> Iterator[Finding]:
    seen: dict[str, str] = {"challenge.toml": "challenge.toml"}
    for place, name in names(data, DATA_FILES):
        key = name.lower()
        if key.split(".")[0] in WINDOWS_NAMES or name.endswith("."):
            yield Finding(
                place,
                quoted(name),
                Text("Windows에서 쓸 수 없는 이름입니다.", "Windows does not allow this name."),
            )
        if place != ("agreement", "file") and not key.endswith((".csv", ".csv.gz")):
            yield Finding(
                place,
                quoted(name),
                Text("자료 파일의 이름은 .csv나 .csv.gz로 끝나야 합니다.", "A data file's name ends in .csv or .csv.gz."),
            )
        if key in seen:
            yield Finding(
                place,
                quoted(name),
                Text(f"{seen[key]}와 같은 파일입니다.", f"This is the same file as {seen[key]}."),
            )
        seen[key] = name


def _calendar(data: Mapping[str, Any]) -> Iterator[Finding]:
    calendar = table(data, "calendar")
    zone = calendar.get("timezone")
    if isinstance(zone, str) and not _known_zone(zone):
        yield Finding(
            ("calendar", "timezone"),
            quoted(zone),
            Text(
                "모르는 시간대입니다. Asia/Seoul처럼 IANA의 이름을 적으십시오.",
                "This time zone is not known. Give an IANA name such as Asia/Seoul.",
            ),
        )
    opens, closes = (_moment(calendar.get(name)) for name in ("opens", "closes"))
    if opens and closes and closes <= opens:
        yield Finding(
            ("calendar", "closes"),
            quoted(closes),
            Text("마감(closes)은 시작(opens)보다 뒤여야 합니다.", "The close (closes) must come after the opening (opens)."),
        )
    freeze = calendar.get("team_freeze_days")
    if opens and closes and type(freeze) is int and opens < closes and 0 < timedelta(days=min(freeze, 10_000)) >= closes - opens:
        yield Finding(
            ("calendar", "team_freeze_days"),
            quoted(freeze),
            Text(
                "열려 있는 내내 팀을 바꿀 수 없게 됩니다. 더 작은 수를 적으십시오.",
                "Teams would be frozen for as long as the challenge is open. Give a smaller number.",
            ),
        )


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # not found, a folder, or a path that is none of ours
        return False
    return True


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def _limits(data: Mapping[str, Any]) -> Iterator[Finding]:
    limits = table(data, "limits")
    per_day, total = limits.get("per_day", 3), limits.get("total", 60)
    if type(per_day) is int and type(total) is int and per_day > total:
        yield Finding(
            ("limits", "per_day"),
            quoted(per_day),
            Text(f"하루의 수가 모두의 수({total})보다 큽니다.", f"More a day than in all ({total})."),
        )


def _baselines(data: Mapping[str, Any]) -> Iterator[Finding]:
    listed = list(entries(data, "baselines"))
    for index, _ in [one for one in listed if one[1].get("reference") is True][1:]:
        yield Finding(
            ("baselines", index, "reference"),
            "true",
            Text("reference = true는 기준 모형 하나에만 적습니다.", "Only one baseline may be marked reference = true."),
        )
    seen: set[str] = set()
    for index, entry in listed:
        name = string(entry, "name")
        if name and name in seen:
            yield Finding(
                ("baselines", index, "name"),
                quoted(name),
                Text(f"{name}라는 기준 모형이 앞에 있습니다.", f"There is a baseline {name} before."),
            )
        seen.add(name)
    columns = table(data, "subgroups").get("columns")
    for index, name in enumerate(columns if isinstance(columns, list | tuple) else ()):
        if name in columns[:index]:  # type: ignore[index]
            yield Finding(
                ("subgroups", "columns", index),
                quoted(name),
                Text(f"{name} 열을 두 번 적었습니다.", f"The column {name} is given twice."),
            )


def _judging(data: Mapping[str, Any]) -> Iterator[Finding]:
    if "judging" not in data:
        if table(data, "leaderboard").get("reveal") == "after_reviews":
            yield Finding(
                ("leaderboard", "reveal"),
                '"after_reviews"',
                Text(
                    "after_reviews로 공개하려면 [judging]이 있어야 합니다.",
                    "A reveal after_reviews needs a [judging] part.",
                ),
            )
        return
    judging = table(data, "judging")
    weights = [number(entry, "weight") for _, entry in entries(judging, "criteria")]
    part = number(judging, "leaderboard_weight")
    if part is not None and None not in weights:
        total = part + sum(weight for weight in weights if weight is not None)
        if not any(abs(total - whole) <= whole * 1e-9 for whole in (1, 100)):
            yield Finding(
                ("judging",),
                f"{total:g}",
                Text(
                    f"leaderboard_weight와 기준의 weight를 더하면 1이나 100이어야 합니다. 지금은 {total:g}입니다.",
                    f"leaderboard_weight and the criteria's weights must add up to 1 or to 100. They make {total:g}.",
                ),
            )
    if data.get("kind") == "report" and part:
        yield Finding(
            ("judging", "leaderboard_weight"),
            quoted(part),
            Text(
                "보고서 챌린지에는 순위표가 없으므로 leaderboard_weight는 0이어야 합니다.",
                "A challenge of reports has no leaderboard, so leaderboard_weight must be 0.",
            ),
        )
    if data.get("practice") is True:
        yield Finding(
            ("judging",),
            "practice = true",
            Text("연습 챌린지는 시상하지 않습니다. [judging]을 지우십시오.", "Practice gives no awards. Remove [judging]."),
        )
