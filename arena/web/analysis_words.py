"""The analysis in sentences: what the ranks of a challenge's finals do and do not say."""

from arena.analyses import ALPHA, Analysis, Entrant, Ordering
from arena.hosting import Hosted
from arena.web import formatting, measures
from arena.web.rendering import t
from challenges.text import Text

SCHEMES = {
    "full_sample": Text("전체 환자의 점수", "Score on all patients"),
    "aggregate_then_rank": Text("평균 점수의 순위", "Mean score, ranked"),
    "rank_then_aggregate": Text("순위의 평균", "Mean rank"),
    "test_then_rank": Text("유의하게 이긴 팀의 수", "Number of significant wins"),
}
MOST_NAMES = 4


def headline(analysis: Analysis) -> tuple[str, str]:
    """Return how sure the first place is, as a headline and a sentence."""
    leaders = _group(analysis, analysis.entrants[0].tie_group)
    times = formatting.count(analysis.replicates)
    if len(analysis.entrants) == 1:
        return t("최종 제출이 하나뿐입니다", "There is one final only"), t(
            "견줄 다른 팀이 없으므로 순위의 불확실함도 없습니다.",
            "With no other team there is nothing to compare it with.",
        )
    first = leaders[0]
    if len(leaders) == 1:
        title = t(f"‘{first.team}’ 팀이 혼자 앞섭니다", f"{first.team} is ahead alone")
        return title, t(
            f"환자를 {times}번 다시 뽑아 매긴 순위에서 {_share(first.first)}의 경우에 1위였습니다.",
            f"It ranks first in {_share(first.first)} of {times} resamples of the patients.",
        )
    title = t(f"{len(leaders)}팀이 구별되지 않는 선두입니다", f"{len(leaders)} teams lead and cannot be told apart")
    return title, t(
        f"환자를 {times}번 다시 뽑으면 {_shares(leaders)}의 경우에 1위입니다.",
        f"Over {times} resamples of the patients, first place goes to {_shares(leaders)}.",
    )


def findings(hosted: Hosted, analysis: Analysis) -> list[tuple[str, str]]:
    """Return what the analysis finds, as (finding, what it rests on)."""
    if len(analysis.entrants) == 1:
        return []
    found = [_leading(analysis), _significant(analysis), _baseline(hosted, analysis), *_rules(hosted, analysis)]
    return [one for one in found if one is not None]


def scheme(hosted: Hosted, ordering: Ordering) -> str:
    """Name the rule of an ordering: a metric as the pages call it, or a way of putting resamples together."""
    if ordering.kind == "scheme":
        return t(SCHEMES[ordering.name])
    entry = next(one for one in hosted.definition.metrics if one.key == ordering.name)
    return measures.name(entry)


def winners(analysis: Analysis, ordering: Ordering) -> list[Entrant]:
    """Return who would be first by another rule."""
    best = min(ordering.ranks)
    return [entrant for entrant, rank in zip(analysis.entrants, ordering.ranks, strict=True) if rank == best]


def changes(analysis: Analysis, ordering: Ordering) -> bool:
    """Whether somebody who is not among the announced winners would be first; choosing one of several that tie is no change."""
    return any(one.rank != 1 for one in winners(analysis, ordering))


def _group(analysis: Analysis, name: str) -> list[Entrant]:
    return [one for one in analysis.entrants if one.tie_group == name]


def _leading(analysis: Analysis) -> tuple[str, str]:
    leaders = _group(analysis, analysis.entrants[0].tie_group)
    # The group's first by the primary metric has K = 1 with itself; the others' K are over it.
    others = [one for one in leaders if one.factor is not None and one.factor != 1.0]
    largest = max((one.factor for one in others if one.factor is not None), default=None)
    if len(leaders) > 1:
        text = t(
            f"{_names(leaders)} 팀은 서로 구별되지 않습니다.",
            f"{_names(leaders)} cannot be told apart.",
        )
        why = t("묶음의 첫 팀이 이긴 표본은 진 표본의 ", "The group’s first wins ")
        why += (
            t(
                f"{formatting.number(largest, 1)}배까지입니다(K가 3 이하면 구별하지 않습니다).",
                f"up to {formatting.number(largest, 1)} resamples for each it loses (K; up to 3 counts as a tie).",
            )
            if largest is not None
            else t("1배입니다.", "as many resamples as it loses.")
        )
        return text, why
    second = analysis.entrants[1]
    claimed = 1 in analysis.wins(0)
    found = (
        t("1위와 2위는 유의하게 다릅니다.", "First and second place differ significantly.")
        if claimed
        else t(
            "1위와 2위는 동률은 아니지만 유의하게 다르지도 않습니다.",
            "First and second place are no tie, but do not differ significantly either.",
        )
    )
    return found, t(
        f"‘{second.team}’ 팀은 {_share(second.first)}의 표본에서 1위였습니다. 네 번에 세 번보다 자주 앞서면(K > 3) 동률이 아닙니다.",
        f"{second.team} ranks first in {_share(second.first)} of the resamples. Ahead in more than three of four (K > 3) is no tie.",
    )


def _significant(analysis: Analysis) -> tuple[str, str]:
    size = len(analysis.entrants)
    pairs = size * (size - 1) // 2
    claimed = sum(len(analysis.wins(row)) for row in range(size))
    number = formatting.count(claimed)
    text = t(
        f"{formatting.count(pairs)}쌍 가운데 {number}쌍이 유의하게 다릅니다.",
        f"{number} of {formatting.plural(pairs, 'pair')} differ significantly.",
    )
    return text, t(
        f"짝지은 한쪽 검정이며 Holm 방법으로 모든 쌍을 함께 보정했습니다(α = {ALPHA}).",
        f"One-sided paired tests, corrected together for all pairs by Holm’s method (α = {ALPHA}).",
    )


def _baseline(hosted: Hosted, analysis: Analysis) -> tuple[str, str] | None:
    measured = [one for one in analysis.entrants if one.gain is not None and one.gain_se is not None]
    if not measured:
        return None
    reach = 1.959963984540054
    ahead = [one for one in measured if (one.gain or 0.0) - reach * (one.gain_se or 0.0) > 0.0]
    text = t(
        f"{len(measured)}팀 가운데 {len(ahead)}팀이 기준 모형보다 유의하게 낫습니다.",
        f"{len(ahead)} of {formatting.plural(len(measured), 'team')} {'is' if len(ahead) == 1 else 'are'} significantly better than the reference baseline.",
    )
    del hosted
    return text, t(
        "같은 환자에서 짝지은 차이의 95% 신뢰구간이 모두 0보다 좋은 쪽에 있는 팀입니다.",
        "Those whose whole 95% interval of the paired difference lies on the better side of zero.",
    )


def _rules(hosted: Hosted, analysis: Analysis) -> list[tuple[str, str]]:
    changed = [one for one in analysis.orderings if changes(analysis, one)]
    if not changed:
        return [
            (
                t("어떤 규칙으로도 1위는 같습니다.", "The winner is the same by every rule."),
                t(
                    f"함께 셈한 다른 지표와 집계 방식은 {len(analysis.orderings)}가지입니다.",
                    f"{formatting.plural(len(analysis.orderings), 'other metric and way', 'other metrics and ways')} of putting resamples together were tried.",
                ),
            )
        ]
    told = "; ".join(f"{scheme(hosted, one)}: {_names(winners(analysis, one))}" for one in changed[:MOST_NAMES])
    return [
        (
            t("1위는 규칙에 따라 바뀝니다.", "The winner depends on the rule."),
            t(
                f"{told}. 공고한 규칙은 주 지표와, 동률 안에서 그것을 나누는 지표입니다.",
                f"{told}. The announced rule is the primary metric and, inside a tie, the tie-break.",
            ),
        )
    ]


def _names(entrants: list[Entrant]) -> str:
    named = [one.team for one in entrants[:MOST_NAMES]]
    rest = len(entrants) - len(named)
    if rest:
        return t(f"{', '.join(named)} 외 {rest}", f"{', '.join(named)} and {rest} more")
    if len(named) == 1:
        return named[0]
    return t(", ".join(named), f"{', '.join(named[:-1])} and {named[-1]}")


def _shares(entrants: list[Entrant]) -> str:
    told = [f"{one.team} {_share(one.first)}" for one in entrants[:MOST_NAMES]]
    return ", ".join(told)


def _share(share: float) -> str:
    return t("1% 미만", "less than 1%") if share < 0.01 else formatting.percent(share, 0)
