"""What is shown of a practice file: its scores, how it compares, subgroups and curves, by the parts that draw a submission's report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from arena.hosting import Hosted
from arena.practising import PracticeView
from arena.viewing import ScoreView, SubmissionView
from arena.web import formatting, measures, reader, report_curves, reports
from arena.web.answers import digits
from arena.web.charts import intervals
from arena.web.charts.svg import Words
from arena.web.figures import Group, grouped
from arena.web.rendering import t
from challenges.definition import MetricEntry

FAILURES = ("files_replaced", "not_scored")


@dataclass(frozen=True, slots=True)
class Row:
    """One metric: the score, and how much it differs from the other file's."""

    entry: MetricEntry
    score: ScoreView
    difference: ScoreView | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A practice file's report, ready for a page."""

    headline: str
    lead: str
    rows: tuple[Row, ...]
    compared: str  # the answer to "is it better than the other?", or nothing
    chart: Markup
    groups: list[reports.Subgroup]
    group_forest: Markup
    curves: list[Group]
    events: int | None


def shown(hosted: Hosted, view: PracticeView, codes: Mapping[str, Mapping[str, str]]) -> Shown:
    """Return the report of a scored file; `codes` tell what a column's values mean."""
    entries = hosted.definition.metrics
    rows = tuple(
        Row(entry, view.scores[entry.key], view.differences.get(entry.key))
        for entry in entries
        if entry.key in view.scores
    )
    as_sent = as_submission(view)
    own = view.scores.get(hosted.definition.primary.key)
    groups = reports.subgroups(hosted, as_sent, codes)
    chart = _chart(hosted, rows)
    drawn = (1 if chart else 0) + (1 if groups else 0)
    return Shown(
        _headline(hosted, own),
        _lead(hosted, own),
        rows,
        _compared(hosted, view),
        chart,
        groups,
        reports.subgroup_forest(hosted, groups, own) if groups else Markup(),
        grouped(report_curves.groups(hosted, as_sent), drawn + 1),
        (view.report or {}).get("events"),
    )


def as_submission(view: PracticeView) -> SubmissionView:
    """Return a practice file in the shape of a submission, which it is not, for the parts that draw one."""
    return SubmissionView(
        public_id=view.public_id,
        number=0,
        slug=view.slug,
        team_id=0,
        team="",
        status="scored",
        refunded=False,
        failure=None,
        received_at=view.created_at,
        decided_at=view.finished_at,
        filename=view.filename,
        file_sha256=view.file_sha256,
        rows=view.rows,
        size=view.size,
        note=view.note,
        method="",
        final=False,
        final_by_default=False,
        decision=None,
        shown_gain=None,
        shown_value=None,
        scores={"all": view.scores},
        report=view.report,
        receipt={},
    )


def _headline(hosted: Hosted, own: ScoreView | None) -> str:
    name = measures.name(hosted.definition.primary)
    if own is None or own.value is None:
        return t(f"{name} 값을 낼 수 없습니다", f"{name} is undefined")
    written = formatting.number(own.value, measures.metric(hosted.definition.primary).decimals)
    return t(f"연습 점수: {name} {written}", f"Practice score: {name} {written}")


def _lead(hosted: Hosted, own: ScoreView | None) -> str:
    if own is None or own.value is None:
        return reports.reason(own.reason if own else None)
    if own.ci is None:
        return ""
    decimals = measures.metric(hosted.definition.primary).decimals
    between = formatting.interval(*own.ci, decimals, reader.language())
    return t(f"95% 신뢰구간 {between}.", f"95% confidence interval {between}.")


def _compared(hosted: Hosted, view: PracticeView) -> str:
    """Answer whether the file is better than the other one, by the primary metric, in a sentence."""
    other = view.against_filename
    if other is None:
        return ""
    entry = hosted.definition.primary
    apart = view.differences.get(entry.key)
    name = measures.name(entry)
    if apart is None or apart.value is None or apart.ci is None:
        return t(
            f"{other} 파일과의 {name} 차이는 낼 수 없습니다.", f"The difference from {other} in {name} is undefined."
        )
    decimals = digits(entry)
    between = formatting.interval(*apart.ci, decimals, reader.language())
    written = f"{formatting.signed(apart.value, decimals)} ({t('95% 신뢰구간', '95% CI')} {between})"
    head = t(f"{other} 파일과의 {name} 차이는 {written}입니다. ", f"It differs from {other} by {written} in {name}. ")
    low, high = apart.ci
    if low <= 0 <= high:
        return head + t(
            "구간이 0을 품으므로, 검증 환자로는 둘을 구별할 수 없습니다.",
            "The interval holds 0: on the validation patients the two cannot be told apart.",
        )
    if (apart.value > 0) == (hosted.better == "higher"):
        return head + t("우연으로 보기 어려울 만큼 더 낫습니다.", "It is better by more than chance explains.")
    return head + t("우연으로 보기 어려울 만큼 더 못합니다.", "It is worse by more than chance explains.")


def _chart(hosted: Hosted, rows: tuple[Row, ...]) -> Markup:
    """Draw the primary's difference from the other file; every metric's stands in the table."""
    entry = hosted.definition.primary
    drawn = []
    for row in rows:
        if row.entry.key == entry.key and row.difference is not None and row.difference.value is not None:
            low, high = row.difference.ci or (None, None)
            drawn.append(intervals.Row(measures.name(row.entry), row.difference.value, low, high, "you"))
    if not drawn:
        return Markup()
    finding = f"{drawn[0].name} {formatting.signed(drawn[0].value or 0.0, digits(entry))}"
    title = t("견준 파일과의 차이", "Difference from the other file")
    label = t("차이: ", "Difference in ") + measures.axis(entry)
    words = Words("practice-difference", title, finding)
    return intervals.forest(words, drawn, label, decimals=digits(entry), differences=True)


def failure(code: str | None) -> str:
    """Say why a file has no score, and what to do."""
    if code == "files_replaced":
        return t(
            "이 파일을 보낸 뒤에 챌린지의 학습 자료나 검증 부분이 바뀌었습니다. 새로 받아 다시 보내십시오.",
            "The challenge’s training file or validation part was replaced after this file was sent. Download them anew and send it again.",
        )
    return t(
        "우리 쪽의 문제로 채점하지 못했습니다. 같은 파일을 다시 보내십시오.",
        "It could not be scored through a fault of ours. Send the same file again.",
    )


def summary(hosted: Hosted, view: PracticeView) -> dict[str, Any]:
    """Return one line of the history: the primary score as it is written."""
    own = view.scores.get(hosted.definition.primary.key) if hosted.definition.metrics else None
    decimals = measures.metric(hosted.definition.primary).decimals if hosted.definition.metrics else 3
    value = formatting.number(own.value, decimals) if own is not None and own.value is not None else ""
    between = formatting.interval(*own.ci, decimals, reader.language()) if value and own and own.ci else ""
    return {"view": view, "value": value, "interval": between}
