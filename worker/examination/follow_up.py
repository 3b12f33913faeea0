"""Whether the outcomes carry the metrics: people at risk, censoring and events at every day that is asked for."""

import math

from challenges.definition import FILE, MetricEntry
from challenges.text import Text
from scorers.evaluation import LEAST_AT_RISK, LEAST_UNCENSORED
from scorers.inputs import SurvivalTruth
from worker.examination.finding import FAIL, WARN, Findings, shown, shown_events
from worker.examination.known import Known
from worker.examination.material import Material
from worker.examination.tables import Flags
from worker.examination.units import asked_days
from worker.masking import LEAST_EVENTS

SPLITS = {"public": Text("공개", "public"), "private": Text("비공개", "private")}
ENOUGH_EVENTS = 10
ENOUGH_ESTIMANDS = 10


def examine(material: Material, findings: Findings) -> None:
    """Look at the hidden outcomes; at the training file's where there are none."""
    known = material.hidden or material.trained
    time = material.definition.labels.time
    if known is None or any(one.code == "wrong_units" and one.column == time for one in findings.of(FAIL)):
        return  # with times of another unit nothing below would mean anything
    if isinstance(known.truth, SurvivalTruth):
        for day in asked_days(material):
            _day(material, known, known.truth, day, findings)
        _harrell(material, known, findings)
    elif known.happened is not None:
        _outcomes(material, known, known.happened, findings)
    else:
        _estimands(known, findings)


def _day(material: Material, known: Known, truth: SurvivalTruth, day: float, findings: Findings) -> None:
    at_risk, kept = truth.timeline.at_risk(day), truth.timeline.censoring.at(day)
    figure = f"G({day:g}) = {kept:.2f}, n = {shown(at_risk)}"
    if kept < LEAST_UNCENSORED or at_risk < LEAST_AT_RISK:
        line, column = _place(material, day)
        code = "too_censored" if kept < LEAST_UNCENSORED else "too_few_at_risk"
        findings.add(
            FAIL,
            code,
            Text(
                f"{day:g}일까지 관찰된 사람이 너무 적습니다(중도절단되지 않을 확률 {kept:.2f}, 남은 사람 {shown(at_risk)}명).",
                f"Too few people are followed to day {day:g} (probability of not being censored {kept:.2f}, {shown(at_risk)} still observed).",
            ),
            figure=figure,
            remedy=_admissible(truth),
            file=FILE,
            line=line,
            column=column,
        )
        return
    few = _few(known, truth, day)
    if few is None:
        events = " · ".join(
            f"{name} {shown_events(_events(truth, known.part(name), day))}" for name in SPLITS if known.part(name).any()
        )
        findings.passed(
            "follow_up",
            Text(
                f"{day:g}일까지 중도절단되지 않을 확률이 {kept:.2f}, 남은 사람이 {shown(at_risk)}명입니다. 사건: {events or '–'}.",
                f"Up to day {day:g} the probability of not being censored is {kept:.2f}; {shown(at_risk)} are still observed. Events: {events or '–'}.",
            ),
            figure=figure,
        )
        return
    line, column = _place(material, day)
    _too_few(findings, *few, Text(f"{day:g}일까지", f" by day {day:g}"), (FILE, line, column))


def _few(known: Known, truth: SurvivalTruth, day: float) -> tuple[str, int] | None:
    """Return the split with the fewest events by a day, if they are too few."""
    counted = [(_events(truth, known.part(name), day), name) for name in SPLITS if known.part(name).any()]
    if not counted:
        return None
    events, name = min(counted)
    return (name, events) if events < ENOUGH_EVENTS else None


def _events(truth: SurvivalTruth, rows: Flags, day: float) -> int:
    return int((rows & (truth.time <= day) & (truth.event == 1)).sum())


def _too_few(
    findings: Findings, split: str, events: int, when: Text, place: tuple[str, int | None, str | None]
) -> None:
    name = SPLITS[split]
    findings.add(
        FAIL if events < LEAST_EVENTS else WARN,
        "too_few_events",
        Text(
            f"{name.ko} 행에 {when.ko} 사건이 {shown_events(events)}건입니다. {ENOUGH_EVENTS}건이 안 되면 아무것도 구별할 수 없습니다.",
            f"The {name.en} rows hold {shown_events(events)} events{when.en}. With fewer than {ENOUGH_EVENTS} nothing can be told apart.",
        ),
        figure=shown_events(events),
        remedy=Text(
            "더 늦은 날을 묻거나, 그 분할에 환자를 더 두십시오.",
            "Ask for a later day, or give that split more patients.",
        ),
        file=place[0],
        line=place[1],
        column=place[2],
    )


def _place(material: Material, day: float) -> tuple[int, str]:
    """Return the line and the name of what asks for a day: a metric, the primary one first, or else a column."""
    listed = sorted(enumerate(material.definition.metrics), key=lambda pair: not pair[1].primary)
    for index, entry in listed:
        for name in ("horizon", "tau", "grid"):
            if _asks(entry, name, day):
                return material.line("metrics", _written(material, "metrics", entry.name, index), name), entry.key
    for index, column in enumerate(material.definition.columns):
        if column.horizon == day:
            return material.line("columns", index, "horizon"), column.name
    return 1, ""


def _asks(entry: MetricEntry, name: str, day: float) -> bool:
    held = getattr(entry, name)
    return day in held if isinstance(held, tuple) else held == day


def _written(material: Material, part: str, _name: str, index: int) -> int:
    # A metric that stands in for a mistaken one is written nowhere; its line is that of its part.
    return index if (part, index) in material.written else 0


def _admissible(truth: SurvivalTruth) -> Text:
    """Return up to which day a metric would do."""
    line = truth.timeline
    good = (line.censoring.levels >= LEAST_UNCENSORED) & (len(truth) - line.start >= LEAST_AT_RISK)
    days = line.moments[good]
    if not days.size:
        return Text(
            "이 자료로는 어느 날까지도 잴 수 없습니다. 환자를 더 모으십시오.",
            "With these data no day would do. Gather more patients.",
        )
    # To the ten days below: the day itself is somebody's time.
    last = 10 * math.floor(float(days[-1]) / 10)
    return Text(
        f"{last}일까지라면 잴 수 있습니다. horizon, tau, grid를 그보다 늦지 않게 고치십시오.",
        f"Days up to {last} would do. Choose no horizon, tau or grid beyond it.",
    )


def _harrell(material: Material, known: Known, findings: Findings) -> None:
    """A primary metric without a day of its own counts all events."""
    primary = material.definition.primary
    if primary.horizon or primary.tau or primary.grid or known.happened is None:
        return
    _outcomes(material, known, known.happened, findings)


def _outcomes(
    material: Material,
    known: Known,
    happened: Flags,
    findings: Findings,
) -> None:
    parts = {name: known.part(name) for name in SPLITS if known.part(name).any()}
    if not parts:
        return
    binary = not isinstance(known.truth, SurvivalTruth)
    counts = {}
    for name, rows in parts.items():
        cases = int((rows & happened).sum())
        counts[name] = min(cases, int(rows.sum()) - cases) if binary else cases
    split = min(counts, key=lambda name: counts[name])
    if counts[split] < ENOUGH_EVENTS:
        meaning = "outcome" if binary else "event"
        column = getattr(material.definition.labels, meaning)
        when = Text("드문 쪽의", " or of the rarer outcome") if binary else Text("", "")
        _too_few(findings, split, counts[split], when, (known.table.name, 1, column))
        return
    told = " · ".join(f"{name} {shown_events(count)}" for name, count in counts.items())
    findings.passed(
        "events",
        Text(f"분할마다 사건이 넉넉합니다: {told}.", f"Each split has enough events: {told}."),
        figure=told,
    )


def _estimands(known: Known, findings: Findings) -> None:
    count = len(known)
    if count < ENOUGH_ESTIMANDS:
        findings.add(
            WARN,
            "few_estimands",
            Text(
                f"추정할 것이 {count}개뿐이라 운이 순위를 정합니다.",
                f"With {count} estimands luck decides the ranking.",
            ),
            figure=f"{count}",
            remedy=Text(
                f"하위 집단을 더해 {ENOUGH_ESTIMANDS}개 이상 물으십시오.",
                f"Ask for {ENOUGH_ESTIMANDS} or more, for instance in subgroups.",
            ),
            file=known.table.name,
            line=1,
        )
    else:
        findings.passed(
            "few_estimands", Text(f"추정할 것이 {count}개입니다.", f"There are {count} estimands."), figure=f"{count}"
        )
