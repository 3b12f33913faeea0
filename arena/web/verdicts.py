"""The outcome of a submission in words: what was decided, and what follows from it."""

from dataclasses import dataclass

from arena.hosting import Hosted
from arena.viewing import ScoreView, SubmissionView
from arena.web import formatting, measures, reader, reports
from arena.web.rendering import t


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome in words: the state's colour and word, the headline, what follows from it."""

    kind: str  # good | bad | warn | empty
    state: str
    headline: str
    lead: str


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
    own = reports.primary(hosted, view)
    if own is not None:
        return _scored(hosted, own[1])
    return _gated(hosted, view)


def _scored(hosted: Hosted, score: ScoreView) -> Verdict:
    entry = hosted.definition.primary
    name = measures.name(entry)
    decimals = measures.metric(entry).decimals
    if score.value is None:
        return Verdict(
            "warn",
            t("값이 없음", "No value"),
            t(f"{name} 값을 낼 수 없습니다", f"{name} is undefined"),
            reports.reason(score.reason),
        )
    written = formatting.number(score.value, decimals)
    low_high = formatting.interval(*score.ci, decimals, reader.language()) if score.ci else ""
    lead = t(f"{name} {written}", f"{name} is {written}") + (
        t(f" (95% 신뢰구간 {low_high})", f" (95% CI {low_high})") if low_high else ""
    )
    apart = reports.difference(score)
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
            )
            if not view.late
            else t(
                "이 파일은 넘어야 할 것, 곧 기준 모형이나 팀에서 마지막으로 받아들인 파일보다 유의하게 나았습니다. 마감 뒤에 냈으므로 순위는 그대로입니다.",
                "This file was significantly better than what it had to beat: the baseline, or your team’s last "
                "accepted file. It came after the close, so your rank stays as it is.",
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
