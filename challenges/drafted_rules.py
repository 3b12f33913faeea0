"""The evaluation, the rules and the agreement of a drafted challenge, with gaps where only its organizer knows."""

from collections.abc import Iterator

from challenges.answers import Answers
from challenges.companions import Entry
from challenges.drafted_definition import CRITERIA, metrics
from challenges.drafted_overview import joined, span
from challenges.gaps import gap
from challenges.text import Text
from scorers.catalogue import METRICS

RANKED_BY_ORDER = ("harrell_c", "uno_c", "auc_t", "wolbers_c", "auc_cr", "roc_auc", "average_precision")
# One row can move these as far as it likes, so nothing of them is shown before the reveal.
UNBOUNDED = ("rmse", "interval_score", "log_loss")


def evaluation(answers: Answers) -> Text:
    """Return the evaluation page: what is measured, what is shown when, what decides."""
    return joined(_judged(answers) if answers.kind == "report" else _measured(answers))


def rules(answers: Answers) -> Text:
    """Return the rules."""
    return joined(_rules(answers))


def agreement(answers: Answers) -> Text:
    """Return what every member accepts."""
    return joined(_agreement(answers))


def title(entry: Entry) -> Text:
    """Return a metric's name with its time."""
    metric = METRICS.get(entry["name"])
    if metric is None:
        return Text(entry["name"], entry["name"])
    day = entry.get("horizon") or entry.get("tau")
    if day is None:
        return Text(metric.title_ko, metric.title_en)
    until = span(day)
    if "tau" in entry:
        return Text(f"{metric.title_ko}, {until.ko}까지", f"{metric.title_en} up to {until.en}")
    return Text(f"{metric.title_ko}, {until.ko}", f"{metric.title_en} at {until.en}")


def _measured(answers: Answers) -> Iterator[Text]:
    primary, *others = metrics(answers)
    name, metric = title(primary), METRICS.get(primary["name"])
    yield Text(f"## 주 지표: {name.ko}", f"## The primary metric: {name.en}")
    if metric is not None:
        yield Text(f"{metric.meaning_ko} {metric.reading_ko}", f"{metric.meaning_en} {metric.reading_en}")
        yield Text(f"속기 쉬운 곳: {metric.caution_ko}", f"How it misleads: {metric.caution_en}")
    for entry in (one for one in others if one.get("tie_break")):
        breaks = title(entry)
        yield Text(
            f"주 지표로 구별되지 않는 팀은 동률 묶음이 되고, 묶음 안의 순서는 **{breaks.ko}**로 정합니다.",
            f"Teams that the primary metric cannot tell apart form a tie group; inside it **{breaks.en}** decides the order.",
        )
    shown = [one for one in others if not one.get("tie_break") and one["name"] in METRICS]
    if shown:
        yield Text("## 함께 보이는 것", "## Shown beside it")
        yield Text(*("\n".join(f"- {_shown(entry)[place]}" for entry in shown) for place in (0, 1)))
    yield Text("## 모형을 얼마나 잘게 구별할 수 있습니까", "## How finely can models be told apart?")
    yield gap(
        "주 지표의 표준오차와 구별할 수 있는 가장 작은 차이를 적으십시오. 이 폴더를 검사하면 두 값을 알 수 있습니다.",
        "give the expected standard error of the primary metric and the smallest difference it can tell; checking this folder prints both.",
    )
    yield from _visible(answers, primary["name"])


def _shown(entry: Entry) -> Text:
    metric, name = METRICS[entry["name"]], title(entry)
    return Text(f"**{name.ko}:** {metric.meaning_ko}", f"**{name.en}:** {metric.meaning_en}")


def _visible(answers: Answers, primary: str) -> Iterator[Text]:
    if answers.gated == "none":
        yield Text("## 무엇이 언제 보입니까", "## What is seen, and when")
        yield Text(
            "관문이 없습니다. 점수와 신뢰구간, 그림은 계산되는 대로 보입니다.",
            "There is no gate: scores, intervals and charts are shown as soon as they are computed.",
        )
        return
    yield Text("## 마감 전에 보이는 것", "## What is seen before the close")
    if primary in UNBOUNDED:
        yield Text(
            "아무것도 보이지 않습니다. 이 지표는 한 줄이 값을 얼마든지 움직일 수 있어, 마감 전의 점수가 결과를 새게 할 수 있습니다.",
            "Nothing. One row can move this metric as far as it likes, so that a score before the close could leak outcomes.",
        )
    else:
        limit = (
            Text("백분위 순위를 비교 상대의 ± 0.10", "percentile rank is held within ± 0.10 of the incumbent’s")
            if primary in RANKED_BY_ORDER
            else Text("확률을 비교 상대의 ± 0.05", "probability is held within ± 0.05 of the incumbent’s")
        )
        steps = (
            Text(
                f"처음의 비교 상대는 기준 모형입니다. 새 파일은 각 {limit.ko} 안으로 제한한 뒤 견줍니다.",
                f"The first incumbent is the reference baseline. Before a new file is compared, each {limit.en}.",
            ),
            Text(
                "나아진 정도가 유의하고(단측 5%) 환자 한 사람이 줄 수 있는 몫의 여덟 배 이상이면 **받아들입니다**. 비교의 양쪽에 채점 과정의 비밀에서 뽑은 작은 잡음이 들어갑니다.",
                "It is **accepted** if the gain is significant (one-sided 5%) and at least eight times what one patient can contribute. A little noise, drawn from a secret of the scoring process, enters on both sides.",
            ),
            Text(
                "보이는 값에도 잡음이 들어가며 눈금으로 반올림합니다. 같은 값은 같은 순위입니다.",
                "The shown value carries noise too and is rounded to a grid. Equal values share a rank.",
            ),
            Text(
                "그렇지 않으면 “유의하게 나아지지 않았습니다”라고만 답합니다.",
                "Otherwise the answer is “no significant improvement” and nothing more.",
            ),
            Text(
                "마감 전에 받아들이는 파일은 한 팀에 세 개까지입니다. 그 뒤의 파일은 보관했다가 마감 뒤에 채점합니다.",
                "A team has at most three files accepted before the close; later ones are kept and judged afterwards.",
            ),
        )
        yield Text(
            *("\n".join(f"{count}. {one[place]}" for count, one in enumerate(steps, start=1)) for place in (0, 1))
        )
    yield Text("## 마감 뒤에 정하는 것", "## What is decided after the close")
    yield Text(
        "팀마다 최종 파일을 비공개 행에서 한 번, 끝자리까지 채점하고 95% 신뢰구간, 하위 집단, 기준 모형과의 짝지은 차이를 함께 보입니다. 고를 때는 여러분의 검증을 따르십시오.",
        "Each team’s final is scored once on the private rows at full precision, with its 95% interval, subgroups and the paired difference from the reference baseline. Choose it by your own validation.",
    )


def _judged(answers: Answers) -> Iterator[Text]:
    yield Text("## 심사 기준", "## What judges look at")
    share = 100 // len(CRITERIA)
    yield Text(
        "\n".join(f"- **{ko}:** {share}%" for ko, _ in CRITERIA),
        "\n".join(f"- **{en}:** {share}%" for _, en in CRITERIA),
    )
    yield gap(
        "기준마다 1점, 3점, 5점이 무엇을 뜻하는지 적고, 비중을 정하십시오.",
        "say what 1, 3 and 5 points mean for each criterion, and set the weights.",
    )
    yield Text("## 순서", "## How it goes")
    yield Text(
        "심사위원은 팀 이름을 보지 않고 따로 채점하며, 이해관계가 있으면 빠집니다. 순위표는 없습니다.",
        "Judges score apart from each other without seeing team names, and stand aside where they have an interest. There is no leaderboard.",
    )
    if answers.closes is None:
        yield gap(
            "보고서의 마감과 발표 날짜를 적으십시오.", "give the deadline of the report and the date of the result."
        )


def _rules(answers: Answers) -> Iterator[Text]:
    admitted = {
        "open": Text("계정이 있으면 누구나 참가할 수 있습니다.", "Anyone with an account may take part."),
        "approval": Text(
            "주최자가 승인한 사람이 참가합니다.", "People take part once the organizer has approved them."
        ),
        "invite": Text("초대받은 사람이 참가합니다.", "People take part by invitation."),
    }.get(answers.admits, Text("", ""))
    size = answers.team_size
    yield Text("## 참가", "## Taking part")
    yield Text(
        f"- {admitted.ko} 한 계정은 한 팀에만 속하고, 팀은 1–{size}명이며, 한 사람이 계정 두 개를 쓸 수 없습니다.\n"
        f"- 하루 {answers.per_day}번, 모두 {answers.total}번 제출할 수 있습니다. 형식 검사와 형식이 틀린 파일은 세지 않습니다.\n"
        "- 마감 시각까지 접수된 파일은 뒤에 채점되어도 유효합니다. 시각은 서버의 시계가 정합니다.",
        f"- {admitted.en} An account belongs to one team, a team has 1–{size} people, and nobody uses two accounts.\n"
        f"- {answers.per_day} submissions a day, {answers.total} in all. Format checks and files that fail them cost nothing.\n"
        "- A file received by the close counts even if it is scored later. The server’s clock decides.",
    )
    yield Text("## 쓸 수 있는 것", "## What may be used")
    yield Text(
        "- 어떤 방법과 소프트웨어든 쓸 수 있습니다. 발표된 문헌과 일반 의학 지식도 쓸 수 있습니다.\n"
        "- 점수, 판정, 응답 시간에서 환자의 결과를 알아내려 하지 말고, 손으로 환자에게 값을 붙이지 마십시오.\n"
        "- 환자가 누구인지 알아내려 하지 말고, 자료를 다른 사람에게 넘기지 마십시오.",
        "- Any method and software, published literature and general medical knowledge.\n"
        "- Do not try to learn patients’ outcomes from scores, decisions or response times, and label nobody by hand.\n"
        "- Do not try to find out who a patient is, and pass the data on to nobody.",
    )
    yield gap(
        "팀 밖의 다른 자료를 써도 되는지, 알아낸 것을 언제 어떻게 발표해도 되는지 적으십시오.",
        "say whether data from elsewhere may be used, and when and how findings may be published.",
    )
    yield from _ranking(answers)
    yield from _prizes(answers)


def _ranking(answers: Answers) -> Iterator[Text]:
    if answers.kind == "report":
        return
    primary, *others = metrics(answers)
    ranks = title(primary)
    breaks = next((title(one) for one in others if one.get("tie_break")), None)
    inside = (
        Text(f"묶음 안의 순서는 {breaks.ko}로 정합니다.", f"Inside it {breaks.en} decides.")
        if breaks
        else Text("묶음 안에서는 순서를 정하지 않습니다.", "Inside it no order is made.")
    )
    yield Text("## 최종 제출과 순위", "## Finals and ranks")
    yield Text(
        "- 팀마다 최종 파일은 하나입니다. 마감 전에 따로 고르지 않으면 마지막 파일입니다. 최종 파일이 없는 팀은 순위가 없습니다.\n"
        f"- 순위는 {ranks.ko}로 정합니다. 구별되지 않는 팀은 동률 묶음이 됩니다. {inside.ko} 제출한 시각은 순위에 쓰지 않습니다.\n"
        "- 결과 파일, 지표, 관문, 하위 집단은 열리기 전에 정하며 봉인한 결과에 다이제스트로 묶습니다.",
        "- A team has one final file: the latest, unless it chooses another before the close. A team without one has no rank.\n"
        f"- Ranks go by {ranks.en}. Teams that cannot be told apart form a tie group. {inside.en} The time of submission does not count.\n"
        "- Labels, metrics, gate and subgroups are fixed before the opening and bound to the sealed labels by a digest.",
    )


def _prizes(answers: Answers) -> Iterator[Text]:
    yield Text("## 걸린 것", "## What is at stake")
    if answers.practice:
        yield Text(
            "배움 말고는 없습니다. 결과가 공개되어 있으므로 상이 없습니다.",
            "Nothing but learning: the labels are public, so there are no awards.",
        )
    else:
        yield gap(
            "상이 있으면 무엇을 누가 어떻게 정하는지 적으십시오.",
            "say what the awards are, if any, and who decides them how.",
        )


def _agreement(answers: Answers) -> Iterator[Text]:
    before = (
        Text("자료를 받기 전에", "Before downloading data")
        if answers.agreement == "download"
        else Text("첫 제출 전에", "Before the first submission")
    )
    yield Text(
        f"{before.ko} 팀의 모든 사람이 다음에 동의합니다.",
        f"{before.en}, every member of a team accepts the following.",
    )
    points = [
        Text(
            "이 챌린지에서 계정 하나만 쓰고 한 팀에만 속합니다.",
            "I use one account and belong to one team in this challenge.",
        ),
        Text(
            "점수, 판정, 응답 시간에서 환자의 결과를 알아내려 하거나 제출 제한을 피하려 하지 않습니다.",
            "I do not try to learn patients’ outcomes from scores, decisions or response times, or to get round the limits.",
        ),
        Text(
            "앞의 두 항을 어기면 실격하며, 그 사실이 챌린지의 원장에 남는 것을 받아들입니다.",
            "Breaking either of these disqualifies me, and the challenge’s ledger will say so.",
        ),
        Text(
            "팀 이름, 제출 시각, 점수는 순위표에 보입니다. 예측 파일은 보관하고 채점하며 공개하지 않습니다.",
            "Team name, times and scores stand on the leaderboard. Prediction files are kept and scored, never published.",
        ),
    ]
    if answers.synthetic:
        points.insert(
            0,
            Text(
                "여기의 환자가 모두 **합성**임을 알며, 알아낸 것을 발표할 때마다 이를 밝힙니다.",
                "I know that every patient here is **synthetic**, and say so whenever I report findings.",
            ),
        )
    else:
        points[1:1] = [
            Text(
                "환자가 누구인지 알아내려 하지 않습니다. 우연히 알게 되면 멈추고 주최자에게 알립니다.",
                "I do not try to find out who a patient is. If I learn it by accident, I stop and tell the organizer.",
            ),
            Text(
                "자료를 다른 사람에게 넘기지 않으며, 챌린지가 끝나면 지웁니다.",
                "I pass the data on to nobody and delete them when the challenge is over.",
            ),
        ]
    yield Text(*("\n".join(f"{count}. {one[place]}" for count, one in enumerate(points, start=1)) for place in (0, 1)))
    yield gap(
        "자료를 준 기관이 요구하는 조항이 있으면 더하십시오.",
        "add the clauses that the institution which gave the data requires, if any.",
    )
