"""The figures of the analysis, each with its finding, and the tables of the same numbers."""

from dataclasses import dataclass

from markupsafe import Markup

from arena.analyses import Analysis
from arena.hosting import Hosted
from arena.spreadsheets import Cell
from arena.web import analysis_words, formatting, measures, reader
from arena.web.charts import intervals, ranks
from arena.web.charts.svg import Words
from arena.web.rendering import t

# More lines than this cannot be told apart by eye; the tables hold everybody.
MOST_DRAWN = 22
FOLLOWED = ("g3", "g2", "g1")
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with what it finds, its caption, and the table of the same numbers as it is read and as it is sent."""

    ident: str
    heading: str
    finding: str
    chart: Markup
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def all_of(hosted: Hosted, analysis: Analysis, own_team: int | None) -> list[Figure]:
    """Return the figures in the order in which they are read."""
    found = [_podium(hosted, analysis, own_team), _spread(hosted, analysis, own_team)]
    if len(analysis.entrants) > 1:
        found.append(_pairs(analysis))
        found.append(_rules(hosted, analysis))
    return [
        Figure(one.ident, one.heading, one.finding, one.chart, _numbered(place, one), one.columns, one.rows)
        for place, one in enumerate(found, 1)
    ]


def ranks_table(analysis: Analysis) -> tuple[list[str], list[list[Cell]]]:
    """Return every team's rank with its uncertainty, at full precision."""
    header = ["rank", "tie_group", "team", "submission", analysis.key, "se", "K", "first", "median"]
    header += ["low", "high", "set_low", "set_high", "tie_break", "gain", "gain_se"]
    rows: list[list[Cell]] = [
        [
            *(one.rank, one.tie_group, one.team, one.submission, one.value, one.se, one.factor, one.first),
            *(one.median, one.low, one.high, one.set_low, one.set_high, one.tie_break, one.gain, one.gain_se),
        ]
        for one in analysis.entrants
    ]
    return header, rows


def pairs_table(analysis: Analysis) -> tuple[list[str], list[list[Cell]]]:
    """Return every ordered pair: by how much the first is better, its standard error and Holm's p-value."""
    teams = [one.team for one in analysis.entrants]
    rows: list[list[Cell]] = [
        [
            teams[row],
            teams[column],
            analysis.advantage[row][column],
            analysis.advantage_se[row][column],
            analysis.p[row][column],
        ]
        for row in range(len(teams))
        for column in range(len(teams))
        if row != column
    ]
    return ["team", "other", "advantage", "se", "p_holm"], rows


def rules_table(analysis: Analysis) -> tuple[list[str], list[list[Cell]]]:
    """Return the rank of every team by every other rule."""
    header = ["kind", "rule", "tau", "winner_changes", *(one.team for one in analysis.entrants)]
    rows: list[list[Cell]] = [
        [one.kind, one.name, one.tau, "yes" if one.winner_changes else "no", *one.ranks] for one in analysis.orderings
    ]
    return header, rows


def _numbered(place: int, figure: Figure) -> str:
    return t(f"그림 {place}. {figure.caption}", f"Figure {place}. {figure.caption}")


def _podium(hosted: Hosted, analysis: Analysis, own_team: int | None) -> Figure:
    entry = hosted.definition.primary
    decimals = measures.metric(entry).decimals
    gains = all(one.gain is not None for one in analysis.entrants)
    rows = []
    for one in analysis.entrants[:MOST_DRAWN]:
        value, se = (one.gain, one.gain_se) if gains else (one.value, one.se)
        reach = Z * (se or 0.0)
        middle = value or 0.0
        kind = "you" if one.team_id == own_team else ""
        rows.append(intervals.Row(f"{one.rank}  {one.team}", middle, middle - reach, middle + reach, kind))
    better = t("기준 모형보다 나은 정도", "Gain over the reference baseline")
    label = f"{better}, {measures.name(entry)}" if gains else measures.axis(entry)
    beaten = sum(1 for row in rows if gains and (row.low or 0.0) > 0.0)
    finding = (
        t(
            f"{len(rows)}팀 가운데 {beaten}팀의 구간이 모두 0보다 위에 있습니다.",
            f"The whole interval lies above zero for {beaten} of {formatting.plural(len(rows), 'team')}.",
        )
        if gains
        else t("팀마다 점수와 95% 신뢰구간입니다.", "Each team’s score with its 95% interval.")
    )
    chart = intervals.forest(
        Words("podium", t("최종 순위와 구간", "Final ranks with intervals"), finding),
        rows,
        label,
        decimals=decimals,
        differences=gains,
    )
    language = reader.language()
    return Figure(
        "podium",
        t("최종 순위", "The final ranks"),
        finding,
        chart,
        t(
            "점은 같은 환자에서 짝지은 차이, 가로선은 95% 신뢰구간입니다. 앞의 수가 순위이고 같은 수는 동률입니다.",
            "Dots are paired differences on the same patients, bars 95% confidence intervals. The number in front is the rank; equal numbers are ties.",
        )
        if gains
        else t("가로선은 95% 신뢰구간입니다.", "Bars are 95% confidence intervals."),
        (
            t("팀", "Team"),
            t("순위", "Rank"),
            t("동률 묶음", "Tie group"),
            measures.name(entry),
            t("기준과의 차이", "Gain over the baseline"),
            "K",
        ),
        tuple(
            (
                one.team,
                str(one.rank),
                one.tie_group,
                formatting.scored(one.value, one.value - Z * one.se, one.value + Z * one.se, decimals, language),
                "–"
                if one.gain is None or one.gain_se is None
                else f"{formatting.signed(one.gain, decimals)} "
                f"({formatting.interval(one.gain - Z * one.gain_se, one.gain + Z * one.gain_se, decimals, language)})",
                "–" if one.factor is None else formatting.number(one.factor, 1),
            )
            for one in analysis.entrants
        ),
    )


def _spread(hosted: Hosted, analysis: Analysis, own_team: int | None) -> Figure:
    del hosted
    drawn = analysis.entrants[:MOST_DRAWN]
    groups = sorted({one.tie_group for one in drawn}, key=lambda name: (len(name), name))
    rows = [
        ranks.Spread(
            one.team,
            tuple(number / analysis.replicates for number in analysis.counts[place][: len(drawn)]),
            min(one.median, len(drawn)),
            min(one.low, len(drawn)),
            min(one.high, len(drawn)),
            groups.index(one.tie_group),
            own=one.team_id == own_team,
        )
        for place, one in enumerate(drawn)
    ]
    sure = sum(1 for one in drawn if one.low == one.high)
    finding = t(
        f"{len(drawn)}팀 가운데 {sure}팀의 순위는 95%의 표본에서 하나로 정해집니다.",
        f"For {sure} of {formatting.plural(len(drawn), 'team')} one rank holds in 95% of the resamples.",
    )
    chart = ranks.blobs(
        Words("spread", t("순위가 얼마나 흔들립니까", "How much the ranks vary"), finding),
        rows,
        t("다시 뽑은 표본에서의 순위", "Rank in the resamples"),
    )
    return Figure(
        "spread",
        t("순위의 안정성", "How stable the ranks are"),
        finding,
        chart,
        t(
            f"환자를 {formatting.count(analysis.replicates)}번 다시 뽑아 매긴 순위입니다. 점의 넓이는 빈도, 가로선은 95% 구간, 세로 막대는 중앙값입니다. 동시 신뢰집합은 모든 팀의 참 순위를 함께 담습니다.",
            f"Ranks over {formatting.count(analysis.replicates)} resamples of the patients. Area: frequency; bar: 95% interval; tick: median. The confidence sets hold all true ranks at once.",
        ),
        (
            t("팀", "Team"),
            t("순위 중앙값", "Median rank"),
            t("95% 구간", "95% interval"),
            t("동시 신뢰집합", "Confidence set"),
            t("1위일 확률", "Chance of first place"),
        ),
        tuple(
            (
                one.team,
                str(one.median),
                _range(one.low, one.high),
                _range(one.set_low, one.set_high),
                t("0.01 미만", "<0.01") if one.first < 0.01 else formatting.number(one.first, 2),
            )
            for one in analysis.entrants
        ),
    )


def _pairs(analysis: Analysis) -> Figure:
    drawn = analysis.entrants[:MOST_DRAWN]
    wins = [[column for column in analysis.wins(row) if column < len(drawn)] for row in range(len(drawn))]
    claimed = sum(len(one) for one in wins)
    possible = len(drawn) * (len(drawn) - 1) // 2
    finding = t(
        f"{formatting.count(possible)}쌍 가운데 {formatting.count(claimed)}쌍이 유의하게 다릅니다.",
        f"{formatting.count(claimed)} of {formatting.plural(possible, 'pair')} differ significantly.",
    )
    chart = ranks.better_than(
        Words("pairs", t("누가 누구보다 유의하게 낫습니까", "Who is significantly better than whom"), finding),
        [one.team for one in drawn],
        wins,
        t("상대 팀의 줄", "The other team’s line"),
    )
    lines = [str(place) for place in range(1, len(analysis.entrants) + 1)]
    return Figure(
        "pairs",
        t("유의한 차이", "Significant differences"),
        finding,
        chart,
        t(
            "칸이 차 있으면 줄의 팀이 칸의 팀보다 유의하게 낫습니다(한쪽 검정, Holm 보정, α = 0.05). 점은 차이를 말할 수 없는 쌍입니다.",
            "A filled cell: the team of the line is significantly better than that of the column (one-sided, Holm, α = 0.05). A speck: no difference can be claimed.",
        ),
        (t("팀", "Team"), t("줄", "Line"), t("이긴 팀 수", "Wins"), t("이긴 상대의 줄", "Lines of those beaten")),
        tuple(
            (
                one.team,
                lines[place],
                str(len(analysis.wins(place))),
                ", ".join(lines[won] for won in analysis.wins(place)) or "–",
            )
            for place, one in enumerate(analysis.entrants)
        ),
    )


def _rules(hosted: Hosted, analysis: Analysis) -> Figure:
    drawn = analysis.entrants[:MOST_DRAWN]
    names = [analysis_words.scheme(hosted, one) for one in analysis.orderings]
    rows = [
        ranks.Course(
            one.team,
            (one.rank, *(ordering.ranks[place] for ordering in analysis.orderings)),
            FOLLOWED[place] if place < len(FOLLOWED) else "",
        )
        for place, one in enumerate(drawn)
    ]
    changes = sum(1 for one in analysis.orderings if analysis_words.changes(analysis, one))
    finding = t(
        f"다른 규칙 {len(names)}가지 가운데 {changes}가지에서 1위가 바뀝니다.",
        f"The winner changes by {changes} of {formatting.plural(len(names), 'other rule')}.",
    )
    if analysis.stability is not None:
        finding += t(
            f" 표본마다의 순위와 공고한 순위의 Kendall τ는 평균 {formatting.number(analysis.stability, 2)}입니다.",
            f" Kendall’s τ between the ranks of a resample and the announced ones is {formatting.number(analysis.stability, 2)} on average.",
        )
    chart = ranks.courses(
        Words("rules", t("규칙을 바꾸면 순위가 어떻게 됩니까", "The ranks by other rules"), finding),
        [t("공고한 순위", "Announced"), *names],
        rows,
        t("순위", "Rank"),
    )
    return Figure(
        "rules",
        t("규칙에 따른 차이", "Sensitivity to the rule"),
        finding,
        chart,
        t(
            "왼쪽이 공고한 순위입니다. 곧은 선은 규칙에 따라 바뀌지 않는 순위입니다.",
            "On the left the announced ranks. A flat line is a rank that does not depend on the rule.",
        ),
        (
            t("규칙", "Rule"),
            "Kendall τ",
            t("1위가 바뀝니까", "Does the winner change"),
            t("1위", "First"),
        ),
        tuple(
            (
                name,
                "–" if one.tau is None else formatting.number(one.tau, 2),
                t("바뀜", "yes") if analysis_words.changes(analysis, one) else t("그대로", "no"),
                ", ".join(winner.team for winner in analysis_words.winners(analysis, one)),
            )
            for name, one in zip(names, analysis.orderings, strict=True)
        ),
    )


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"
