"""Whether a file is better than the team's last: the paired difference where it may be told, and why it is not where it may not."""

from collections.abc import Sequence
from dataclasses import dataclass

from arena.hosting import Hosted
from arena.viewing import ScoreView, SubmissionView, differences
from arena.web import answers, formatting, measures, reader, reports
from arena.web.charts import intervals
from arena.web.charts.svg import Words
from arena.web.figures import Figure
from arena.web.rendering import t
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class Better:
    """The sentences that answer, with the same differences drawn where there are any."""

    sentences: tuple[str, ...]
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class _Row:
    series: str
    name: str
    key: str
    difference: ScoreView
    own: bool


def better(hosted: Hosted, view: SubmissionView) -> Better | None:
    """Return the answer for a file whose scores are shown."""
    if not view.scores or not hosted.definition.metrics:
        return None
    if hosted.gated:
        return Better((_not_told(),), None)
    found = (view.report or {}).get("previous")
    sentences, rows = [], []
    if found:
        name = t(f"제출 {found['number']}", f"submission {found['number']}")
        entry = hosted.definition.primary
        known = differences(found["differences"])
        score = known.get(entry.key)
        if score is not None and score.value is not None:
            sentences.append(_compared(hosted, name, score))
        else:
            sentences.append(
                t(f"이 파일과 {name}의 차이는 낼 수 없습니다.", f"The difference from {name} is undefined.")
            )
        rows += [_Row("previous", name, key, one, own=True) for key, one in known.items()]
    elif view.number == 1:
        sentences.append(
            t(
                "우리 팀의 첫 파일이므로 견줄 앞선 파일이 없습니다.",
                "This is your team’s first file: there is no earlier one to compare with.",
            )
        )
    own = reports.primary(hosted, view)
    if own is not None and (apart := reports.difference(own[1])) is not None:
        score = ScoreView(apart[0], own[1].difference_se, (apart[1], apart[2]))
        name = t(hosted.definition.reference.title) if hosted.definition.reference else t("영 모형", "the null model")
        sentences.append(_compared(hosted, t(f"기준 모형({name})", f"the reference baseline, “{name}”,"), score))
        rows.append(_Row("reference", name, hosted.definition.primary.key, score, own=False))
    return Better(tuple(sentences), _figure(hosted, rows)) if sentences else None


def _not_told() -> str:
    return t(
        "앞선 파일과의 차이는 말하지 않습니다. 다른 제출은 보이던 상태 그대로 남으며, 이 파일의 점수와 차이를 알면 그 파일의 숨긴 점수도 알게 되기 때문입니다. 공개 환자에서 앞선 파일보다 유의하게 나았는지는 위에 적은 공개 전의 판정이 말합니다.",
        "No difference from an earlier file is told: your other submissions keep their shown state, and this file’s score with the difference "
        "would give theirs away. Whether it was significantly better than what came before, on the public patients, is what the decision before the reveal says.",
    )


def _compared(hosted: Hosted, name: str, score: ScoreView) -> str:
    entry = hosted.definition.primary
    value, (low, high) = score.value or 0.0, score.ci or (0.0, 0.0)
    written = _written(score, answers.digits(entry))
    rows = Text("효과", "effects") if hosted.definition.kind == "effect" else Text("환자", "patients")
    head = t(
        f"같은 {rows.ko}에서 이 파일과 {name}의 {measures.name(entry)} 차이는 {written}입니다. ",
        f"On the same {rows.en} this file differs from {name} by {written} in {measures.name(entry)}. ",
    )
    if score.ci is None:
        return head + t(
            "이 지표에는 표준오차가 없어 우연인지는 말할 수 없습니다.",
            "This metric has no standard error, so whether chance explains it cannot be said.",
        )
    if low <= 0 <= high:
        return head + t("구간이 0을 품으므로 우연일 수 있습니다.", "The interval holds 0, so chance may explain it.")
    if (value > 0) == (hosted.better == "higher"):
        return head + t("우연으로 보기 어려울 만큼 더 낫습니다.", "It is better by more than chance explains.")
    return head + t("우연으로 보기 어려울 만큼 더 못합니다.", "It is worse by more than chance explains.")


def _written(score: ScoreView, digits: int) -> str:
    value = formatting.signed(score.value or 0.0, digits)
    if score.ci is None:
        return value
    return f"{value} ({t('95% 신뢰구간', '95% CI')} {formatting.interval(*score.ci, digits, reader.language())})"


def _figure(hosted: Hosted, rows: Sequence[_Row]) -> Figure | None:
    entry = hosted.definition.primary
    drawn = [
        intervals.Row(row.name, row.difference.value, *row.difference.ci, kind="you" if row.own else "")
        for row in rows
        if row.key == entry.key and row.difference.value is not None and row.difference.ci
    ]
    if not drawn:
        return None
    entries = {one.key: one for one in hosted.definition.metrics}
    told = [one.name for one in drawn if one.low is not None and one.high is not None and not one.low <= 0 <= one.high]
    finding = (
        t(
            f"우연으로 보기 어려운 차이: {', '.join(told)}.",
            f"It differs by more than chance from {' and from '.join(told)}.",
        )
        if told
        else t("모든 구간이 0을 품습니다.", "Every interval holds 0.")
    )
    label = t("앞선 파일과 기준 모형에서의 차이", "Differences from the file before and from the baseline")
    return Figure(
        intervals.forest(
            Words("differences", label, finding),
            drawn,
            t("차이: ", "Difference in ") + measures.axis(entry),
            decimals=answers.digits(entry),
            differences=True,
        ),
        label,
        t(
            "같은 환자에서의 짝지은 차이와 95% 신뢰구간입니다. 파선은 차이가 없는 자리입니다.",
            "Paired differences on the same patients, with 95% confidence intervals. The dashed line is no difference.",
        ),
        (t("무엇과의 차이", "Difference from"), t("지표", "Metric"), t("차이 (95% 신뢰구간)", "Difference (95% CI)")),
        tuple(
            (row.name, measures.name(entries[row.key]), _written(row.difference, answers.digits(entries[row.key])))
            for row in rows
            if row.key in entries and row.difference.value is not None
        ),
        name="differences",
        finding=finding,
        header=("series", "name", "metric", "value", "se", "low", "high"),
        numbers=tuple(
            (
                row.series,
                row.name,
                row.key,
                row.difference.value,
                row.difference.se,
                *(row.difference.ci or (None, None)),
            )
            for row in rows
        ),
    )
