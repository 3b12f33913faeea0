"""What a file of effects claims, and in practice, where the truth is public, how far that is from it."""

from collections.abc import Sequence
from typing import Any

from arena.web import formatting, reader
from arena.web.charts import intervals
from arena.web.charts.svg import Words
from arena.web.figures import Figure
from arena.web.rendering import t


def estimates(claimed: Sequence[Sequence[Any]]) -> Figure | None:
    """Return the intervals as the file gives them; rows are [id, estimate, lower, upper] and, in practice, the truth."""
    if not claimed:
        return None
    known = len(claimed[0]) > 4
    label = t("추정한 효과와 참값", "The estimates and the truth") if known else t("추정한 효과", "The estimates")
    finding = _held(claimed) if known else _range(claimed)
    rows = [intervals.Row(one[0], one[1], one[2], one[3], truth=one[4] if known else None, note="") for one in claimed]
    caption = (
        t(
            "올린 파일에 적힌 그대로의 추정값과 구간입니다. 세로 눈금이 참값이며, 연습 챌린지의 참값은 누구나 계산할 수 있습니다.",
            "Estimates and intervals as the file gives them. Upright ticks are the true values, which in a practice challenge anybody "
            "can compute.",
        )
        if known
        else t(
            "올린 파일에 적힌 그대로의 추정값과 구간입니다. 참값은 그리지 않습니다.",
            "Estimates and intervals as the file gives them; the true values are not drawn.",
        )
    )
    columns = (t("효과", "Effect"), t("추정", "Estimate"), t("구간", "Interval"))
    return Figure(
        intervals.forest(Words("estimates", label, finding), rows, t("추정값과 구간", "Estimate and interval")),
        label,
        caption,
        (*columns, t("참값", "Truth")) if known else columns,
        tuple(_cells(*one) for one in claimed),
        name="estimates",
        finding=finding,
        header=("effect", "estimate", "lower", "upper", *(("truth",) if known else ())),
        numbers=tuple(tuple(one) for one in claimed),
    )


def _cells(name: str, estimate: float, low: float, high: float, *truth: float) -> tuple[str, ...]:
    between = formatting.interval(low, high, 4, reader.language())
    return name, formatting.signed(estimate, 4), between, *(formatting.signed(value, 4) for value in truth)


def _range(claimed: Sequence[Sequence[Any]]) -> str:
    lowest, highest = (pick(claimed, key=lambda one: one[1]) for pick in (min, max))
    return t(
        f"추정은 {lowest[0]}의 {formatting.signed(lowest[1])}부터 {highest[0]}의 {formatting.signed(highest[1])}까지입니다.",
        f"The estimates run from {formatting.signed(lowest[1])} in {lowest[0]} to {formatting.signed(highest[1])} in {highest[0]}.",
    )


def _held(claimed: Sequence[Sequence[Any]]) -> str:
    held = sum(low <= truth <= high for _, _, low, high, truth in claimed)
    furthest = max(claimed, key=lambda one: abs(one[1] - one[4]))
    apart = formatting.signed(furthest[1] - furthest[4])
    return t(
        f"구간 {len(claimed)}개 가운데 {held}개가 참값을 품습니다. 추정이 참값에서 가장 먼 것은 {furthest[0]}로, {apart}만큼 다릅니다.",
        f"{held} of {len(claimed)} intervals hold the truth. The estimate furthest from it is that of {furthest[0]}, by {apart}.",
    )
