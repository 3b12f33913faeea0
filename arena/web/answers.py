"""What a final's report says to the challenge's question: its gain over the reference, and over the team's own second file."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from arena.hosting import Hosted
from arena.viewing import ScoreView, SubmissionView
from arena.web import formatting, measures, reader, reports
from arena.web.charts import intervals
from arena.web.charts.svg import Words
from arena.web.figures import Figure
from arena.web.rendering import t
from challenges.definition import MetricEntry


@dataclass(frozen=True, slots=True)
class Row:
    """One paired difference: from what (the second file or the reference, and its title), in which metric, how much."""

    role: str
    name: str
    entry: MetricEntry
    value: float
    low: float
    high: float
    series: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The question, the sentences that answer it, and the same differences drawn and as rows of a table."""

    question: str
    sentences: tuple[str, ...]
    chart: Markup
    rows: tuple[Row, ...]

    def figure(self) -> Figure | None:
        """Return the differences as a figure of the report; none where there are none."""
        if not self.chart:
            return None
        return Figure(
            self.chart,
            t("최종 제출이 나은 폭", "What the final gains"),
            t(
                "비공개 환자에서의 짝지은 차이와 95% 신뢰구간입니다. 파선은 차이가 없는 자리입니다.",
                "Paired differences on the private patients, with 95% confidence intervals. The dashed line is no difference.",
            ),
            (
                t("무엇과의 차이", "Difference from"),
                t("지표", "Metric"),
                t("차이 (95% 신뢰구간)", "Difference (95% CI)"),
            ),
            tuple((f"{row.role}: {row.name}", measures.name(row.entry), _cell(row)) for row in self.rows),
            name="answer",
            finding=", ".join(
                f"{row.role} {formatting.signed(row.value, digits(row.entry))}"
                for row in self.rows
                if row.entry.primary
            ),
            header=("from", "name", "metric", "value", "low", "high"),
            numbers=tuple((row.series, row.name, row.entry.key, row.value, row.low, row.high) for row in self.rows),
        )


def answer(hosted: Hosted, view: SubmissionView) -> Answer | None:
    """Return the answer of a final whose full scores are shown; none before the reveal, or where nothing is asked."""
    asked = hosted.definition.companion
    scores = view.scores.get("private")
    if asked is None or not view.final or scores is None:
        return None
    gains = {key: _gain(score) for key, score in scores.items()}
    reference = _rows(hosted, t("기준 모형", "Reference baseline"), _reference_name(hosted), gains, "reference")
    differences = view.companion.differences if view.companion else {}
    own = _rows(hosted, t("둘째 파일", "Second file"), t(asked.title), differences, "companion")
    rows = (*own, *reference)
    return Answer(
        t(asked.question), tuple(_sentences(hosted, view, reference, own)), _chart(hosted, own, reference), rows
    )


def _reference_name(hosted: Hosted) -> str:
    found = hosted.definition.reference
    return t(found.title) if found else t("영 모형", "The null model")


def _gain(score: ScoreView) -> ScoreView:
    apart = reports.difference(score)
    return ScoreView(None) if apart is None else ScoreView(apart[0], score.difference_se, (apart[1], apart[2]))


def _rows(hosted: Hosted, role: str, name: str, found: dict[str, ScoreView], series: str) -> list[Row]:
    entries = [one for one in (hosted.definition.primary, hosted.definition.tie_break) if one is not None]
    known = [(entry, found[entry.key]) for entry in entries if entry.key in found]
    return [
        Row(role, name, entry, score.value, *score.ci, series)
        for entry, score in known
        if score.value is not None and score.ci
    ]


def _sentences(hosted: Hosted, view: SubmissionView, reference: Sequence[Row], own: Sequence[Row]) -> list[str]:
    said = [_compared(hosted, row) for row in (*own, *reference) if row.entry.primary]
    if view.companion is None:
        said.append(
            t(
                "둘째 파일을 내지 않았으므로 기준 모형과만 견줍니다. 그 차이에는 모형을 잘 세운 몫도 들어 있습니다.",
                "No second file came with this submission, so it is compared with the reference only. That difference also "
                "holds whatever else your model does better.",
            )
        )
    elif not own:
        said.append(t("둘째 파일과의 차이는 낼 수 없습니다.", "The difference from the second file is undefined."))
    else:
        said.append(
            t(
                "두 파일의 모형이 그 변수 말고는 같을 때, 둘째 파일과의 차이가 질문에 대한 답입니다. 기준 모형과의 차이에는 모형을 잘 세운 몫도 들어 있습니다.",
                "If the models behind your two files differ in nothing else, the difference from the second file is the answer. "
                "The difference from the reference also holds whatever else your model does better.",
            )
        )
    return said


def _compared(hosted: Hosted, row: Row) -> str:
    metric, written = measures.name(row.entry), _written(row)
    head = t(
        f"{row.role}({row.name})과의 {metric} 차이는 비공개 환자에서 {written}입니다. ",
        f"On the private patients this file differs from the {row.role.lower()}, “{row.name}”, by {written} in {metric}. ",
    )
    sign = 1 if hosted.better == "higher" else -1
    if row.low <= 0 <= row.high:
        return head + t("구간이 0을 품으므로 우연일 수 있습니다.", "The interval holds 0, so chance may explain it.")
    if sign * row.value > 0:
        return head + t("우연으로 보기 어려울 만큼 더 낫습니다.", "It is better by more than chance explains.")
    return head + t("우연으로 보기 어려울 만큼 더 못합니다.", "It is worse by more than chance explains.")


def _cell(row: Row) -> str:
    between = formatting.interval(row.low, row.high, digits(row.entry), reader.language())
    return f"{formatting.signed(row.value, digits(row.entry))} ({between})"


def _written(row: Row) -> str:
    decimals = digits(row.entry)
    between = formatting.interval(row.low, row.high, decimals, reader.language())
    return f"{formatting.signed(row.value, decimals)} ({t('95% 신뢰구간', '95% CI')} {between})"


def digits(entry: MetricEntry) -> int:
    """Return the decimals of a difference: one more than a score has, since it is so much smaller."""
    return measures.metric(entry).decimals + 1


def _chart(hosted: Hosted, own: Sequence[Row], reference: Sequence[Row]) -> Markup:
    entry = hosted.definition.primary
    drawn = [
        intervals.Row(row.role, row.value, row.low, row.high, kind)
        for rows, kind in ((own, "you"), (reference, ""))
        for row in rows
        if row.entry.key == entry.key
    ]
    if not drawn:
        return Markup()
    finding = ", ".join(f"{row.name} {formatting.signed(row.value or 0.0, digits(entry))}" for row in drawn)
    title = t("최종 제출과의 차이", "Differences from the final")
    label = t("차이: ", "Difference in ") + measures.axis(entry)
    return intervals.forest(Words("answer", title, finding), drawn, label, decimals=digits(entry), differences=True)
