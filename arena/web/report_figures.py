"""The figures of a report that show scores: the shown state before the reveal, after it scores, differences and subgroups."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from arena.hosting import Hosted
from arena.leaderboards import Board
from arena.spreadsheets import Cell
from arena.viewing import ScoreView, SubmissionView
from arena.web import formatting, measures, reader, reports
from arena.web.figures import Figure
from arena.web.rendering import t

INTERVAL = ("value", "se", "low", "high")


def shown(hosted: Hosted, views: Sequence[SubmissionView]) -> Figure | None:
    """Return the team's shown score on its grid, beside what every baseline has in the training file."""
    chart = reports.shown(hosted, views)
    if not chart:
        return None
    facts = hosted.facts
    decimals = measures.decimals(hosted)
    step, se, reference = float(facts["step"]), float(facts["se"]), float(facts["baseline_value"])
    own = next((view for view in views if view.decision == "accepted" and view.shown_value is not None), None)
    value = own.shown_value if own else None
    trained = facts.get("baselines", {})
    rows: list[tuple[Cell, ...]] = [("shown", "", value, se if value is not None else None)]
    rows += [("baseline", one.name, trained.get(one.name), None) for one in hosted.definition.baselines]
    cells = [
        (t("우리 팀", "Your team"), _number(value, decimals), "–" if value is None else f"±{formatting.plain(se)}")
    ]
    cells += [(t(one.title), _number(trained.get(one.name), decimals), "–") for one in hosted.definition.baselines]
    if value is None:
        finding = t(
            "받아들인 파일이 아직 없어 보이는 점수가 없습니다.",
            "No file has been accepted yet, so there is no shown score.",
        )
    else:
        steps = round(abs(value - reference) / step)
        written = formatting.number(value, decimals)
        finding = t(
            f"보이는 점수는 {written}, 기준 모형에서 {steps}눈금 떨어져 있습니다.",
            f"The shown score is {written}, {formatting.plural(steps, 'step')} from the baseline.",
        )
    caption = t(
        f"받아들인 파일의 점수를 {formatting.plain(step)} 눈금으로 반올림해 적습니다. 가로선은 표준오차 ±{formatting.plain(se)}이며 모든 팀에 같습니다. 기준 모형의 값은 학습 자료에서 잰 것입니다.",
        f"Scores of accepted files are rounded to steps of {formatting.plain(step)}. The bar is the standard error, ±{formatting.plain(se)}, "
        "the same for every team. Baselines have the values that they reach in the training file.",
    )
    return Figure(
        chart,
        t("보이는 점수와 그 눈금", "The shown score on its grid"),
        caption,
        (t("무엇", "What"), measures.name(hosted.definition.primary), t("표준오차", "SE")),
        tuple(cells),
        name="shown",
        finding=finding,
        header=("series", "name", "value", "se"),
        numbers=tuple(rows),
    )


def history(hosted: Hosted, views: Sequence[SubmissionView], at: datetime) -> Figure | None:
    """Return how the team's shown score moved, with every decision."""
    chart = reports.history(hosted, views, at)
    if not chart:
        return None
    decimals, zone = measures.decimals(hosted), ZoneInfo(hosted.definition.calendar.timezone)
    ordered = sorted(views, key=lambda view: view.received_at)
    moved = [view for view in ordered if view.decision == "accepted" and view.shown_value is not None]
    finding = t(
        f"제출 {len(ordered)}번 가운데 {len(moved)}번을 받아들였습니다.",
        f"{len(moved)} of {formatting.plural(len(ordered), 'submission')} {'was' if len(moved) == 1 else 'were'} accepted.",
    )
    return Figure(
        chart,
        t("보이는 점수의 기록", "How the shown score moved"),
        t(
            "찬 점은 받아들인 제출, 선 아래 작은 점은 유의하게 나아지지 않은 제출입니다. 판정이 바뀌지 않으면 선도 움직이지 않습니다.",
            "Filled dots are accepted submissions, specks below the line those that were no significant improvement. The line moves only "
            "when a decision does.",
        ),
        (t("제출", "No."), t("접수", "Received"), t("판정", "Decision"), t("보이는 점수", "Shown score")),
        tuple(
            (
                str(view.number),
                formatting.day(view.received_at, reader.language(), zone),
                decided(view),
                _number(view.shown_value, decimals),
            )
            for view in ordered
        ),
        name="history",
        finding=finding,
        header=("submission", "received_at", "decision", "shown_value"),
        numbers=tuple(
            (view.number, view.received_at, view.decision or view.status, view.shown_value) for view in ordered
        ),
    )


def decided(view: SubmissionView) -> str:
    """Return what became of a submission, in two words."""
    words = {
        "accepted": t("받아들임", "accepted"),
        "not_improved": t("유의하게 나아지지 않음", "no significant improvement"),
        "kept": t("보관함", "kept"),
        "shown": t("채점함", "scored"),
    }
    if view.status == "failed":
        return t("채점하지 못함", "not scored")
    return words.get(view.decision or "", t("기다리는 중", "waiting"))


def scores(hosted: Hosted, view: SubmissionView, board: Board) -> Figure | None:
    """Return the primary score beside the baselines' on the same patients."""
    chart, own = reports.forest(hosted, view, board), reports.primary(hosted, view)
    if not chart or own is None or own[1].value is None:
        return None
    score = own[1]
    entry = hosted.definition.primary
    metric = measures.metric(entry)
    bases = [
        (row.baseline or "", t(*row.title), row.scores[entry.key])
        for row in board.rows
        if row.baseline is not None and entry.key in row.scores
    ]
    finding = t(
        f"이 파일의 {formatting.particle(measures.name(entry), '은', '는')} {_with_interval(score, metric.decimals)}입니다.",
        f"This file has {measures.name(entry)} {_with_interval(score, metric.decimals)}.",
    )
    if valued := [one for one in bases if one[2].value is not None]:
        sign = 1 if hosted.better == "higher" else -1
        _, name, best = max(valued, key=lambda one: sign * (one[2].value or 0.0))
        value = formatting.number(best.value or 0.0, metric.decimals)
        finding = t(
            f"{finding[:-1]}. 기준 모형 가운데 가장 나은 것({name})은 {value}입니다.",
            f"{finding[:-1]}; the best of the baselines, “{name}”, has {value}.",
        )
    caption = (
        t("이 지표에는 표준오차가 없습니다.", "This metric has no standard error.")
        if not metric.has_se
        else t(
            "가로선은 95% 신뢰구간입니다. 구간이 겹쳐도 같은 환자에서의 차이는 구별될 수 있습니다.",
            "Bars are 95% confidence intervals. Intervals may overlap and the paired difference on the same patients still be told apart.",
        )
    )
    everyone = [("submission", view.team, score), *(("baseline", name, one) for _, name, one in bases)]
    tidy = [("submission", "", score), *(("baseline", key, one) for key, _, one in bases)]
    return Figure(
        chart,
        t("점수와 기준 모형", "The score and the baselines"),
        caption,
        (t("무엇", "What"), f"{measures.name(entry)} {t('(95% 신뢰구간)', '(95% CI)')}", t("표준오차", "SE")),
        tuple((name, _with_interval(one, metric.decimals), _se(one, metric.decimals)) for _, name, one in everyone),
        name="scores",
        finding=finding,
        header=("series", "name", *INTERVAL),
        numbers=tuple((series, name, *_numbers(one)) for series, name, one in tidy),
    )


def subgroups(hosted: Hosted, view: SubmissionView, found: Sequence[reports.Subgroup]) -> Figure | None:
    """Return the primary score by subgroup, the masked cells masked."""
    whole = reports.primary_score(hosted, view)
    chart = reports.subgroup_forest(hosted, found, whole)
    if not chart:
        return None
    entry = hosted.definition.primary
    decimals = measures.metric(entry).decimals
    valued = [one for one in found if not one.masked and one.score.value is not None]
    finding = t("보일 수 있는 하위 집단이 없습니다.", "No subgroup may be shown.")
    if valued:
        lowest, highest = (pick(valued, key=lambda one: one.score.value or 0.0) for pick in (min, max))
        low, high = (formatting.number(one.score.value or 0.0, decimals) for one in (lowest, highest))
        finding = t(
            f"{measures.name(entry)} 값은 {lowest.label}에서 가장 낮고({low}) {highest.label}에서 가장 높습니다({high}).",
            f"{measures.name(entry)} is lowest in {lowest.label} ({low}) and highest in {highest.label} ({high}).",
        )
    masked = t("가림", "masked")
    has_events = any(one.events is not None for one in found)
    columns = [t("집단", "Group"), t("환자", "Patients"), *([t("사건", "Events")] if has_events else [])]
    return Figure(
        chart,
        t("미리 정한 하위 집단의 점수", "Scores in the subgroups declared beforehand"),
        t(
            "가로선은 95% 신뢰구간입니다. 환자가 10명보다 적거나 사건 또는 사건 없는 환자가 5명보다 적은 칸과, 뺄셈으로 드러날 칸은 가립니다.",
            "Bars are 95% confidence intervals. Cells with fewer than ten patients, or fewer than five events or non-events, are masked, and so "
            "are cells that subtraction would reveal.",
        ),
        (*columns, f"{measures.name(entry)} {t('(95% 신뢰구간)', '(95% CI)')}"),
        tuple(_subgroup(one, decimals, masked, has_events=has_events) for one in found),
        name="subgroups",
        finding=finding,
        header=("column", "group", "masked", "rows", "events", *INTERVAL, "reason"),
        numbers=tuple(
            (
                one.column,
                one.value,
                "yes" if one.masked else "no",
                *([None] * 6 if one.masked else [one.rows, one.events, *_numbers(one.score)]),
                one.score.reason,
            )
            for one in found
        ),
    )


def _subgroup(one: reports.Subgroup, decimals: int, masked: str, *, has_events: bool) -> tuple[str, ...]:
    if one.masked:
        return (one.label, *[masked] * (3 if has_events else 2))
    score = reports.reason(one.score.reason) if one.score.value is None else _with_interval(one.score, decimals)
    events = ["–" if one.events is None else formatting.count(one.events)] if has_events else []
    return (one.label, formatting.count(one.rows or 0), *events, score)


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else formatting.number(value, decimals)


def _numbers(score: ScoreView) -> tuple[Cell, ...]:
    low, high = score.ci or (None, None)
    return score.value, score.se, low, high


def _se(score: ScoreView, decimals: int) -> str:
    return _number(score.se, min(decimals + 1, 4))


def _with_interval(score: ScoreView, decimals: int) -> str:
    if score.value is None:
        return "–"
    low, high = score.ci or (None, None)
    return formatting.scored(score.value, low, high, decimals, reader.language())
