"""What the parts of a definition ask of each other, which no part can check alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from challenges.locating import Path
from challenges.model import Definition, MetricEntry
from challenges.text import Text
from scorers.catalogue import METRICS, Metric

# The label columns that each kind needs beside the id and the split.
LABELS = {
    "survival": ("time", "event"),
    "competing": ("time", "event"),
    "binary": ("outcome",),
    "effect": ("truth",),
    "report": (),
}
COLUMNS = {
    "survival": ("risk", "event_probability"),
    "competing": ("event_probability",),
    "binary": ("probability",),
    "effect": ("estimate", "lower", "upper"),
    "report": (),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that does not hold."""

    path: Path
    found: str
    message: Text


def broken(definition: Definition) -> list[Broken]:
    """Return every rule that the definition breaks."""
    return [found for rule in _RULES for found in rule(definition)]


def _labels(definition: Definition) -> Iterator[Broken]:
    wanted = (*LABELS[definition.kind], "split") if definition.kind != "report" else ()
    for name in ("time", "event", "outcome", "truth", "split"):
        given = getattr(definition.labels, name)
        if name in wanted and given is None:
            yield Broken(
                ("labels", name),
                "",
                Text(
                    f"{definition.kind} 챌린지의 [labels]에는 {name}이 있어야 합니다.",
                    f"[labels] of a {definition.kind} challenge needs {name}.",
                ),
            )
        if name not in wanted and given is not None:
            yield Broken(
                ("labels", name),
                given,
                Text(
                    f"{definition.kind} 챌린지의 [labels]에는 {name}이 없습니다.",
                    f"[labels] of a {definition.kind} challenge has no {name}.",
                ),
            )
    names = [name for name in (definition.labels.id, *(getattr(definition.labels, name) for name in wanted)) if name]
    if len(set(names)) < len(names):
        yield Broken(
            ("labels",),
            ", ".join(names),
            Text("[labels]의 열 이름은 서로 달라야 합니다.", "The columns in [labels] must differ."),
        )


def _files(definition: Definition) -> Iterator[Broken]:
    needed = ("train", "test", "dictionary", "labels", "sample") if definition.kind != "report" else ()
    if definition.kind == "effect":
        needed = ("test", "labels", "sample")
    for name in needed:
        if getattr(definition.files, name) is None:
            yield Broken(("files", name), "", Text(f"[files]에 {name}이 있어야 합니다.", f"[files] needs {name}."))
    given = [(("files", name), value) for name, value in definition.files if value]
    for place, baseline in enumerate(definition.baselines):
        given.append((("baselines", place, "file"), baseline.file))
        if baseline.train_file:
            given.append((("baselines", place, "train_file"), baseline.train_file))
    seen: set[str] = set()
    for path, name in given:
        if name in seen:
            yield Broken(path, name, Text("한 파일을 두 곳에 쓸 수 없습니다.", "One file cannot serve twice."))
        seen.add(name)


def _columns(definition: Definition) -> Iterator[Broken]:
    allowed = COLUMNS[definition.kind]
    if not definition.columns and definition.kind != "report":
        yield Broken(
            ("columns",), "", Text("[[columns]]가 하나는 있어야 합니다.", "At least one [[columns]] is needed.")
        )
    seen = {definition.labels.id}
    kinds: set[tuple[str, float | None]] = set()
    for place, column in enumerate(definition.columns):
        path: Path = ("columns", place)
        if column.is_ not in allowed:
            options = ", ".join(allowed) or "–"
            yield Broken(
                (*path, "is"),
                column.is_,
                Text(
                    f"{definition.kind} 챌린지의 열은 {options}입니다.",
                    f"Columns of a {definition.kind} challenge are {options}.",
                ),
            )
        if (column.is_ == "event_probability") != (column.horizon is not None):
            yield Broken(
                (*path, "horizon"),
                str(column.horizon),
                Text(
                    "event_probability 열에만, 그리고 반드시 horizon이 있습니다.",
                    "event_probability columns, and only they, have a horizon.",
                ),
            )
        if column.name in seen or (column.is_, column.horizon) in kinds:
            yield Broken(
                (*path, "name"),
                column.name,
                Text("같은 열이 두 번 있습니다.", "The same column stands twice."),
            )
        seen.add(column.name)
        kinds.add((column.is_, column.horizon))
    if definition.kind == "effect" and len(kinds) < 3:
        yield Broken(
            ("columns",),
            "",
            Text(
                "effect 챌린지에는 estimate, lower, upper 열이 모두 있어야 합니다.",
                "An effect challenge needs the columns estimate, lower and upper.",
            ),
        )


def _metrics(definition: Definition) -> Iterator[Broken]:
    if definition.kind == "report":
        if definition.metrics:
            yield Broken(
                ("metrics",), "", Text("report 챌린지에는 지표가 없습니다.", "A report challenge has no metrics.")
            )
        return
    primaries = sum(metric.primary for metric in definition.metrics)
    if primaries != 1:
        yield Broken(
            ("metrics",),
            str(primaries),
            Text("primary = true인 지표가 꼭 하나 있어야 합니다.", "Exactly one metric must have primary = true."),
        )
    if sum(metric.tie_break for metric in definition.metrics) > 1:
        yield Broken(
            ("metrics",), "", Text("tie_break는 한 지표에만 둡니다.", "At most one metric has tie_break = true.")
        )
    seen: set[str] = set()
    for place, metric in enumerate(definition.metrics):
        yield from _metric(definition, metric, ("metrics", place))
        if metric.key in seen:
            yield Broken(
                ("metrics", place), metric.key, Text("같은 지표가 두 번 있습니다.", "The same metric stands twice.")
            )
        seen.add(metric.key)


def _metric(definition: Definition, metric: MetricEntry, path: Path) -> Iterator[Broken]:
    facts = METRICS.get(metric.name)
    if facts is None or definition.kind not in facts.kinds:
        options = ", ".join(name for name, one in METRICS.items() if definition.kind in one.kinds)
        yield Broken(
            (*path, "name"),
            metric.name,
            Text(
                f"{definition.kind} 챌린지의 지표는 {options}입니다.",
                f"Metrics of a {definition.kind} challenge are {options}.",
            ),
        )
        return
    yield from _parameters(definition, metric, facts, path)
    if metric.primary and not facts.may_be_primary:
        yield Broken(
            (*path, "primary"),
            metric.name,
            Text("이 지표로는 순위를 매길 수 없습니다.", "This metric cannot rank."),
        )
    if metric.primary and metric.tie_break:
        yield Broken(
            (*path, "tie_break"),
            "true",
            Text("주 지표는 동률을 가르는 지표가 될 수 없습니다.", "The primary metric cannot break its own ties."),
        )


def _parameters(definition: Definition, metric: MetricEntry, facts: Metric, path: Path) -> Iterator[Broken]:
    for name in ("horizon", "tau", "grid", "threshold", "level"):
        given = getattr(metric, name)
        needed = name in facts.parameters and name != "level" and not (name == "tau" and metric.name == "wolbers_c")
        if given is None and needed:
            yield Broken(
                (*path, name), "", Text(f"{metric.name}에는 {name}이 있어야 합니다.", f"{metric.name} needs {name}.")
            )
        if given is not None and name not in facts.parameters:
            yield Broken(
                (*path, name),
                str(given),
                Text(f"{metric.name}에는 {name}이 없습니다.", f"{metric.name} takes no {name}."),
            )
    horizons = set(definition.horizons)
    asked = {"horizon": (metric.horizon,), "grid": metric.grid or ()}
    if "event_probability" in facts.needs and not (
        metric.name == "auc_t" and _has(definition, "risk") and not horizons
    ):
        for name, values in asked.items():
            missing = [value for value in values if value is not None and value not in horizons]
            if missing:
                yield Broken(
                    (*path, name),
                    ", ".join(f"{value:g}" for value in missing),
                    Text(
                        "이 시점의 확률을 묻는 열이 [[columns]]에 없습니다.",
                        "No [[columns]] asks for the probability at this horizon.",
                    ),
                )
    if metric.grid is not None and (len(metric.grid) < 2 or list(metric.grid) != sorted(set(metric.grid))):
        yield Broken(
            (*path, "grid"),
            str(list(metric.grid)),
            Text("grid는 커지는 두 시점 이상이어야 합니다.", "grid must be two or more ascending horizons."),
        )
    if "risk" in facts.needs and not _has(definition, "risk") and not horizons:
        yield Broken(
            (*path, "name"),
            metric.name,
            Text("risk 열이나 확률 열이 있어야 합니다.", "A risk or a probability column is needed."),
        )


def _has(definition: Definition, kind: str) -> bool:
    return any(column.is_ == kind for column in definition.columns)


def _baselines(definition: Definition) -> Iterator[Broken]:
    names = [baseline.name for baseline in definition.baselines]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Broken(
                ("baselines", place, "name"),
                name,
                Text("같은 이름의 기준 모형이 있습니다.", "There is a baseline of this name."),
            )
    if sum(baseline.reference for baseline in definition.baselines) > 1:
        yield Broken(
            ("baselines",),
            "",
            Text("reference = true는 한 기준 모형에만 둡니다.", "Only one baseline can be the reference."),
        )


def _practice(definition: Definition) -> Iterator[Broken]:
    if definition.practice and definition.calendar.closes is not None:
        yield Broken(
            ("calendar", "closes"),
            definition.calendar.closes.isoformat(),
            Text("연습 챌린지는 마감하지 않습니다.", "A practice challenge never closes."),
        )
    if definition.leaderboard.gate == "none" and not definition.practice and definition.kind != "report":
        yield Broken(
            ("leaderboard", "gate"),
            "none",
            Text('gate = "none"은 연습 챌린지에서만 쓸 수 있습니다.', 'gate = "none" is for practice challenges only.'),
        )
    if definition.limits.total < definition.limits.per_day:
        yield Broken(
            ("limits", "total"),
            str(definition.limits.total),
            Text("total은 per_day 이상이어야 합니다.", "total must be at least per_day."),
        )


_RULES: tuple[Callable[[Definition], Iterator[Broken]], ...] = (
    _files,
    _labels,
    _columns,
    _metrics,
    _baselines,
    _practice,
)
