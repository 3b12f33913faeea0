"""What a leaderboard says, as a headline and a sentence."""

from arena.hosting import Hosted
from arena.standings import Standings
from arena.web import formatting, measures, reader
from arena.web.rendering import t
from challenges.text import Text


def finding(hosted: Hosted, found: Standings) -> tuple[str, str]:
    """Return the headline and the sentence under it."""
    ranked = [line for line in found.lines if line.rank is not None]
    if not hosted.definition.metrics:
        return t("심사로 정합니다", "Decided by judging"), t(
            "이 챌린지에는 점수의 순위가 없습니다.", "This challenge has no ranking by score."
        )
    if not ranked:
        lead = Text("첫 팀이 되어 보십시오.", "Yours can be the first team.")
        if found.baselines:
            lead = Text(f"기준 모형의 자리는 아래에 있습니다. {lead.ko}", f"The baselines stand below. {lead.en}")
        return t("아직 순위에 오른 팀이 없습니다", "No team is ranked yet"), t(*lead)
    leaders = [line for line in ranked if line.rank == 1]
    value = leaders[0].score
    decimals = (
        measures.decimals(hosted) if found.state == "shown" else measures.metric(hosted.definition.primary).decimals
    )
    name = measures.name(hosted.definition.primary)
    number = formatting.number(value.value, decimals) if value and value.value is not None else ""
    if len(leaders) == 1:
        headline = t(f"‘{leaders[0].team}’ 팀이 가장 앞에 있습니다", f"{leaders[0].team} stands first")
    else:
        headline = t(f"{len(leaders)}팀이 공동 선두입니다", f"{formatting.plural(len(leaders), 'team')} share the lead")
    several = formatting.plural(len(ranked), "team")
    if found.state == "shown":
        return headline, t(
            f"{formatting.count(len(ranked))}팀이 순위에 올랐고 가장 좋은 보이는 점수는 {name} {number}입니다. 값이 같으면 순위가 같습니다. 순위는 마감 뒤 비공개 환자로 정합니다.",
            f"{several} ranked; the best shown {name} is {number}. Equal values share a rank. The ranking is made after the close, on the private patients.",
        )
    interval = formatting.interval(*value.ci, decimals, reader.language()) if value and value.ci else ""
    with_interval = number + (t(f" (95% 신뢰구간 {interval})", f" (95% CI {interval})") if interval else "")
    return headline, t(
        f"{name} {with_interval}입니다. 모두 {formatting.count(len(ranked))}팀이 순위에 올랐습니다.",
        f"{name} is {with_interval}; {several} {'is' if len(ranked) == 1 else 'are'} ranked.",
    )
