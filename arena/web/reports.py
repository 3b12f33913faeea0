"""What a report says of one submission: the verdict in words, the scores in rows, the figures."""

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
class Verdict:
    """The outcome in words: the state's colour and word, the headline, what follows from it."""

    kind: str  # good | bad | warn | empty
    state: str
    headline: str
    lead: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One metric of a report's table, with the paired difference from the reference where it is known."""

    entry: MetricEntry
    score: ScoreView
    difference: tuple[float, float, float] | None


def verdict(hosted: Hosted, view: SubmissionView) -> Verdict:
    """Return what became of a submission, by its shown state alone before the reveal."""
    if view.status == "failed":
        return Verdict(
            "warn",
            t("채점하지 못함", "Not scored"),
            t("우리 쪽의 문제로 멈췄습니다", "It stopped through a fault of ours"),
            t(
                "제출 횟수를 돌려드렸습니다. 파일은 안전합니다. 다시 올려도 됩니다.",
                "The submission was given back and the file is safe. You may upload it again.",
            )
            if view.refunded
            else t(
                "파일은 안전하며 저절로 다시 채점합니다. 하실 일은 없습니다.",
                "The file is safe and will be scored again by itself. There is nothing to do.",
            ),
        )
    if view.status != "scored":
        line = view.place_in_line or 1
        return Verdict(
            "",
            t("채점하는 중", "Being scored") if view.status == "scoring" else t("접수함", "Received"),
            t("지금 채점하고 있습니다", "It is being scored now")
            if view.status == "scoring"
            else t("접수했고 차례를 기다립니다", "Received, and waiting its turn"),
            t(
                f"앞에서 {line}번째입니다. 이 화면은 저절로 바뀝니다.",
                f"Number {line} in line. This page changes by itself.",
            ),
        )
    own = _primary(hosted, view)
    if own is not None:
        return _scored(hosted, own[1])
    return _gated(hosted, view)


def _primary(hosted: Hosted, view: SubmissionView) -> tuple[str, ScoreView] | None:
    if not hosted.definition.metrics:
        return None
    key = hosted.definition.primary.key
    for split in ("private", "public", "all"):
        if key in view.scores.get(split, {}):
            return split, view.scores[split][key]
    return None


def _scored(hosted: Hosted, score: ScoreView) -> Verdict:
    entry = hosted.definition.primary
    name = measures.name(entry)
    decimals = measures.metric(entry).decimals
    if score.value is None:
        return Verdict(
            "warn",
            t("값이 없음", "No value"),
            t(f"{name} 값을 낼 수 없습니다", f"{name} is undefined"),
            reason(score.reason),
        )
    written = formatting.number(score.value, decimals)
    low_high = formatting.interval(*score.ci, decimals, reader.language()) if score.ci else ""
    lead = t(f"{name} {written}", f"{name} is {written}") + (
        t(f" (95% 신뢰구간 {low_high})", f" (95% CI {low_high})") if low_high else ""
    )
    apart = difference(score)
    if apart is None:
        ending = t("입니다.", ".")
        return Verdict("good", t("채점함", "Scored"), f"{name} {written}", lead + ending)
    value, low, high = apart
    sign = 1 if hosted.better == "higher" else -1
    gain = f"{formatting.signed(value, decimals)} ({formatting.interval(low, high, decimals, reader.language())})"
    lead += t(f"이고, 기준 모형과의 차이는 {gain}입니다.", f"; the difference from the reference baseline is {gain}.")
    if sign * value > 0 and (low > 0 or high < 0):
        return Verdict(
            "good",
            t("기준보다 나음", "Better than the baseline"),
            t("기준보다 유의하게 나아졌습니다", "Significantly better than the baseline"),
            lead,
        )
    if low > 0 or high < 0:
        return Verdict(
            "bad",
            t("기준보다 못함", "Worse than the baseline"),
            t("기준보다 유의하게 못합니다", "Significantly worse than the baseline"),
            lead,
        )
    return Verdict(
        "",
        t("기준과 구별되지 않음", "Not told apart from the baseline"),
        t("기준과 구별되지 않습니다", "It cannot be told apart from the baseline"),
        lead,
    )


def _gated(hosted: Hosted, view: SubmissionView) -> Verdict:
    if view.decision == "accepted":
        decimals = measures.decimals(hosted)
        if view.shown_value is not None:
            value = formatting.number(view.shown_value, decimals)
            headline = t(
                f"보이는 점수가 {formatting.particle(value, '이', '가')} 되었습니다", f"The shown score is now {value}"
            )
        else:
            headline = t("유의하게 나아졌습니다", "A significant improvement")
        return Verdict(
            "good",
            t("받아들임", "Accepted"),
            headline,
            t(
                "이 파일은 넘어야 할 것, 곧 기준 모형이나 팀에서 마지막으로 받아들인 파일보다 유의하게 나았습니다. 보이는 점수와 순위가 이 파일을 따릅니다.",
                "This file was significantly better than what it had to beat: the baseline, or your team’s last "
                "accepted file. Your shown score and rank now follow it.",
            ),
        )
    if view.decision == "kept":
        return Verdict(
            "",
            t("보관함", "Kept"),
            t("보관했으며 마감 뒤에 판정합니다", "Kept, to be judged after the close"),
            t(
                "받아들일 수 있는 세 번을 모두 썼습니다. 이 파일은 최종 제출로 고를 수 있고, 점수는 결과 공개 때 나옵니다.",
                "All three acceptances are used. This file can still be your final; its score comes with the reveal.",
            ),
        )
    return Verdict(
        "",
        t("받아들이지 않음", "Not accepted"),
        t("유의하게 나아지지 않았습니다", "No significant improvement"),
        t(
            "보이는 점수와 순위는 바뀌지 않습니다. 얼마나 모자랐는지는 숨긴 결과를 지키기 위해 말하지 않습니다.",
            "The shown score and rank do not change. By how much it fell short is not told, to protect the sealed outcomes.",
        ),
    )


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


def history(hosted: Hosted, views: Sequence[SubmissionView], at: datetime) -> Markup:
    """Return how the team's shown score moved over the calendar."""
    facts, row = hosted.facts, hosted.row
    if (
        not views
        or not hosted.gated
        or not facts.get("step")
        or facts.get("baseline_value") is None
        or row.opens_at is None
    ):
        return Markup()
    closes = row.closes_at or at + timedelta(days=1)
    zone, language = ZoneInfo(hosted.definition.calendar.timezone), reader.language()
    decimals = measures.decimals(hosted)
    value: float | None = None
    events = []
    for view in sorted(views, key=lambda one: one.received_at):
        accepted = view.decision == "accepted" and view.shown_value is not None
        value = view.shown_value if accepted else value
        events.append(
            step_line.Event(view.received_at, t(f"제출 {view.number}", f"no. {view.number}"), value, accepted)
        )
    moved = sum(1 for event in events if event.accepted)
    finding = t(
        f"제출 {len(events)}번 가운데 {moved}번이 보이는 점수를 바꿨습니다.",
        f"{moved} of {formatting.plural(len(events), 'submission')} moved the shown score.",
    )
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
        Words("history", t("우리 팀의 보이는 점수", "Your team’s shown score"), finding),
        events,
        frame,
        (float(facts["baseline_value"]), t("기준 모형", "baseline")),
        t("보이는 ", "Shown ") + measures.axis(hosted.definition.primary),
        step=float(facts["step"]),
        decimals=decimals,
    )


def forest(hosted: Hosted, view: SubmissionView, board: Board) -> Markup:
    """Return the submission's primary score beside the baselines' on the same split."""
    own = _primary(hosted, view)
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


def subgroups(hosted: Hosted, view: SubmissionView, codes: Mapping[str, Mapping[str, str]]) -> list[Subgroup]:
    """Return the declared subgroups of the worker's report; `codes` tell what a column's values mean."""
    found = []
    for group in (view.report or {}).get("subgroups", []) if view.scores else []:
        meanings = codes.get(group["column"], {})
        for one in group["values"]:
            ci = (one["ci"][0], one["ci"][1]) if one.get("ci") else None
            score = ScoreView(one.get("score"), one.get("se"), ci, one.get("reason"))
            value = code_words.plain(meanings.get(one["value"], one["value"]))
            found.append(Subgroup(group["column"], value, one["masked"], one.get("rows"), one.get("events"), score))
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
    own = _primary(hosted, view)
    return own[1] if own else None


def reason(code: str | None) -> str:
    """Return why a score has no value, in a sentence."""
    found = REASONS.get(code or "")
    return t(found) if found else t("값을 정할 수 없습니다.", "It has no value.")


def _row(name: str, score: ScoreView, kind: str) -> intervals.Row:
    low, high = score.ci or (None, None)
    return intervals.Row(name, score.value, low, high, kind)
