"""A submission's fate in words, for the shell."""

from collections.abc import Callable
from datetime import datetime

from arena import wire
from arena.cli.words import number, said, tell
from challenges.text import Text

DECISIONS = {
    "accepted": Text(
        "받아들였습니다. 기준 모형보다 {gain} 나아진 것으로 보입니다.",
        "Accepted. The gain over the reference baseline is shown as {gain}.",
    ),
    "not_improved": Text(
        "유의한 향상이 없습니다. 앞서 받아들인 파일이 그대로 남습니다.",
        "No significant improvement. The file accepted before stands.",
    ),
    "kept": Text(
        "보관했습니다. 마감 전에 더 받아들이지 않으며, 마감 뒤에 평가합니다.",
        "Kept. No more files are accepted before the close; it is judged afterwards.",
    ),
    "shown": Text("채점했습니다.", "Scored."),
}
FAILED = Text(
    "우리 쪽의 문제로 채점하지 못했습니다. 제출 횟수는 돌려드렸으니 다시 내십시오.",
    "It could not be scored through a fault of ours. The submission is refunded; send it again.",
)
WAITING = Text("기다리는 중입니다({place}번째) …", "Waiting (number {place} in line) …")
COMPANION = Text(
    "둘째 파일도 받았습니다. 결과를 공개할 때, 이 제출이 최종이면 둘을 견줍니다.",
    "The second file is received too. If this is your final, the two are compared at the reveal.",
)
SCORING = Text("채점하는 중입니다 …", "Scoring …")


def decision(found: wire.Submission, metrics: list[wire.Metric]) -> list[str]:
    """Return what became of a submission: the decision, then the scores that may be shown."""
    lines = []
    if found.status == "failed":
        lines.append(said(*FAILED))
    if found.decision in DECISIONS:
        lines.append(said(*DECISIONS[found.decision].format(gain=number(found.shown_gain, signed=True))))
    if found.companion is not None and not found.companion.differences:
        lines.append(said(*COMPANION))
    places = {metric.key: metric.decimals for metric in metrics}
    for split, scores in found.scores.items():
        for key, score in scores.items():
            lines.append(f"  {split}  {key:<24} {_score(score, places.get(key, 4))}")
    for key, score in (found.companion.differences if found.companion else {}).items():
        name = said("둘째 파일과의 차이", "less second file")
        lines.append(f"  {name}  {key:<24} {_score(score, places.get(key, 4))}")
    return lines


def _score(score: wire.Score, decimals: int) -> str:
    if score.value is None:
        return f"– ({score.reason})"
    interval = f"  [{number(score.ci[0], decimals)}, {number(score.ci[1], decimals)}]" if score.ci else ""
    return number(score.value, decimals) + interval


def told_while_waiting() -> Callable[[wire.Submission], None]:
    """Return a listener that says each new state of a submission once."""
    before: list[Text] = []

    def told(found: wire.Submission) -> None:
        if found.finished:
            return
        text = SCORING if found.status == "scoring" else WAITING.format(place=found.place_in_line or 1)
        if before[-1:] != [text]:
            before.append(text)
            tell(text)

    return told


def left(quota: wire.Quota) -> str:
    """Return what a team has used today, what is left, when that renews, and what is left in all."""
    renewed = local(quota.renews_at)
    return said(
        f"오늘 {quota.per_day}번 가운데 {quota.used_today}번 썼고 {quota.left_today}번 남았습니다({renewed}에 다시 채워집니다). 모두 {quota.total}번 가운데 {quota.left_total}번 남았습니다.",
        f"Today {quota.used_today} of {quota.per_day} submissions are used, {quota.left_today} are left (renewed at {renewed}); {quota.left_total} of {quota.total} are left in all.",
    )


def local(at: datetime | None) -> str:
    """Return a time in the zone of this computer."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z") if at is not None else "–"
