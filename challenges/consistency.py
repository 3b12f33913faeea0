"""What the parts of a definition demand of each other.

The checks read plain tables, as TOML or JSON gives them, and pass over whatever has the wrong type: the model reports that,
and every other mistake is still found in the same go.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from challenges import asking, validation
from challenges.tabular import WINDOWS_NAMES, Finding, entries, names, number, quoted, string, table
from challenges.text import Text

DATA_FILES = ("train", "test", "dictionary", "labels", "sample", "validation")
# Near the ends of the calendar a moment has no counterpart in other zones, and no page could say when it is.
EARLIEST, LATEST = 1970, 2999


def find(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield every mistake that no single value shows."""
    yield from _files(data)
    yield from _calendar(data)
    yield from _limits(data)
    yield from _baselines(data)
    yield from _judging(data)
    yield from _companion(data)
    yield from _figure(data)
    kind = string(data, "kind")
    if kind not in asking.KINDS:
        return
    yield from _kind(data, kind)
    if kind != "report":
        yield from asking.find(data, kind)


def _validation(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    files = table(data, "files")
    name = string(files, "validation")
    if not name:
        return
    if kind not in validation.KINDS:
        message = Text(
            f"{kind} 챌린지에는 예측할 학습 환자가 없으므로 validation을 쓰지 않습니다.",
            f"A challenge of the kind {kind} has no training rows that are predicted, so it has no validation.",
        )
        yield Finding(("files", "validation"), quoted(name), message)
    elif "train" not in files:
        message = Text(
            "validation은 학습 자료의 일부입니다. train도 적어야 합니다.",
            "The validation part is one of the training file: name a train file too.",
        )
        yield Finding(("files", "validation"), quoted(name), message)


def _kind(data: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    yield from _validation(data, kind)
    if kind == "report":
        for part in ("labels", "columns", "metrics", "baselines", "companion"):
            given = data.get(part)
            # A stored definition has the table with an empty id; nobody wrote that.
            if any(given.values()) if isinstance(given, Mapping) else given:
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
                Text(
                    "자료 파일의 이름은 .csv나 .csv.gz로 끝나야 합니다.", "A data file's name ends in .csv or .csv.gz."
                ),
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
    for name, moment in (("opens", opens), ("closes", closes)):
        if moment and not EARLIEST <= moment.year <= LATEST:
            yield Finding(
                ("calendar", name),
                quoted(moment),
                Text(
                    f"{EARLIEST}년부터 {LATEST}년까지의 때를 적으십시오.",
                    f"Give a moment between the years {EARLIEST} and {LATEST}.",
                ),
            )
    if opens and closes and closes <= opens:
        yield Finding(
            ("calendar", "closes"),
            quoted(closes),
            Text(
                "마감(closes)은 시작(opens)보다 뒤여야 합니다.",
                "The close (closes) must come after the opening (opens).",
            ),
        )
    freeze = calendar.get("team_freeze_days")
    if (
        opens
        and closes
        and type(freeze) is int
        and opens < closes
        and timedelta(0) < timedelta(days=min(freeze, 10_000)) >= closes - opens
    ):
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
            Text(
                "reference = true는 기준 모형 하나에만 적습니다.", "Only one baseline may be marked reference = true."
            ),
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
            Text(
                "연습 챌린지는 시상하지 않습니다. [judging]을 지우십시오.",
                "Practice gives no awards. Remove [judging].",
            ),
        )


def _figure(data: Mapping[str, Any]) -> Iterator[Finding]:
    if data.get("figure") and not table(data, "files").get("train"):
        yield Finding(
            ("figure",),
            "figure",
            Text(
                "[figure]는 학습 자료에서 그립니다. [files] train을 적거나 [figure]를 지우십시오.",
                "[figure] is drawn from the training file. Name one under [files] train, or remove [figure].",
            ),
        )


def _companion(data: Mapping[str, Any]) -> Iterator[Finding]:
    if data.get("companion") and data.get("practice") is True:
        yield Finding(
            ("companion",),
            "practice = true",
            Text(
                "둘째 파일은 결과를 공개할 때 최종 제출과 견줍니다. 연습 챌린지는 공개하는 때가 없으므로 [companion]을 지우십시오.",
                "A second file is compared with the final at the reveal. Practice has no reveal, so remove [companion].",
            ),
        )
