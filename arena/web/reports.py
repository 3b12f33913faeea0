"""What a report shows of one submission: the scores in rows, the charts of scores."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from arena.hosting import Hosted
from arena.leaderboards import Board
from arena.viewing import ScoreView, SubmissionView
from arena.web import code_words, formatting, measures, reader
from arena.web.charts import history as step_line
from arena.web.charts import intervals
from arena.web.charts.svg import Words
from arena.web.rendering import t
from challenges.definition import MetricEntry
from scorers.reasons import REASONS

Z = 1.959963984540054  # the two-sided 95% point of the normal distribution


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One metric of a report's table, with the paired difference from the reference where it is known."""

    entry: MetricEntry
    score: ScoreView
    difference: tuple[float, float, float] | None


def primary(hosted: Hosted, view: SubmissionView) -> tuple[str, ScoreView] | None:
    """Return the primary score that may be shown, with its split: the private one where there is one."""
    if not hosted.definition.metrics:
        return None
    key = hosted.definition.primary.key
    for split in ("private", "public", "all"):
        if key in view.scores.get(split, {}):
            return split, view.scores[split][key]
    return None


def difference(score: ScoreView) -> tuple[float, float, float] | None:
    """Return the paired difference from the reference with its 95% interval."""
    if score.difference is None or score.difference_se is None:
        return None
    reach = Z * score.difference_se
    return score.difference, score.difference - reach, score.difference + reach


def scores(hosted: Hosted, view: SubmissionView) -> list[tuple[str, list[ScoreRow]]]:
    """Return the visible scores by split, in the order of the definition."""
    found = []
    for split in ("private", "public", "all"):
        known: Mapping[str, ScoreView] = view.scores.get(split, {})
        rows = [
            ScoreRow(entry, known[entry.key], difference(known[entry.key]))
            for entry in hosted.definition.metrics
            if entry.key in known
        ]
        if rows:
            found.append((split, rows))
    return found


def shown(hosted: Hosted, views: Sequence[SubmissionView]) -> Markup:
    """Return the team's present shown score on its grid, for a gated challenge that has told its facts."""
    facts = hosted.facts
    if not hosted.gated or not facts.get("step") or not facts.get("se") or facts.get("baseline_value") is None:
        return Markup()
    accepted = next((view for view in views if view.decision == "accepted" and view.shown_value is not None), None)
    decimals = measures.decimals(hosted)
    reference = float(facts["baseline_value"])
    value = accepted.shown_value if accepted else None
    name = t("기준 모형", "Baseline")
    own = t("우리 팀", "Your team")
    finding = t(
        f"눈금은 {facts['step']}마다 있습니다. {name} {formatting.number(reference, decimals)}, "
        + (
            f"{own} {formatting.number(value, decimals)}, 표준오차 {facts['se']}."
            if value is not None
            else "우리 팀은 아직 없습니다."
        ),
        f"Steps of {facts['step']}. {name} {formatting.number(reference, decimals)}; "
        + (
            f"{own} {formatting.number(value, decimals)}, standard error {facts['se']}."
            if value is not None
            else "no score of your team yet."
        ),
    )
    names = (
        f"{own} {formatting.number(value, decimals)}" if value is not None else "",
        f"{name} {formatting.number(reference, decimals)}",
        t("기준", "Base"),
    )
    return intervals.shown_on_grid(
        Words("grid", t("보이는 점수와 눈금", "The shown score on its grid"), finding),
        intervals.Shown(value, float(facts["step"]), float(facts["se"]), reference),
        names,
        measures.axis(hosted.definition.primary),
        decimals=decimals,
    )


def history(hosted: Hosted, views: Sequence[SubmissionView], at: datetime, reference: float | None = None) -> Markup:
    """Return how the team's shown score moved over the calendar; where nothing is gated, its best so far.

    Behind a gate the reference baseline's value is known from the training file; elsewhere it has to be given.
    """
    row, facts = hosted.row, hosted.facts
    if not views or row.opens_at is None or not hosted.definition.metrics:
        return Markup()
    base = facts.get("baseline_value") if hosted.gated and facts.get("step") else None if hosted.gated else reference
    if base is None:
        return Markup()
    events = _events(hosted, views)
    if not events:
        return Markup()
    closes = row.closes_at or at + timedelta(days=1)
    zone, language = ZoneInfo(hosted.definition.calendar.timezone), reader.language()
    moved = sum(1 for event in events if event.accepted)
    which = t("보이는 점수", "the shown score") if hosted.gated else t("가장 좋은 점수", "the best score")
    frame = step_line.Frame(
        opens=row.opens_at,
        closes=max(closes, at),
        now=min(at, closes),
        opens_text=formatting.day(row.opens_at, language, zone),
        closes_text=t("마감 ", "close ") + formatting.day(closes, language, zone),
        close=t("마감", "close"),
        today=t("오늘", "today") if at < closes else "",
    )
    return step_line.draw(
        Words(
            "history",
            t("우리 팀의 보이는 점수", "Your team’s shown score")
            if hosted.gated
            else t("우리 팀의 가장 좋은 점수", "Your team’s best score"),
            t(
                f"제출 {len(events)}번 가운데 {moved}번이 {which}를 바꿨습니다.",
                f"{moved} of {formatting.plural(len(events), 'submission')} moved {which}.",
            ),
        ),
        events,
        frame,
        (float(base), t("기준 모형", "baseline")),
        (t("보이는 ", "Shown ") if hosted.gated else "") + measures.axis(hosted.definition.primary),
        step=float(facts["step"])
        if hosted.gated
        else _step([float(base), *(one.shown for one in events if one.shown)]),
        decimals=measures.decimals(hosted) if hosted.gated else measures.metric(hosted.definition.primary).decimals,
    )


def _events(hosted: Hosted, views: Sequence[SubmissionView]) -> list[step_line.Event]:
    """Return what each submission did to the team's score, the first received first."""
    value: float | None = None
    events = []
    for view in sorted(views, key=lambda one: one.received_at):
        if hosted.gated:
            found = view.shown_value if view.decision == "accepted" else None
        else:
            score = view.scores.get("public", {}).get(hosted.definition.primary.key)
            found = score.value if score else None
            if found is None or (
                value is not None and (found <= value if hosted.better == "higher" else found >= value)
            ):
                found = None
        value = value if found is None else found
        events.append(
            step_line.Event(view.received_at, t(f"제출 {view.number}", f"no. {view.number}"), value, found is not None)
        )
    return events


def _step(values: Sequence[float]) -> float:
    """Return a round distance of grid lines for these values."""
    span = max(values) - min(values)
    return 10.0 ** math.floor(math.log10(span)) if span > 0 else 0.01


def forest(hosted: Hosted, view: SubmissionView, board: Board) -> Markup:
    """Return the submission's primary score beside the baselines' on the same split."""
    own = primary(hosted, view)
    if own is None or own[1].value is None:
        return Markup()
    _, score = own
    entry = hosted.definition.primary
    rows = [_row(view.team, score, "you")]
    rows += [
        _row(t(*row.title), row.scores[entry.key], "base")
        for row in board.rows
        if row.baseline is not None and entry.key in row.scores
    ]
    decimals = measures.metric(entry).decimals
    finding = ", ".join(f"{row.name} {formatting.number(row.value, decimals)}" for row in rows if row.value is not None)
    title = t("점수와 기준 모형", "The score and the baselines")
    return intervals.forest(Words("forest", title, finding), rows, measures.axis(entry), decimals=decimals)


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One subgroup as a row of the table: sizes and score, or masked."""

    column: str
    value: str
    masked: bool
    rows: int | None
    events: int | None
    score: ScoreView
    label: str = ""


def subgroups(hosted: Hosted, view: SubmissionView, codes: Mapping[str, Mapping[str, str]]) -> list[Subgroup]:
    """Return the declared subgroups of the worker's report; `codes` tell what a column's values mean."""
    found = []
    for group in (view.report or {}).get("subgroups", []) if view.scores else []:
        meanings = codes.get(group["column"], {})
        for one in group["values"]:
            ci = (one["ci"][0], one["ci"][1]) if one.get("ci") else None
            score = ScoreView(one.get("score"), one.get("se"), ci, one.get("reason"))
            value = code_words.plain(meanings.get(one["value"], one["value"]))
            # With the column's name, as the files have it: of two columns that hold "yes" each would be meant.
            label = f"{group['column']} {value}"
            sizes = (one.get("rows"), one.get("events"))
            found.append(Subgroup(group["column"], value, one["masked"], *sizes, score, label))
    return found if hosted.definition.metrics else []


def subgroup_forest(hosted: Hosted, found: Sequence[Subgroup], whole: ScoreView | None) -> Markup:
    """Return the primary metric by subgroup, under everybody's."""
    entry = hosted.definition.primary
    masked = t("가림: 5명 미만", "masked: fewer than five")
    rows = [_row(t("전체", "All"), whole, "you")] if whole else []
    for column, members in groupby(found, key=lambda one: one.column):
        rows.append(intervals.Row(column, None, kind="head"))
        for one in members:
            low, high = one.score.ci or (None, None)
            note = masked if one.masked else "" if one.score.value is not None else t("값 없음", "undefined")
            rows.append(intervals.Row(one.value, one.score.value, low, high, note=note))
    valued = [row for row in rows if row.value is not None]
    if not valued:
        return Markup()
    decimals = measures.metric(entry).decimals
    finding = ", ".join(
        f"{row.name} {formatting.number(row.value, decimals)}" for row in valued if row.value is not None
    )
    title = t("하위 집단의 점수", "Scores in subgroups")
    return intervals.forest(Words("subgroups", title, finding), rows, measures.axis(entry), decimals=decimals)


def primary_score(hosted: Hosted, view: SubmissionView) -> ScoreView | None:
    """Return the submission's primary score on the split that counts, where it may be shown."""
    own = primary(hosted, view)
    return own[1] if own else None


def reason(code: str | None) -> str:
    """Return why a score has no value, in a sentence."""
    found = REASONS.get(code or "")
    return t(found) if found else t("값을 정할 수 없습니다.", "It has no value.")


def _row(name: str, score: ScoreView, kind: str) -> intervals.Row:
    low, high = score.ci or (None, None)
    return intervals.Row(name, score.value, low, high, kind)


def unit(entry: MetricEntry) -> str:
    """Return in what a metric is measured."""
    of_estimates = t("단위는 추정값과 같음", "in the unit of the estimates")
    units = {
        "rmse": of_estimates,
        "bias": of_estimates,
        "interval_score": of_estimates,
        "coverage": t("구간의 비율", "share of intervals"),
        "d_calibration": t("p값", "p-value"),
        "net_benefit": t("환자 한 명에 대한 값", "per patient"),
    }
    return units.get(entry.name, t("단위 없음", "no unit"))
